"""The verifier: what an entry bears out passes; what it lacks, or says otherwise, does not."""

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.answering.evidence import evidence_of
from core.answering.facts import number
from core.answering.verify import Fault, check
from knowledge.entries import Entry

ENTRY = Entry(
    "refunds",
    "How long does a refund take?",
    """Refunds arrive within **5 business days** after the merchant confirms the return. If you paid with Apple Pay, \
it can take up to 10 days.

The late fee is $7 and the minimum purchase is $35. You can't change the card after March 5, 2026. \
Fees are charged unless you pay before 9 a.m. Support is open Monday to Friday. The limit is 1,500.50 EUR per month.

1. Open Settings.
2. Choose *Payment methods*.
3. Tap Remove.

Write to help@pay.example, call +1 555 010 0199, or see [returns](https://pay.example/returns). \
We never ask for your PIN. Form R2-D is eligible.""",
)
EVIDENCE = evidence_of(ENTRY)

BORNE_OUT = """
Refunds arrive within 5 business days after the merchant confirms the return.
Your refund arrives within five business days after the merchant has confirmed your return.
The refund arrives within 5 business days after the merchant confirms the return of the order.
To get your refund, the merchant confirms the return.
If you paid with Apple Pay, it can take up to 10 days.
The late fee is $7.
The late fee is 7 dollars.
The **minimum purchase** is $35.00.
You cannot change the card after March 5, 2026.
Fees are charged unless you pay before 9am.
Support is open Monday to Friday.
The limit is €1500.50 per month.
Open Settings.
2. Choose Payment methods.
See https://pay.example/returns.
See [returns](https://pay.example/returns).
Write to help@pay.example.
Call +1 (555) 010-0199.
""".strip().splitlines()

INVENTED = {
    Fault.NUMBER: """
Refunds arrive within 3 business days after the merchant confirms the return.
Refunds arrive within three business days after the merchant confirms the return.
Refunds arrive within 5 days after the merchant confirms the return.
Refunds arrive within 5 business hours after the merchant confirms the return.
Refunds arrive within 5 to 10 business days after the merchant confirms the return.
Refunds arrive after 5 business days after the merchant confirms the return.
Refunds arrive in at least 5 business days after the merchant confirms the return.
If you paid with Apple Pay, it can take at least 10 days.
The late fee is $35.
The late fee is 7%.
The late fee is €7.
The late fee is $7.50.
The late fee is $7 a week.
The late fee is seventy dollars.
The minimum purchase is $7.
Pay the late fee of $35.
You can't change the card after March 6, 2026.
You can't change the card after March 5, 2027.
You can't change the card after April 5, 2026.
Support is open Monday to Saturday.
The limit is 1,500.50 EUR per week.
Call +1 555 010 0198.
Refunds arrive within half a day.
""",
    Fault.TIME: """
Fees are charged unless you pay before 9 p.m.
Fees are charged unless you pay before 10:00.
""",
    Fault.NAME: """
If you paid with Google Pay, it can take up to 10 days.
Amazon confirms the return.
If you paid with Apple Cash, it can take up to 10 days.
Choose Payment Settings.
""",
    Fault.LINK: """
See https://pay.example/refunds.
See https://evil.example/returns.
See [returns](https://evil.example).
See pay.example.evil.example.
Write to help@evil.example.
<!channel> Open Settings.
@everyone Open Settings.
""",
    Fault.CODE: "Form R3-D is eligible.",
    Fault.NEGATION: """
Refunds do not arrive within 5 business days after the merchant confirms the return.
You can change the card after March 5, 2026.
We ask for your PIN.
You can't change the card before March 5, 2026.
Form R2-D is ineligible.
Yes, the merchant confirms the return.
""",
    Fault.ABSOLUTE: """
Refunds always arrive within 5 business days after the merchant confirms the return.
Refunds arrive instantly after the merchant confirms the return.
Only the merchant confirms the return.
Returns are free.
""",
    Fault.CONDITION: """
Fees are charged.
It can take up to 10 days.
""",
    Fault.WORDS: """
Refunds are paid in cryptocurrency by our lawyers.
Premium customers enjoy better terms.
Refunds arrive within 5 business days after amazon confirms the return.
Refunds arrive within 5 business days after 亚马逊 confirms the return.
""",
    Fault.EMPTY: "It is what it is.",
}


@pytest.mark.parametrize("sentence", BORNE_OUT)
def test_what_the_entry_says_passes(sentence: str) -> None:
    assert check(sentence, EVIDENCE).faults == ()


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [(fault, sentence) for fault, listed in INVENTED.items() for sentence in listed.strip().splitlines()],
)
def test_what_it_does_not_say_is_caught_for_its_reason(fault: Fault, sentence: str) -> None:
    assert fault in check(sentence, EVIDENCE).faults


def test_what_is_said_of_one_thing_is_not_said_of_another() -> None:
    answer = "When part of an order is returned, interest is worked out anew. Late fees stay, whatever is returned."
    evidence = evidence_of(Entry("interest", "Do I get interest and fees back?", answer))

    assert check("Interest is worked out anew when part of an order is returned.", evidence).passes
    assert check("The interest is worked out anew.", evidence).passes
    assert not check("The late fees are worked out anew.", evidence).passes
    assert not check("Part of the order is returned, and the fees are worked out anew.", evidence).passes


@settings(deadline=None)
@given(
    st.integers(0, 10**7), st.sampled_from(["", "$", "€"]), st.sampled_from(["", " days", "%", " dollars", " hours"])
)
def test_a_number_that_the_entry_lacks_never_passes(value: int, before: str, after: str) -> None:
    assume(str(value) not in {number(found) for found in re.findall(r"\d[\d,.]*\d|\d", ENTRY.answer)})
    assert not check(f"The late fee is {before}{value}{after}.", EVIDENCE).passes
    assert not check(f"The late fee is {before}{value:,}{after} and the minimum purchase is $35.", EVIDENCE).passes


@settings(deadline=None)
@given(st.data())
def test_a_changed_digit_never_passes(data: st.DataObject) -> None:
    lines = [line for line in BORNE_OUT if re.search(r"\d", re.sub(r"^\d\. ", "", line))]
    line = data.draw(st.sampled_from(lines))
    start = 3 if re.match(r"\d\. ", line) else 0
    at = data.draw(st.sampled_from([at for at, char in enumerate(line) if char.isdigit() and at >= start]))
    digit = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != line[at]]))
    changed = line[:at] + digit + line[at + 1 :]
    assume(changed not in BORNE_OUT)
    assert not check(changed, EVIDENCE).passes, changed


@settings(deadline=None)
@given(st.from_regex(r"[A-Z][a-z]{3,9}", fullmatch=True))
def test_a_name_that_the_entry_lacks_never_passes(name: str) -> None:
    assume(name.lower() not in EVIDENCE.text.lower())
    assert not check(f"If you paid with {name} Pay, it can take up to 10 days.", EVIDENCE).passes
    assert not check(f"The late fee is $7 at {name}.", EVIDENCE).passes


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_judged_without_an_error(text: str) -> None:
    check(text, EVIDENCE)
    check(text, evidence_of(Entry("x", text, text)))


@pytest.mark.parametrize(
    ("written", "value"),
    [("1,000.50", "1000.5"), ("1.000,50", "1000.5"), ("1'000", "1000"), ("7.00", "7"), ("0.125", "0.125"),
     ("1,000,000", "1000000"), ("3,5", "3.5"), ("007", "7")],
)  # fmt: skip
def test_numbers_meet_however_they_are_written(written: str, value: str) -> None:
    assert number(written) == value
