"""A fake Slack, and adapters that talk to it through the real SDK."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from starlette.applications import Starlette

from bots.slack.platform import SlackPlatform
from bots.web import WebServer
from core.messages import Address
from tests.contract.doors import RecordingDoor
from tests.fake_slack.server import FakeSlack
from tests.fake_slack.workspace import BOT_ID, BOT_USER, CUSTOMER_DM, DESK

DM = Address("slack", CUSTOMER_DM)
Make = Callable[..., SlackPlatform]
Listen = Callable[..., Awaitable[SlackPlatform]]


@pytest.fixture
async def make(slack: FakeSlack) -> AsyncIterator[Make]:
    """Makes adapters that do not listen, as in a worker process."""
    made: list[SlackPlatform] = []

    def build(**changes: Any) -> SlackPlatform:
        settings = {"bot_token": slack.bot_token, "app_token": slack.app_token, "api_url": slack.api_url}
        made.append(SlackPlatform(**({**settings, "desk_channel": DESK} | changes)))
        return made[-1]

    yield build
    for platform in made:
        await platform.aclose()


@pytest.fixture
def door() -> RecordingDoor:
    return RecordingDoor()


@pytest.fixture
async def listen(slack: FakeSlack, make: Make, door: RecordingDoor) -> AsyncIterator[Listen]:
    """Makes an adapter that listens; over signed HTTP with `http=True`. With `wait=False` it may still catch up."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(*, http: bool = False, wait: bool = True, **changes: Any) -> SlackPlatform:
            if http:
                platform = make(app_token="", signing_secret=slack.signing_secret, **changes)
                web = WebServer(Starlette(routes=platform.routes()), "127.0.0.1", 0)
                await web.start()
                stack.push_async_callback(web.stop)
                slack.events_url = f"http://127.0.0.1:{web.port}/slack/events"
            else:
                platform = make(**changes)
            count = slack.sockets.opened + 1
            listening = asyncio.create_task(platform.listen(door))
            stack.push_async_callback(cancelled, listening)
            if http:
                await called(slack, "users.list")
            else:
                await slack.sockets.connected(count)
            if wait:
                await platform.caught_up()
            return platform

        yield start


async def cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def called(slack: FakeSlack, method: str, times: int = 1) -> None:
    """Wait until the app has called `method` so many times."""
    await true(lambda: slack.calls[method] >= times)


async def true(condition: Callable[[], Any]) -> None:
    """Wait until the condition holds."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


@pytest.fixture
def card(slack: FakeSlack) -> str:
    """ts of a bot's message in the desk channel, under which a thread can grow."""
    message = {"user": BOT_USER, "bot_id": BOT_ID, "text": "card"}
    return str(slack.workspace.post(slack.workspace.channel(DESK), message)["ts"])
