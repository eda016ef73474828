"""Discord at the wire: a REST API and a WebSocket gateway on a local port, for the real discord.py above them.

The world behind it (servers, permissions, validation of every field) is simcord's backend; what simcord leaves out is
here: sessions, RESUME with replay, invalid sessions, silence, enforced nonces, 429, 5xx and broken connections.
"""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import discord
import yarl
from aiohttp import web
from discord.gateway import DiscordWebSocket
from discord.http import Route
from simcord._clock import Clock
from simcord.backend import Backend, serializers
from simcord.backend.errors import BackendError
from simcord.backend.models import Interaction, Message
from simcord.enums import ComponentType, InteractionType
from simcord.http import router
from simcord.interactions import base_payload

TOKEN = "d2lyZQ.wire.token"
MESSAGE_CONTENT = 1 << 15
APPLICATION_SEES_CONTENT = 1 << 18
DISPATCH, HEARTBEAT, IDENTIFY, RESUME, INVALID_SESSION, HELLO, ACK = 0, 1, 2, 6, 9, 10, 11


class Fault(StrEnum):
    """What happens to a POST of a message instead of being done and answered."""

    LIMITED = "429, not taken"
    GLOBAL = "429 for everything that the bot does, not taken"
    BANNED = "429 without the API's own header, as Cloudflare answers, not taken"
    TAKEN_502 = "taken, answered 502"
    TAKEN_503 = "taken, answered 503"
    TAKEN_BROKEN = "taken, connection broken"
    TAKEN_SILENT = "taken, never answered"


