"""The chain's parts: LangChain Runnables around async functions, nearly free while nobody traces.

LangChain sets up callbacks, a context and a task for every step, which takes longer than quoting an entry. These do so
only when there is a handler to tell: LangSmith, OpenTelemetry or one of the caller's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

from langchain_core.callbacks import AsyncCallbackManager
from langchain_core.callbacks.base import BaseCallbackManager
from langchain_core.runnables import Runnable, RunnableConfig, RunnableSequence

Input = TypeVar("Input")
Output = TypeVar("Output")


class Step(Runnable[Input, Output]):
    """Runs `function(input)`."""

    def __init__(self, name: str, function: Callable[[Input], Awaitable[Output]]) -> None:
        self.name = name
        self._function = function

    async def ainvoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Output:
        if _traced(config):
            return await self._acall_with_config(self._function, input, config)
        return await self._function(input)

    def invoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Output:
        """The same for scripts without an event loop."""
        return asyncio.run(self.ainvoke(input, config, **kwargs))


class Steps(RunnableSequence[Input, Output]):
    """Runs one after the other, each on what the one before it returned."""

    async def ainvoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Output:
        if AsyncCallbackManager.configure(config.get("callbacks") if config else None).handlers:
            return await super().ainvoke(input, config, **kwargs)
        passed: Any = input
        for step in self.steps:
            passed = await step.ainvoke(passed)
        return cast("Output", passed)


def _traced(config: RunnableConfig | None) -> bool:
    callbacks = config.get("callbacks") if config else None
    return bool(callbacks.handlers) if isinstance(callbacks, BaseCallbackManager) else bool(callbacks)
