"""The step that writes with a model: passages in, verified sentences out, the entry quoted when that fails."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from core.answering.chain import Found, Written, quote
from core.answering.grounding import Draft
from core.answering.prompts import ANSWER_HUMAN, ANSWER_SYSTEM, as_data, as_passages
from core.answering.quoting import source_of
from core.answering.sentences import SentenceStream
from core.answering.writer import Writer, Writing
from core.errors import ModelUnavailable
from knowledge.search.results import Hit

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

log = logging.getLogger(__name__)

PASSAGES = 3
"""Entries that the model is given at most."""
_NEAR = 0.15
"""Cosine by which a further entry may be less similar than the best one and still be of use."""
_LONGEST_ANSWER = 2500
"""Characters of an entry's answer in the prompt; of a longer one, the passage nearest to the question."""
_LONGEST_QUESTION = 1500


class Generate:
    """Writes an answer from the passages that were found."""

    def __init__(self, model: BaseChatModel) -> None:
        self._writer = Writer("write the answer", ANSWER_SYSTEM, ANSWER_HUMAN, model)

    async def __call__(self, found: Found) -> Written:
        """The verified text; the quoted entry when the model is slow, fails, or says what the entries don't."""
        if not found.answerable:
            return await quote(found)
        hits = _passages(found.result.hits)
        draft = Draft([hit.entry for hit in hits], ANSWER_SYSTEM)
        writing = self._writer.write(
            passages=as_passages([(hit.entry.question, _text(hit)) for hit in hits], _LONGEST_ANSWER),
            question=as_data(found.result.query, _LONGEST_QUESTION),
        )
        failed = False
        try:
            async with asyncio.timeout_at(found.asked.deadline):
                await _fill(draft, writing, found)
        except TimeoutError:
            failed = True
            log.warning("the model was not done in time; the entry is quoted")
        except ModelUnavailable as error:
            failed = True
            log.warning("the model failed, the entry is quoted: %s", error)
        if failed or not draft.complete:
            return replace(await quote(found), usage=writing.usage, degraded=failed)
        sources = tuple(source_of(entry) for entry in draft.sources)
        return Written(found, draft.text, sources, generated=True, usage=writing.usage)


async def _fill(draft: Draft, writing: Writing, found: Found) -> None:
    """Verify sentence by sentence while the model writes."""
    stream = SentenceStream()
    async with aclosing(writing.stream()) as pieces:
        async for piece in pieces:
            for sentence in stream.feed(piece):
                if draft.add(sentence) and found.asked.heard:
                    found.asked.heard(draft.text)
            if draft.hopeless:
                return
    for sentence in stream.close():
        if draft.add(sentence) and found.asked.heard:
            found.asked.heard(draft.text)


def _passages(hits: tuple[Hit, ...]) -> list[Hit]:
    """The hits that say something, as far as they are about as near as the best."""
    told = [hit for hit in hits if hit.entry.answer.strip()]
    return [hit for hit in told if hit.similarity >= told[0].similarity - _NEAR][:PASSAGES]


def _text(hit: Hit) -> str:
    return hit.entry.answer if len(hit.entry.answer) <= _LONGEST_ANSWER or not hit.passage else hit.passage