class WallClock(Clock):
    """The machine's time, as Discord would stamp."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Session:
    """A gateway session: what it was sent, and the connection that it has now."""

    id: str
    shard: int = 0
    shards: int = 1
    events: list[dict[str, Any]] = field(default_factory=list)
    outbox: asyncio.Queue[dict[str, Any] | None] | None = None


class WireDiscord:
    """A Discord with one bot; `start` it, then point discord.py at it with `pointed_at`."""

    def __init__(self, *, heartbeat: float = 20.0) -> None:
        self.backend = Backend(clock=WallClock())
        self.heartbeat = heartbeat
        """Seconds between heartbeats that the bot is asked for."""
        self.faults: deque[Fault] = deque()
        """What happens to the next POSTs of messages."""
        self.retry_after = 0.05
        """Seconds that a 429 asks to wait."""
        self.deaf = False
        """True: connections stay open, but those used meanwhile never send or acknowledge anything again (zombies)."""
        self.refusals = 0
        """Connections to the gateway still to be refused."""
        self.allows_content = True
        """MESSAGE CONTENT INTENT in the developer portal."""
        self.overlap = 0
        """Events that a RESUME replays though they had been delivered."""
        self.identified = 0
        self.resumed = 0
        self.connections = 0
        self.slow_hello: asyncio.Event | None = None
        """Until it is set, nobody who connects is greeted."""
        self.slow_history: asyncio.Event | None = None
        """Until it is set, nobody is given a history."""
        self.broken_histories = 0
        """Histories still to be answered by a broken connection."""
        self.unknown: list[str] = []
        """Requests that this Discord does not know: bugs of the bot, or gaps here."""
        self._sessions: dict[str, Session] = {}
        self._zombies: list[asyncio.Queue[dict[str, Any] | None]] = []
        self._nonces: dict[str, tuple[int, int]] = {}
        self._nonce: str | None = None
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self.port = 0
        self.backend.subscribers.append(self._emitted)

    async def start(self) -> None:
        """Listen on a free local port."""
        app = web.Application()
        app.router.add_get("/gateway/", self._gateway)
        app.router.add_route("*", "/api/v10/{path:.*}", self._rest)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close everything."""
        await self.drop_connections()
        if self._runner is not None:
            await self._runner.cleanup()

    @contextmanager
    def pointed_at(self) -> Iterator[None]:
        """discord.py talks to this Discord inside."""
        base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
        point_at(self.port)
        try:
            yield
        finally:
            Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway

    async def until(self, condition: Any, patience: float = 10.0) -> None:
        """Wait until `condition(self)` holds."""
        async with asyncio.timeout(patience), self._changed:
            await self._changed.wait_for(lambda: condition(self))

    # people

    def says(self, channel: int, author: int, text: str, **more: Any) -> Message:
        """Somebody writes."""
        return self.backend.create_message(channel, author, text, **more)

    def repeat(self, event: str) -> None:
        """Deliver the last event of this name once more, as replays do."""
        payload = next(
            data for kind, name, data in reversed(self.backend.transcript) if (kind, name) == ("GATEWAY", event)
        )
        self._emitted(event, payload)

    def presses(self, message: Message, user: int, label: str) -> Interaction:
        """Somebody presses the button with this label."""
        (button,) = [
            item for row in message.components for item in row.get("components", ()) if item.get("label") == label
        ]
        return self._interaction(
            InteractionType.MESSAGE_COMPONENT,
            message.channel_id,
            user,
            {"custom_id": button["custom_id"], "component_type": ComponentType.BUTTON},
            message=message,
        )

    def commands(self, channel: int, user: int, name: str, text: str) -> Interaction:
        """Somebody types a slash command."""
        (command,) = [made for (called, _), made in self.backend.commands[None].items() if called == name]
        options = [{"name": "text", "type": 3, "value": text}] if text else []
        data = {"id": command["id"], "name": name, "type": 1, "options": options}
        return self._interaction(InteractionType.APPLICATION_COMMAND, channel, user, data)

    def bot_messages(self, channel: int) -> list[Message]:
        """What the bot posted in a channel and what is there of it now, oldest first; nothing private."""
        return [
            message
            for _, message in sorted(self.backend.messages.get(channel, {}).items())
            if message.author_id == self.backend.bot_user.id and not message.is_ephemeral
        ]

    # the weather

    async def drop_connections(self) -> None:
        """Break every gateway connection; sessions can be resumed."""
        for session in self._sessions.values():
            if session.outbox is not None:
                session.outbox.put_nowait(None)
                session.outbox = None
        await self._notify()

    def forget_sessions(self) -> None:
        """No session can be resumed any more; what is emitted until the next one is lost."""
        self._sessions.clear()

    async def invalidate(self) -> None:
        """Tell every connection that its session is invalid and can't be resumed."""
        for session in list(self._sessions.values()):
            if session.outbox is not None:
                session.outbox.put_nowait({"op": INVALID_SESSION, "d": False, "s": None, "t": None})
        self.forget_sessions()
        await self._notify()

    # the gateway

    @property
    def connected(self) -> int:
        """Sessions with an open connection."""
        return sum(session.outbox is not None for session in self._sessions.values())

    @property
    def _gateway_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/gateway/"

    async def _gateway(self, request: web.Request) -> web.StreamResponse:
        self.connections += 1
        if self.refusals:
            self.refusals -= 1
            return web.Response(status=503)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await self._notify()
        if self.slow_hello is not None:
            await self.slow_hello.wait()
        outbox: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        outbox.put_nowait({"op": HELLO, "d": {"heartbeat_interval": self.heartbeat * 1000}, "s": None, "t": None})
        writer = asyncio.create_task(self._write(socket, outbox))
        try:
            async for message in socket:
                await self._received(json.loads(message.data), outbox, socket)
        finally:
            for session in self._sessions.values():
                if session.outbox is outbox:
                    session.outbox = None
            outbox.put_nowait(None)
            await writer
            await self._notify()
        return socket

    async def _write(self, socket: web.WebSocketResponse, outbox: asyncio.Queue[dict[str, Any] | None]) -> None:
        while (frame := await outbox.get()) is not None:
            if socket.closed:
                return
            try:
                await socket.send_json(frame)
            except ConnectionError:
                return
        await socket.close(code=1001)

    async def _received(
        self, frame: Mapping[str, Any], outbox: asyncio.Queue[dict[str, Any] | None], socket: web.WebSocketResponse
    ) -> None:
        data = frame.get("d")
        if self.deaf or outbox in self._zombies:
            self._zombies.append(outbox)
            return
        if frame["op"] == HEARTBEAT:
            outbox.put_nowait({"op": ACK, "d": None, "s": None, "t": None})
        elif frame["op"] == IDENTIFY:
            assert isinstance(data, dict)
            if data["token"] != TOKEN:
                await socket.close(code=4004)
            elif data["intents"] & MESSAGE_CONTENT and not self.allows_content:
                await socket.close(code=4014)
            else:
                self._begin(outbox, data["shard"])
        elif frame["op"] == RESUME:
            assert isinstance(data, dict)
            session = self._sessions.get(data["session_id"])
            if session is None:
                outbox.put_nowait({"op": INVALID_SESSION, "d": False, "s": None, "t": None})
            else:
                session.outbox = outbox
                for event in session.events:
                    if event["s"] > data["seq"] - self.overlap and event["t"] not in ("READY", "RESUMED"):
                        outbox.put_nowait(event)
                self._dispatch(session, "RESUMED", {})
                self.resumed += 1
        await self._notify()

    def _begin(self, outbox: asyncio.Queue[dict[str, Any] | None], shard: list[int]) -> None:
        session = Session(f"session-{self.identified}", *shard, outbox=outbox)
        self._sessions[session.id] = session
        guilds = [guild for guild in self.backend.guilds.values() if _belongs(session, guild.id)]
        self._dispatch(
            session,
            "READY",
            {
                "v": 10,
                "user": dict(serializers.user_payload(self.backend.bot_user)),
                "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
                "session_id": session.id,
                "resume_gateway_url": self._gateway_url,
                "shard": shard,
                "application": {"id": str(self.backend.application_id), "flags": APPLICATION_SEES_CONTENT},
            },
        )
        for guild in guilds:
            self._dispatch(session, "GUILD_CREATE", dict(serializers.guild_create_payload(self.backend, guild)))
        self.identified += 1

    def _emitted(self, event: str, payload: Mapping[str, Any]) -> None:
        if event == "MESSAGE_CREATE" and self._nonce is not None:
            payload = {**payload, "nonce": self._nonce}
        guild = int(
            payload["id"] if event.startswith("GUILD_") and "guild_id" not in payload else payload.get("guild_id", 0)
        )
        for session in self._sessions.values():
            if _belongs(session, guild):
                self._dispatch(session, event, payload)

    def _dispatch(self, session: Session, event: str, payload: Mapping[str, Any]) -> None:
        frame = {"op": DISPATCH, "t": event, "s": len(session.events) + 1, "d": json.loads(json.dumps(payload))}
        session.events.append(frame)
        if session.outbox is not None and self.deaf:
            self._zombies.append(session.outbox)
            session.outbox = None
        if session.outbox is not None:
            session.outbox.put_nowait(frame)

    def _interaction(
        self, kind: InteractionType, channel: int, user: int, data: dict[str, Any], *, message: Message | None = None
    ) -> Interaction:
        record, payload = base_payload(
            self.backend,
            type=kind,
            channel_id=channel,
            guild_id=self.backend.get_channel(channel).guild_id,
            user_id=user,
            data=data,
        )
        if message is not None:
            payload["message"] = dict(serializers.message_payload(self.backend, message))
            record.source_message_id = message.id
        self.backend.emit("INTERACTION_CREATE", payload)
        return record

    def submits(self, asked: Interaction, fields: Mapping[str, str]) -> Interaction:
        """Somebody fills in and submits the form that they were shown."""
        assert asked.modal is not None, "no form was shown"
        labels = [
            dict(label, component={**label["component"], **_filled(label["component"], fields)})
            for label in asked.modal["components"]
        ]
        data = {"custom_id": asked.modal["custom_id"], "components": labels}
        source = asked.source_message_id
        message = self.backend.get_message(asked.channel_id, source) if source else None
        return self._interaction(InteractionType.MODAL_SUBMIT, asked.channel_id, asked.user_id, data, message=message)

    # the REST API

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        path = "/" + request.match_info["path"]
        own_token = path.startswith(("/interactions/", "/webhooks/"))
        if not own_token and request.headers.get("Authorization") != f"Bot {TOKEN}":
            return _answer(401, {"message": "401: Unauthorized", "code": 0})
        body, files = await _body(request)
        fault = self.faults.popleft() if self.faults and _is_post_of_message(request.method, path) else None
        if fault in (Fault.LIMITED, Fault.GLOBAL):
            headers = {"Via": "1.1 google", "Retry-After": str(self.retry_after)}
            everything = fault is Fault.GLOBAL
            slower = {"message": "slow down", "retry_after": self.retry_after, "global": everything}
            return _answer(429, slower, headers)
        if fault is Fault.BANNED:
            return web.Response(status=429, text="error 1015", headers={"Retry-After": str(self.retry_after)})
        if self.slow_history is not None and request.method == "GET" and path.endswith("/messages"):
            await self.slow_history.wait()
        if self.broken_histories and request.method == "GET" and path.endswith("/messages"):
            self.broken_histories -= 1
            assert request.transport is not None
            request.transport.abort()
        status, answer = self._do(request.method, path, body, dict(request.query), files)
        await self._notify()
        if fault is Fault.TAKEN_502:
            return _answer(502, {"message": "bad gateway", "code": 0})
        if fault is Fault.TAKEN_503:
            return _answer(503, {"message": "unavailable", "code": 0})
        if fault is Fault.TAKEN_BROKEN:
            assert request.transport is not None
            request.transport.abort()
        elif fault is Fault.TAKEN_SILENT:
            await asyncio.sleep(3600)
        return _answer(status, answer, _limits(request.method, path))

    def _do(
        self, method: str, path: str, body: Any, query: dict[str, str], files: list[discord.File]
    ) -> tuple[int, Any]:
        if path == "/gateway/bot":
            limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
            return 200, {"url": self._gateway_url, "shards": 1, "session_start_limit": limit}
        try:
            if _is_post_of_message(method, path):
                return 200, self._create(path, body, files)
            if method == "GET" and path.endswith("/messages") and "after" in query:
                return 200, self._history(path, query)
            if method == "POST" and path.endswith("/threads") and int(path.split("/")[-2]) in self.backend.channels:
                raise BackendError(400, 160004, "A thread has already been created for this message")
            answer = router.dispatch(self.backend, method, path, json=body, params=query, files=files)
        except (router.RouteNotImplemented, router.UnsupportedField) as error:
            self.unknown.append(f"{method} {path}: {error}")
            return 501, {"message": str(error), "code": 0}
        except BackendError as error:
            return error.status, error.to_json()
        if path == "/oauth2/applications/@me":
            answer["flags"] = APPLICATION_SEES_CONTENT if self.allows_content else 0
        return (204, None) if answer is None else (200, answer)

    def _create(self, path: str, body: Any, files: list[discord.File]) -> Any:
        channel = int(path.split("/")[2])
        if len(body.get("content") or "") > 2000:
            raise BackendError(400, 50035, "content: Must be 2000 or fewer in length.")
        nonce = body.get("nonce")
        if nonce is not None and len(nonce) > 25:
            raise BackendError(400, 50035, "nonce: Must be 25 or fewer in length.")
        if nonce in self._nonces and body.get("enforce_nonce"):
            first = self.backend.get_message(*self._nonces[nonce])
            return dict(serializers.message_payload(self.backend, first)) | {"nonce": nonce}
        self._nonce = nonce
        try:
            made = router.dispatch(self.backend, "POST", path, json=body, files=files)
        finally:
            self._nonce = None
        if nonce is not None:
            self._nonces[nonce] = (channel, int(made["id"]))
        return made | {"nonce": nonce}

    def forget_nonces(self) -> None:
        """Some minutes pass: Discord no longer knows the nonces it has seen."""
        self._nonces.clear()

    def _history(self, path: str, query: dict[str, str]) -> list[Any]:
        """The messages right after an id, newest first (simcord gives the newest of all)."""
        router.dispatch(self.backend, "GET", path, params={"limit": 1})  # permissions
        after, limit = int(query["after"]), int(query.get("limit", 50))
        there = sorted(self.backend.messages.get(int(path.split("/")[2]), {}).items())
        found = [message for number, message in there if number > after and not message.is_ephemeral][:limit]
        return [dict(serializers.message_payload(self.backend, message)) for message in reversed(found)]

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def _limits(method: str, path: str) -> dict[str, str]:
    """The headers by which Discord tells its limits; here they are never reached. discord.py relies on having them."""
    major, _, rest = path.strip("/").partition("/")[2].partition("/")
    return {
        "X-Ratelimit-Bucket": f"{method} {rest}" if major.isdigit() else f"{method} {path}",
        "X-Ratelimit-Limit": "1000",
        "X-Ratelimit-Remaining": "999",
        "X-Ratelimit-Reset": f"{time.time() + 1:.3f}",
        "X-Ratelimit-Reset-After": "1.000",
    }


