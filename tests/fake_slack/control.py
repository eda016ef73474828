"""The remote control of a fake Slack that runs as a process of its own: JSON over HTTP under /control/."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from tests.fake_slack.server import FakeSlack

CONFIGURABLE = ("events_url", "retry_delays", "echo", "ordered", "ack_timeout")


def control_routes(slack: FakeSlack) -> list[web.RouteDef]:
    """The routes; every answer is JSON.

    POST config   any of events_url, retry_delays, echo, ordered, ack_timeout
    POST faults   any field of `Faults`
    POST dm       {user}: adds a customer with a direct message; answers {channel}
    POST say      {user, channel, text, thread_ts?, deliveries?}; answers {ts}
    POST press    {user, channel, ts, label}
    POST command  {user, channel, command, text}
    POST refresh, POST drop, POST retry   Socket Mode connections; unacknowledged events
    GET  posts    ?channel=&thread_ts=; answers {posts: [message…]}, each with `received_at`
    GET  state    counts: deliveries, acknowledged, unacknowledged, posts, connections, calls, violations
    """

    async def config(request: web.Request) -> web.Response:
        for name, value in (await request.json()).items():
            if name not in CONFIGURABLE:
                raise web.HTTPBadRequest(text=f"{name} can't be configured")
            setattr(slack, name, tuple(value) if isinstance(value, list) else value)
        return web.json_response({})

    async def faults(request: web.Request) -> web.Response:
        slack.faults = dataclasses.replace(slack.faults, _random=None, **await request.json())
        return web.json_response({})

    async def dm(request: web.Request) -> web.Response:
        user = (await request.json())["user"]
        channel = "D" + user[1:]
        slack.workspace.add_dm(channel, user)
        return web.json_response({"channel": channel})

    async def say(request: web.Request) -> web.Response:
        args = await request.json()
        user, channel, text = args.pop("user"), args.pop("channel"), args.pop("text")
        return web.json_response({"ts": slack.say(user, channel, text, **args)["ts"]})

    async def press(request: web.Request) -> web.Response:
        slack.interactions.press(**await request.json())
        return web.json_response({})

    async def command(request: web.Request) -> web.Response:
        slack.interactions.command(**await request.json())
        return web.json_response({})

    async def refresh(request: web.Request) -> web.Response:
        await slack.sockets.ask_to_refresh()
        return web.json_response({})

    async def drop(request: web.Request) -> web.Response:
        await slack.sockets.drop()
        return web.json_response({})

    async def retry(request: web.Request) -> web.Response:
        await slack.deliveries.retry()
        return web.json_response({})

    async def posts(request: web.Request) -> web.Response:
        return web.json_response({"posts": slack.posts(request.query["channel"], request.query.get("thread_ts"))})

    async def state(request: web.Request) -> web.Response:
        return web.json_response(summary(slack))

    return [
        web.post("/control/config", config),
        web.post("/control/faults", faults),
        web.post("/control/dm", dm),
        web.post("/control/say", say),
        web.post("/control/press", press),
        web.post("/control/command", command),
        web.post("/control/refresh", refresh),
        web.post("/control/drop", drop),
        web.post("/control/retry", retry),
        web.get("/control/posts", posts),
        web.get("/control/state", state),
    ]


def summary(slack: FakeSlack) -> dict[str, Any]:
    """Counts, for a test that watches from another process."""
    acknowledged = sum(delivery.acknowledged for delivery in slack.deliveries.all)
    return {
        "deliveries": len(slack.deliveries.all),
        "acknowledged": acknowledged,
        "unacknowledged": len(slack.deliveries.all) - acknowledged,
        "posts": sum(len(slack.posts(channel)) for channel in slack.workspace.channels),
        "connections": len(slack.sockets.connections),
        "calls": dict(slack.calls),
        "violations": slack.violations,
    }
