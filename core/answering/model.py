"""The chat model: made from its name, called with a budget, its errors mapped once, its tokens counted."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from core.errors import ConfigurationError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

MAX_TOKENS = 400
"""What an answer may be long; a runaway model costs no more."""


def load_model(name: str, url: str = "") -> BaseChatModel | None:
    """The chat model of CHAT_MODEL and CHAT_MODEL_URL, or None when both are empty. Connects to nothing yet.

    name: as `init_chat_model` takes it (`openai:gpt-5-mini`, `anthropic:claude-…`, `ollama:…`). url: base URL of a
    server that speaks the OpenAI protocol; the key, where it wants one, is in OPENAI_API_KEY.
    Raises ConfigurationError when the name, its package or its key is missing.
    """
    if not name and not url:
        return None
    # The packages of providers take a second to import: only with a model.
    if url:
        return _openai_compatible(name, url)
    from langchain.chat_models import init_chat_model

    try:
        # Retries are the budget's business: a quoted answer now beats a generated one later.
        model: BaseChatModel = init_chat_model(name, temperature=0, max_tokens=MAX_TOKENS, max_retries=1)
    except ImportError as error:
        raise ConfigurationError(f"CHAT_MODEL={name}: {str(error).splitlines()[0]}") from error
    except Exception as error:
        # Every provider has its own exception for a missing key, and pydantic's for a wrong option.
        problem = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ConfigurationError(
            f"CHAT_MODEL={name}: {problem} Write provider:model (openai:gpt-5-mini, anthropic:…, ollama:…) and set the"
            " provider's key; or set CHAT_MODEL_URL to an OpenAI-compatible server; or leave CHAT_MODEL empty to quote"
            " the FAQ."
        ) from error
    return model


def _openai_compatible(name: str, url: str) -> BaseChatModel:
    if not url.startswith(("http://", "https://")):
        raise ConfigurationError(f"CHAT_MODEL_URL={url}: not a URL. Write http://host:port/v1.")
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    # Servers on the own machine want no key, and the client refuses to start without one.
    key = os.environ.get("OPENAI_API_KEY") or "none"
    return ChatOpenAI(
        model=name.removeprefix("openai:") or "default",
        base_url=url,
        api_key=SecretStr(key),
        temperature=0,
        max_completion_tokens=MAX_TOKENS,
        max_retries=1,
        stream_usage=True,
    )
