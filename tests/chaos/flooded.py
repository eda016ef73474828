"""A worker process that is flooded: real engine, real Redis, the small FAQ. What it delivers it tells over Redis.

It prints its memory in bytes, a line each: what it takes when it is ready, and its peak since when a line comes in.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import resource
import sys
from pathlib import Path

from core.clock import SystemClock
from core.platform import FrontDoor, Platform
from core.posts import Post
from core.store.redis import Client, connect
from tests.chaos.flood import SHOWN, policy
from tests.core.harness import World


class Told(Platform):
    """A platform without an end: keeps nothing in this process."""

    name = "chat"

    def __init__(self, redis: Client) -> None:
        self._redis = redis
        self._serial = itertools.count(1)

    async def listen(self, door: FrontDoor) -> None:
        raise NotImplementedError

    async def send(self, post: Post) -> str:
        await self._redis.rpush(SHOWN, json.dumps([post.to.channel, post.reply_to, post.content.text]))
        return str(next(self._serial))


STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def memory(field: str) -> int:
    """Resident bytes: now (`VmRSS`), or the peak since it was forgotten (`VmHWM`); without /proc: since the start."""
    if not STATUS.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (line,) = [line for line in STATUS.read_text().splitlines() if line.startswith(field)]
    return int(line.split()[1]) * 1024


def forget_peak() -> None:
    if CLEAR.exists():
        CLEAR.write_text("5")  # see proc(5)


async def main(url: str) -> None:
    redis = connect(url)
    world = World(redis, clock=SystemClock(), policy=policy(), chat=Told(redis))
    await world.hand_in("How do I get a refund?", by="warm-up")
    await world.engine.drain()
    world.engine.start()
    forget_peak()
    print(memory("VmRSS"), flush=True)
    while await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline):
        print(memory("VmHWM"), flush=True)
    await world.engine.stop()
    await redis.aclose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
