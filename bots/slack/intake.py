"""Through which everything from Slack comes in: as a bolt middleware, or straight from `http`.

It stands right behind the check of the signature and answers itself: an event is acknowledged when the front door has
accepted it, and not before (bolt's own listeners are acknowledged first and run later). What bolt would do next per
event (authorize, match listeners) costs time and is not needed.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bots.slack.catchup import CatchUp
from bots.slack.incoming import Translator
from bots.slack.interactions import Interactions
from core.errors import StoreUnavailable
from core.platform import FrontDoor

log = logging.getLogger(__name__)


class Intake(AsyncMiddleware):
    """Routes requests to the front door; refuses them with 503 until `open` was called, so that Slack retries."""

    def __init__(self) -> None:
        self._open: tuple[FrontDoor, Translator, Interactions, CatchUp] | None = None

    def open(self, door: FrontDoor, translator: Translator, interactions: Interactions, catching_up: CatchUp) -> None:
        """Let requests in."""
        self._open = (door, translator, interactions, catching_up)

    def close(self) -> None:
        """Refuse requests from now on."""
        self._open = None

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],
    ) -> BoltResponse | None:
        if req.body.get("type") == "url_verification" or req.body.get("ssl_check"):
            return await next()
        return await self.take(req.body)

    async def take(self, body: dict[str, Any]) -> BoltResponse:
        """What to answer a request that is Slack's. An event is accepted when this says 200, and not before."""
        kind = body.get("type")
        if self._open is None:
            return BoltResponse(status=503, body="starting")
        door, translator, interactions, catching_up = self._open
        try:
            if kind == "event_callback":
                return await self._event(door, translator, catching_up, body["event"])
            if "command" in body:
                return await interactions.commanded(body)
            if kind == "block_actions":
                return await interactions.pressed(body)
            if kind == "view_submission":
                return await interactions.submitted(body)
        except Exception:
            log.exception("a request of type %s could not be handled; Slack will repeat it", kind or "command")
            return BoltResponse(status=500, body="")
        return BoltResponse(status=200, body="")

    async def _event(
        self, door: FrontDoor, translator: Translator, catching_up: CatchUp, event: dict[str, Any]
    ) -> BoltResponse:
        message = translator.message(event)
        if message is not None:
            try:
                await catching_up.before(message.conversation)
                await door.receive(message)
            except StoreUnavailable as error:
                log.warning("%s was not accepted, Slack will repeat it: %s", message.event_id, error)
                return BoltResponse(status=503, body="")
        return BoltResponse(status=200, body="")
