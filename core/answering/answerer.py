"""What the core calls: a question in, an answer out, whatever is down."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from langchain_core.runnables import RunnableConfig

from core.answering.answer import Answer, AnswerKind, Question
from core.answering.cache import AnswerCache
from core.answering.chain import Asked, answering_chain, cite
from core.answering.followup import Rewrite, asked_before, stands_alone, sure_alone
from core.answering.generate import Generate
from core.answering.ports import Search
from core.answering.summary import Summarise
from core.answering.usage import FREE, NOTHING, Prices, Usage
from core.conversation import Turn
from knowledge.errors import KnowledgeError
from knowledge.search.smalltalk import small_talk

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

log = logging.getLogger(__name__)

BUDGET = 12.0
"""Seconds that a model may take for one answer."""
_CONFIG: RunnableConfig = {"run_name": "answer", "tags": ["concierge"]}
"""What traces (LangSmith, OpenTelemetry) are labelled with; by LangChain's own settings, nothing else is needed."""


class Answerer:
    """Answers from the FAQ; share one between all conversations of an event loop."""

    def __init__(
        self,
        search: Search,
        model: BaseChatModel | None = None,
        budget: float = BUDGET,
        *,
        prices: Prices = FREE,
    ) -> None:
        """search: the FAQ. model: writes the answers; None quotes. budget: seconds that it may take for one answer
        before the entry is quoted instead. prices: what the model costs, for `cost`."""
        self._search = search
        self._budget = budget if model else math.inf
        self._prices = prices
        self._spent = NOTHING
        self._cache = AnswerCache()
        self._summarise = Summarise(model, budget) if model else None
        self._chain = answering_chain(
            search,
            rewrite=Rewrite(model) if model else None,
            generate=Generate(model) if model else None,
        )

    async def answer(self, question: Question, heard: Callable[[str], None] | None = None) -> Answer:
        """The answer to a question. Raises nothing for trouble with the FAQ or the model: see AnswerKind.

        heard: told the text so far (Markdown) whenever a generated sentence has passed the verifier. The answer that
        is returned replaces it: too few sentences may have passed in the end, and the entry is quoted.
        """
        key = self._cache.key(
            question.text, audience=question.audience, language=question.language, version=self._search.version
        )
        # What was said before must not be heard in anybody else's answer: kept is what stands alone.
        if key and not question.history and (known := self._cache.get(key)):
            return known
        if talk := small_talk(question.text):
            return Answer(AnswerKind.SMALL_TALK, small_talk=talk.value)
        before = asked_before(question.history)
        alone = stands_alone(question.text, before)
        if key and (known := self._cache.get(key)) and (alone or sure_alone(question.text, known.confidence)):
            return known
        asked = Asked(question, question.text, before, deadline=self._deadline(), heard=heard)
        answer, lasting = await self._run(asked)
        if key and lasting and key.version == self._search.version:
            self._cache.put(key, replace(answer, tokens_in=0, tokens_out=0))
        return answer

    async def draft(self, question: Question) -> Answer:
        """The best guess for a colleague, who decides: no threshold, entries for staff included."""
        staff = replace(question, audience="staff")
        before = asked_before(staff.history)
        answer, _ = await self._run(Asked(staff, staff.text, before, drafting=True, deadline=self._deadline()))
        return answer

    async def pick(self, question: str, audience: str) -> Answer:
        """The answer to a suggestion that the customer chose: what comes nearest to its words, without a threshold."""
        chosen = Question(question, audience=audience)
        answer, _ = await self._run(Asked(chosen, question, drafting=True, deadline=self._deadline()))
        return answer

    async def summary(self, turns: Sequence[Turn]) -> str:
        """Up to three sentences on a conversation, for a colleague; "" without a model, or when it fails."""
        if self._summarise is None:
            return ""
        text, usage = await self._summarise(turns)
        self._spent += usage
        return text

    @property
    def spent(self) -> Usage:
        """Tokens and calls of the model since the start of the process."""
        return self._spent

    @property
    def cost(self) -> float:
        """What they cost, in the currency of the prices."""
        return self._spent.cost(self._prices)

    def _deadline(self) -> float:
        return asyncio.get_running_loop().time() + self._budget

    async def _run(self, asked: Asked) -> tuple[Answer, bool]:
        """The answer, and whether it would be the same the next time, whatever was said before."""
        try:
            written = await self._chain.ainvoke(asked, _CONFIG)
        except KnowledgeError as error:
            log.warning("the FAQ can't be searched: %s", error)
            return Answer(AnswerKind.UNAVAILABLE), False
        answer = cite(written)
        self._spent += written.found.asked.usage + written.usage
        text, found = asked.question.text, written.found.result
        alone = stands_alone(text, asked.before) or (found.query == text and sure_alone(text, found.confidence))
        return answer, alone and not written.degraded
