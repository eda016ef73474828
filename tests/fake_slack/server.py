"""A strict Slack of our own, at the wire: the real SDK talks to it over HTTP and WebSocket.

    async with FakeSlack() as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)

What the app does wrong (an unknown method, a block that Slack would refuse…) is answered as Slack answers and noted in
`violations`, which the fixtures assert to be empty. `python -m tests.fake_slack` runs it as a process of its own.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Coroutine
from typing import Any

from aiohttp import web

from tests.fake_slack.control import control_routes
from tests.fake_slack.deliveries import ACK_TIMEOUT, Deliveries, Delivery
from tests.fake_slack.errors import Refusal
from tests.fake_slack.faults import Faults
from tests.fake_slack.interactions import Interactions
from tests.fake_slack.manifest import Manifest
from tests.fake_slack.methods import METHODS
from tests.fake_slack.scopes import KIND_EVENTS, SCOPES
from tests.fake_slack.sockets import Sockets
from tests.fake_slack.workspace import APP, BOT_USER, TEAM, Channel, Workspace

BROKEN = web.Response()


class FakeSlack:
    """One workspace behind the Web API, Socket Mode and the Events API."""

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        manifest: Manifest | None = None,
        events_url: str = "",
        retry_delays: tuple[float, ...] = (),
        echo: bool = True,
        ordered: bool = True,
    ) -> None:
        self.host, self.port = host, port
        self.bot_token, self.app_token, self.signing_secret = "xoxb-fake", "xapp-fake", "fake-signing-secret"
        self.manifest = manifest or Manifest.load()
        self.scopes = set(self.manifest.scopes)
        """What the bot token may; tests take some away."""
        self.events_url = events_url
        """Where signed events go; "" uses Socket Mode."""
        self.retry_delays = retry_delays
        """Seconds before each further attempt at an unacknowledged event (Slack: about 0, 60, 300)."""
        self.ack_timeout = ACK_TIMEOUT
        self.echo = echo
        """Deliver the bot's own messages as events, as Slack does."""
        self.ordered = ordered
        """Deliver the events of one channel one after the other; Slack promises no order."""
        self.faults = Faults()
        self.workspace = Workspace()
        self.violations: list[str] = []
        """What the app did that Slack would not take."""
        self.calls: Counter[str] = Counter()
        """How often each method was called, failed calls included."""
        self.late_acknowledgements = 0
        self.sockets = Sockets(self)
        self.deliveries = Deliveries(self)
        self.interactions = Interactions(self)
        self._post_times: defaultdict[str, float] = defaultdict(float)
        self._runner: web.AppRunner | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def api_url(self) -> str:
        """For SLACK_API_URL."""
        return f"{self.url}/api/"

    async def __aenter__(self) -> FakeSlack:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/link/", self.sockets.serve)
        app.router.add_post("/response/{key}", self._response)
        app.router.add_post("/upload/v1/{file}", self._upload)
        app.router.add_get("/files-pri/{file}/{name}", self._download)
        app.router.add_routes(control_routes(self))
        app.router.add_route("*", "/{path:.*}", self._unknown)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        await self.deliveries.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.sockets.drop()
        if self._runner is not None:
            await self._runner.cleanup()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def violation(self, what: str) -> None:
        self.violations.append(what)

    def need_scope(self, scope: str) -> None:
        """Raises Refusal("missing_scope")."""
        if scope not in self.scopes:
            raise Refusal("missing_scope", needed=scope, provided=",".join(sorted(self.scopes)))

    # ---- the Web API

    async def _api(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        self.calls[name] += 1
        if self.faults.down:
            return self._break(request)
        if self.faults.latency:
            await asyncio.sleep(self.faults.latency)
        fault = "ok"
        try:
            args = await self._arguments(request)
            self._authorise(name, request, args)
            if name == "chat.postMessage":
                fault = self._fault_of(str(args.get("channel")))
                if fault == "429":
                    retry_after = {"Retry-After": str(self.faults.retry_after)}
                    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=retry_after)
                if fault not in ("ok", "drop", "502", "hang"):
                    raise Refusal(fault)
            answer = {"ok": True, **await METHODS[name](self, args)}
        except Refusal as refusal:
            if refusal.code in ("unknown_method", "invalid_blocks", "invalid_arguments", "invalid_metadata_format"):
                self.violation(f"{name}: {refusal.code} {refusal.extra}")
            answer = {"ok": False, "error": refusal.code, **refusal.extra}
        if fault == "drop":
            return self._break(request)
        if fault == "502":
            return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")
        if fault == "hang":
            await asyncio.sleep(3600)
        return web.json_response(answer, headers={"X-OAuth-Scopes": ",".join(sorted(self.scopes))})

    def _fault_of(self, channel: str) -> str:
        now = time.monotonic()
        if self.faults.channel_interval and now - self._post_times[channel] < self.faults.channel_interval:
            return "429"
        fault = self.faults.draw()
        if fault != "429":
            self._post_times[channel] = now
        return fault

    @staticmethod
    def _break(request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return BROKEN

    async def _arguments(self, request: web.Request) -> dict[str, Any]:
        """Arguments by query, form or JSON, as the real one takes them."""
        args: dict[str, Any] = dict(request.query)
        if request.content_type == "application/json":
            try:
                body = await request.json()
            except ValueError:
                raise Refusal("invalid_json") from None
            if not isinstance(body, dict):
                raise Refusal("json_not_object")
            args |= body
        elif request.can_read_body:
            args |= dict(await request.post())
        return args

    def _authorise(self, name: str, request: web.Request, args: dict[str, Any]) -> None:
        if name not in METHODS:
            raise Refusal("unknown_method", req_method=name)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or str(args.pop("token", ""))
        if not token:
            raise Refusal("not_authed")
        if name == "apps.connections.open":
            if token != self.app_token:
                raise Refusal("invalid_auth" if token != self.bot_token else "not_allowed_token_type")
            return
        if token != self.bot_token:
            raise Refusal("invalid_auth")
        scope = SCOPES[name]
        if isinstance(scope, dict):
            channel = self.workspace.channels.get(str(args.get("channel")))
            kinds = {"im": "im", "mpim": "mpim", "private_channel": "group"}
            kind = channel.kind if channel else kinds.get(str(args.get("types")), "channel")
            self.need_scope(scope[kind])
        elif scope is not None:
            self.need_scope(scope)

    async def _response(self, request: web.Request) -> web.Response:
        try:
            self.interactions.respond(request.match_info["key"], await request.json())
        except Refusal as refusal:
            self.violation(f"response_url: {refusal.code} {refusal.extra}")
            return web.json_response({"ok": False, "error": refusal.code}, status=404)
        return web.Response(text="ok")

    async def _upload(self, request: web.Request) -> web.Response:
        data, file = await request.read(), self.workspace.files.get(request.match_info["file"])
        if file is None or file["size"] != len(data):
            return web.Response(status=400, text="size does not match")
        self.workspace.contents[file["id"]] = data
        return web.Response(text=f"OK - {len(data)}")

    async def _download(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {self.bot_token}":
            return web.Response(text="<html>Sign in</html>", content_type="text/html")  # 200, as Slack does
        file = self.workspace.files[request.match_info["file"]]
        media_type = file.get("mimetype") or "application/octet-stream"
        return web.Response(body=self.workspace.contents[file["id"]], content_type=media_type)

    async def _unknown(self, request: web.Request) -> web.Response:
        self.violation(f"unknown path {request.path}")
        return web.Response(status=404)

    # ---- what happens in the workspace, as events

    def _event(self, event: dict[str, Any], channel: Channel) -> Delivery | None:
        subscription = event["type"] if event["type"] != "message" else KIND_EVENTS[channel.kind]
        if subscription not in self.manifest.events:
            return None
        payload = {
            "token": "legacy",
            "team_id": TEAM,
            "api_app_id": APP,
            "event": {**event, "event_ts": event.get("event_ts") or self.workspace.new_ts()},
            "type": "event_callback",
            "event_id": self.workspace.new_id("Ev"),
            "event_time": int(time.time()),
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}],
            "is_ext_shared_channel": False,
        }
        return self.deliveries.start(Delivery("events_api", payload, channel.id if self.ordered else ""))

    def _shown(self, message: dict[str, Any]) -> dict[str, Any]:
        hidden = ("metadata", "received_at", "reply_count", "parse", "link_names", "unfurl")
        return {name: value for name, value in message.items() if name not in hidden}

    def message_posted(self, channel: Channel, message: dict[str, Any]) -> None:
        """The bot posted."""
        if self.echo:
            shown = self._shown(message)
            self._event({**shown, "channel": channel.id, "channel_type": channel.kind}, channel)

    def _changed(self, channel: Channel, subtype: str, **what: Any) -> None:
        event = {"type": "message", "subtype": subtype, "hidden": True, "channel": channel.id, **what}
        self._event({**event, "channel_type": channel.kind, "ts": self.workspace.new_ts()}, channel)

    def message_changed(self, channel: Channel, message: dict[str, Any], before: dict[str, Any]) -> None:
        if self.echo or "bot_id" not in message:
            what = {"message": self._shown(message), "previous_message": self._shown(before)}
            self._changed(channel, "message_changed", **what)

    def message_deleted(self, channel: Channel, message: dict[str, Any]) -> None:
        if self.echo or "bot_id" not in message:
            what = {"deleted_ts": message["ts"], "previous_message": self._shown(message)}
            self._changed(channel, "message_deleted", **what)

    # ---- what people do

    def say(
        self,
        user: str,
        channel_id: str,
        text: str,
        *,
        thread_ts: str | None = None,
        files: list[tuple[str, bytes, str]] | None = None,
        broadcast: bool = False,
        deliveries: int = 1,
        bot_id: str = "",
    ) -> dict[str, Any]:
        """Somebody writes; `files` are (name, content, media type). `deliveries` counts how often the event comes
        even though it is acknowledged. Returns the stored message."""
        channel = self.workspace.channel(channel_id)
        message: dict[str, Any] = {"user": user, "text": text, "team": TEAM}
        if thread_ts is not None:
            message["thread_ts"] = thread_ts
        if broadcast:
            message["subtype"] = "thread_broadcast"
        if bot_id:
            message["bot_id"] = bot_id
        if files:
            message |= {"subtype": "file_share", "files": [self._user_file(*file) for file in files]}
        message = self.workspace.post(channel, message)
        event = {**self._shown(message), "channel": channel_id, "event_ts": message["ts"]}
        started = [self._event({**event, "channel_type": channel.kind}, channel)]
        if f"<@{BOT_USER}>" in text and channel.kind != "im":
            started.append(self._event({**event, "type": "app_mention"}, channel))
        for delivery in started:
            for _ in range(deliveries - 1 if delivery else 0):
                self.spawn(self._again(delivery))
        return message

    async def _again(self, delivery: Delivery | None) -> None:
        if delivery is not None:
            await self.deliveries.repeat(delivery)

    def _user_file(self, name: str, data: bytes, media_type: str) -> dict[str, Any]:
        file_id = self.workspace.new_id("F")
        url = f"{self.url}/files-pri/{file_id}/{name}"
        file = {"id": file_id, "name": name, "mimetype": media_type, "size": len(data), "url_private": url}
        self.workspace.files[file_id], self.workspace.contents[file_id] = file, data
        return dict(file)

    def edit(self, channel_id: str, ts: str, text: str) -> None:
        """The author edits a message."""
        channel = self.workspace.channel(channel_id)
        message = self.workspace.message(channel, ts)
        before = dict(message)
        message |= {"text": text, "edited": {"user": message["user"], "ts": self.workspace.new_ts()}}
        self.message_changed(channel, message, before)

    def remove(self, channel_id: str, ts: str) -> None:
        """The author deletes a message."""
        channel = self.workspace.channel(channel_id)
        message = channel.messages.pop(ts)
        self.message_deleted(channel, message)

    def posts(self, channel_id: str, thread_ts: str | None = None) -> list[dict[str, Any]]:
        """What the bot posted in a channel (in one thread of it), oldest first."""
        messages = self.workspace.channel(channel_id).messages.values()
        return [m for m in messages if m.get("bot_id") and (thread_ts is None or m.get("thread_ts") == thread_ts)]
