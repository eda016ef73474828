"""Signs that a person should be offered: anger, "this is useless", a complaint, a threat to leave, rephrasing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

import yaml
from rapidfuzz import fuzz

from core.routing.phrases_index import PhraseIndex
from core.routing.text import Token, readable, said, tokens


class Signal(StrEnum):
    """A sign that the bot alone will not do."""

    ANGER = "anger"
    """The customer is angry or insults."""
    USELESS = "useless"
    """The bot's answers do not help."""
    COMPLAINT = "complaint"
    """The customer complains about the company."""
    LEAVING = "leaving"
    """The customer threatens to leave."""
    REPHRASING = "rephrasing"
    """The customer asks the same again in other words."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign found in a message."""

    signal: Signal
    """What it is a sign of."""
    evidence: str
    """The customer's words."""


_SAME_QUESTION: Final = 80.0
"""Similarity, 0 to 100, from which two messages count as the same question."""
_READ: Final = 2_000
"""Characters of a message that are compared."""
_ACCEPT: Final = "accept"
_LONGEST_ACCEPTANCE: Final = 6


class SignalDetector:
    """Finds signs in one message. Stateless after construction."""

    def __init__(self) -> None:
        raw = _raw()
        self._signs = PhraseIndex(
            (phrase, signal)
            for signal in (Signal.LEAVING, Signal.ANGER, Signal.USELESS, Signal.COMPLAINT)
            for language in raw[signal.value]
            for phrase in language
        )
        self._yes = frozenset(
            word for language in raw[_ACCEPT] for phrase in language for word in (t.text for t in tokens(phrase))
        )
        self._yes_phrases = PhraseIndex((phrase, True) for language in raw[_ACCEPT] for phrase in language)

    def find(self, text: str) -> Sign | None:
        """The first sign in the message, or None. Linear in the length of the text."""
        shown, words = said(text)
        for found in self._signs.find(words):
            return Sign(found.label, _between(shown, words[found.first], words[found.last]))
        return None

    def accepts(self, text: str) -> bool:
        """Whether the message is nothing but a yes ("yes please", "ja gerne")."""
        words = [t for t in tokens(readable(text)) if t.text not in {".", ",", "?"}]
        if not 0 < len(words) <= _LONGEST_ACCEPTANCE or any(t.text not in self._yes for t in words):
            return False
        return next(self._yes_phrases.find(words), None) is not None


def repeats(text: str, earlier: Sequence[str]) -> int:
    """How many of the earlier messages ask the same in other (or the same) words.

    Args:
        text: the message.
        earlier: the customer's recent messages in this conversation; at most the last five are read.
    """
    mine = _content(text[:_READ])
    if len(mine.split()) < 2:
        return 0
    others = [other for other in (_content(one[:_READ]) for one in earlier[-5:]) if len(other.split()) > 1]
    return sum(fuzz.token_set_ratio(mine, other) >= _SAME_QUESTION for other in others)


@lru_cache(maxsize=1024)  # each message is looked at again with the five that follow
def _content(text: str) -> str:
    # Short words carry little of a question; four letters is crude, and works in every language alike.
    return " ".join(t.text for t in tokens(readable(text)) if len(t.text) > 3)


def _between(shown: str, first: Token, last: Token) -> str:
    return " ".join(shown[first.start : last.end].split())[:200]


@cache
def _raw() -> Mapping[str, Sequence[Sequence[str]]]:
    text = (files("core.routing") / "signals.yaml").read_text("utf-8")
    loaded: Mapping[str, Sequence[Sequence[str]]] = yaml.load(
        text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    )
    return loaded
