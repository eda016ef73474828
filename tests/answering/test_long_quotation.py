"""Of a long article the section that answers is quoted, whole; everything else is quoted as it stands."""

from core.answering.quoting import LONG, quoted
from knowledge.entries import Entry
from knowledge.search.plain import plain_text
from knowledge.search.results import Hit
from knowledge.search.units import passages_of

INTRO = "A parcel passes through three hands before it reaches you. Each of them can be asked.\n\n"
SENDING = "## Sending\n\n" + "Our depot hands parcels to the carrier in the evening of each working day. " * 9 + "\n\n"
CUSTOMS = (
    "## Customs\n\n1. Wait for the letter.\n2. Pay the duty that it names, at the counter or on the web page.\n"
    "3. Keep the receipt until the parcel is there.\n\n```\n# not a heading\n```\n\nDuty is never refunded by us.\n\n"
)
LOST = "## Lost parcels\n\n" + "After fourteen days without news the carrier searches its halls for the parcel. " * 9


def hit(answer: str, passage: str) -> Hit:
    return Hit(Entry("parcels", "Where is my parcel?", answer), passage, 1.0, 0.8)


ARTICLE = f"{INTRO}{SENDING}{CUSTOMS}{LOST}"


def test_the_section_that_was_found_is_quoted_with_every_step() -> None:
    found = hit(ARTICLE, "Pay the duty that it names, at the counter or on the web page.")
    assert len(ARTICLE) > LONG
    assert quoted(found) == CUSTOMS.strip() + "\n\n…"


def test_the_last_section_ends_without_a_mark() -> None:
    assert quoted(hit(ARTICLE, "After fourteen days without news the carrier searches its halls")) == LOST.strip()


def test_a_passage_across_two_sections_brings_both() -> None:
    passage = plain_text(CUSTOMS)[-60:] + "\n" + plain_text(LOST)[:90]
    assert quoted(hit(ARTICLE, passage)) == (CUSTOMS + LOST).strip()


def test_what_leads_up_to_the_sections_is_not_torn_from_them() -> None:
    assert quoted(hit(ARTICLE, plain_text(INTRO))) == ARTICLE.strip()


def test_sub_sections_stay_with_their_section() -> None:
    steps = CUSTOMS.replace("1. Wait", "### What to do\n\n1. Wait")
    found = hit(f"{INTRO}{SENDING}{steps}{LOST}", "Keep the receipt until the parcel is there.")
    assert quoted(found).startswith("## Customs\n\n### What to do")


def test_of_cases_that_the_customer_must_choose_from_none_is_left_out() -> None:
    without = LOST.replace("## Lost parcels", "## Steps if you have no receipt")
    having = SENDING.replace("## Sending", "## Steps if you have a receipt")
    answer = f"{INTRO}{having}{without}"
    assert quoted(hit(answer, "After fourteen days without news the carrier searches its halls")) == answer.strip()


def test_short_answers_articles_without_headings_and_unknown_passages_are_quoted_whole() -> None:
    short = f"{INTRO}{CUSTOMS}"
    plain = "Nothing here is a heading, and all of it belongs together. " * 40
    assert quoted(hit(short, "Keep the receipt until the parcel is there.")) == short.strip()
    assert quoted(hit(plain, passages_of(plain)[3])) == plain.strip()
    assert quoted(hit(ARTICLE, "")) == quoted(hit(ARTICLE, "words from nowhere at all")) == ARTICLE.strip()
