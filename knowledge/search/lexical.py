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

    def weights(self, query_words: Sequence[str]) -> dict[str, float]:
        """Each distinct word of the query with its inverse document frequency; unseen words weigh the most."""
        return {
            word: float(self._idf[self._words[word]]) if word in self._words else self._unseen_idf
            for word in dict.fromkeys(query_words)
        }

    def unknown(self, weights: dict[str, float]) -> float:
        """Share of the query's weight whose words no entry has, 0..1."""
        missing = sum(weight for word, weight in weights.items() if word not in self._words)
        return missing / max(sum(weights.values()), 1e-6)

    def scores(self, query_words: Sequence[str]) -> Floats:
        """BM25 of every entry, shape [entries]."""
        numbers = [self._words[word] for word in dict.fromkeys(query_words) if word in self._words]
        if self.size >= LARGE and numbers:
            counts = [self._starts[number + 1] - self._starts[number] for number in numbers]
            rare = [number for number, count in zip(numbers, counts, strict=True) if count <= COMMON * self.size]
            numbers = rare or numbers
        if self._table is not None:
            scores: Floats = self._table[numbers].sum(axis=0)
            return scores
        spans = [slice(self._starts[number], self._starts[number + 1]) for number in numbers]
        if not spans:
            return np.zeros(self.size, np.float32)
        rows = np.concatenate([self._rows[span] for span in spans])
        data = np.concatenate([self._data[span] for span in spans])
        return np.bincount(rows, data, self.size).astype(np.float32)

    def bm25(self, query_words: Sequence[str], rows: Rows) -> Floats:
        """BM25 of the entries `rows` with every word counted, shape [len(rows)]."""
        return self.matches(dict.fromkeys(query_words, 1.0), rows)[0]

    def covered(self, weights: dict[str, float], rows: Rows) -> Floats:
        """Share of the query's weight whose words the entries `rows` have, 0..1, shape [len(rows)]."""
        return self.matches(weights, rows)[1]

    def matches(self, weights: dict[str, float], rows: Rows) -> tuple[Floats, Floats]:
        """`bm25` and `covered` of the entries `rows` for the words of `weights`, at the cost of one of them."""
        known = {self._words[word]: weight for word, weight in weights.items() if word in self._words}
        if not known:
            return np.zeros(len(rows), np.float32), np.zeros(len(rows), np.float32)
        given = self._given(list(known), rows)
        covered: Floats = np.fromiter(known.values(), np.float32) @ np.sign(given)
        return given.sum(axis=0), covered / max(sum(weights.values()), 1e-6)

    def _given(self, numbers: list[int], rows: Rows) -> Floats:
        """BM25 that each of these words gives each of the entries `rows`, 0 where it does not occur."""
        if self._table is not None:
            return self._table[numbers].take(rows, axis=1)
        wanted = np.array(numbers, np.int64)[:, None] * self.size + rows
        at = np.minimum(self._postings.searchsorted(wanted), len(self._postings) - 1)
        return np.where(self._postings[at] == wanted, self._data[at], np.float32(0))
