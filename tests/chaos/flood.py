"""Bursts of messages, and what a flooded worker made of them."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Self

from core.clock import SystemClock
from core.policy import Policy, load_policy
from core.store.keys import shards
from core.store.redis import Client
from tests.core.harness import World
from tests.rig import until

SHOWN = "test:shown"
"""List in Redis of what was delivered: [customer, event id that is replied to, text], JSON."""
LIMIT = 60
"""Messages that one customer may write before being asked to slow down."""
AT_ONCE = 64
"""Messages accepted side by side."""


def policy() -> Policy:
    """The default, with a window that outlasts every burst."""
    made = load_policy()
    return replace(made, limits=replace(made.limits, messages=LIMIT, window=3600.0))


class Flood:
    """Takes in bursts, as gateways do, while another process works."""

    def __init__(self, redis: Client, worker: asyncio.subprocess.Process) -> None:
        self.redis, self._worker = redis, worker
        self.world = World(redis, clock=SystemClock(), policy=policy())

    @classmethod
    @asynccontextmanager
    async def onto(cls, redis: Client, url: str) -> AsyncIterator[Self]:
        """A flood onto a worker of its own."""
        pipe = asyncio.subprocess.PIPE
        worker = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.chaos.flooded", url, stdin=pipe, stdout=pipe
        )
        try:
            flood = cls(redis, worker)
            flood.before = await flood._number()
            await redis.delete(SHOWN)
            yield flood
        finally:
            assert worker.stdin is not None
            worker.stdin.close()
            await worker.wait()

    before = 0
    """Memory of the worker before the burst, bytes."""

    async def growth(self) -> int:
        """By how many bytes the worker has grown at its peak."""
        assert self._worker.stdin is not None
        self._worker.stdin.write(b"\n")
        return await self._number() - self.before

    async def _number(self) -> int:
        assert self._worker.stdout is not None
        return int(await self._worker.stdout.readline())

    async def pour(self, messages: Iterable[tuple[str, str]]) -> None:
        """Accept (customer, event id) pairs, many at once, those of one customer in order."""
        room = asyncio.Semaphore(AT_ONCE)

        async def one(by: str, event_id: str) -> None:
            async with room:
                await self.world.hand_in("When are you open?", by=by, event_id=event_id)

        async with asyncio.TaskGroup() as group:
            for by, event_id in messages:
                group.create_task(one(by, event_id))
                await asyncio.sleep(0)

    async def bystander(self, name: str) -> tuple[float, int]:
        """Somebody else asks: (seconds until the answer is delivered, other deliveries meanwhile)."""
        before, began = await self.redis.llen(SHOWN), time.monotonic()
        await self.world.hand_in("How do I get a refund?", by=name, event_id=name)
        seen = before

        async def answered() -> bool:
            nonlocal seen
            new = await self.redis.lrange(SHOWN, seen, -1)
            seen += len(new)
            return any(json.loads(item)[1] == name for item in new)

        await until(answered, every=0.01)
        return time.monotonic() - began, seen - before - 1

    async def shown(self, customer: str = "") -> list[tuple[str, str, str]]:
        """What was delivered, to one customer or to all."""
        items = [tuple(json.loads(item)) for item in await self.redis.lrange(SHOWN, 0, -1)]
        return [item for item in items if customer in ("", item[0])]

    async def settled(self, count: int) -> None:
        """Wait until so much was delivered and nothing is left to do."""

        async def done() -> bool:
            if await self.redis.llen(SHOWN) < count:
                return False
            keys = [key for home in shards() for key in (home.ready, home.leased, home.out_leased("chat"))]
            return not any([await self.redis.zcard(key) for key in keys])

        await until(done, patience=600.0, every=0.2)
