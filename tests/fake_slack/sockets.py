"""Socket Mode: tickets, connections, envelopes and their acknowledgements."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.fake_slack.deliveries import Delivery
from tests.fake_slack.workspace import APP

if TYPE_CHECKING:
    from tests.fake_slack.server import FakeSlack


class Sockets:
    """Every event goes to one of the open connections, in turn."""

    def __init__(self, slack: FakeSlack) -> None:
        self._slack = slack
        self._tickets: set[str] = set()
        self._numbers = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._turn = 0
        self._changed = asyncio.Condition()
        self.connections: list[web.WebSocketResponse] = []
        """The open ones."""
        self.opened = 0
        """How many were opened so far."""
        self.frozen = False
        """True plays the silent drop: connections stay open, and nothing comes through, no pong either."""

    def new_url(self) -> str:
        ticket = f"t{next(self._numbers)}"
        self._tickets.add(ticket)
        return f"ws://{self._slack.host}:{self._slack.port}/link/?ticket={ticket}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The handler of the WebSocket route; a ticket opens one connection."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            self._slack.violation(f"Socket Mode connection with the unknown or used ticket {ticket!r}")
            raise web.HTTPForbidden
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        self.opened += 1
        self.connections.append(socket)
        hello = {"type": "hello", "num_connections": len(self.connections), "connection_info": {"app_id": APP}}
        await socket.send_json(hello)
        await self._notify()
        try:
            async for message in socket:
                if self.frozen:
                    continue
                if message.type is WSMsgType.PING:
                    await socket.pong(message.data)
                elif message.type is WSMsgType.TEXT:
                    self._acknowledge(json.loads(message.data))
        finally:
            if socket in self.connections:
                self.connections.remove(socket)
            await self._notify()
        return socket

    def _acknowledge(self, answer: dict[str, Any]) -> None:
        waiting = self._waiting.get(answer.get("envelope_id", ""))
        if waiting is None:
            self._slack.late_acknowledgements += 1
        elif not waiting.done():
            waiting.set_result(answer.get("payload"))

    async def send(self, delivery: Delivery) -> tuple[str, Any]:
        """One attempt over one connection."""
        if not self.connections or self.frozen:
            return "unreachable", None
        self._turn = (self._turn + 1) % len(self.connections)
        socket = self.connections[self._turn]
        envelope_id = f"e{next(self._numbers)}"
        envelope = {
            "envelope_id": envelope_id,
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != "events_api",
            "retry_attempt": delivery.attempts - 1,
            "retry_reason": delivery.retry_reason if delivery.attempts > 1 else "",
        }
        self._waiting[envelope_id] = asyncio.get_running_loop().create_future()
        try:
            await socket.send_json(envelope)
            async with asyncio.timeout(self._slack.ack_timeout):
                return "ack", await self._waiting[envelope_id]
        except TimeoutError:
            return "timeout", None
        except ConnectionError:
            return "unreachable", None
        finally:
            del self._waiting[envelope_id]

    async def connected(self, count: int = 1) -> None:
        """Wait until `count` connections were opened in all, and one is open."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: self.opened >= count and bool(self.connections))

    async def ask_to_refresh(self) -> None:
        """Ask every connection to be replaced, as Slack does every few hours."""
        for socket in list(self.connections):
            await socket.send_json({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}})

    async def drop(self) -> None:
        """Close every connection without a word."""
        for socket in list(self.connections):
            await socket.close()

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()
