"""One Web API client per process, on one kept-alive connection pool."""

from __future__ import annotations

import asyncio
import contextlib
import logging

import aiohttp
from pydantic_core import to_json
from slack_sdk.web.async_client import AsyncWebClient


class Api:
    """The client, opened at the first use: making one does nothing yet, and needs no event loop."""

    def __init__(self, token: str, url: str, *, timeout: float) -> None:
        """`timeout` is in seconds, for one request from its start to its last byte."""
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=min(3.0, timeout))
        # The SDK asks its logger for its own level; one that has none gets every request written down, for nobody.
        sdk_log = logging.getLogger(f"{__name__}.sdk")
        sdk_log.setLevel(logging.WARNING)
        # No retry handlers: the SDK's default repeats a post after a broken connection, and so doubles it.
        self.bare = AsyncWebClient(token=token, base_url=url, retry_handlers=[], logger=sdk_log)
        """The client as bolt wants it; without a session of its own until `client` was called."""

    @property
    def client(self) -> AsyncWebClient:
        """The client with its session; call it inside of the event loop."""
        if self.bare.session is None or self.bare.session.closed:
            self.bare.session = aiohttp.ClientSession(
                timeout=self._timeout,
                connector=aiohttp.TCPConnector(limit=64, keepalive_timeout=50),
                cookie_jar=aiohttp.DummyCookieJar(),
                json_serialize=lambda body: to_json(body).decode(),
            )
        return self.bare

    @property
    def session(self) -> aiohttp.ClientSession:
        """The session, for what is not the Web API: files and response URLs."""
        session = self.client.session
        assert session is not None
        return session

    async def aclose(self) -> None:
        """Close the connections; the next use opens new ones."""
        if self.bare.session is not None:
            with contextlib.suppress(asyncio.TimeoutError):
                await self.bare.session.close()
