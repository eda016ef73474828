"""A step of the chain: a LangChain Runnable around one async function, nearly free while nobody traces."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from langchain_core.callbacks.base import BaseCallbackManager
from langchain_core.runnables import Runnable, RunnableConfig

Input = TypeVar("Input")
Output = TypeVar("Output")


class Step(Runnable[Input, Output]):
    """Runs `function(input)`.

    `RunnableLambda` sets up a callback manager for every call (0.2 ms of CPU, more than the whole quoting path may
    cost). This one does so only when there is a handler to tell: LangSmith, OpenTelemetry or one of `config`.
    """

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


def _traced(config: RunnableConfig | None) -> bool:
    callbacks = config.get("callbacks") if config else None
    return bool(callbacks.handlers) if isinstance(callbacks, BaseCallbackManager) else bool(callbacks)
