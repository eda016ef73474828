"""Follow-ups: the question that a message means, given what was said before it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.answering import vocabulary
from core.answering.chain import Asked
from core.answering.evidence import folded_words, stem
from core.answering.prompts import REWRITE_HUMAN, REWRITE_SYSTEM, as_data
from core.answering.writer import Writer
from core.conversation import Turn
from core.errors import ModelUnavailable
from core.posts import Speaker
from knowledge.search.followup import Reading, Standing, readings, standing
from knowledge.search.history import SURE

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

log = logging.getLogger(__name__)

BUDGET = 3.0
"""Seconds that the model may take to rewrite; then the local method does it."""
_REACH = 6
"""Turns back that a follow-up can refer to."""
_LONGEST_TURN = 400
_LONGEST_REWRITE = 300


def asked_before(history: Sequence[Turn]) -> tuple[str, ...]:
    """What the customer said lately, oldest first."""
    return tuple(turn.text for turn in history[-_REACH:] if turn.speaker is Speaker.CUSTOMER and turn.text.strip())


def stands_alone(text: str, before: Sequence[str]) -> bool:
    """Whether what the customer said before makes no difference to what is searched for."""
    return not before or readings(text, before) == (Reading(text),)


def sure_alone(text: str, confidence: float) -> bool:
    """Whether a message that was searched alone, with this confidence, is not searched with what was before it too."""
    return confidence >= SURE and standing(text) is not Standing.LEANS


class Rewrite:
    """Rewrites a follow-up with the model. What it returns is searched for, and never shown."""

    def __init__(self, model: BaseChatModel) -> None:
        self._writer = Writer("rewrite the follow-up", REWRITE_SYSTEM, REWRITE_HUMAN, model)

    async def __call__(self, asked: Asked) -> Asked:
        """The same with the rewritten query; searched with its history when the model is not needed, or of no help."""
        question = asked.question
        if not asked.before or standing(question.text) is not Standing.LEANS:
            return asked
        turns = transcript(question.history[-_REACH:], _LONGEST_TURN)
        writing = self._writer.write(conversation=turns, message=as_data(question.text, _LONGEST_TURN))
        query = ""
        try:
            async with asyncio.timeout_at(min(asked.deadline, asyncio.get_running_loop().time() + BUDGET)):
                query = " ".join((await writing.text()).split()).strip(" \"'")
        except (TimeoutError, ModelUnavailable) as error:
            log.warning("the follow-up is not rewritten by the model: %s", error or "too slow")
        asked = replace(asked, usage=asked.usage + writing.usage)
        return replace(asked, query=query, before=()) if faithful(query, f"{question.text} {turns}") else asked


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
