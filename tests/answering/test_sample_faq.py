"""The verifier on the sample FAQ: its own sentences pass, the same with a fact changed do not."""

import re
from collections.abc import Sequence

import pytest

from core.answering import Answerer, Question
from core.answering.evidence import evidence_of
from core.answering.grounding import Draft
from core.answering.prompts import ANSWER_SYSTEM
from core.answering.sentences import sentences
from core.answering.verify import check
from knowledge.entries import Entry
from knowledge.search import Hit, Outcome, SearchResult
from tests.answering.faq import sample_faq
from tests.answering.independent import inventions
from tests.answering.listed import ListedSearch
from tests.answering.scripted import ScriptedModel


class TheseEntries(ListedSearch):
    """Finds its entries for whatever is asked."""

    async def search(self, query: str, **_: object) -> SearchResult:
        hits = tuple(Hit(entry, entry.answer[:80], 1.0, 1.0) for entry in self.entries)
        return SearchResult(query, self.version, hits, 0.99, Outcome.ANSWER)


@pytest.fixture(scope="module")
def faq() -> Sequence[Entry]:
    return sample_faq()


def test_an_answer_copied_from_its_entry_passes(faq: Sequence[Entry]) -> None:
    complete = 0
    for entry in faq:
        draft = Draft([entry], ANSWER_SYSTEM)
        for sentence in sentences(entry.answer):
            draft.add(sentence)
        complete += draft.complete
    assert complete >= 0.9 * len(faq)


def test_a_sentence_with_a_changed_number_does_not(faq: Sequence[Entry]) -> None:
    changed = 0
    for entry in faq:
        evidence = evidence_of(entry)
        known = set(re.findall(r"\d+", evidence.text))
        for sentence in sentences(entry.answer):
            for match in re.finditer(r"(?<![\d.,])\d+(?![\d.,]*\d)", re.sub(r"^\s*\d+\. ", "", sentence.text)):
                other = str(int(match.group()) + 1)
                if other in known:
                    continue
                text = re.sub(r"^\s*\d+\. ", "", sentence.text)
                invented = text[: match.start()] + other + text[match.end() :]
                assert not check(invented, evidence).passes, invented
                changed += 1
    assert changed > 100


def test_a_sentence_of_another_entry_does_not_pass_with_its_facts(faq: Sequence[Entry]) -> None:
    wrong = []
    for entry, other in zip(faq, [*faq[1:], faq[0]], strict=True):
        own = f"{entry.question}\n{entry.answer}"
        for sentence in sentences(other.answer):
            numbers = re.findall(r"\d+", re.sub(r"^\s*\d+\. ", "", sentence.text))
            if numbers and not set(numbers) <= set(re.findall(r"\d+", own)) and check(
                sentence.text, evidence_of(entry)
            ).passes:  # fmt: skip
                wrong.append(sentence.text)
    assert wrong == []


async def test_answers_mixed_from_true_and_invented_sentences_carry_no_invention(faq: Sequence[Entry]) -> None:
    by_id = {entry.id: entry for entry in faq}
    generated = 0
    for at, entry in enumerate(faq):
        foreign = sentences(faq[(at + 7) % len(faq)].answer)[0].text
        told = [*(sentence.text for sentence in sentences(entry.answer)), re.sub(r"\d", "8", foreign)]
        reply = " ".join(f"{text} [1]" for text in told)
        model = ScriptedModel(replies=[f"{reply} Amazon pays $99. [1] See https://evil.example/99. [1]"])
        answer = await Answerer(TheseEntries((entry,)), model).answer(Question("What about this thing of yours?"))
        assert "evil" not in answer.text
        assert "Amazon" not in answer.text
        if answer.generated:
            generated += 1
            assert inventions(answer, by_id) == []
        else:
            assert answer.text == entry.answer.strip()
    assert generated > 10
