"""What the core calls: a question in, an answer out, whatever is down."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from langchain_core.runnables import RunnableConfig

from core.answering.answer import Answer, AnswerKind, Question
from core.answering.cache import AnswerCache
from core.answering.chain import Asked, answering_chain
from core.answering.followup import contextual
from core.answering.ports import Search
from core.answering.step import Step
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

log = logging.getLogger(__name__)

_CONFIG: RunnableConfig = {"run_name": "answer", "tags": ["concierge"]}
"""What traces (LangSmith, OpenTelemetry) are labelled with; by LangChain's own settings, nothing else is needed."""


class Answerer:
    """Answers from the FAQ; share one between all conversations."""

    def __init__(self, search: Search, model: BaseChatModel | None = None, budget: float = 12.0) -> None:
        """search: the FAQ. model: writes the answers; None quotes. budget: seconds that it may take for one answer
        before the entry is quoted instead."""
        self._search = search
        self._model = model
        self._budget = budget
        self._cache = AnswerCache()
        self._chain = answering_chain(search, rewrite=Step("rewrite", _rewrite))

    async def answer(self, question: Question) -> Answer:
        """The answer to a question. Raises nothing for trouble with the FAQ or the model: see AnswerKind."""
        query = contextual(question.text, question.history)
        key = None
        if query == question.text:
            key = self._cache.key(
                query, audience=question.audience, language=question.language, version=self._search.version
            )
            if key and (known := self._cache.get(key)):
                return known
        answer = await self._run(Asked(question, query))
        if key and answer.kind is not AnswerKind.UNAVAILABLE and self._search.version == key.version:
            self._cache.put(key, answer)
        return answer

    async def draft(self, question: Question) -> Answer:
        """The best guess for a colleague, who decides: no threshold, entries for staff included."""
        staff = Question(question.text, question.history, "staff", question.language)
        return await self._run(Asked(staff, contextual(staff.text, staff.history), drafting=True))

    async def _run(self, asked: Asked) -> Answer:
        try:
            return await self._chain.ainvoke(asked, _CONFIG)
        except KnowledgeError as error:
            log.warning("the FAQ can't be searched: %s", error)
            return Answer(AnswerKind.UNAVAILABLE)


async def _rewrite(asked: Asked) -> Asked:
    return asked
