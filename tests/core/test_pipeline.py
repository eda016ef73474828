"""Scripts over one connection: each caller gets its own reply, whatever happens to the others."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import hiredis
import pytest
from redis import exceptions as vendor
from redis.asyncio import ConnectionPool

from core.errors import StoreUnavailable
from core.store.pipeline import SharedConnection
from core.store.redis import Client, Script, connect
from core.store.server import EmbeddedRedis, running_pid

ECHO = Script("return ARGV[1]")
FAIL = Script("return redis.error_reply('WRONG this one')")
COUNT = Script("return redis.call('INCR', KEYS[1])")


@pytest.fixture
async def shared(redis_url: str) -> AsyncIterator[SharedConnection]:
    pool = ConnectionPool.from_url(redis_url)
    connection = SharedConnection(pool, patience=0.2)
    yield connection
    await connection.aclose()
    await pool.aclose()


def command(*words: str) -> bytes:
    return bytes(hiredis.pack_command(words))


async def test_many_callers_each_get_their_own_reply(redis: Client) -> None:
    replies = await asyncio.gather(*(ECHO(redis, [], str(number)) for number in range(500)))
    assert replies == [str(number).encode() for number in range(500)]


async def test_an_error_reaches_only_its_caller(redis: Client) -> None:
    calls = (ECHO(redis, [], "a"), FAIL(redis, []), ECHO(redis, [], "b"))
    before, wrong, after = await asyncio.gather(*calls, return_exceptions=True)
    assert (before, after) == (b"a", b"b")
    assert isinstance(wrong, vendor.ResponseError)


async def test_a_caller_that_goes_away_leaves_the_order_intact(redis: Client) -> None:
    await ECHO(redis, [], "open")
    leaving = asyncio.create_task(ECHO(redis, [], "leaving"))
    staying = [asyncio.create_task(ECHO(redis, [], str(number))) for number in range(50)]
    await asyncio.sleep(0)
    leaving.cancel()
    assert await asyncio.gather(*staying) == [str(number).encode() for number in range(50)]
    assert leaving.cancelled()


async def test_callers_share_what_is_written(shared: SharedConnection, redis: Client) -> None:
    await shared.call(command("PING"))
    before = await redis.info("stats")
    await asyncio.gather(*(shared.call(command("PING")) for _ in range(100)))
    after = await redis.info("stats")
    assert after["total_connections_received"] == before["total_connections_received"]


async def test_after_a_lost_connection_the_next_call_opens_another(redis: Client) -> None:
    assert await COUNT(redis, ["n"]) == 1
    await redis.client_kill_filter(_type="normal", skipme=True)
    assert await COUNT(redis, ["n"]) == 2


async def test_a_server_that_hangs_fails_the_call_and_is_used_again_when_it_is_back(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path)
    pool = ConnectionPool.from_url(await server.start())
    connection = SharedConnection(pool, patience=0.2)
    assert await connection.call(command("PING")) == b"PONG"
    pid = running_pid(tmp_path)
    os.kill(pid, signal.SIGSTOP)
    try:
        both = await asyncio.gather(*(connection.call(command("PING")) for _ in range(2)), return_exceptions=True)
        assert [type(error) for error in both] == [vendor.TimeoutError] * 2
    finally:
        os.kill(pid, signal.SIGCONT)
    assert await connection.call(command("PING")) == b"PONG"
    await connection.aclose()
    await pool.aclose()
    await server.stop()


async def test_a_process_that_was_suspended_finds_its_replies_waiting(shared: SharedConnection) -> None:
    await shared.call(command("PING"))
    waiting = asyncio.create_task(shared.call(command("PING")))
    for _ in range(3):  # until it is written
        await asyncio.sleep(0)
    time.sleep(0.5)  # noqa: ASYNC251 - the whole process stands still, for longer than the patience
    assert await waiting == b"PONG"


async def test_closing_fails_what_is_under_way(shared: SharedConnection) -> None:
    await shared.call(command("PING"))
    waiting = asyncio.create_task(shared.call(command("BLPOP", "nothing", "0")))
    await asyncio.sleep(0)
    await shared.aclose()
    with pytest.raises(vendor.ConnectionError, match="closed"):
        await waiting


async def test_nobody_there_is_said_as_such() -> None:
    client = connect("unix:///nonexistent/redis.sock")
    with pytest.raises(StoreUnavailable):
        await ECHO(client, [], "a")
    await client.aclose()
