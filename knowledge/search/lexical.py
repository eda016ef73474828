"""Words in common: BM25 over entries, how much of the query an entry covers, and repair of misspelt words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

Floats = NDArray[np.float32]
Rows = NDArray[np.intp]

K1, B = 1.2, 0.75
"""Robertson's usual BM25 parameters."""
COMMON = 0.1
"""A word in more than this share of a large FAQ's entries says nothing; it is not scored while rarer ones are there."""
LARGE = 2000
"""Entries from which on common words are skipped (their postings cost time)."""
TABLE = 1 << 20
"""Words times entries up to which a table, 4 MB, keeps what each word gives each entry: nothing is looked for."""
REMEMBERED = 4096
"""Unknown words whose repair is remembered."""


class LexicalIndex:
    """BM25 postings, one document per entry. Scores are computed when it is built (Lù, "BM25S", 2024)."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        """documents: the words of each entry, in entry order; see `words`."""
        self.size = len(documents)
        self._words: dict[str, int] = {}
        numbers = np.array(
            [self._words.setdefault(w, len(self._words)) for found in documents for w in found], np.int64
        )
        lengths = np.array([len(found) for found in documents], np.int64)
        # One posting for each word of each document, sorted by word.
        self._postings, times = np.unique(
            numbers * self.size + np.repeat(np.arange(self.size), lengths), return_counts=True
        )
        word_of, row_of = np.divmod(self._postings, max(self.size, 1))
        counts = np.bincount(word_of, minlength=len(self._words))
        self._starts = np.concatenate(([0], np.cumsum(counts)))
        self._rows = row_of.astype(np.int32)
        idf = np.log(1 + (self.size - counts + 0.5) / (counts + 0.5))
        weight = K1 * (1 - B + B * lengths / max(lengths.sum() / max(self.size, 1), 1e-6))
        self._data: Floats = (idf[word_of] * times / (times + weight[row_of])).astype(np.float32)
        self._idf: Floats = idf.astype(np.float32)
        self._table: Floats | None = None
        if len(idf) * self.size <= TABLE:
            self._table = np.zeros((len(idf), self.size), np.float32)
            self._table[word_of, row_of] = self._data
        self._unseen_idf = float(np.log(1 + (self.size + 0.5) / 0.5))
        self._repaired: dict[str, str] = {}
        self._by_length: dict[int, list[str]] = {}
        for word in self._words:
            if len(word) >= 4 and word.isalpha():
                self._by_length.setdefault(len(word), []).append(word)

    def repair(self, query_words: Sequence[str]) -> dict[str, str]:
        """Map each word that no entry has to the one word of the FAQ that is within one or two slips of it."""
        unknown = {word for word in query_words if word not in self._words and 5 <= len(word) <= 30 and word.isalpha()}
        return {word: repair for word in unknown if (repair := self._repair(word))}

    def _repair(self, word: str) -> str:
        """The word of the FAQ that `word` is meant to be; "" when there is none. Words come again: it is remembered."""
        if (known := self._repaired.get(word)) is not None:
            return known
        slips = 1 if len(word) < 7 else 2
        lengths = range(len(word) - slips, len(word) + slips + 1)
        choices = [near for length in lengths for near in self._by_length.get(length, ())]
        best = process.extract(word, choices, scorer=DamerauLevenshtein.distance, score_cutoff=slips, limit=2)
        sure = best and (len(best) == 1 or best[0][1] < best[1][1] or best[0][0][0] == word[0])
        if len(self._repaired) >= REMEMBERED:
            self._repaired.clear()
        self._repaired[word] = repair = best[0][0] if sure else ""
        return repair

    def look_up(self, query_words: Sequence[str]) -> LookUp:
        """Find the distinct words of one query, once for all that is asked about them."""
        numbers, weights, missing = [], [], 0.0
        for word in dict.fromkeys(query_words):
            number = self._words.get(word)
            if number is None:
                missing += self._unseen_idf  # unseen words weigh the most
            else:
                numbers.append(number)
                weights.append(float(self._idf[number]))
        return LookUp(self, numbers, weights, missing)

    def given(self, numbers: list[int]) -> Floats | None:
        """BM25 that each of these words gives every entry, shape [words, entries]; None for a large index."""
        return None if self._table is None else self._table[numbers]

    def given_to(self, numbers: list[int], rows: Rows) -> Floats:
        """BM25 that each of these words gives each of the entries `rows`, 0 where it does not occur."""
        wanted = np.array(numbers, np.int64)[:, None] * self.size + rows
        at = np.minimum(self._postings.searchsorted(wanted), len(self._postings) - 1)
        return np.where(self._postings[at] == wanted, self._data[at], np.float32(0))

    def rare(self, numbers: list[int]) -> list[int]:
        """Those of `numbers` that say something where entries are looked for; see `COMMON`."""
        if self.size < LARGE:
            return numbers
        counts = [self._starts[number + 1] - self._starts[number] for number in numbers]
        return [number for number, count in zip(numbers, counts, strict=True) if count <= COMMON * self.size] or numbers

    def total(self, numbers: list[int]) -> Floats:
        """BM25 of every entry for these words, shape [entries]."""
        spans = [slice(self._starts[number], self._starts[number + 1]) for number in numbers]
        if not spans:
            return np.zeros(self.size, np.float32)
        rows = np.concatenate([self._rows[span] for span in spans])
        data = np.concatenate([self._data[span] for span in spans])
        return np.bincount(rows, data, self.size).astype(np.float32)


class LookUp:
    """The distinct words of one query, found in an index once."""

    def __init__(self, index: LexicalIndex, numbers: list[int], weights: list[float], missing: float) -> None:
        """numbers, weights: of words that entries have, and their inverse document frequency. missing: of others."""
        self._index, self._numbers, self._weights = index, numbers, weights
        self.weight = sum(weights) + missing
        """The inverse document frequencies of all words."""
        self.unknown = missing / max(self.weight, 1e-6)
        """Share of that whose words no entry has, 0..1."""
        self._given = index.given(numbers)

    def scores(self) -> Floats:
        """BM25 of every entry, shape [entries]; words that many entries of a large FAQ have are passed over."""
        rare = self._index.rare(self._numbers)
        if self._given is None or rare is not self._numbers:
            return self._index.total(rare)
        scores: Floats = self._given.sum(axis=0)
        return scores

    def matches(self, rows: Rows) -> tuple[Floats, Floats]:
        """Of the entries `rows`: BM25 with every word counted; share of the query's weight whose words they have."""
        if not self._numbers:
            return np.zeros(len(rows), np.float32), np.zeros(len(rows), np.float32)
        given = self._index.given_to(self._numbers, rows) if self._given is None else self._given.take(rows, axis=1)
        covered: Floats = np.array(self._weights, np.float32) @ np.sign(given)
        return given.sum(axis=0), covered / max(self.weight, 1e-6)
