"""Search one version of the FAQ: gather the evidence, rank it, and say how sure that is."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import TypedDict, Unpack

import numpy as np

from knowledge.embeddings import Embedder
from knowledge.search.coefficients import answers, coefficients, threshold
from knowledge.search.confidence import features, probabilities
from knowledge.search.corpus import Corpus, Filter
from knowledge.search.evidence import SIGNALS, gather
from knowledge.search.history import LIKELY, FollowUps, Query
from knowledge.search.offtopic import offtopic_vectors
from knowledge.search.ports import Snapshot
from knowledge.search.ranking import rank_scores
from knowledge.search.results import Hit, Outcome, SearchResult
from knowledge.search.smalltalk import question_in
from knowledge.search.steps import Steps, advance
from knowledge.search.words import words

LIMIT = 5
"""Entries that are returned where nothing else is asked for."""
QUICK = 4096
"""Units up to which all but the embedding takes a millisecond or two."""
_NEAREST = SIGNALS.index("nearest")


class Wanted(TypedDict, total=False):
    """What may be said of a search beside the query."""

    audience: str
    """Who asks: "everyone" (the default), "vip" or "staff"."""
    tags: Collection[str]
    """Only entries with one of these, where given."""
    language: str
    """BCP 47 tag; only entries of that language or of none stated, where given."""
    history: Sequence[str]
    """The customer's earlier messages, oldest first; a query that leans on them is searched with them."""
    limit: int
    """Entries to return at most; 5 where not given."""


class Searcher:
    """Searches one snapshot. Build it once per version and share it between threads: it holds no state of a search."""

    def __init__(self, snapshot: Snapshot, embedder: Embedder) -> None:
        """Read every vector of the snapshot and prepare it: milliseconds for a small FAQ, seconds for a huge one."""
        self._corpus = Corpus(snapshot)
        self._follow_ups = FollowUps(self._corpus)
        self._embedder = embedder
        self._fitted = coefficients()
        self._offtopic = offtopic_vectors(embedder)
        self._answer_from = threshold(self._fitted, self._corpus.traits)

    @property
    def threshold(self) -> float:
        """The confidence from which a question is answered; see `coefficients.answers` for FAQs of many wordings."""
        return self._answer_from

    def search(self, query: str, **wanted: Unpack[Wanted]) -> SearchResult:
        """Find the entries that answer `query`, best first. Blocks for milliseconds: call it off the event loop."""
        steps, vector = self._steps(query, **wanted), None
        while isinstance(step := advance(steps, vector), str):
            vector = self._embedder.embed_query(step)
        return step

    async def search_beside(self, threads: Executor, query: str, **wanted: Unpack[Wanted]) -> SearchResult:
        """`search` for an event loop, which is never held up for more than a millisecond or two.

        Embedding computes without the interpreter's lock. The rest is a hundred short calls that need it: in a thread
        each may have to wait for it, which costs more than the work. So only large FAQs do it in one of `threads`.
        """
        loop, large = asyncio.get_running_loop(), len(self._corpus.units) > QUICK
        steps, vector = self._steps(query, **wanted), None
        while True:
            step = await loop.run_in_executor(threads, advance, steps, vector) if large else advance(steps, vector)
            if not isinstance(step, str):
                return step
            vector = await self._embedder.aembed_query(step)

    def _steps(
        self,
        query: str,
        *,
        audience: str = "everyone",
        tags: Collection[str] = (),
        language: str = "",
        history: Sequence[str] = (),
        limit: int = LIMIT,
    ) -> Steps[SearchResult]:
        only = self._corpus.filtered(audience, tags, language)
        if not history:
            return (yield from self._once(Query(query), only, limit))
        wide = max(limit, LIKELY)
        found = yield from self._follow_ups.search(query, history, lambda asked: self._once(asked, only, wide))
        return replace(found, hits=found.hits[:limit])

    def _once(self, query: Query, only: Filter | None, limit: int) -> Steps[SearchResult]:
        corpus, fitted, text = self._corpus, self._fitted, query.text
        if not words(text) or not corpus.units:  # a lone emoji asks nothing
            return SearchResult(text, corpus.version, (), 0.0, Outcome.UNKNOWN)
        asked = question_in(text)
        vector = yield asked
        evidence = gather(corpus, asked, vector, only, query.message)
        if not len(evidence.rows):
            return SearchResult(text, corpus.version, (), 0.0, Outcome.UNKNOWN)
        scores = rank_scores(evidence.signals, corpus.traits, fitted.ranking)
        if query.message:
            scores = self._follow_ups.expected(scores, evidence.rows, query)
        offtopic = float((self._offtopic @ vector).max())
        confidence, in_scope = probabilities(features(corpus.traits, evidence, scores, offtopic), fitted)
        best = np.argsort(-scores, kind="stable")[:limit]
        found = (evidence.rows[best], evidence.best_units[best], scores[best], evidence.signals[best, _NEAREST])
        hits = tuple(
            Hit(corpus.entries[row], corpus.units[unit].passage, score, similarity)
            for row, unit, score, similarity in zip(*(column.tolist() for column in found), strict=True)
        )
        return SearchResult(text, corpus.version, hits, confidence, self._outcome(confidence, in_scope))

    def _outcome(self, confidence: float, in_scope: float) -> Outcome:
        if answers(self._fitted, self._corpus.traits, confidence, in_scope):
            return Outcome.ANSWER
        return Outcome.SUGGEST if confidence >= self._fitted.suggest_from else Outcome.UNKNOWN
