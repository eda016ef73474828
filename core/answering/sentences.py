"""Text in sentences, as it arrives from a model."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CITED = re.compile(
    r"\s*[\[【]\s*(?:passages?\s*|sources?\s*|entry\s*|entries\s*)?(\d{1,2}(?:\s*[,;]\s*\d{1,2})*)\s*[\]】]",
    re.IGNORECASE,
)
_END = re.compile(
    r"(?:[.!?…。！？]+[\"'”’)*_]*(?:\s*\[[^\[\]\n]{1,20}\])*(?P<space>\s{1,20})|[。！？]+|(?P<line>[^\S\n]{0,20}\n\s{0,20}))(?=[^\s\[])"
)
_NO_END = re.compile(
    r"(?:^\s*[*_(]*\d{1,3}|(?:^|[\s(])(?:[A-Za-z]|e\.g|i\.e|vs|approx|mr|mrs|ms|dr|st|bzw|z\.b|ca))\.$", re.IGNORECASE
)
"""A full stop that ends no sentence: list numbers, initials, abbreviations."""
_MAYBE_END = re.compile(r"(?:^|[\s(\d])(?:a\.m|p\.m|u\.s|u\.k|inc|ltd|etc|no|nr)\.$", re.IGNORECASE)
"""One that ends a sentence only before a capital letter."""
LONGEST = 600
"""Characters after which a sentence is cut off as it is: a model that never ends one."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a generated text."""

    text: str
    """Markdown without citations."""
    cites: tuple[int, ...] = ()
    """The numbers that it cites, in order."""
    gap: str = ""
    """What stands before it: "", a space, or line breaks."""


class SentenceStream:
    """Cuts text into sentences while it arrives: `feed` returns those that are complete, `close` the rest."""

    def __init__(self) -> None:
        self._buffer = ""
        self._gap = ""

    def feed(self, text: str) -> list[Sentence]:
        """Take what has arrived; a sentence is complete once the next one has begun."""
        self._buffer += text
        return self._cut()

    def close(self) -> list[Sentence]:
        """What is left when nothing more comes."""
        rest, self._buffer = self._buffer, ""
        return [self._sentence(rest)] if rest.strip() else []

    def _cut(self) -> list[Sentence]:
        found = []
        start = 0
        while True:
            end = self._next_end(start)
            if end is None:
                break
            at, gap, after = end
            if self._buffer[start:at].strip():
                found.append(self._sentence(self._buffer[start:at]))
            self._gap = gap
            start = after
        self._buffer = self._buffer[start:]
        while len(self._buffer) > LONGEST:
            at = self._buffer.rfind(" ", 0, LONGEST) + 1 or LONGEST
            if self._buffer[:at].strip():
                found.append(self._sentence(self._buffer[:at]))
            self._buffer, self._gap = self._buffer[at:], " "
        return found

    def _next_end(self, start: int) -> tuple[int, str, int] | None:
        """Where the next sentence ends, what stands behind it, and where the one after it begins."""
        for match in _END.finditer(self._buffer, start):
            group = "line" if match["line"] is not None else "space"
            gap = match[group] or ""
            at = match.end() - len(gap)
            broken = gap.count("\n")
            before, following = self._buffer[start:at], self._buffer[match.end()]
            if broken == 1 and following.islower():
                continue  # a line that is wrapped
            if not broken and (_NO_END.search(before) or (_MAYBE_END.search(before) and not following.isupper())):
                continue
            return at, "\n\n" if broken > 1 else "\n" if broken else " ", match.end()
        return None

    def _sentence(self, text: str) -> Sentence:
        cites = [int(number) for match in _CITED.finditer(text) for number in re.findall(r"\d+", match[1])]
        gap, self._gap = self._gap, " "
        text = re.sub(r"\s*\n\s*", " ", text.strip())  # a wrapped line
        return Sentence(_CITED.sub("", text).strip(), tuple(dict.fromkeys(cites)), gap)


def sentences(text: str) -> list[Sentence]:
    """A whole text in sentences."""
    stream = SentenceStream()
    return stream.feed(text) + stream.close()


def cited(text: str, numbers: tuple[int, ...]) -> str:
    """A sentence with its citations before its full stop: `It takes five days [1].`"""
    marks = "".join(f"[{number}]" for number in numbers)
    body, end = re.match(r"(.*?)([.!?…。！？:]*[\"'”’)*_]*)$", text, re.DOTALL).groups()  # type: ignore[union-attr]
    return f"{body} {marks}{end}"
