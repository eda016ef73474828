"""The chain: rewrite -> search -> write, composed of LangChain Runnables; `cite` makes the answer of it.

`write` passes the gate, then quotes; with a model it generates, verifies, and falls back to quoting. What passes
between the steps is frozen.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.runnables import Runnable

from core.answering.answer import Answer, AnswerKind, Question
from core.answering.ports import Search
from core.answering.quoting import quotable, quoted, source_of, suggestions_of
from core.answering.step import Step, Steps
from core.answering.usage import NOTHING, Usage
from core.posts import Source
from knowledge.search.results import Outcome, SearchResult

HITS = 5
"""Entries that a search brings: enough for three suggestions and for the passages of a model."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on its way to the search."""

    question: Question
    """As it was asked."""
    query: str
    """What to search for: the message, or the question that a model says it means."""
    before: tuple[str, ...] = ()
    """What the customer said before it, oldest first, as far as the search may need it."""
    drafting: bool = False
    """For a colleague: the best guess will do, however unsure."""
    deadline: float = math.inf
    """When the model's time is up, by the event loop's clock."""
    heard: Callable[[str], None] | None = None
    """Told the text so far whenever a generated sentence has passed."""
    usage: Usage = NOTHING
    """What rewriting cost."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the search brought."""

    asked: Asked
    """The question."""
    result: SearchResult
    """The entries."""

    @property
    def answerable(self) -> bool:
        """The gate: whether a text may be given at all."""
        if quotable(self.result.hits) is None:
            return False
        return self.asked.drafting or self.result.outcome is Outcome.ANSWER


@dataclass(frozen=True, slots=True)
class Written:
    """The text of an answer."""

    found: Found
    """What it was written from."""
    text: str = ""
    """Markdown; "" when the gate is closed."""
    sources: tuple[Source, ...] = ()
    """What it rests on."""
    generated: bool = False
    """Whether the model wrote it."""
    degraded: bool = False
    """Quoted only because the model was slow or failing; the next time may be better."""
    usage: Usage = NOTHING
    """What writing cost."""


def answering_chain(
    search: Search,
    *,
    rewrite: Callable[[Asked], Awaitable[Asked]] | None = None,
    generate: Callable[[Found], Awaitable[Written]] | None = None,
) -> Runnable[Asked, Written]:
    """The chain over a search; without a model it neither rewrites nor generates."""

    async def find(asked: Asked) -> Found:
        question = asked.question
        result = await search.search(
            asked.query,
            audience=question.audience,
            language=question.language,
            history=asked.before,
            limit=HITS,
        )
        return Found(asked, result)

    steps: list[Runnable[Any, Any]] = [Step("search", find), Step("write", generate or quote)]
    if rewrite is not None:
        steps.insert(0, Step("rewrite", rewrite))
    return Steps(first=steps[0], middle=steps[1:-1], last=steps[-1])


async def quote(found: Found) -> Written:
    """The best entry in its author's words; nothing where the gate is closed."""
    hit = quotable(found.result.hits) if found.answerable else None
    if hit is None:
        return Written(found)
    return Written(found, quoted(hit), (source_of(hit.entry),))


def cite(written: Written) -> Answer:
    """The answer with its sources, or with what to offer instead."""
    found = written.found
    usage = found.asked.usage + written.usage
    answer = Answer(
        AnswerKind.UNKNOWN,
        confidence=found.result.confidence,
        entries=tuple(hit.entry.id for hit in found.result.hits),
        tokens_in=usage.tokens_in,
        tokens_out=usage.tokens_out,
    )
    if written.text:
        return replace(
            answer,
            kind=AnswerKind.ANSWER,
            text=written.text,
            sources=written.sources,
            generated=written.generated,
        )
    offered = suggestions_of(found.result.suggestions)
    return replace(answer, kind=AnswerKind.SUGGEST, suggestions=offered) if offered else answer
