"""Everything about one version of the FAQ that a search needs, computed once when the version is opened."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from knowledge.embeddings import Vectors
from knowledge.search.dense import Mask, Rows, UnitVectors
from knowledge.search.head import train_head
from knowledge.search.kriging import covariance
from knowledge.search.lexical import LexicalIndex
from knowledge.search.plain import plain_text
from knowledge.search.ports import Snapshot, may_see
from knowledge.search.units import units_of
from knowledge.search.words import words

SAMPLE = 256
"""Questions that are sampled to learn how alike the FAQ's own entries are."""
FILTERS = 64
"""Filters that are remembered."""
PAIRS = 1024
"""Units up to which the covariance of each with each is kept: 4 MB."""
PADDED = 1 << 17
"""Entries times units of the largest up to which their places are kept: 1.3 MB."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a search may find."""

    entries: Mask
    """True for each entry that may be found, shape [entries]."""
    units: Mask
    """The same per unit, shape [units]."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What kind of FAQ it is: the scale on which evidence is read."""

    entries: int
    """Number of entries."""
    asked_per_entry: float
    """Questions and alternates per entry, on average."""
    answered_share: float
    """Share of entries with an answer, 0..1."""
    trained: bool
    """Whether a classifier could be trained."""
    alike: tuple[float, float, float, float]
    """How alike its own questions are, see `_alike`."""


