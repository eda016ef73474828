"""How long people wait: a place in the queue, and what was usual lately."""

from __future__ import annotations

from statistics import median

from core.conversation import Handoff
from core.store.keys import shards
from core.store.redis import Client, call

KEY = "concierge:waits"
"""List: the latest waits in seconds, newest first."""
KEPT = 50
"""How many are kept."""
ENOUGH = 5
"""With fewer than this, nothing is said about them."""


class Waits:
    """Counts in one Redis. What it says is for people; nothing depends on it."""

    def __init__(self, client: Client) -> None:
        self._redis = client

    async def place(self, priority: int, requested_at: float) -> int:
        """The place in the queue, from 1, of somebody with this priority who asked then."""
        order = order_of(priority, requested_at)
        pipeline = self._redis.pipeline(transaction=False)
        for home in shards():
            pipeline.zcount(home.queue, "-inf", f"({order:.3f}")
        return sum(map(int, await call(pipeline.execute()))) + 1

    async def usual(self) -> float | None:
        """Median of the latest waits in seconds; None when there are too few."""
        raw = await call(self._redis.lrange(KEY, 0, KEPT - 1))
        return median(float(item) for item in raw) if len(raw) >= ENOUGH else None

    async def waited(self, handoff: Handoff) -> None:
        """Somebody was claimed."""
        seconds = handoff.claimed_at - handoff.requested_at
        await call(self._redis.lpush(KEY, f"{seconds:.1f}"))
        await call(self._redis.ltrim(KEY, 0, KEPT - 1))


def order_of(priority: int, requested_at: float, *, owned: bool = False) -> float:
    """Where a handoff stands in the queue: who waits before who is looked after, VIPs first, then by age."""
    return priority * 1e12 + requested_at + (1e13 if owned else 0.0)
