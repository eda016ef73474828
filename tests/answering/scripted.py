"""A chat model that says what a test tells it to, in pieces, and misbehaves on demand."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr


class ScriptedModel(BaseChatModel):
    """Replies with `replies` in turn, the last one again and again; keeps the prompts that it was given."""

    replies: list[Any]
    """A text; an exception to raise; or an asyncio.Event that it waits for before it says nothing."""
    counts: bool = True
    """Reports its tokens: one per word."""
    endless: bool = False
    """Says its reply over and over."""
    _prompts: list[str] = PrivateAttr(default_factory=list)
    _stopped: bool = PrivateAttr(default=False)

    @property
    def prompts(self) -> list[str]:
        """Every prompt so far, as one text each."""
        return self._prompts

    @property
    def stopped(self) -> bool:
        """Whether the last stream was closed before its end."""
        return self._stopped

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _next(self, messages: list[BaseMessage]) -> Any:
        self._prompts.append("\n".join(str(message.content) for message in messages))
        return self.replies[min(len(self._prompts), len(self.replies)) - 1]

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(str(self._next(messages))))])

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        reply = self._next(messages)
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, asyncio.Event):
            await reply.wait()
            reply = ""
        self._stopped = True
        for piece in self._pieces(reply):
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
            await asyncio.sleep(0)
        if self.counts:
            tokens = {"input_tokens": len(self._prompts[-1].split()), "output_tokens": len(reply.split())}
            usage = {**tokens, "total_tokens": sum(tokens.values())}
            yield ChatGenerationChunk(message=AIMessageChunk(content="", usage_metadata=usage))  # type: ignore[arg-type]
        self._stopped = False

    def _pieces(self, reply: str) -> Iterator[str]:
        pieces = [reply[at : at + 7] for at in range(0, len(reply), 7)]
        return itertools.cycle(pieces) if self.endless else iter(pieces)
