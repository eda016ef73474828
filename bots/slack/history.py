"""What was written while nobody listened, read back from Slack's history."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

from bots.slack.api import Api
from bots.slack.errors import mapped
from bots.slack.incoming import PLATFORM, Translator
from core.errors import PlatformUnavailable, RateLimited, Rejected
from core.messages import Address, IncomingMessage

WINDOW = 24 * 3600.0
"""Seconds that unknown direct messages are read back: less than the inbox remembers event ids."""
DIRECT = 100
"""Direct messages beyond the open conversations that are looked at, the latest first."""
PAGES, PAGE = 20, 200
_PATIENCE = 60.0

log = logging.getLogger(__name__)


class History:
    """Reads conversations back."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self.limited = False
        """Whether Slack has asked to slow down."""

    async def missed(
        self, since: Sequence[tuple[Address, str]], translator: Translator
    ) -> AsyncIterator[IncomingMessage]:
        """Messages after the given ids, then those of other direct messages; oldest first in each."""
        known: set[str] = set()
        for where, last in since:
            if where.platform != PLATFORM:
                continue
            known.add(where.channel)
            async for message in self.after(where, last, translator):
                yield message
        for channel in await self.direct():
            if channel not in known:
                async for message in self.after(Address(PLATFORM, channel), "", translator):
                    yield message

    async def after(self, where: Address, last: str, translator: Translator) -> AsyncIterator[IncomingMessage]:
        """Messages at one place after the id `last`, or of the last `WINDOW` seconds, oldest first.

        None where Slack does not let the bot read. Raises PlatformUnavailable.
        """
        try:
            written = await self._read(where, last or f"{time.time() - WINDOW:.6f}")
        except Rejected as error:
            log.warning("%s can't be read back: %s", where.key, error)
            return
        for raw in written:
            message = translator.written(where.channel, raw)
            if message is not None:
                yield message

    async def _read(self, where: Address, oldest: str) -> list[dict[str, Any]]:
        arguments: dict[str, Any] = {"channel": where.channel, "oldest": oldest, "limit": PAGE}
        found: dict[str, dict[str, Any]] = {}
        for _ in range(PAGES):
            if where.thread:
                answer = await self._call("conversations_replies", ts=where.thread, **arguments)
            else:
                answer = await self._call("conversations_history", **arguments)
            found |= {message["ts"]: message for message in answer["messages"] if float(message["ts"]) > float(oldest)}
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
            arguments["cursor"] = cursor
        for ts, message in list(found.items()):  # threads in a direct message belong to its conversation
            if not where.thread and message.get("reply_count") and message.get("thread_ts") == ts:
                found |= {
                    reply["ts"]: reply for reply in await self._read(Address(PLATFORM, where.channel, ts), oldest)
                }
        return [found[ts] for ts in sorted(found, key=float)]

    async def direct(self) -> list[str]:
        """Channel ids of the direct messages that were written in last; none when they can't be listed."""
        try:
            answer = await self._call("conversations_list", types="im", limit=1000)
        except (Rejected, PlatformUnavailable) as error:
            log.warning("direct messages can't be listed: %s", error)
            return []
        latest = sorted(answer["channels"], key=lambda channel: channel.get("updated") or 0, reverse=True)
        return [channel["id"] for channel in latest[:DIRECT]]

    async def _call(self, name: str, **arguments: Any) -> Any:
        """One call; waits when Slack asks to."""
        client = self._api.client
        calls = {
            "conversations_replies": client.conversations_replies,
            "conversations_history": client.conversations_history,
            "conversations_list": client.conversations_list,
        }
        while True:
            try:
                with mapped():
                    return await calls[name](**arguments)
            except RateLimited as limited:
                self.limited = True
                await asyncio.sleep(min(limited.retry_after, _PATIENCE))
