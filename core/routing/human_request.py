"""Does a message ask for a person? Local, no model: a phrase grammar in ten languages and a small linear classifier."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from core.routing.classifier import classifier
from core.routing.grammar import Match, Reading, read
from core.routing.lexicon import Lexicon, candidates, lexicons
from core.routing.phrases import Phrases
from core.routing.phrases_index import PhraseIndex
from core.routing.text import Token, said, sentences

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
    PERHAPS = "perhaps"
    """May ask for a person: not sure enough to call one, enough to offer one."""
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


_CONTRARY = 2.0
"""So much more sure the classifier has to be where the grammar reads "no human, please" or "are you human?"."""
_NOTHING = Verdict(Kind.NONE, 0.0)
_RANK = {
    Kind.ASK: 5, Kind.REFUSE_BOT: 4, Kind.ASKS_IF_HUMAN: 3, Kind.DECLINE: 2, Kind.PERHAPS: 1, Kind.NONE: 0,
}  # fmt: skip


class HumanRequestDetector:
    """Recognises a request for a person. Stateless after construction; safe to share.

    Each sentence is read by the grammar and scored by the classifier. What the grammar takes for a request is one
    unless the classifier is sure of the contrary; what it does not know is one when the classifier is sure.
    """

    def __init__(self, phrases: Phrases | None = None) -> None:
        """
        Args:
            phrases: operators' own phrases and counter-examples, if any; they go before everything else.
        """
        own = phrases or Phrases()
        lexicons()  # read now, not with the first message
        self._classifier = classifier()
        self._human = PhraseIndex((phrase, True) for phrase in own.human)
        self._not_human = PhraseIndex((phrase, True) for phrase in own.not_human)

    def detect(self, text: str) -> Verdict:
        """Read one message.

        Args:
            text: what the customer wrote, any length, any script.

        Returns:
            The strongest finding: a request anywhere in the message wins over everything else in it.
        """
        shown, words = said(text)
        best = _NOTHING
        for sentence in sentences(words):
            verdict = self._sentence(shown, sentence)
            if (_RANK[verdict.kind], verdict.score) > (_RANK[best.kind], best.score):
                best = verdict
        return best

    def _sentence(self, shown: str, sentence: list[Token]) -> Verdict:
        sentence = _without(sentence, self._not_human)
        for found in self._human.find(sentence):
            evidence = _words(shown, sentence[found.first], sentence[found.last])
            return Verdict(Kind.ASK, 1.0, evidence)
        verdict = read_by_grammar(shown, sentence)
        score, window = self._classifier.score(sentence)
        limits = self._classifier.thresholds
        if verdict.wants_human:
            return verdict if score > limits.veto else Verdict(Kind.NONE, _probability(score))
        page = limits.page
        if limits.page_elsewhere < score <= page and _language(window) != "en":
            page = limits.page_elsewhere
        if score > page + (0.0 if verdict.kind is Kind.NONE else _CONTRARY):
            return self._by_classifier(Kind.ASK, score, shown, window)
        if score > limits.offer and verdict.kind is Kind.NONE:
            return self._by_classifier(Kind.PERHAPS, score, shown, window)
        return verdict if verdict.kind is not Kind.NONE else Verdict(Kind.NONE, _probability(score))

    def _by_classifier(self, kind: Kind, score: float, shown: str, window: Sequence[Token]) -> Verdict:
        clause = max(_clauses(window), key=lambda part: self._classifier.score(part)[0])
        return Verdict(kind, _probability(score), _words(shown, clause[0], clause[-1]), _language(window))


def read_by_grammar(shown: str, sentence: list[Token]) -> Verdict:
    """What the phrase grammar alone makes of one sentence.

    Args:
        shown: the readable text that the sentence is of.
        sentence: its tokens.
    """
    best = _NOTHING
    texts = tuple(token.text for token in sentence)
    for lexicon in candidates(texts):
        tags, spans = lexicon.tag(texts)
        if _TRIGGERS.isdisjoint(tags):
            continue
        for match in read(tags, language=lexicon.language)[:1]:
            verdict = _verdict(match, shown, sentence, spans, lexicon)
            if (_RANK[verdict.kind], verdict.score) > (_RANK[best.kind], best.score):
                best = verdict
    return best


def _clauses(window: Sequence[Token]) -> list[Sequence[Token]]:
    """The window cut at commas, without those marks; the window itself when there is nothing else."""
    cuts = [-1, *(at for at, token in enumerate(window) if token.text in {",", "?"}), len(window)]
    return [window[a + 1 : b] for a, b in pairwise(cuts) if b - a > 1] or [window]


def _language(window: Sequence[Token]) -> str:
    known = candidates(token.text for token in window)
    return known[0].language if known else ""


def _probability(score: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


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
