"""The Slack adapter: puts the parts together and implements the port.

In: Socket Mode through bolt, or `http` -> `intake` -> `incoming` / `interactions` -> the front door.
Out: `delivery` -> `rendering` -> the Web API.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackClientError
from starlette.routing import Route

from bots.slack.api import Api
from bots.slack.catchup import CatchUp
from bots.slack.delivery import Delivery
from bots.slack.diagnosis import diagnose
from bots.slack.errors import bad_setting, mapped
from bots.slack.files import Fetch, Files
from bots.slack.history import History
from bots.slack.http import HttpRequests
from bots.slack.incoming import PLATFORM, Translator
from bots.slack.intake import Intake
from bots.slack.interactions import BUDGET, Interactions
from bots.slack.people import People
from bots.slack.reach import unreachable
from bots.slack.socket_mode import SocketLink
from core.errors import ConfigurationError, DeliveryError
from core.messages import Address, Attachment, IncomingMessage, Person
from core.platform import FrontDoor, Limits, Platform
from core.posts import Post

EVENTS_PATH = "/slack/events"
"""Request URL of events, interactivity and slash commands over HTTP."""
STATUS = "is writing…"
_RETRY = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds between attempts to reach Slack at the start."""
_NO_STATUS_FOR = 600.0
"""Seconds for which a channel that refused a status is left alone."""

log = logging.getLogger(__name__)


