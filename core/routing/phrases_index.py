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


class PhraseIndex(Generic[Label]):
    """Phrases with labels, searchable together."""

    def __init__(self, phrases: Iterable[tuple[str, Label]] = ()) -> None:
        self._exact: dict[str, list[tuple[tuple[str, ...], Label]]] = {}
        self._stems: dict[str, list[tuple[tuple[str, ...], Label]]] = {}
        for text, label in phrases:
            self.add(text, label)

    def add(self, text: str, label: Label) -> None:
        """Add one phrase; punctuation, case and accents do not count. A phrase without words is ignored."""
        parts: list[str] = []
        for index, piece in enumerate(text.split(_GAP)):
            if index and parts:
                parts.append(_GAP)
            for word in piece.split():
                folded = [t.text for t in tokens(word.rstrip("*")) if t.text not in _MARKS]
                if folded and word.endswith("*"):
                    folded[-1] += "*"
                parts.extend(folded)
        while parts and parts[-1] == _GAP:
            parts.pop()
        if not parts:
            return
        first = parts[0]
        if first.endswith("*"):
            self._stems.setdefault(first[:2], []).append((tuple(parts), label))
        else:
            self._exact.setdefault(first, []).append((tuple(parts), label))

    def find(self, words: Sequence[Token]) -> Iterator[Found[Label]]:
        """Every phrase in the tokens, in order of where it begins."""
        for at, token in enumerate(words):
            for parts, label in (*self._exact.get(token.text, ()), *self._stems.get(token.text[:2], ())):
                last = _match(parts, words, at)
                if last is not None:
                    yield Found(label, at, last)


def _match(parts: tuple[str, ...], words: Sequence[Token], at: int) -> int | None:
    position, gap = at, 0
    for part in parts:
        if part == _GAP:
            gap = _LONGEST_GAP
            continue
        while position < len(words) and words[position].text != "." and not _same(part, words[position].text):
            if gap == 0:
                return None
            gap, position = gap - 1, position + 1
        if position >= len(words) or words[position].text == ".":
            return None
        position, gap = position + 1, 0
    return position - 1


def _same(part: str, word: str) -> bool:
    return word.startswith(part[:-1]) if part.endswith("*") else word == part
