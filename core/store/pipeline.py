"""Scripts over one shared connection: what is called at the same time is written together, and answered in order.

redis-py lends each call a connection: borrowing, timers and bookkeeping cost several times what the call itself does.
Our scripts never block the server, so that they can share one (see "Pipelining" in the manual of Redis).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections import deque
from typing import Any

import hiredis
from redis import exceptions as vendor
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection

from core.endings import end

log = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds without any reply, while one is due, after which the connection is given up."""

LOOKS = 5
"""How often that is looked at in this time."""

_BROKEN = (vendor.ConnectionError, vendor.TimeoutError, OSError)


class SharedConnection:
    """One connection of a pool's kind, opened when it is first needed and again after it broke. For one event loop."""

    def __init__(self, pool: ConnectionPool, patience: float = PATIENCE) -> None:
        self._pool, self._patience = pool, patience
        self._connection: AbstractConnection | None = None
        self._unsent: list[tuple[bytes, asyncio.Future[Any]]] = []
        self._unanswered: deque[asyncio.Future[Any]] = deque()
        self._called, self._sent = asyncio.Event(), asyncio.Event()
        self._replies = 0
        self._tasks: list[asyncio.Task[None]] = []

    async def call(self, command: bytes) -> Any:
        """The reply to a packed command. Raises redis-py's exceptions.

        After a ConnectionError or a TimeoutError the command may have taken effect, or not.
        """
        loop = asyncio.get_running_loop()
        if not self._tasks or self._tasks[0].get_loop() is not loop:
            self._start()
        reply: asyncio.Future[Any] = loop.create_future()
        self._unsent.append((command, reply))
        self._called.set()
        return await reply

    async def aclose(self) -> None:
        """Close the connection; what is under way fails."""
        await end(self._tasks)
        self._tasks = []
        await self._break(vendor.ConnectionError("closed"))

    def _start(self) -> None:
        self._connection, self._unsent = None, []
        self._unanswered.clear()
        self._called, self._sent = asyncio.Event(), asyncio.Event()
        self._tasks = [
            asyncio.create_task(self._write(), name="redis writer"),
            asyncio.create_task(self._read(), name="redis reader"),
            asyncio.create_task(self._watch(), name="redis watch"),
        ]

    async def _write(self) -> None:
        while True:
            await self._called.wait()
            self._called.clear()
            try:
                if self._connection is None:
                    self._connection = await self._connected()
                calls, self._unsent = self._unsent, []
                self._unanswered.extend(reply for _, reply in calls)
                await self._connection.send_packed_command([command for command, _ in calls], check_health=False)
                self._sent.set()
            except _BROKEN as error:
                await self._break(error)
            except Exception as error:  # whatever it is: a writer that ends would leave every caller waiting
                log.exception("writing to Redis failed")
                await self._break(vendor.ConnectionError(str(error)))

    async def _read(self) -> None:
        while True:
            connection = self._connection
            if connection is None or not self._unanswered:
                self._sent.clear()
                await self._sent.wait()
                continue
            try:
                reply, error = await connection.read_response(timeout=math.inf), None
            except vendor.ResponseError as refused:
                reply, error = None, refused
            except _BROKEN as broken:
                if connection is self._connection:
                    await self._break(broken)
                continue
            except Exception as odd:  # as above
                log.exception("reading from Redis failed")
                if connection is self._connection:
                    await self._break(vendor.ConnectionError(str(odd)))
                continue
            if connection is not self._connection:
                continue  # broke while it was read
            self._replies += 1
            _settle(self._unanswered.popleft(), reply, error)

    async def _watch(self) -> None:
        """Break a connection that is silent for too long: a look now and then costs less than a timer for each reply.

        Looks are counted, not seconds: a process that was suspended finds its replies waiting.
        """
        silent = 0
        while True:
            known = self._replies
            await asyncio.sleep(self._patience / LOOKS)
            silent = silent + 1 if self._unanswered and self._replies == known else 0
            if silent > LOOKS:
                silent = 0
                await self._break(vendor.TimeoutError("no reply"))

    async def _connected(self) -> AbstractConnection:
        connection: AbstractConnection = self._pool.make_connection()  # type: ignore[no-untyped-call]
        async with asyncio.timeout(self._patience):
            await connection.connect()  # type: ignore[no-untyped-call]
        connection.socket_timeout = None  # from now on `_watch` has the patience
        return connection

    async def _break(self, error: Exception) -> None:
        """Fail all calls; the next one opens a new connection."""
        connection, self._connection = self._connection, None
        failed = [*self._unanswered, *(reply for _, reply in self._unsent)]
        self._unanswered.clear()
        self._unsent.clear()
        for reply in failed:
            _settle(reply, None, error)
        if connection is not None:
            with contextlib.suppress(*_BROKEN):
                await connection.disconnect(nowait=True)


class PipelinedRedis(Redis):
    """redis-py's client, whose scripts go over one shared connection."""

    _shared: SharedConnection | None = None

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """See `Redis.execute_command`. A script is tried again once when the connection broke."""
        if args[0] != "EVALSHA":
            return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
        if self._shared is None:
            self._shared = SharedConnection(self.connection_pool)
        command = hiredis.pack_command(args)
        try:
            return await self._shared.call(command)
        except vendor.ConnectionError:
            return await self._shared.call(command)

    async def aclose(self, close_connection_pool: bool | None = None) -> None:
        """See `Redis.aclose`."""
        if self._shared is not None:
            await self._shared.aclose()
        await super().aclose(close_connection_pool)


def _settle(reply: asyncio.Future[Any], result: Any, error: Exception | None) -> None:
    if reply.done():  # whoever called has gone
        return
    if error is not None:
        reply.set_exception(error)
    else:
        reply.set_result(result)
