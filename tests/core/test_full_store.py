"""A Redis that is there and refuses to write is away like any other: nothing is lost, set aside or half done."""

from __future__ import annotations

from contextlib import suppress

import pytest

from core.errors import StoreUnavailable
from core.handling.worker import MOST_TRIES
from core.store.redis import Client
from tests.core.harness import World

ANSWERS = {"How do I get a refund?": "Ask the shop; the money takes 3 days.", "When are you open?": "From 9 to 5."}


@pytest.mark.parametrize(
    ("setting", "refusing", "writing"), [("maxmemory", 1, 0), ("min-replicas-to-write", 1, 0)], ids=["full", "alone"]
)
async def test_while_redis_takes_no_writes_messages_wait(
    redis: Client, world: World, setting: str, refusing: int, writing: int
) -> None:
    first, second = ANSWERS
    await world.hand_in(first)
    await redis.config_set(setting, refusing)
    try:
        with pytest.raises(StoreUnavailable):
            await world.hand_in(second)
        for _ in range(MOST_TRIES + 1):  # as many failures of its own would set the message aside
            with suppress(StoreUnavailable):
                await world.engine.drain()
            world.clock.move(60)
    finally:
        await redis.config_set(setting, writing)
    assert world.reads() == []
    world.clock.move(60)
    await world.hand_in(second)
    await world.engine.drain()
    assert world.reads() == list(ANSWERS.values())
    assert [item async for item in world.engine.set_asides.list()] == []
