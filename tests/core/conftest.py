"""A real Redis for the core's tests: one server, emptied before each test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from core.store.redis import Client, connect
from core.store.server import EmbeddedRedis
from tests.core.harness import World


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = EmbeddedRedis(Path(tmp_path_factory.mktemp("redis")))
    yield asyncio.run(server.start())
    asyncio.run(server.stop())


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Client]:
    client = connect(redis_url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
async def world(redis: Client) -> World:
    return World(redis)
