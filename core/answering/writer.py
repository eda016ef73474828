"""The model at work: one prompt in, text out as it arrives, vendor errors mapped once, tokens counted."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from langchain_core.runnables import Runnable, RunnableConfig

from core.answering.prompts import VERSION
from core.answering.usage import Usage, estimated
from core.errors import ModelUnavailable

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

LONGEST = 6000
"""Characters after which a model is no longer listened to."""


class Writer:
    """`prompt | model`; one per prompt, shared between conversations."""

    def __init__(self, name: str, system: str, human: str, model: BaseChatModel) -> None:
        # Prompts take a tenth of a second to import, and nobody without a model needs them.
        from langchain_core.prompts import ChatPromptTemplate

        self._config: RunnableConfig = {"run_name": name, "tags": ["concierge"], "metadata": {"prompts": VERSION}}
        self._prompt = ChatPromptTemplate.from_messages([("system", system), ("human", human)])
        self._chain: Runnable[dict[str, str], Any] = self._prompt | model

    def write(self, **values: str) -> Writing:
        """Prepare one call with the values of the prompt's variables; nothing is sent yet."""
        return Writing(self._chain, self._prompt.format(**values), values, self._config)


class Writing:
    """One call of the model."""

    def __init__(
        self, chain: Runnable[dict[str, str], Any], prompt: str, values: dict[str, str], config: RunnableConfig
    ) -> None:
        self._chain, self._prompt, self._values, self._config = chain, prompt, values, config
        self._text: list[str] = []
        self._counted = Usage()

    async def stream(self) -> AsyncGenerator[str, None]:
        """The text, piece by piece. Raises ModelUnavailable for whatever the provider raises."""
        length = 0
        try:
            # Left early, the provider's connection must close at once: an unread stream goes on costing money.
            async with aclosing(self._chain.astream(self._values, self._config)) as chunks:  # type: ignore[type-var]
                async for chunk in chunks:
                    if counted := getattr(chunk, "usage_metadata", None):
                        self._counted += Usage(counted["input_tokens"], counted["output_tokens"])
                    piece = str(chunk.text)
                    if not piece:
                        continue
                    self._text.append(piece)
                    length += len(piece)
                    yield piece
                    if length > LONGEST:
                        return
        except ModelUnavailable:
            raise
        except Exception as error:
            # Every provider has its own tree of exceptions; none of them may cost the customer the answer.
            raise ModelUnavailable(f"{type(error).__name__}: {str(error)[:200]}") from error

    async def text(self) -> str:
        """The whole text. Raises ModelUnavailable."""
        async with aclosing(self.stream()) as pieces:
            async for _ in pieces:
                pass
        return "".join(self._text).strip()

    @property
    def usage(self) -> Usage:
        """Tokens so far: as the provider counted them, else estimated from the characters."""
        if self._counted.tokens_in or self._counted.tokens_out:
            return Usage(self._counted.tokens_in, self._counted.tokens_out, 1)
        return estimated(self._prompt, "".join(self._text))
