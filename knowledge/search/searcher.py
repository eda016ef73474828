"""Search one version of the FAQ: gather the evidence, rank it, and say how sure that is."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Generator, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import TypedDict, TypeVar, Unpack

import numpy as np

from knowledge.embeddings import Embedder, Vectors
from knowledge.search.coefficients import answers, coefficients, threshold
from knowledge.search.confidence import features, probabilities
from knowledge.search.corpus import Corpus, Filter
from knowledge.search.dense import Rows
from knowledge.search.evidence import SIGNALS, gather
from knowledge.search.followup import Reading, content, parts, readings, without
from knowledge.search.offtopic import offtopic_vectors
from knowledge.search.ports import Snapshot
from knowledge.search.ranking import rank_scores
from knowledge.search.results import Hit, Outcome, SearchResult
from knowledge.search.smalltalk import question_in
from knowledge.search.words import words

# Down to MOSTLY chosen on the dialogues of `python -m tests.eval.followups --practice`.
STRESS = 5.0
"""Log odds for an entry that has every word of a follow-up; "and at Harbour?" after a question about Northgate."""
RECENT = 3.0
"""The same for the follow-up before it: who asked about Harbour last is still there."""
KNOWN = 6.0
"""Log odds against the entry that the earlier message found: a follow-up mostly asks for something else."""
KEPT = 0.5
"""Share of the words of a part of the topic that an entry must have for the part to be meant still."""
TRIED, PARTS = 3, 32
"""Ways to shorten a topic that are tried; parts of a topic up to which that is done."""
ANEW = 0.55
"""Confidence from which a follow-up that found its topic again is taken for the other question that it is alone."""
MOSTLY = 0.5
"""Share of unknown words in a follow-up beyond which the message before it does not vouch for it."""
SURE = 0.6
"""Confidence from which a message is taken to stand alone, and not searched a second time with what was before it."""
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


Result = TypeVar("Result")
Steps = Generator[str, Vectors, Result]
"""Work that yields each text whose vector it needs, is sent that, and returns its result."""


class Searcher:
    """Searches one snapshot. Build it once per version and share it between threads: it holds no state of a search."""

    def __init__(self, snapshot: Snapshot, embedder: Embedder) -> None:
        """Read every vector of the snapshot and prepare it: milliseconds for a small FAQ, seconds for a huge one."""
        self._corpus = Corpus(snapshot)
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
        while isinstance(step := _advance(steps, vector), str):
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
            step = await loop.run_in_executor(threads, _advance, steps, vector) if large else _advance(steps, vector)
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
        first, *others = readings(query, history)
        if first.thread:
            return (yield from self._continued(first, only, limit))
        result = yield from self._search(first, only, limit)
        for reading in others if result.confidence < SURE else ():
            continued = yield from self._continued(reading, only, limit)
            result = max(result, continued, key=lambda found: self._worth(found, query))
        return result

    def _continued(self, reading: Reading, only: Filter | None, limit: int) -> Steps[SearchResult]:
        """Search a follow-up with what it leans on, of which each message may lean on the one before."""
        topic, *further = reading.thread
        recent = ""
        for message in further:
            if self._unknown(content(message)) <= MOSTLY:
                meant = yield from self._resolved(topic, message, recent, only, LIMIT)
                topic, recent = meant.query, message
        found = yield from self._resolved(topic, reading.stressed, recent, only, max(limit, LIMIT))
        return replace(found, hits=found.hits[:limit])

    def _resolved(self, topic: str, message: str, recent: str, only: Filter | None, limit: int) -> Steps[SearchResult]:
        """Search a follow-up together with its topic, and doubt it when that only finds the topic again."""
        known = yield from self._found_by(topic, only)
        together = yield from self._search(Reading(f"{topic} {message}", message), only, limit, known, recent)
        if known < 0 or not together.hits:
            return together
        if together.hits[0].entry is not self._corpus.entries[known]:
            return (yield from self._shortened(topic, message, recent, together, only, limit, known))
        alone = yield from self._search(Reading(message), only, limit)
        if alone.confidence >= ANEW and alone.hits[0].entry is not together.hits[0].entry:
            return alone
        if self._unknown(message) > MOSTLY and alone.confidence < together.confidence:
            return replace(together, confidence=alone.confidence, outcome=alone.outcome)
        return together

    def _shortened(
        self,
        topic: str,
        message: str,
        recent: str,
        together: SearchResult,
        only: Filter | None,
        limit: int,
        known: int,
    ) -> Steps[SearchResult]:
        """Search without the parts of the topic that the message has replaced: those that a likely entry lacks.

        After "Is there parking at Northgate?" an entry about parking at Harbour says of "And at Harbour?" that
        Northgate is not meant any more, one about the hours at Northgate of "And when is it open?" that parking is not.
        """
        every, results = parts(topic), [together]
        if len(every) > PARTS:
            return together
        rows = np.array([self._corpus.row_of[hit.entry.id] for hit in together.hits[:LIMIT]])
        kept = [self._covered(topic[at:end], rows) >= KEPT for at, end in every]
        lacking = [tuple(part for part, has in zip(every, kept, strict=True) if not has[n]) for n in range(len(rows))]
        ways = dict.fromkeys(gone for gone, row in zip(lacking, rows, strict=True) if row != known)
        for gone in [gone for gone in ways if 0 < len(gone) < len(every)][:TRIED]:
            reading = Reading(f"{without(topic, gone)} {message}", message)
            results.append((yield from self._search(reading, only, limit, known, recent)))
        return max(results, key=lambda result: self._worth(result, message, recent))

    def _worth(self, result: SearchResult, *asked: str) -> float:
        """Confidence, up to halved where the first hit lacks words of what was asked, for each of the texts."""
        worth = result.confidence
        row = np.array([self._corpus.row_of[hit.entry.id] for hit in result.hits[:1]], np.intp)
        for text in asked if len(row) else ():
            if text:
                worth *= (1 + float(self._covered(content(text), row)[0])) / 2
        return worth

    def _covered(self, text: str, rows: Rows) -> Vectors:
        """Share of the words of `text` that each of these entries has, shape [rows]."""
        return self._corpus.words_all.covered(self._corpus.words_all.weights(words(text)), rows)

    def _unknown(self, text: str) -> float:
        """Share of the words of `text` that no entry has."""
        return self._corpus.words_all.unknown(self._corpus.words_all.weights(words(text)))

    def _search(
        self, reading: Reading, only: Filter | None, limit: int, known: int = -1, recent: str = ""
    ) -> Steps[SearchResult]:
        corpus, fitted, query = self._corpus, self._fitted, reading.query
        if not words(query) or not corpus.units:  # a lone emoji asks nothing
            return SearchResult(query, corpus.version, (), 0.0, Outcome.UNKNOWN)
        asked = question_in(query)
        vector = yield asked
        evidence = gather(corpus, asked, vector, only, reading.stressed)
        if not len(evidence.rows):
            return SearchResult(query, corpus.version, (), 0.0, Outcome.UNKNOWN)
        scores = rank_scores(evidence.signals, corpus.traits, fitted.ranking)
        if reading.stressed:
            for text, odds in ((reading.stressed, STRESS), (recent, RECENT)):
                scores = scores + odds * self._covered(content(text), evidence.rows)
            scores = scores - KNOWN * (evidence.rows == known)
        offtopic = float((self._offtopic @ vector).max())
        confidence, in_scope = probabilities(features(corpus.traits, evidence, scores, offtopic), fitted)
        hits = tuple(
            Hit(
                corpus.entries[evidence.rows[at]],
                corpus.units[evidence.best_units[at]].passage,
                float(scores[at]),
                float(evidence.signals[at, _NEAREST]),
            )
            for at in np.argsort(-scores, kind="stable")[:limit]
        )
        return SearchResult(query, corpus.version, hits, confidence, self._outcome(confidence, in_scope))

    def _found_by(self, topic: str, only: Filter | None) -> Steps[int]:
        """Number of the entry that an earlier message found; -1 for none. Its vector is remembered from that time."""
        evidence = gather(self._corpus, topic, (yield topic), only)
        if not len(evidence.rows):
            return -1
        scores = rank_scores(evidence.signals, self._corpus.traits, self._fitted.ranking)
        return int(evidence.rows[np.argmax(scores)])

    def _outcome(self, confidence: float, in_scope: float) -> Outcome:
        if answers(self._fitted, self._corpus.traits, confidence, in_scope):
            return Outcome.ANSWER
        return Outcome.SUGGEST if confidence >= self._fitted.suggest_from else Outcome.UNKNOWN


def _advance(steps: Steps[Result], vector: Vectors | None) -> str | Result:
    """Go on with the vector that was asked for; return the next text to embed, or the result."""
    try:
        return next(steps) if vector is None else steps.send(vector)
    except StopIteration as end:
        result: Result = end.value
        return result
