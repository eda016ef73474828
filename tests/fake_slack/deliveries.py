"""From Slack to the app: every event, press and command, until it is acknowledged."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp

if TYPE_CHECKING:
    from tests.fake_slack.server import FakeSlack

ACK_TIMEOUT = 3.0
"""Seconds that Slack waits for an acknowledgement."""


@dataclass
class Delivery:
    """One thing for the app, and what became of it."""

    kind: str
    """`events_api`, `interactive` or `slash_commands`."""
    payload: dict[str, Any]
    order: str = ""
    """Deliveries of the same order key are attempted one after the other; "" waits for nothing."""
    attempts: int = 0
    acknowledged: bool = False
    answer: Any = None
    """What the app sent along with the acknowledgement."""
    statuses: list[str] = field(default_factory=list)
    """What came of each attempt: an HTTP status, `ack`, `timeout`, `unreachable`."""
    sent_at: float = 0.0
    """Start of the first attempt, seconds since the epoch."""
    acknowledged_at: float = 0.0
    retry_reason: str = ""
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    """Clear while an attempt is under way."""


class Deliveries:
    """Sends over signed HTTP when an events URL is set, else over the Socket Mode connections."""

    def __init__(self, slack: FakeSlack) -> None:
        self._slack = slack
        self.all: list[Delivery] = []
        """Every delivery, oldest first."""
        self._orders: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._session: aiohttp.ClientSession | None = None

    def start(self, delivery: Delivery) -> Delivery:
        """Deliver in the background, with Slack's retries for events."""
        self.all.append(delivery)
        self._spawn(self._until_acknowledged(delivery))
        return delivery

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _until_acknowledged(self, delivery: Delivery) -> None:
        await self.attempt(delivery)
        if delivery.kind != "events_api":
            return
        for delay in self._slack.retry_delays:
            if delivery.acknowledged:
                return
            await asyncio.sleep(delay)
            if not delivery.acknowledged:
                await self.attempt(delivery)

    async def attempt(self, delivery: Delivery) -> bool:
        """Deliver once; True when it was acknowledged in time."""
        if not delivery.order:
            return await self._attempt(delivery)
        async with self._orders[delivery.order]:
            return await self._attempt(delivery)

    async def _attempt(self, delivery: Delivery) -> bool:
        delivery.settled.clear()
        delivery.attempts += 1
        delivery.sent_at = delivery.sent_at or time.time()
        send = self._over_http if self._slack.events_url else self._slack.sockets.send
        status, answer = await send(delivery)
        delivery.statuses.append(status)
        if status in ("200", "ack"):
            delivery.acknowledged, delivery.answer = True, answer
            delivery.acknowledged_at = time.time()
        else:
            delivery.retry_reason = "http_timeout" if status == "timeout" else "http_error"
        delivery.settled.set()
        return delivery.acknowledged

    async def retry(self) -> None:
        """Repeat every event that is not acknowledged when its attempt is over, oldest first."""
        for delivery in list(self.all):
            if delivery.kind == "events_api":
                await delivery.settled.wait()
                if not delivery.acknowledged:
                    await self.attempt(delivery)

    async def repeat(self, delivery: Delivery) -> None:
        """Deliver once more, acknowledged or not."""
        await self.attempt(delivery)

    async def _over_http(self, delivery: Delivery) -> tuple[str, Any]:
        body, content_type = encoded(delivery)
        headers = signed(self._slack.signing_secret, body) | {"Content-Type": content_type}
        if delivery.attempts > 1:
            headers |= {
                "X-Slack-Retry-Num": str(delivery.attempts - 1),
                "X-Slack-Retry-Reason": delivery.retry_reason or "http_error",
            }
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=ACK_TIMEOUT), connector=aiohttp.TCPConnector(limit=200)
            )
        try:
            async with self._session.post(self._slack.events_url, data=body, headers=headers) as response:
                text = await response.text()
                is_json = text and response.content_type == "application/json"
                return str(response.status), json.loads(text) if is_json else text
        except TimeoutError:
            return "timeout", None
        except aiohttp.ClientError:
            return "unreachable", None

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()


def encoded(delivery: Delivery) -> tuple[bytes, str]:
    """Body and content type as Slack sends them."""
    form = "application/x-www-form-urlencoded"
    if delivery.kind == "slash_commands":
        return urlencode(delivery.payload).encode(), form
    body = json.dumps(delivery.payload)
    if delivery.kind == "interactive":
        return urlencode({"payload": body}).encode(), form
    return body.encode(), "application/json"


def signed(secret: str, body: bytes, *, at: float | None = None) -> dict[str, str]:
    """Slack's signature headers, version v0."""
    timestamp = str(int(at if at is not None else time.time()))
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}
