"""Hearing from other processes that there is something to do, sooner than the next look around would find it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from redis import exceptions as vendor
from redis.asyncio import Redis

from core.store.keys import WAKE
from core.store.redis import Client, call

log = logging.getLogger(__name__)


async def listen(client: Client, heard: Callable[[list[str]], None]) -> None:
    """Pass on every wake-up, split into words, until cancelled.

    A lost connection costs only speed, because runners also look around by themselves; so does Redis Cluster, whose
    client offers no subscriptions.
    """
    if not isinstance(client, Redis):
        return
    while True:
        try:
            async with client.pubsub(ignore_subscribe_messages=True) as channel:
                await channel.subscribe(WAKE)
                async for message in channel.listen():
                    heard(message["data"].decode().split(" "))
        except (vendor.ConnectionError, vendor.TimeoutError, OSError) as error:
            log.debug("wake-ups interrupted: %s", error)
            await asyncio.sleep(0.5)


async def announce_stop(client: Client, conversation: str) -> None:
    """Tell every worker that whatever it writes for this conversation is no longer wanted."""
    await call(client.publish(WAKE, f"stop {conversation}"))
