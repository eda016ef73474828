"""Who wants to know when a channel of the console changes: the open pages of this process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator

from redis import exceptions as vendor
from redis.asyncio import Redis

from bots.console.log import WAKE
from core.store.redis import Client

log = logging.getLogger(__name__)

PAUSE = 0.5
"""Seconds before the subscription is tried again, and between two looks where Redis offers no subscription."""

LOOK = 1.0
"""Seconds without news after which the subscription looks whether it is still wanted."""


class Watch:
    """What one page has not looked at yet."""

    def __init__(self) -> None:
        self._bell = asyncio.Event()
        self._channels: set[str] = set()
        self._typing: set[str] = set()

    def ring(self, *, channel: str = "", typing: str = "") -> None:
        """Something changed in `channel`, or a reply is being written at the address key `typing`."""
        if channel:
            self._channels.add(channel)
        if typing:
            self._typing.add(typing)
        self._bell.set()

    async def next(self) -> tuple[set[str], set[str]]:
        """Wait for news: the changed channels ("*": any of them) and the address keys where somebody types."""
        await self._bell.wait()
        self._bell.clear()
        channels, self._channels = self._channels, set()
        typing, self._typing = self._typing, set()
        return channels, typing


class Wakeups:
    """Passes what is published on Redis to the watches of this process."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._watches: set[Watch] = set()

    @contextlib.contextmanager
    def joined(self, watch: Watch) -> Iterator[None]:
        """Within it, the watch rings when something changes."""
        self._watches.add(watch)
        try:
            yield
        finally:
            self._watches.discard(watch)

    async def follow(self) -> None:
        """Pass on what is published, until cancelled. After a lost connection every watch is told to look again."""
        while True:
            try:
                if isinstance(self._client, Redis):
                    await self._subscribe(self._client)
            except (vendor.RedisError, OSError) as error:
                log.debug("subscription lost: %s", error)
            self._ring_all(channel="*")
            await asyncio.sleep(PAUSE)

    async def _subscribe(self, client: Redis) -> None:
        async with client.pubsub(ignore_subscribe_messages=True) as subscription:
            await subscription.subscribe(WAKE)
            self._ring_all(channel="*")
            while True:
                news = await subscription.get_message(timeout=LOOK)
                if news is None:
                    task = asyncio.current_task()
                    if task is not None and task.cancelling():  # redis-py can swallow one while it subscribes
                        raise asyncio.CancelledError
                    continue
                kind, _, about = news["data"].decode().partition(" ")
                self._ring_all(**{"channel" if kind == "rows" else "typing": about})

    def _ring_all(self, *, channel: str = "", typing: str = "") -> None:
        for watch in self._watches:
            watch.ring(channel=channel, typing=typing)