def _belongs(session: Session, guild: int) -> bool:
    """Each server's events go to one shard; those of direct messages to the first."""
    return (guild >> 22) % session.shards == session.shard


def point_at(port: int) -> None:
    """discord.py of this process talks to a Discord on a local port from now on (by its own class attributes)."""
    Route.BASE = f"http://127.0.0.1:{port}/api/v10"
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://127.0.0.1:{port}/gateway/")


def _is_post_of_message(method: str, path: str) -> bool:
    parts = path.strip("/").split("/")
    return method == "POST" and len(parts) == 3 and parts[0] == "channels" and parts[2] == "messages"


def _filled(control: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    value = fields[control["custom_id"]]
    return {"values": [value]} if control["type"] == ComponentType.STRING_SELECT else {"value": value}


async def _body(request: web.Request) -> tuple[Any, list[discord.File]]:
    if not request.can_read_body:
        return None, []
    if not request.content_type.startswith("multipart/"):
        return json.loads(await request.text() or "null"), []
    body, files = None, []
    async for part in await request.multipart():
        content = await part.read(decode=False)
        if part.name == "payload_json":
            body = json.loads(content)
        else:
            files.append(discord.File(io.BytesIO(content), filename=part.filename))
    return body, files


def _answer(status: int, content: Any, headers: Mapping[str, str] | None = None) -> web.Response:
    if content is None:
        return web.Response(status=status, headers=headers)
    body = json.dumps(content).encode()
    return web.Response(status=status, body=body, content_type="application/json", headers=headers)