class SlackPlatform(Platform):
    """One Slack app in one workspace."""

    name = PLATFORM
    limits = Limits(text=3000, send_timeout=8.0)

    def __init__(
        self,
        *,
        bot_token: str,
        app_token: str = "",
        signing_secret: str = "",
        api_url: str = "https://slack.com/api/",
        desk_channel: str = "",
        groups: Sequence[str] = (),
        fetch: Fetch | None = None,
        ping_interval: float = 10.0,
        patience: float = BUDGET,
    ) -> None:
        """Does nothing yet. Raises ConfigurationError when the tokens can't be right.

        `app_token` chooses Socket Mode; without it `signing_secret` is needed, and `routes` must be mounted. `groups`
        are ids of user groups that settings name, for `check`. `fetch` gets files that lie on other platforms.
        `ping_interval` and `patience` (how long a press waits for its outcome until it is acknowledged) are seconds.
        """
        if not bot_token.startswith("xoxb-"):
            raise ConfigurationError(
                "SLACK_BOT_TOKEN: expected a Bot User OAuth Token (xoxb-…), from OAuth & Permissions"
            )
        if app_token and not app_token.startswith("xapp-"):
            raise ConfigurationError("SLACK_APP_TOKEN: expected an app-level token (xapp-…), from Basic Information")
        self._app_token, self._signing_secret = app_token, signing_secret
        self._desk_channel, self._groups = desk_channel, tuple(groups)
        self._api = Api(bot_token, api_url, timeout=self.limits.send_timeout - 0.5)
        self._files = Files(self._api, api_url, elsewhere=fetch)
        self._delivery = Delivery(self._api, self._files, timeout=self.limits.send_timeout)
        self._people = People(self._api)
        self._history = History(self._api)
        self._intake = Intake()
        self._app = AsyncApp(
            client=self._api.bare,
            signing_secret=signing_secret or None,
            before_authorize=self._intake,
            process_before_response=True,
        )
        self._ping_interval, self._patience = ping_interval, patience
        self._translator: Translator | None = None
        self._interactions: Interactions | None = None
        self._catching_up: CatchUp | None = None
        self._no_status: dict[str, float] = {}

    def routes(self) -> list[Route]:
        """Starlette routes for events over HTTP; they answer 503 until `listen` runs."""
        return [Route(EVENTS_PATH, HttpRequests(self._app, self._intake, self._signing_secret), methods=["POST"])]

    async def listen(self, door: FrontDoor) -> None:
        if not self._app_token and not self._signing_secret:
            raise ConfigurationError(
                "Slack needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP); set one of them."
            )
        translator = await self._translate()
        url = await self._socket_url() if self._app_token else ""
        self._people.warm_up()
        self._interactions = Interactions(self._api, door, translator, patience=self._patience)
        self._catching_up = catching_up = CatchUp(self._history, door, translator)
        self._intake.open(door, translator, self._interactions, catching_up)
        try:
            catching_up.start()
            if self._app_token:
                link = SocketLink(
                    self._app, self._app_token, ping_interval=self._ping_interval, on_reconnect=catching_up.start
                )
                await link.run(url)
            else:
                log.info("waiting for Slack's events at %s", EVENTS_PATH)
                await asyncio.Event().wait()
        finally:
            self._intake.close()
            await catching_up.aclose()
            await self._interactions.aclose()

    async def send(self, post: Post) -> str:
        return await self._delivery.send(post)

    async def edit(self, post: Post, message_id: str) -> None:
        await self._delivery.edit(post, message_id)

    async def delete(self, post: Post, message_id: str) -> None:
        await self._delivery.delete(post, message_id)

    async def find(self, post: Post) -> str | None:
        return await self._delivery.find(post)

    async def typing(self, where: Address) -> None:
        """A status in the thread. A direct message outside of threads has no place for one, and shows nothing."""
        if not where.thread or self._no_status.get(where.channel, 0.0) > time.monotonic():
            return
        try:
            with mapped():
                await self._api.client.assistant_threads_setStatus(
                    channel_id=where.channel, thread_ts=where.thread, status=STATUS
                )
        except DeliveryError as error:
            log.debug("no status in %s: %s", where.key, error)
            if len(self._no_status) > 10_000:
                self._no_status.clear()
            self._no_status[where.channel] = time.monotonic() + _NO_STATUS_FOR

    async def groups_of(self, person: Person) -> frozenset[str]:
        return await self._people.groups_of(person.id) if person.platform == self.name else frozenset()

    async def name_of(self, person_id: str) -> str:
        return await self._people.ask_name_of(person_id)

    async def missed(self, since: Sequence[tuple[Address, str]]) -> AsyncIterator[IncomingMessage]:
        async for message in self._history.missed(since, await self._translate()):
            yield message

    async def check(self) -> Sequence[str]:
        return await diagnose(
            self._api, app_token=self._app_token, desk_channel=self._desk_channel, groups=self._groups
        )

    async def unreachable(self, target: str) -> str:
        return await unreachable(self._api, target)

    async def caught_up(self) -> None:
        """Wait until what was missed before `listen` (or a reconnect) has been handed in."""
        if self._catching_up is not None:
            await self._catching_up.finished()

    async def fetch(self, file: Attachment, largest: int) -> bytes:
        """The content of a file that lies at Slack, of at most `largest` bytes, for another platform.

        Raises DeliveryError.
        """
        return await self._files.fetch(file, largest)

    def owns(self, file: Attachment) -> bool:
        """Whether the file lies at Slack and `fetch` needs the token to get it."""
        return self._files.owns(file.url)

    async def aclose(self) -> None:
        await self._people.aclose()
        await self._api.aclose()

    async def _translate(self) -> Translator:
        """The translator; the first call asks Slack who the bot is, and waits while Slack is away."""
        if self._translator is None:
            answer = await self._at_start(
                self._api.client.auth_test,
                "SLACK_BOT_TOKEN",
                "Copy the Bot User OAuth Token from OAuth & Permissions of the app.",
            )
            self._translator = Translator(
                bot_user=answer["user_id"], desk_channel=self._desk_channel, name_of=self._people.name_of
            )
        return self._translator

    async def _socket_url(self) -> str:
        async def open_connection() -> Any:
            return await self._api.client.apps_connections_open(app_token=self._app_token)

        advice = "Make an app-level token with connections:write under Basic Information."
        return str((await self._at_start(open_connection, "SLACK_APP_TOKEN", advice))["url"])

    async def _at_start(self, call: Any, setting: str, advice: str) -> Any:
        """Call until it succeeds. Raises ConfigurationError when Slack refuses the token in `setting`."""
        attempt = 0
        while True:
            try:
                with mapped():
                    return await call()
            except DeliveryError as error:
                cause = error.__cause__
                if isinstance(cause, SlackClientError) and (wrong := bad_setting(cause, setting, advice)):
                    raise wrong from error
                log.warning("Slack does not answer yet, trying again: %s", error)
            await asyncio.sleep(_RETRY[min(attempt, len(_RETRY) - 1)])
            attempt += 1
