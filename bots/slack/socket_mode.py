"""The Socket Mode connection, and the watch over it.

The SDK reconnects by itself after what it notices. It has been seen to look healthy and receive nothing after an idle
drop (bolt-python#1529), so the watch checks from outside that somebody receives, pings are answered, and somebody
processes what came in; if not, it opens a new connection.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from bots.slack.errors import CALL_ERRORS

log = logging.getLogger(__name__)


class _OneLine(logging.Filter):
    """The SDK logs a traceback for every attempt while Slack is away; the line says enough."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = None
        return True


_ONE_LINE = _OneLine()


class SocketLink:
    """One connection for as long as `run` runs."""

    def __init__(
        self, app: AsyncApp, app_token: str, *, ping_interval: float, on_reconnect: Callable[[], None]
    ) -> None:
        """`ping_interval` is in seconds; unanswered for four of them, a connection is replaced. `on_reconnect` is
        called after a connection was lost and another one stands, for what may have been missed."""
        self._app, self._app_token = app, app_token
        self._ping_interval, self._on_reconnect = ping_interval, on_reconnect

    async def run(self, url: str) -> None:
        """Connect, first to the `url` that apps.connections.open gave, and watch until cancelled."""
        sdk_log = logging.getLogger(f"{__name__}.sdk")
        sdk_log.addFilter(_ONE_LINE)
        handler = AsyncSocketModeHandler(
            self._app,
            self._app_token,
            logger=sdk_log,
            web_client=self._app.client,
            ping_interval=self._ping_interval,
        )
        client = handler.client
        client.wss_uri = url
        try:
            await client.connect()  # type: ignore[no-untyped-call]
            log.info("connected to Slack (Socket Mode)")
            await self._watch(client)
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]

    async def _watch(self, client: SocketModeClient) -> None:
        session, ill = client.current_session, 0
        while True:
            await asyncio.sleep(self._ping_interval)
            if client.message_processor.done():
                processing = client.process_messages()  # type: ignore[no-untyped-call]
                client.message_processor = asyncio.ensure_future(processing)
            if await self._healthy(client):
                ill = 0
            else:
                ill += 1
                if ill >= 2:  # the SDK had its chance
                    ill = 0
                    await self._replace(client)
            if client.current_session is not session and await client.is_connected():
                session = client.current_session
                log.info("connected to Slack again")
                self._on_reconnect()

    @staticmethod
    async def _healthy(client: SocketModeClient) -> bool:
        receiver, monitor = client.message_receiver, client.current_session_monitor
        alive = receiver is not None and not receiver.done() and monitor is not None and not monitor.done()
        return alive and await client.is_connected()

    async def _replace(self, client: SocketModeClient) -> None:
        log.warning("the connection to Slack is silent; opening a new one")
        try:
            async with asyncio.timeout(30):
                client.last_ping_pong_time = None
                await client.connect_to_new_endpoint(force=True)
        except CALL_ERRORS as error:
            log.warning("no new connection to Slack yet: %s", error)
