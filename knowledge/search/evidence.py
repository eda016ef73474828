"""What speaks for each entry as the answer to one query: the numbers that ranking and confidence are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from knowledge.embeddings import Vectors
from knowledge.search.corpus import Corpus, Filter, sorted_words
from knowledge.search.dense import Comparison, Mask, Rows
from knowledge.search.head import softmax
from knowledge.search.kriging import covariance, kriging
from knowledge.search.words import fold, words

NEAREST_UNITS = 80
CANDIDATES = 20
"""Entries taken from each of: nearest units, BM25, the classifier."""
_CROWD = 3
"""Questions of an entry whose similarity is averaged."""
_LEAST, _APART, _FILLED = -1.5, 4.0, -9.0
"""Below any cosine; what sets units of the other part below that; what stands where an entry has no more units."""

SIGNALS = (
    "question",  # highest cosine with the question or an alternate
    "passage",  # highest cosine with a passage of the answer (with its question before it); "question" if none
    "nearest",  # the higher of the two
    "crowd",  # mean of the three highest cosines with questions and alternates
    "head",  # log probability by the classifier, / 10; 0 where the FAQ has none
    "bm25",  # BM25 over question, alternates, answer and tags, / 20
    "bm25_share",  # the same, / the most that this query could get
    "bm25_asked",  # BM25 over question and alternates, / the most that this query could get
    "covered",  # share of the query's words, weighted by idf, that the entry has
    "covered_asked",  # the same in question and alternates
    "spelling",  # character similarity of the query and the nearest question or alternate, 0..1
    "kriged",  # share of the query that the entry's units among the nearest explain, about 0..1
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The candidates for one query."""

    rows: Rows
    """Entry numbers, shape [candidates]."""
    signals: Vectors
    """One column per name in `SIGNALS`, shape [candidates, signals]."""
    best_units: Rows
    """Row of the nearest passage of each candidate (of its nearest unit where it has no answer)."""
    query_words: int
    """Number of words in the query."""
    unknown_share: float
    """Share of the query's words, weighted by idf, that no entry has."""
    unexplained: float
    """Share of the query's variance that the nearest units do not explain, 0..1; see `kriging`."""


def gather(corpus: Corpus, query: str, vector: Vectors, only: Filter | None, stressed: str = "") -> Evidence:
    """Collect candidates and their signals; what `only` leaves out never becomes a candidate.

    stressed: a part of the query whose words count twice when candidates are looked for.
    """
    asked_words = words(query)
    repairs = corpus.words_all.repair(asked_words)
    query_words = [repairs.get(word, word) for word in asked_words] if repairs else asked_words
    said, said_asked = corpus.words_all.look_up(query_words), corpus.words_asked.look_up(query_words)
    units = corpus.vectors
    allowed = None if only is None else only.entries
    compared = units.compared(vector)
    rows, cosines = compared.nearest(NEAREST_UNITS, None if only is None else only.units)
    near = units.entry_of[rows]
    lexical = said.scores()
    if stressed:
        lexical = lexical + corpus.words_all.look_up(words(stressed)).scores()
    chosen = np.zeros(len(corpus.entries), bool)
    chosen[near] = True
    chosen[_best(lexical, allowed, above=0.0)] = True
    head = None
    if corpus.head is not None:
        head = np.log(softmax(vector @ corpus.head) + 1e-9) / 10
        chosen[_best(head, allowed)] = True
    entries = np.flatnonzero(chosen)
    signals = np.zeros((len(entries), len(SIGNALS)), np.float32)
    nearest, best_units = _similarities(corpus, compared, entries, signals)
    if head is not None:
        signals[:, 4] = head[entries]
    spelled = [sorted_words(fold(query))]
    letters = process.cdist(spelled, corpus.spelled(nearest), scorer=fuzz.ratio, dtype=np.float32)[0]
    signals[:, 10] = letters / 100 * corpus.asked[nearest]
    bm25, signals[:, 8] = said.matches(entries)
    bm25_asked, signals[:, 9] = said_asked.matches(entries)
    signals[:, 5] = bm25 / 20
    signals[:, 6] = bm25 / max(said.weight, 1e-6)
    signals[:, 7] = bm25_asked / max(said_asked.weight, 1e-6)
    shares, unexplained = kriging(corpus.covariances(rows), covariance(cosines))
    signals[:, 11] = np.bincount(near, shares, len(corpus.entries))[entries]
    return Evidence(entries, signals, best_units, len(asked_words), said.unknown, unexplained)


def _best(scores: Vectors, allowed: Mask | None, above: float = -np.inf) -> Rows:
    """Numbers of the best-scored entries that are allowed and score more than `above`."""
    if allowed is not None:
        scores = np.where(allowed, scores, -np.inf)
    rows = np.flatnonzero(scores > above)  # most have no word in common: to part so many equal ones is slow
    if len(rows) <= CANDIDATES:
        return rows
    return rows[np.argpartition(scores[rows], len(rows) - CANDIDATES)[len(rows) - CANDIDATES :]]


def _similarities(corpus: Corpus, compared: Comparison, entries: Rows, signals: Vectors) -> tuple[Rows, Rows]:
    """Fill the first four columns of `signals`; return the nearest question and the nearest passage of each entry.

    An entry without an answer is given its nearest question twice, one without a question its nearest passage.
    """
    rows, real, asked = corpus.side_by_side(entries)
    cosines = compared.cosines(rows, real, _FILLED)
    apart = cosines - _APART
    questions, passages = np.where(asked, cosines, apart), np.where(asked, apart, cosines)
    every = np.arange(len(entries))
    at_question, at_passage = questions.argmax(axis=1), passages.argmax(axis=1)
    question, passage = questions[every, at_question], passages[every, at_passage]
    has_question, has_passage = question > _LEAST, passage > _LEAST
    best = np.partition(questions, -_CROWD, axis=1)[:, -_CROWD:] if rows.shape[1] > _CROWD else questions
    counted = best > _LEAST
    crowd = (best * counted).sum(axis=1) / np.maximum(counted.sum(axis=1), 1)
    signals[:, 0] = np.where(has_question, question, passage)
    signals[:, 1] = np.where(has_passage, passage, question)
    signals[:, 2] = np.maximum(signals[:, 0], signals[:, 1])
    signals[:, 3] = np.where(has_question, crowd, passage)
    return rows[every, at_question], rows[every, at_passage]
