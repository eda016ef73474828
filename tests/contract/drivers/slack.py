"""Slack, over Socket Mode and over HTTP, against the strict fake at the wire."""

from __future__ import annotations

import asyncio
import contextlib

from starlette.applications import Starlette

from bots.slack.platform import SlackPlatform
from bots.web import WebServer
from core.messages import Address, Person
from tests.contract.doors import RecordingDoor
from tests.contract.driver import Driver, Shown
from tests.fake_slack import workspace
from tests.fake_slack.deliveries import Delivery
from tests.fake_slack.reading import buttons, pings, words
from tests.fake_slack.server import FakeSlack
from tests.fake_slack.workspace import COLLEAGUE, CUSTOMER, CUSTOMER_DM, DESK


class SlackSocketDriver(Driver):
    """Socket Mode."""

    customer = Person("slack", CUSTOMER)
    conversation = Address("slack", CUSTOMER_DM)

    def __init__(self) -> None:
        self.slack = FakeSlack()
        self.slack.ack_timeout = 0.5  # seconds that Slack waits before it calls an event unacknowledged
        self._listening: asyncio.Task[None] | None = None
        self._web: WebServer | None = None

    platform: SlackPlatform

    async def start(self, door: RecordingDoor) -> None:
        self.door = door
        await self.slack.start()
        card = self.slack.workspace.post(
            self.slack.workspace.channel(DESK), {"user": workspace.BOT_USER, "bot_id": workspace.BOT_ID, "text": "card"}
        )
        self.desk_thread = Address("slack", DESK, card["ts"])
        self.platform = self.make()
        self._listening = asyncio.create_task(self.platform.listen(door))
        await self._connected()

    def make(self) -> SlackPlatform:
        return SlackPlatform(
            bot_token=self.slack.bot_token,
            app_token=self.slack.app_token,
            api_url=self.slack.api_url,
            desk_channel=DESK,
            groups=(workspace.STAFF_GROUP,),
        )

    async def _connected(self) -> None:
        assert self._listening is not None
        connected = asyncio.create_task(self.slack.sockets.connected())
        await asyncio.wait({connected, self._listening}, return_when=asyncio.FIRST_COMPLETED)
        await connected
        await self.platform.caught_up()

    async def stop(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening
            await self.platform.aclose()
        if self._web is not None:
            await self._web.stop()
        await self.slack.stop()
        assert self.slack.violations == []

    async def customer_says(self, text: str) -> str:
        return str(self.slack.say(CUSTOMER, CUSTOMER_DM, text)["ts"])

    async def colleague_says(self, text: str) -> str:
        assert self.desk_thread is not None
        return str(self.slack.say(COLLEAGUE, DESK, text, thread_ts=self.desk_thread.thread)["ts"])

    def last_message(self) -> Delivery:
        """The last delivery of something that a person wrote."""
        return [
            delivery
            for delivery in self.slack.deliveries.all
            if delivery.kind == "events_api" and "bot_id" not in delivery.payload["event"]
        ][-1]

    async def redeliver(self) -> None:
        await self.slack.deliveries.repeat(self.last_message())

    async def platform_retries(self) -> None:
        await self.slack.deliveries.retry()

    async def press(self, message_id: str, label: str) -> None:
        self.slack.interactions.press(CUSTOMER, CUSTOMER_DM, message_id, label)

    async def shown(self) -> list[Shown]:
        return [
            Shown(
                id=message["ts"],
                text=words(message),
                author=message.get("username", ""),
                buttons=tuple(button["text"]["text"] for button in buttons(message)),
                pings=pings(message),
            )
            for message in self.slack.posts(CUSTOMER_DM)
        ]

    async def told(self) -> list[str]:
        return [words(message) for message in self.slack.workspace.ephemerals if message["user"] == CUSTOMER]

    async def lose_next_answer(self) -> None:
        self.slack.faults.script.append("drop")


class SlackHttpDriver(SlackSocketDriver):
    """Signed HTTP events to the adapter's own routes."""

    def make(self) -> SlackPlatform:
        return SlackPlatform(
            bot_token=self.slack.bot_token,
            signing_secret=self.slack.signing_secret,
            api_url=self.slack.api_url,
            desk_channel=DESK,
        )

    async def _connected(self) -> None:
        self._web = WebServer(Starlette(routes=self.platform.routes()), "127.0.0.1", 0)
        await self._web.start()
        self.slack.events_url = f"http://127.0.0.1:{self._web.port}/slack/events"
        async with asyncio.timeout(10):
            while not self.slack.calls["users.list"]:  # `listen` lets events in before it learns names
                await asyncio.sleep(0.005)
        await self.platform.caught_up()


DRIVERS = {"slack-socket": SlackSocketDriver, "slack-http": SlackHttpDriver}