class Corpus:
    """Entries, units, vectors, words and statistics of one version; immutable once built."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.version = snapshot.version
        self.entries = tuple(snapshot.entries)
        units = [units_of(entry) for entry in self.entries]
        self.units = [unit for group in units for unit in group]
        entry_of = np.repeat(np.arange(len(units), dtype=np.intp), [len(group) for group in units])
        self.first: Rows = np.searchsorted(entry_of, np.arange(len(units) + 1))
        """Rows of entry n are `first[n]` up to, not including, `first[n + 1]`."""
        self.asked: Mask = np.array([unit.kind != "answer" for unit in self.units], dtype=bool)
        """Which units are a question or an alternate."""
        matrix = snapshot.dense.vectors([unit.id for unit in self.units])
        self.vectors = UnitVectors(matrix, entry_of)
        questions = [words(" ".join((entry.question, *entry.alternates))) for entry in self.entries]
        self.words_asked = LexicalIndex(questions)
        self.words_all = LexicalIndex(
            [
                question + words(" ".join((plain_text(entry.answer), *entry.tags)))
                for question, entry in zip(questions, self.entries, strict=True)
            ]
        )
        self.head = train_head(matrix[self.asked], entry_of[self.asked], len(self.entries))
        few = len(self.units) <= PAIRS
        self._covariances = covariance(matrix @ matrix.T) if few else None
        largest = int(np.diff(self.first).max(initial=1))
        padded = len(self.entries) * largest <= PADDED
        self._padded = self._pad(np.arange(len(self.entries))) if padded else None
        self._spelled: dict[int, str] = {}
        self._filters: dict[tuple[str, frozenset[str], str], Filter | None] = {}
        count = max(len(self.entries), 1)
        self.traits = Traits(
            entries=len(self.entries),
            asked_per_entry=float(self.asked.sum()) / count,
            answered_share=sum(bool(entry.answer.strip()) for entry in self.entries) / count,
            trained=self.head is not None,
            alike=_alike(matrix, entry_of, self.asked),
        )

    def spelled(self, units: Rows) -> list[str]:
        """The words of units in alphabetical order, to compare their letters. Found once, near units come again."""
        known, wanted = self._spelled, units.tolist()
        for unit in wanted:
            if unit not in known:
                known[unit] = sorted_words(self.units[unit].text.lower())
        return [known[unit] for unit in wanted]

    def side_by_side(self, entries: Rows) -> tuple[Rows, Mask, Mask]:
        """The units of each of these entries, padded to the most that one has: shape [entries, units].

        Returns their rows, which of these are real (the others repeat some unit), which are a question or an alternate.
        """
        if self._padded is not None:
            rows, real, asked = self._padded
            return rows[entries], real[entries], asked[entries]
        return self._pad(entries)

    def _pad(self, entries: Rows) -> tuple[Rows, Mask, Mask]:
        first = self.first[entries]
        sizes = self.first[entries + 1] - first
        place = np.arange(sizes.max(initial=1))
        real = place < sizes[:, None]
        rows = np.where(real, first[:, None] + place, 0)
        return rows, real, real & self.asked[rows]

    def covariances(self, units: Rows) -> Vectors:
        """Covariances of these units with each other, shape [units, units]; see `kriging`."""
        if self._covariances is not None:
            return self._covariances.take(units, axis=0).take(units, axis=1)
        near = self.vectors.matrix.take(units, axis=0)
        return covariance(near @ near.T)

    def filtered(self, audience: str, tags: Collection[str], language: str) -> Filter | None:
        """What may be found; None when everything may. The last few are remembered."""
        key = (audience, frozenset(tags), language)
        if key not in self._filters:
            if len(self._filters) >= FILTERS:
                self._filters.clear()
            self._filters[key] = self._filter(*key)
        return self._filters[key]

    def _filter(self, audience: str, tags: frozenset[str], language: str) -> Filter | None:
        if tags:
            entries = np.zeros(len(self.entries), dtype=bool)
            entries[[row for tag in tags for row in self._rows_of_tag.get(tag, ())]] = True
            if (others := self.filtered(audience, (), language)) is not None:
                entries &= others.entries
        else:
            entries = np.array([may_see(audience, entry) for entry in self.entries], dtype=bool)
            if language:
                spoken = {one: not one or _same_language(language, one) for one in {e.language for e in self.entries}}
                entries &= np.array([spoken[entry.language] for entry in self.entries], dtype=bool)
        return None if entries.all() else Filter(entries, entries[self.vectors.entry_of])

    @cached_property
    def row_of(self) -> dict[str, int]:
        """Number of each entry by its id."""
        return {entry.id: row for row, entry in enumerate(self.entries)}

    @cached_property
    def _rows_of_tag(self) -> dict[str, list[int]]:
        rows: dict[str, list[int]] = {}
        for row, entry in enumerate(self.entries):
            for tag in entry.tags:
                rows.setdefault(tag, []).append(row)
        return rows


def sorted_words(text: str) -> str:
    """Its words in alphabetical order."""
    return " ".join(sorted(text.split()))


def _same_language(wanted: str, stated: str) -> bool:
    """Whether two BCP 47 tags share their primary language ("en" and "en-GB" do)."""
    return wanted.split("-")[0].casefold() == stated.split("-")[0].casefold()


def _alike(matrix: Vectors, entry_of: Rows, asked: Mask) -> tuple[float, float, float, float]:
    """How alike the FAQ's own questions are, from a sample: the scale on which a query's cosine is read.

    Returns mean and standard deviation of the cosine with the nearest unit of *another* entry, then the same with
    the nearest other question of the *same* entry (leave one out; 0.75 and 0.12 where entries have no alternates).
    """
    rows = np.flatnonzero(asked)
    if len(set(entry_of.tolist())) < 2 or not len(rows):
        return 0.45, 0.12, 0.75, 0.12
    rows = np.random.default_rng(0).permutation(rows)[: max(32, min(SAMPLE, 4_000_000 // len(matrix)))]
    cosines = matrix[rows] @ matrix.T
    same = entry_of[rows][:, None] == entry_of[None, :]
    others = np.where(same, -1.0, cosines).max(axis=1)
    itself = np.arange(len(matrix))[None, :] == rows[:, None]
    own = np.where(same & asked[None, :] & ~itself, cosines, -1.0).max(axis=1)
    own = own[own > -1.0]
    near = (0.75, 0.12) if len(own) < 8 else (float(own.mean()), float(own.std()) + 0.02)
    return float(others.mean()), float(others.std()) + 0.02, *near
