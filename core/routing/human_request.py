"""Does a message ask for a person? Local, no model: a phrase grammar in ten languages and a small linear classifier."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from core.routing.grammar import Match, Reading, read
from core.routing.lexicon import Lexicon, candidates, lexicons
from core.routing.phrases import Phrases
from core.routing.phrases_index import PhraseIndex
from core.routing.text import Token, own_words, readable, tokens

_LONGEST_SENTENCE = 120
"""Tokens; a longer run without punctuation is read in overlapping pieces."""
_OVERLAP = 20
_TRIGGERS = frozenset("HRaSsEPBmJXTK")


class Kind(StrEnum):
    """What a message says about persons."""

    ASK = "ask"
    """Asks for a person."""
    REFUSE_BOT = "refuse_bot"
    """Refuses the machine, which asks for a person too."""
    ASKS_IF_HUMAN = "asks_if_human"
    """Asks whether it talks to a person; to be answered truthfully."""
    DECLINE = "decline"
    """Says that no person is wanted."""
    NONE = "none"
    """Nothing of the kind."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the detector found, and why."""

    kind: Kind
    """What the message says about persons."""
    score: float
    """How sure the detector is of `kind`, 0 to 1; for NONE, how near it was to a request."""
    evidence: str = ""
    """The words that decided, as the customer wrote them (invisible characters removed); "" for NONE."""
    language: str = ""
    """Code of the language in which they were understood ("en"); "" when it did not matter."""

    @property
    def wants_human(self) -> bool:
        """Whether a person has to come: asked for one, or refused the machine."""
        return self.kind in {Kind.ASK, Kind.REFUSE_BOT}


_NOTHING = Verdict(Kind.NONE, 0.0)
_RANK = {Kind.ASK: 4, Kind.REFUSE_BOT: 3, Kind.ASKS_IF_HUMAN: 2, Kind.DECLINE: 1, Kind.NONE: 0}


class HumanRequestDetector:
    """Recognises a request for a person. Stateless after construction; safe to share."""

    def __init__(self, phrases: Phrases | None = None) -> None:
        """
        Args:
            phrases: operators' own phrases and counter-examples, if any; they go before everything else.
        """
        own = phrases or Phrases()
        self._lexicons = lexicons()
        self._human = PhraseIndex((phrase, True) for phrase in own.human)
        self._not_human = PhraseIndex((phrase, True) for phrase in own.not_human)

    def detect(self, text: str) -> Verdict:
        """Read one message.

        Args:
            text: what the customer wrote, any length, any script.

        Returns:
            The strongest finding: a request anywhere in the message wins over everything else in it.
        """
        shown = readable(text)
        best = _NOTHING
        for sentence in _sentences(tokens(own_words(shown))):
            verdict = self._sentence(shown, sentence)
            if (_RANK[verdict.kind], verdict.score) > (_RANK[best.kind], best.score):
                best = verdict
        return best

    def _sentence(self, shown: str, sentence: list[Token]) -> Verdict:
        sentence = _without(sentence, self._not_human)
        for found in self._human.find(sentence):
            evidence = _words(shown, sentence[found.first], sentence[found.last])
            return Verdict(Kind.ASK, 1.0, evidence)
        best = _NOTHING
        for lexicon in candidates((t.text for t in sentence), self._lexicons):
            tags, spans = lexicon.tag(sentence)
            if _TRIGGERS.isdisjoint(tags):
                continue
            for match in read(tags, language=lexicon.language)[:1]:
                verdict = _verdict(match, shown, sentence, spans, lexicon)
                if (_RANK[verdict.kind], verdict.score) > (_RANK[best.kind], best.score):
                    best = verdict
        return best


def _verdict(
    match: Match, shown: str, sentence: list[Token], spans: list[tuple[int, int]], lexicon: Lexicon
) -> Verdict:
    first, last = sentence[spans[match.start][0]], sentence[spans[match.end - 1][1] - 1]
    return Verdict(_KINDS[match.reading], match.score, _words(shown, first, last), lexicon.language)


def _words(shown: str, first: Token, last: Token) -> str:
    return " ".join(shown[first.start : last.end].split())[:200]


def _without(sentence: list[Token], index: PhraseIndex[bool]) -> list[Token]:
    """The sentence with the phrases found in it made unknown words."""
    hidden = {at for found in index.find(sentence) for at in range(found.first, found.last + 1)}
    if not hidden:
        return sentence
    return [replace(token, text="\ufffc") if at in hidden else token for at, token in enumerate(sentence)]


_KINDS = {
    Reading.ASK: Kind.ASK,
    Reading.REFUSE_BOT: Kind.REFUSE_BOT,
    Reading.ASKS_IF_HUMAN: Kind.ASKS_IF_HUMAN,
    Reading.DECLINE: Kind.DECLINE,
}


def _sentences(words: list[Token]) -> Iterator[list[Token]]:
    """Cut at sentence ends; the mark `?` stays with its sentence."""
    sentence: list[Token] = []
    for token in words:
        if token.text == ".":
            if sentence:
                yield sentence
            sentence = []
            continue
        sentence.append(token)
        if token.text == "?":
            yield sentence
            sentence = []
        elif len(sentence) >= _LONGEST_SENTENCE:
            yield sentence
            sentence = sentence[-_OVERLAP:]
    if sentence:
        yield sentence
