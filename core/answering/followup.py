"""Follow-ups: the question that a message means, given what was said before it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.answering import vocabulary
from core.answering.answer import Question
from core.answering.chain import Asked
from core.answering.evidence import folded_words, stem
from core.answering.prompts import REWRITE_HUMAN, REWRITE_SYSTEM, as_data
from core.answering.writer import Writer
from core.conversation import Turn
from core.errors import ModelUnavailable
from core.posts import Speaker
from knowledge.search.followup import Standing, queries, standing

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

log = logging.getLogger(__name__)

BUDGET = 3.0
"""Seconds that the model may take to rewrite; then the local method does it."""
_REACH = 6
"""Turns back that a follow-up can refer to."""
_LONGEST_TURN = 400
_LONGEST_REWRITE = 300


def asked_before(history: Sequence[Turn]) -> list[str]:
    """What the customer said lately, oldest first."""
    return [turn.text for turn in history[-_REACH:] if turn.speaker is Speaker.CUSTOMER and turn.text.strip()]


def queries_of(question: Question) -> tuple[str, ...]:
    """What to search for without a model, best guess first; the message itself alone when it needs no history."""
    before = asked_before(question.history)
    return queries(question.text, before) if before else (question.text,)


class Rewrite:
    """Rewrites a follow-up with the model. What it returns is searched for, and never shown."""

    def __init__(self, model: BaseChatModel) -> None:
        self._writer = Writer("rewrite the follow-up", REWRITE_SYSTEM, REWRITE_HUMAN, model)

    async def __call__(self, asked: Asked) -> Asked:
        """The same with the rewritten query; unchanged when the message may stand alone or the model is of no help."""
        question = asked.question
        if standing(question.text) is not Standing.LEANS or asked.queries == (question.text,):
            return asked
        turns = transcript(question.history[-_REACH:], _LONGEST_TURN)
        writing = self._writer.write(conversation=turns, message=as_data(question.text, _LONGEST_TURN))
        query = ""
        try:
            async with asyncio.timeout_at(min(asked.deadline, asyncio.get_running_loop().time() + BUDGET)):
                query = " ".join((await writing.text()).split()).strip(" \"'")
        except (TimeoutError, ModelUnavailable) as error:
            log.warning("the follow-up is not rewritten by the model: %s", error or "too slow")
        rewritten = (query,) if faithful(query, f"{question.text} {turns}") else asked.queries
        return replace(asked, queries=rewritten, usage=asked.usage + writing.usage)


def faithful(query: str, conversation: str) -> bool:
    """Whether a rewritten question is made of words of the conversation: the model may resolve, not invent."""
    if not query or len(query) > _LONGEST_REWRITE:
        return False
    known = {stem(word) for word in folded_words(conversation)}
    return all(stem(word) in known for word in folded_words(query) - vocabulary.GLUE)


def transcript(turns: Sequence[Turn], longest: int) -> str:
    """Turns as data for a prompt, one per line; `longest` is the most characters of one."""
    names = {Speaker.CUSTOMER: "Customer", Speaker.COLLEAGUE: "Colleague"}
    return "\n".join(
        f"{names.get(turn.speaker, 'Bot')}: {' '.join(as_data(turn.text, longest).split())}" for turn in turns
    )
