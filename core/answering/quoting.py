"""Answers in the author's own words: the best entry with its source; of a long article, the section that answers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from core.posts import Source
from knowledge.entries import Entry
from knowledge.search.plain import plain_text
from knowledge.search.results import Hit
from knowledge.search.words import fold

SUGGESTIONS = 3
"""How many questions are offered as "did you mean"."""


LONG = 1500
"""Characters of an answer from which on it is an article, of which only a section may be meant."""
_SHARE = 0.2
"""Share of the passage that was found which makes a section part of the quotation."""
_ALIKE = 0.5
"""Share of words that two headings have in common from which on they tell cases apart ("if you have…", "if not…")."""
_HEADING = re.compile(r"(#{1,6})[ \t]+(.*)")
_FENCE = re.compile(r"[ \t]{0,3}(?:```|~~~)")
_MORE = "…"


def quoted(hit: Hit) -> str:
    """The answer of an entry, word for word (Markdown). The core splits what is too long for one message.

    Of an article with headings only the sections in which the passage lies that was found; "…" says that it goes on.
    Never less than a section with all its sub-sections, so that steps and conditions stay whole. The article is quoted
    whole where that might mislead: what stands before the first heading leads to what comes after it, and sections with
    much the same heading are cases of which the customer must pick one.
    """
    answer = hit.entry.answer.strip()
    if len(answer) <= LONG:
        return answer
    sections = _sections(answer)
    wanted = _triples(hit.passage)
    held = [len(wanted & _triples(plain_text(section))) for section in sections]
    places = [place for place, count in enumerate(held) if count > _SHARE * len(wanted)]
    if len(sections) == 1 or not places or (places[0] == 0 and not _HEADING.match(sections[0])):
        return answer
    kept, left = range(places[0], places[-1] + 1), (*sections[: places[0]], *sections[places[-1] + 1 :])
    if any(_same_case(sections[place], other) for place in kept for other in left):
        return answer
    text = "".join(sections[place] for place in kept).strip()
    return text if places[-1] == len(sections) - 1 else f"{text}\n\n{_MORE}"


def _sections(markdown: str) -> list[str]:
    """The parts that begin with a heading of the highest rank, and what stands before; together they are the text."""
    lines = markdown.splitlines(keepends=True)
    ranks: dict[int, int] = {}
    fenced = False
    for number, line in enumerate(lines):
        fenced ^= bool(_FENCE.match(line))
        if not fenced and (heading := _HEADING.match(line)):
            ranks[number] = len(heading[1])
    starts = [number for number, rank in ranks.items() if rank == min(ranks.values())]
    bounds = [*dict.fromkeys((0, *starts)), len(lines)]
    return ["".join(lines[start:end]) for start, end in pairwise(bounds)]


def _same_case(section: str, other: str) -> bool:
    """Whether two sections have much the same heading."""
    left, right = (
        set(fold(heading[2]).split()) if (heading := _HEADING.match(text)) else set() for text in (section, other)
    )
    return bool(left and right) and 2 * len(left & right) >= _ALIKE * (len(left) + len(right))


def _triples(text: str) -> set[tuple[str, ...]]:
    """Every three words that follow each other."""
    words = text.split()
    return set(zip(words, words[1:], words[2:], strict=False))


def quotable(hits: Iterable[Hit]) -> Hit | None:
    """The first hit that says something: an entry without an answer can be found but not quoted."""
    return next((hit for hit in hits if hit.entry.answer.strip()), None)


def source_of(entry: Entry) -> Source:
    """An entry as it is cited."""
    return Source(entry.id, entry.question or entry.id, entry.source)


def suggestions_of(hits: Iterable[Hit]) -> tuple[Source, ...]:
    """Up to three different questions to offer, best first."""
    offered: dict[str, Source] = {}
    for hit in hits:
        if hit.entry.question.strip():
            offered.setdefault(hit.entry.question.strip().casefold(), source_of(hit.entry))
    return tuple(offered.values())[:SUGGESTIONS]
