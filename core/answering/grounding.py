"""From what a model writes, sentence by sentence, to an answer that its entries bear out, or to none at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.answering import vocabulary
from core.answering.evidence import Evidence, evidence_of, folded_words, normal, overlap, unit
from core.answering.promises import leaks, promises_action, without_labels
from core.answering.sentences import Sentence, cited
from core.answering.verify import check
from knowledge.entries import Entry
from knowledge.search.plain import plain_text

_ENOUGH = 4
"""Words that an answer has at least."""
_SAID_BEFORE = 0.85
"""Share of a sentence's telling words in one that passed from which on it adds nothing."""
_MOST_REPEATED = 3
"""Repetitions after which a model is going round in circles."""
_MOST_IN_VAIN = 6
"""Sentences more than have passed that may be dropped before it is not worth listening any longer."""
_MOST_DROPPED = 0.5
"""Share of the sentences beyond which the rest is no longer what was meant."""


@dataclass(frozen=True, slots=True)
class Grounded:
    """A sentence that passed."""

    sentence: Sentence
    """As the model wrote it."""
    passage: int
    """Place of its entry among the passages, from 0."""


class Draft:
    """An answer in the making: `add` each sentence as it arrives, then `text`.

    A sentence that leans on one that was dropped ("However, …") goes with it. Steps are given all and in order, or not
    at all: half of an instruction is worse than none.
    """

    def __init__(self, entries: Sequence[Entry], prompt: str) -> None:
        """entries: the passages that the model was given, in order. prompt: what must not leak."""
        self._entries = tuple(entries)
        self._evidence = tuple(evidence_of(entry) for entry in entries)
        self._prompt = prompt
        self._passed: list[Grounded] = []
        self._dropped: list[Sentence] = []
        self._repeated = 0
        self._leaning = False

    def add(self, sentence: Sentence) -> bool:
        """Whether the sentence passes; then it is part of the answer."""
        plain = plain_text(sentence.text).strip()
        if not plain or (plain.endswith("?") and not self._asked_by_entry(plain)):
            # Echoes of the question are left out without being missed.
            return False
        if self._speaks_as_customer(plain):
            return False
        if self._repeats(plain):
            self._repeated += 1
            return False
        if self._passed and self._says_nothing_new(plain):
            return False
        passage = self._passage_of(sentence)
        if passage is None or (self._leaning and vocabulary.DANGLING.match(plain)):
            self._dropped.append(sentence)
            self._leaning = True
            return False
        self._leaning = False
        self._passed.append(Grounded(sentence, passage))
        return True

    @property
    def dropped(self) -> tuple[Sentence, ...]:
        """What did not pass."""
        return tuple(self._dropped)

    @property
    def hopeless(self) -> bool:
        """Whether what is still to come can be spared."""
        return self._repeated >= _MOST_REPEATED or len(self._dropped) >= len(self._passed) + _MOST_IN_VAIN

    @property
    def complete(self) -> bool:
        """Whether what passed can stand as the answer."""
        if not self._passed:
            return False
        words = sum(len(plain_text(one.sentence.text).split()) for one in self._passed)
        total = len(self._passed) + len(self._dropped)
        return words >= _ENOUGH and len(self._dropped) <= _MOST_DROPPED * total and self._steps_in_order()

    @property
    def sources(self) -> tuple[Entry, ...]:
        """The entries behind what passed, in the order of their first citation."""
        return tuple(self._entries[passage] for passage in self._order())

    @property
    def text(self) -> str:
        """What passed, Markdown, each sentence with the number of its entry in `sources`."""
        order = self._order()
        parts = []
        for index, one in enumerate(self._passed):
            gap = (one.sentence.gap or " ") if index else ""
            parts.append(gap + cited(one.sentence.text, (order.index(one.passage) + 1,)))
        return "".join(parts)

    def _order(self) -> list[int]:
        return list(dict.fromkeys(one.passage for one in self._passed))

    def _asked_by_entry(self, plain: str) -> bool:
        return any(normal(plain) in evidence.lines for evidence in self._evidence)

    def _repeats(self, plain: str) -> bool:
        said = (*(one.sentence for one in self._passed), *self._dropped)
        return any(normal(plain_text(sentence.text)) == normal(plain) for sentence in said)

    def _speaks_as_customer(self, plain: str) -> bool:
        """Whether it is the question turned into a statement ("The shop gave me store credit."), and no answer."""
        own = folded_words(plain) & vocabulary.FIRST_PERSON
        return bool(own) and not any(own & one.words for evidence in self._evidence for one in evidence.units)

    def _says_nothing_new(self, plain: str) -> bool:
        """Whether a sentence that passed before says it already, in nearly the same words and with its numbers."""
        stated = unit(plain, plain)
        for one in self._passed:
            said = unit(plain_text(one.sentence.text), "")
            known = len(stated.stems & said.stems) >= _SAID_BEFORE * len(stated.stems)
            if known and stated.quantities <= said.quantities and stated.negated == said.negated:
                return bool(stated.stems)
        return False

    def _passage_of(self, sentence: Sentence) -> int | None:
        """The passage that bears a sentence out: one that it cites, else the one that supports it best."""
        claimed = [number - 1 for number in sentence.cites if 0 < number <= len(self._evidence)]
        others = [number for number in range(len(self._evidence)) if number not in claimed]
        for numbers in (claimed, others):
            supports = [
                (verdict.support, -number)
                for number in numbers
                if (verdict := check(sentence.text, self._evidence[number])).passes
                and not promises_action(without_labels(sentence.text, self._evidence[number].text))
                and not leaks(sentence.text, self._prompt, self._evidence[number].text)
            ]
            if supports:
                return -max(supports)[1]
        return None

    def _steps_in_order(self) -> bool:
        """Whether instructions are whole: every step of the entry, in its order, when any step is given."""
        for number in set(self._order()):
            steps = self._evidence[number].steps
            given = [
                place
                for one in self._passed
                if one.passage == number and (place := _step(one.sentence.text, self._evidence[number])) is not None
            ]
            listed = any(one.passage == number and vocabulary.SEQUENCE.match(one.sentence.text) for one in self._passed)
            if listed and not given:
                return False
            if given and given != list(range(len(steps))):
                return False
        return not (self._dropped and any(vocabulary.SEQUENCE.match(sentence.text) for sentence in self._dropped))


def _step(sentence: str, evidence: Evidence) -> int | None:
    """Which step of the entry a sentence gives; None when it is no step."""
    stated = unit(plain_text(sentence), "").stems
    rated = [(overlap(stated, step.stems), -place) for place, step in enumerate(evidence.steps)]
    best, place = max(rated, default=(0.0, 0))
    elsewhere = max(
        (
            overlap(stated, one.stems)
            for one in evidence.units
            if all(one.stems != step.stems for step in evidence.steps)
        ),
        default=0.0,
    )
    return -place if best > 0.5 and best >= elsewhere else None
