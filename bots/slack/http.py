"""What Slack sends over HTTP: read up to a size, checked for Slack's signature, and handed on.

Events, which are most of it, go straight to `intake`: what bolt prepares for a listener (its request, a context, a
client of its own) costs more than to accept a message. Everything else goes through bolt.
"""

from __future__ import annotations

import json
from typing import Any

from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bots.slack.intake import Intake

LARGEST = 4 << 20
"""Bytes of a request that are read; Slack's own are far smaller."""


class HttpRequests:
    """The endpoint of one Slack app."""

    def __init__(self, app: AsyncApp, intake: Intake, signing_secret: str) -> None:
        self._app, self._intake = app, intake
        self._verifier = SignatureVerifier(signing_secret)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        """401 for anybody but Slack, 413 for what is too large, else what `Intake` or bolt say."""
        body = await _read(request)
        if body is None:
            return Response(status_code=413)
        form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        if not self._is_signed(body, request.headers) and not (form and _asks_for_certificate(body)):
            return Response(status_code=401)
        event = None if form else _event(body)
        if event is None:
            return to_starlette_response(await self._app.async_dispatch(to_async_bolt_request(request, body)))
        answer = await self._intake.take(event)
        return Response(answer.body, answer.status)

    def _is_signed(self, body: bytes, headers: Headers) -> bool:
        timestamp, signature = headers.get("x-slack-request-timestamp"), headers.get("x-slack-signature")
        try:
            return bool(self._verifier.is_valid(body, timestamp, signature))
        except (ValueError, TypeError):  # a time that is no number, what is not text
            return False


async def _read(request: Request) -> bytes | None:
    """The body; None when it is too large."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST:
            return None
        parts.append(part)
    return b"".join(parts)


def _asks_for_certificate(body: bytes) -> bool:
    """Slack looks at the certificate by a request without a signature, which bolt answers."""
    return b"ssl_check=1" in body and body.isascii()


def _event(body: bytes) -> dict[str, Any] | None:
    """The payload when it is an event's."""
    try:
        payload = json.loads(body)
    except ValueError:
        return None
    return payload if isinstance(payload, dict) and payload.get("type") == "event_callback" else None
