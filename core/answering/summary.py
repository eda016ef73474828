"""A short summary of a conversation for the colleague who takes it over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.answering import facts, vocabulary
from core.answering.evidence import folded_words, stem
from core.answering.followup import transcript
from core.answering.prompts import SUMMARY_HUMAN, SUMMARY_SYSTEM
from core.answering.sentences import sentences
from core.answering.usage import Usage
from core.answering.writer import Writer
from core.conversation import Turn
from core.errors import ModelUnavailable
from knowledge.search.plain import plain_text

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

log = logging.getLogger(__name__)

_TURNS = 30
_LONGEST_TURN = 600
_SENTENCES = 3
_KNOWN = 0.7
"""Share of a sentence's telling words that the conversation has; a summary is freer than an answer."""


class Summarise:
    """Summarises with the model; "" when it fails or invents."""

    def __init__(self, model: BaseChatModel, budget: float) -> None:
        self._writer = Writer("summarise", SUMMARY_SYSTEM, SUMMARY_HUMAN, model)
        self._budget = budget

    async def __call__(self, turns: Sequence[Turn]) -> tuple[str, Usage]:
        """Up to three sentences, and what they cost."""
        said = transcript(turns[-_TURNS:], _LONGEST_TURN)
        if not said:
            return "", Usage()
        writing = self._writer.write(conversation=said)
        try:
            async with asyncio.timeout(self._budget):
                text = await writing.text()
        except (TimeoutError, ModelUnavailable) as error:
            log.warning("no summary: %s", error or "the model is too slow")
            return "", writing.usage
        kept = [sentence.text for sentence in sentences(text) if faithful(sentence.text, said)]
        return " ".join(kept[:_SENTENCES]), writing.usage


def faithful(sentence: str, said: str) -> bool:
    """Whether a sentence names no number, contact or name that was not said, and is mostly made of what was said."""
    stated = (facts.links(sentence), facts.long_numbers(sentence), facts.codes(sentence), facts.clock_times(sentence))
    known = (facts.links(said), facts.long_numbers(said), facts.codes(said), facts.clock_times(said))
    if any(not one <= other for one, other in zip(stated, known, strict=True)):
        return False
    values = {quantity.value for quantity in facts.quantities(said)}
    if any(quantity.value not in values for quantity in facts.quantities(sentence)):
        return False
    flat = facts.flat(said)
    if any(f" {' '.join(name)} " not in flat for name in facts.names(sentence)):
        return False
    words = folded_words(plain_text(sentence)) - vocabulary.GLUE - {"customer", "colleague", "bot", "asked", "asks"}
    stems = {stem(word) for word in folded_words(said)}
    return bool(words) and sum(stem(word) in stems for word in words) >= _KNOWN * len(words)
