"""What discord.py and aiohttp raise, mapped once to the errors of the core.

discord.py retries 500, 502, 504 and 524 and sleeps on 429 by itself, so its exceptions do not tell whether an earlier
try may have been taken. An `Attempt` remembers that: aiohttp's tracing marks every request on its way.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp
import discord

from core.errors import Ambiguous, DeliveryError, PlatformUnavailable, RateLimited, Rejected

BANNED_FOR = 60.0
"""Seconds to wait after a 429 that names no time: Cloudflare refuses this machine for a while."""

HINTS = {
    10003: "the channel is gone, or DISCORD_DESK_CHANNEL names another server's",
    10008: "the message was deleted",
    50001: "the bot can't see the channel: give it View Channel there",
    50007: "this person takes no direct messages from the bot",
    50013: "the bot lacks a permission there: see `concierge doctor`",
}
"""What to do about Discord's error codes (Discord API, "JSON Error Codes")."""


@dataclass(slots=True)
class Attempt:
    """What is known of the requests of one delivery."""

    started: bool = False
    """A request was begun (not merely held back by a rate limit)."""
    on_its_way: bool = False
    """The headers of a request that changes something left, and no answer came yet."""
    doubtful: bool = False
    """Such a request broke or was answered 5xx after it had left: it may have been taken."""
    retry_at: float = 0.0
    """`time.monotonic()` at which the channel takes posts again, after a 429."""

    @property
    def maybe_taken(self) -> bool:
        """Nobody knows whether Discord took it."""
        return self.on_its_way or self.doubtful


HeadersSent = aiohttp.TraceRequestHeadersSentParams

_attempt: ContextVar[Attempt | None] = ContextVar("discord_attempt", default=None)


def tracing(limited: Callable[[float], None] = lambda _: None) -> aiohttp.TraceConfig:
    """What marks the `Attempt` of the running task; goes to `discord.Client(http_trace=…)`.

    `limited` hears of each 429, with the seconds to wait.
    """

    async def started(_: aiohttp.ClientSession, __: SimpleNamespace, ___: aiohttp.TraceRequestStartParams) -> None:
        if attempt := _attempt.get():
            attempt.started = True

    async def left(
        _: aiohttp.ClientSession, __: SimpleNamespace, params: aiohttp.TraceRequestHeadersSentParams
    ) -> None:
        if (attempt := _attempt.get()) and params.method != "GET":
            attempt.on_its_way = True

    async def answered(_: aiohttp.ClientSession, __: SimpleNamespace, params: aiohttp.TraceRequestEndParams) -> None:
        status = params.response.status
        if status == 429:
            limited(_retry_after(params.response))
        if attempt := _attempt.get():
            attempt.on_its_way = False
            if status == 429:
                attempt.retry_at = time.monotonic() + _retry_after(params.response)
            elif status >= 500 and params.method != "GET":
                attempt.doubtful = True

    async def broke(_: aiohttp.ClientSession, __: SimpleNamespace, ___: aiohttp.TraceRequestExceptionParams) -> None:
        if attempt := _attempt.get():
            attempt.doubtful = attempt.maybe_taken
            attempt.on_its_way = False

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(started)
    trace.on_request_headers_sent.append(left)
    trace.on_request_end.append(answered)
    trace.on_request_exception.append(broke)
    return trace


@asynccontextmanager
async def mapped(seconds: float, *, repeatable: bool = False) -> AsyncIterator[Attempt]:
    """Whatever is raised inside becomes a DeliveryError; given up after `seconds`.

    `repeatable` says that doing it twice does no harm (edit, delete, read), so nothing in it is Ambiguous.
    """
    attempt = Attempt()
    token = _attempt.set(attempt)
    try:
        async with asyncio.timeout(seconds):
            yield attempt
    except DeliveryError:
        raise
    except Exception as error:
        raise _translated(error, attempt, repeatable) from error
    finally:
        _attempt.reset(token)


def _translated(error: Exception, attempt: Attempt, repeatable: bool) -> DeliveryError:
    if isinstance(error, discord.RateLimited):
        return RateLimited(error.retry_after)
    if isinstance(error, discord.HTTPException) and error.status < 500:
        if error.status == 429:
            return RateLimited(_retry_after(error.response))
        if error.status == 401:
            return PlatformUnavailable("Discord refuses DISCORD_TOKEN now; was it reset?")
        hint = HINTS.get(error.code)
        return Rejected(f"{error}" + (f" ({hint})" if hint else ""))
    if isinstance(error, (ValueError, TypeError)):
        return Rejected(str(error))
    if attempt.maybe_taken and not repeatable:
        return Ambiguous(f"Discord may have taken it: {error!r}")
    if isinstance(error, TimeoutError) and not attempt.maybe_taken:
        if attempt.retry_at:
            return RateLimited(max(0.1, attempt.retry_at - time.monotonic()))
        if not attempt.started:
            return RateLimited(1.0)  # discord.py held it back, obeying the channel's limit
    return PlatformUnavailable(f"Discord did not take it: {error!r}")


def _retry_after(response: object) -> float:
    headers = getattr(response, "headers", {})
    try:
        return float(headers.get("Retry-After", BANNED_FOR))
    except ValueError:
        return BANNED_FOR
