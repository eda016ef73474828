"""The gate: what a new version must show before it may serve."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from knowledge.entries import Entry
from knowledge.index.golden import GoldenQuestion
from knowledge.index.meter import Meter
from knowledge.search import Hit, Outcome, Searcher, SearchResult

MAX_DROP = 0.2
"""Fewer entries than this share less than before is taken for an accident."""
FOUND_WITHIN = 5
"""An alternate has to find its entry among so many."""

_ALTERNATES = 60
"""Alternates that are tried where there is no golden set."""
_ALTERNATES_PASS = 0.8
"""The share of them that has to pass: an FAQ may well have entries that are asked in almost the same words."""
_TAGS = 50
"""Tags that are tried."""
_SIDE_BY_SIDE = 2
"""Questions asked at a time: customers are searching, too."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate found."""

    tests: int
    """Questions asked."""
    failures: tuple[str, ...]
    """What did not hold; empty: the version may serve."""


def counts_plausible(before: int, after: int) -> tuple[str, ...]:
    """Whether the number of entries is what one would expect; returns what is wrong with it."""
    if before and after < before * (1 - MAX_DROP):
        return (
            f"the FAQ would shrink from {before} to {after} entries (-{(before - after) / before:.0%}); "
            "if that is meant, reload with --force",
        )
    return ()


def examine(
    searcher: Searcher,
    entries: Sequence[Entry],
    golden: Sequence[GoldenQuestion],
    fresh: Iterable[str],
    meter: Meter,
) -> Verdict:
    """Ask a version its test questions.

    golden: the golden set; without one, entries' own alternates stand in. fresh: ids of the entries that are new or
    changed, whose alternates are tried first.
    """
    tests, failures = _golden(searcher, entries, golden) if golden else _alternates(searcher, entries, set(fresh))
    meter.beat()
    more, failed = _tags(searcher, entries)
    return Verdict(tests + more, (*failures, *failed))


def _golden(searcher: Searcher, entries: Sequence[Entry], golden: Sequence[GoldenQuestion]) -> tuple[int, list[str]]:
    audiences = {entry.id: entry.audience for entry in entries}

    def failure(item: GoldenQuestion) -> str:
        # Asked by those for whom the expected entry is; what must be refused, by everyone.
        audience = audiences.get(item.expected[0], "everyone") if item.expected else "everyone"
        result = searcher.search(item.question, audience=audience, limit=3)
        if _as_expected(result, item.expected):
            return ""
        wanted = " or ".join(item.expected) or "no answer"
        return f'golden question "{item.question}" (line {item.line}) wants {wanted}, now {_found(result)}'

    return len(golden), _failures(failure, golden)


def _as_expected(result: SearchResult, expected: tuple[str, ...]) -> bool:
    """Whether the customer gets the answer that the golden set wants, or the choice of it; or none if it wants none."""
    if not expected:
        return result.outcome is not Outcome.ANSWER
    if result.outcome is Outcome.ANSWER:
        return result.hits[0].entry.id in expected
    return any(hit.entry.id in expected for hit in result.suggestions)


def _alternates(searcher: Searcher, entries: Sequence[Entry], fresh: set[str]) -> tuple[int, list[str]]:
    # A text that two entries share can't tell which of them is meant.
    shared = Counter(_key(text) for entry in entries for text in {entry.question, *entry.alternates})

    def own(entry: Entry) -> str:
        return next((text for text in (*entry.alternates, entry.question) if text and shared[_key(text)] == 1), "")

    fresh_first = sorted(entries, key=lambda entry: entry.id not in fresh)
    pairs = list(islice(((text, entry) for entry in fresh_first if (text := own(entry))), _ALTERNATES))

    def failure(pair: tuple[str, Entry]) -> str:
        text, entry = pair
        result = searcher.search(text, audience=entry.audience, language=entry.language, limit=FOUND_WITHIN)
        found = any(hit.entry.id == entry.id for hit in result.hits)
        return "" if found else f'"{text}" should find its own entry {entry.id}, now {_found(result)}'

    failures = _failures(failure, pairs)
    return len(pairs), failures if len(failures) > (1 - _ALTERNATES_PASS) * len(pairs) else []


def _key(text: str) -> str:
    return " ".join(text.casefold().split())


def _tags(searcher: Searcher, entries: Sequence[Entry]) -> tuple[int, list[str]]:
    first_of_tag: dict[str, Entry] = {}
    for entry in entries:
        for tag in entry.tags:
            first_of_tag.setdefault(tag, entry)
    tried = list(first_of_tag.items())[:_TAGS]

    def failure(pair: tuple[str, Entry]) -> str:
        tag, entry = pair
        result = searcher.search(entry.question, audience=entry.audience, tags=(tag,))
        if result.hits and all(tag in hit.entry.tags for hit in result.hits):
            return ""
        return f'a search limited to the tag "{tag}" finds nothing of it: {_found(result)}'

    return len(tried), _failures(failure, tried)


def _failures(failure: Callable[[T], str], items: Sequence[T]) -> list[str]:
    """What `failure` says of each item, in their order, without those of which it says nothing."""
    with ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="gate") as pool:
        return [text for text in pool.map(failure, items) if text]


def _found(result: SearchResult) -> str:
    def described(hit: Hit) -> str:
        return f'{hit.entry.id} ("{hit.entry.question}", similarity {hit.similarity:.2f})'

    if not result.hits:
        return "finds nothing"
    if result.outcome is Outcome.ANSWER:
        return f"answers {described(result.hits[0])}"
    if result.outcome is Outcome.SUGGEST:
        return f"suggests {', '.join(described(hit) for hit in result.suggestions)}"
    return f"is refused; nearest is {described(result.hits[0])}"
