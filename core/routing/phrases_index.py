"""Find any of many phrases in a text, one pass: exact words, `word*` for longer forms, `...` for up to three words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from core.routing.text import Token, tokens

Label = TypeVar("Label")
_GAP: Final = "..."
_LONGEST_GAP: Final = 3
_MARKS: Final = frozenset({".", ",", "?"})


@dataclass(frozen=True, slots=True)
class Found(Generic[Label]):
    """One phrase found in a text."""

    label: Label
    """What the phrase stands for."""
    first: int
    """Index of its first token."""
    last: int
    """Index of its last token, inclusive."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One word of a phrase."""

    text: str
    """The word, folded."""
    stem: bool
    """Whether longer forms of it count too."""
    gap: int
    """How many other words may stand before it."""


_Phrase = tuple[_Part, ...]


class PhraseIndex(Generic[Label]):
    """Phrases with labels, searchable together."""

    def __init__(self, phrases: Iterable[tuple[str, Label]] = ()) -> None:
        self._exact: dict[str, list[tuple[_Phrase, Label]]] = {}
        self._stems: dict[str, list[tuple[_Phrase, Label]]] = {}
        for text, label in phrases:
            self.add(text, label)

    def add(self, text: str, label: Label) -> None:
        """Add one phrase; punctuation, case and accents do not count. A phrase without words is ignored."""
        parts: list[_Part] = []
        for piece in text.split(_GAP):
            gap = _LONGEST_GAP if parts else 0
            for word in piece.split():
                folded = [token.text for token in tokens(word.rstrip("*")) if token.text not in _MARKS]
                for at, one in enumerate(folded, 1):
                    parts.append(_Part(one, word.endswith("*") and at == len(folded), gap))
                    gap = 0
        if not parts:
            return
        first = parts[0]
        if first.stem:
            self._stems.setdefault(first.text[:2], []).append((tuple(parts), label))
        else:
            self._exact.setdefault(first.text, []).append((tuple(parts), label))

    def find(self, words: Sequence[Token]) -> Iterator[Found[Label]]:
        """Every phrase in the tokens, in order of where it begins."""
        if not self._exact and not self._stems:
            return
        texts = [token.text for token in words]
        for at, text in enumerate(texts):
            for phrase, label in self._exact.get(text, ()):
                if (last := _match(phrase, texts, at)) is not None:
                    yield Found(label, at, last)
            for phrase, label in self._stems.get(text[:2], ()):
                # Most that share two letters are other words: looked at here, for a call costs more than the look.
                if text.startswith(phrase[0].text) and (last := _match(phrase, texts, at)) is not None:
                    yield Found(label, at, last)


def _match(phrase: _Phrase, texts: Sequence[str], at: int) -> int | None:
    """Index of the phrase's last token when it begins at `at`; None when it does not."""
    for part in phrase:
        gap = part.gap
        while at < len(texts):
            text = texts[at]
            at += 1
            if text.startswith(part.text) if part.stem else text == part.text:
                break
            if gap == 0 or text == ".":
                return None
            gap -= 1
        else:
            return None
    return at - 1
