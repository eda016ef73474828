"""Search a message within its conversation: what it means, the earlier messages and what they find tell.

Whether it leans on earlier messages is judged from its words, in `followup.py`. If so it is searched together with
them, also without the parts of them that it has replaced, and the surest result counts that is about its own words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from knowledge.embeddings import Vectors
from knowledge.search.corpus import Corpus
from knowledge.search.dense import Rows
from knowledge.search.followup import Reading, content, parts, readings, subject, without
from knowledge.search.results import SearchResult
from knowledge.search.steps import Steps
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
VOUCHED = 0.5
"""Share of the words of a follow-up that the entry of its topic must have to answer that too."""
MOSTLY = 0.5
"""Share of unknown words in a message beyond which no follow-up of it leans on it."""
SURE = 0.6
"""Confidence from which a message is taken to stand alone, and not searched a second time with what was before it."""
LIKELY = 5
"""Hits of a follow-up that say what it may have replaced: as many as `Once` has to return."""


@dataclass(frozen=True, slots=True)
class Query:
    """What one search is for."""

    text: str
    """What is searched for."""
    message: str = ""
    """The follow-up at the end of `text`, where earlier messages are put before it: its words count more."""
    recent: str = ""
    """The follow-up before it; "" where there was none."""
    known: int = -1
    """Number of the entry that the topic found, which is not likely to be meant again; -1 for none."""


Once = Callable[[Query], Steps[SearchResult]]
"""One search, with the filters of whoever asks; at least `LIKELY` hits, if there are so many."""


class FollowUps:
    """What follow-ups mean in one version of the FAQ. Holds no state of a search."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def search(self, message: str, history: Sequence[str], once: Once) -> Steps[SearchResult]:
        """Search `message` as what it means after `history`, the customer's earlier messages, oldest first."""
        first, *others = readings(message, history)
        if first.thread:
            return (yield from self._continued(first, once))
        result = yield from once(Query(message))
        for reading in others if result.confidence < SURE else ():
            continued = yield from self._continued(reading, once)
            result = max(result, continued, key=lambda found: self._worth(found, message))
        return result

    def expected(self, scores: Vectors, rows: Rows, query: Query) -> Vectors:
        """Rank scores of the entries `rows`, moved by what the conversation makes likely."""
        for text, odds in ((query.message, STRESS), (query.recent, RECENT)):
            scores = scores + odds * self._covered(content(text), rows)
        moved: Vectors = scores - KNOWN * (rows == query.known)
        return moved

    def _continued(self, reading: Reading, once: Once) -> Steps[SearchResult]:
        """Search a follow-up with what it leans on, of which each message may lean on the one before."""
        topic, *further = reading.thread
        recent = ""
        for message in further:
            if self._unknown(content(message)) <= MOSTLY:
                meant = yield from self._resolved(topic, message, recent, once)
                topic, recent = meant.query, message
        return (yield from self._resolved(topic, reading.message, recent, once))

    def _resolved(self, topic: str, message: str, recent: str, once: Once) -> Steps[SearchResult]:
        """Search a follow-up together with its topic, and doubt it when that only finds the topic again."""
        about = (yield from once(Query(topic))).hits
        # Without words of its own ("what do I do now?") it asks for nothing else than the topic does.
        known = self._corpus.row_of[about[0].entry.id] if about and parts(message) else -1
        query = Query(f"{topic} {message}", message, recent, known)
        together = yield from once(query)
        if known < 0 or not together.hits:
            return together
        if together.hits[0].entry is not about[0].entry:
            return (yield from self._shortened(topic, query, together, once))
        alone = yield from once(Query(message))
        if alone.confidence >= ANEW and alone.hits[0].entry is not together.hits[0].entry:
            return alone
        said = subject(message)
        vouched = not said or self._covered(said, np.array([known]))[0] >= VOUCHED
        if not vouched and alone.confidence < together.confidence:
            return replace(together, confidence=alone.confidence, outcome=alone.outcome)
        return together

    def _shortened(self, topic: str, query: Query, together: SearchResult, once: Once) -> Steps[SearchResult]:
        """Search without the parts of the topic that the message has replaced: those that a likely entry lacks.

        After "Is there parking at Northgate?" an entry about parking at Harbour says of "And at Harbour?" that
        Northgate is not meant any more, one about the hours at Northgate of "And when is it open?" that parking is not.
        """
        every, results = parts(topic), [together]
        if len(every) > PARTS:
            return together
        rows = np.array([self._corpus.row_of[hit.entry.id] for hit in together.hits[:LIKELY]])
        kept = [self._covered(topic[at:end], rows) >= KEPT for at, end in every]
        lacking = [tuple(part for part, has in zip(every, kept, strict=True) if not has[n]) for n in range(len(rows))]
        ways = dict.fromkeys(gone for gone, row in zip(lacking, rows, strict=True) if row != query.known)
        for gone in [gone for gone in ways if 0 < len(gone) < len(every)][:TRIED]:
            text = f"{without(topic, gone)} {query.message}"
            results.append((yield from once(replace(query, text=text))))
        return max(results, key=lambda result: self._worth(result, query.message, query.recent))

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
        return self._corpus.words_all.look_up(words(text)).matches(rows)[1]

    def _unknown(self, text: str) -> float:
        """Share of the words of `text` that no entry has."""
        return self._corpus.words_all.look_up(words(text)).unknown
