"""The chain: rewrite -> search -> write -> cite, composed of LangChain Runnables.

`write` is `quote`; with a model it is `generate`, which falls back to `quote`. What passes between the steps is frozen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from langchain_core.runnables import Runnable

from core.answering.answer import Answer, AnswerKind, Question
from core.answering.ports import Search
from core.answering.quoting import quotable, quoted, source_of, suggestions_of
from core.answering.step import Step
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
    """What to search for; the message itself until it is rewritten."""
    drafting: bool = False
    """For a colleague: the best guess will do, however unsure."""
    tokens_in: int = 0
    """Tokens that rewriting read."""
    tokens_out: int = 0
    """Tokens that it wrote."""


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
    tokens_in: int = 0
    """Tokens that writing read."""
    tokens_out: int = 0
    """Tokens that it wrote."""


def answering_chain(
    search: Search,
    *,
    rewrite: Runnable[Asked, Asked],
    generate: Runnable[Found, Written] | None = None,
) -> Runnable[Asked, Answer]:
    """The chain over a search; `generate` is None without a model."""

    async def find(asked: Asked) -> Found:
        question = asked.question
        result = await search.search(asked.query, audience=question.audience, language=question.language, limit=HITS)
        return Found(asked, result)

    write: Runnable[Found, Written] = generate or Step("quote", quote)
    return rewrite | Step("search", find) | write | Step("cite", cite)


async def quote(found: Found) -> Written:
    """The best entry in its author's words; nothing where the gate is closed."""
    hit = quotable(found.result.hits) if found.answerable else None
    if hit is None:
        return Written(found)
    return Written(found, quoted(hit.entry), (source_of(hit.entry),))


async def cite(written: Written) -> Answer:
    """The answer with its sources, or with what to offer instead."""
    found = written.found
    asked, result = found.asked, found.result
    answer = Answer(
        AnswerKind.UNKNOWN,
        confidence=result.confidence,
        entries=tuple(hit.entry.id for hit in result.hits),
        tokens_in=asked.tokens_in + written.tokens_in,
        tokens_out=asked.tokens_out + written.tokens_out,
    )
    if written.text:
        return replace(
            answer,
            kind=AnswerKind.ANSWER,
            text=written.text,
            sources=written.sources,
            generated=written.generated,
        )
    offered = suggestions_of(result.suggestions)
    return replace(answer, kind=AnswerKind.SUGGEST, suggestions=offered) if offered else answer
