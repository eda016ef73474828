"""A burst takes no memory with its size, holds up nobody else for long, and is asked once to slow down."""

from __future__ import annotations

import asyncio
import os
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core import wording
from core.store.redis import connect
from core.store.server import EmbeddedRedis
from tests.chaos.flood import AT_ONCE, LIMIT, Flood

BURST = int(os.environ.get("BURST", "500"))
"""`make soak`: 10,000 messages."""
EACH = 10
"""Messages of each customer, when many write."""
BYSTANDERS = 10
GROWTH = 48 * 2**20
"""Bytes by which a worker may grow, whatever the burst: what 64 messages under way and caches take."""
CONCURRENCY = 64
"""Lanes that a worker handles side by side."""


@pytest.fixture
async def flood(tmp_path: Path) -> AsyncIterator[Flood]:
    server = EmbeddedRedis(tmp_path)
    url = await server.start()
    client = connect(url)
    async with Flood.onto(client, url) as made:
        yield made
    await client.aclose()
    await server.stop()


def told(name: str, waits: list[float], growth: int) -> None:
    waits = sorted(waits)
    print(
        f"{name}: {BURST} messages; bystanders answered after {waits[len(waits) // 2] * 1000:.0f} ms (median), "
        f"{waits[-1] * 1000:.0f} ms (longest); the worker grew by {growth / 2**20:.1f} MB"
    )


@pytest.mark.slow
async def test_a_burst_of_one_customer(flood: Flood) -> None:
    pouring = asyncio.create_task(flood.pour(("flood", f"flood/{number}") for number in range(BURST)))
    waits = [(await flood.bystander(f"calm-{number}"))[0] for number in range(BYSTANDERS)]
    await pouring
    await flood.settled(LIMIT + 1 + BYSTANDERS)
    replies = [text for _, _, text in await flood.shown("flood")]
    assert Counter(reply == wording.SLOW_DOWN for reply in replies) == {False: LIMIT, True: 1}
    assert all("From 9 to 5." in reply for reply in replies if reply != wording.SLOW_DOWN)
    assert len(await flood.shown()) == LIMIT + 1 + BYSTANDERS
    growth = await flood.growth()
    told("one customer", waits, growth)
    assert growth < GROWTH


@pytest.mark.slow
async def test_a_burst_of_many_customers(flood: Flood) -> None:
    customers = BURST // EACH
    said: dict[str, list[str]] = {f"c{number}": [f"c{number}/{n}" for n in range(EACH)] for number in range(customers)}
    burst = [(name, said[name][n]) for n in range(EACH) for name in said]
    pouring = asyncio.create_task(flood.pour(burst))
    asked = [await flood.bystander(f"calm-{number}") for number in range(BYSTANDERS)]
    await pouring
    await flood.settled(BURST + BYSTANDERS)
    seen: dict[str, list[str]] = defaultdict(list)
    for customer, event_id, _ in await flood.shown():
        seen[customer].append(event_id)
    for name in said:
        assert seen[name] == said[name], "each once, in order"
    growth = await flood.growth()
    told(f"{customers} customers", [seconds for seconds, _ in asked], growth)
    assert growth < GROWTH
    # One message of each other conversation may come first, at the inbox and at the outbox, but not all of the burst.
    assert max(meanwhile for _, meanwhile in asked) <= 2 * (customers + CONCURRENCY + AT_ONCE)
