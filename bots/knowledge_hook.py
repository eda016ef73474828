"""`POST /hooks/knowledge`: another system (a repository, a CMS) says that the FAQ's files have changed.

The caller shows the secret in one of the ways that such systems have: `Authorization: Bearer SECRET`, GitLab's
`X-Gitlab-Token: SECRET`, or GitHub's and Gitea's `X-Hub-Signature-256: sha256=HMAC`, the HMAC-SHA256 of the body
(https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries). The body itself is not used: whoever
replays an old request gets a reload of the files as they are, which changes nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import asdict

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.errors import ConfigurationError, StoreUnavailable
from core.reloads import Reloads

PATH = "/hooks/knowledge"
LARGEST = 25 * 1024 * 1024
"""Bytes of a body: GitHub's limit."""
SHORTEST_SECRET = 16
"""Characters: what is shorter can be guessed."""

_HEADERS = ("authorization", "x-gitlab-token", "x-hub-signature-256")


class KnowledgeHook:
    """Answers at `PATH`: POST asks for a reload (202), GET tells how the last one ended (200)."""

    def __init__(self, secret: str, reloads: Reloads) -> None:
        """Raises ConfigurationError when the secret is too short."""
        if len(secret) < SHORTEST_SECRET:
            raise ConfigurationError(
                f"KNOWLEDGE_WEBHOOK_SECRET: shorter than {SHORTEST_SECRET} characters. Make one: openssl rand -hex 32"
            )
        self._secret = secret.encode()
        self._reloads = reloads

    def routes(self) -> Sequence[Route]:
        """For the web server."""
        return [Route(PATH, self._answer, methods=["GET", "POST"])]

    async def _answer(self, request: Request) -> Response:
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return JSONResponse({"error": f"the body is larger than {LARGEST} bytes"}, 413)
        if not self._knows_secret(request, body):
            return JSONResponse({"error": "the secret or the signature is missing or wrong"}, 401)
        if request.method == "POST":
            self._reloads.request()
            return JSONResponse({"status": "accepted", "see": PATH}, 202)
        try:
            last = await self._reloads.last()
        except StoreUnavailable:
            return JSONResponse({"error": "Redis does not answer; ask again"}, 503)
        return JSONResponse({"running": self._reloads.running, "last": asdict(last) if last else None})

    def _knows_secret(self, request: Request, body: bytes) -> bool:
        """Compared in constant time, so that nobody learns how much of a guess was right."""
        signed = f"sha256={hmac.new(self._secret, body, hashlib.sha256).hexdigest()}".encode()
        headers = {name: request.headers.get(name, "").encode("latin-1") for name in _HEADERS}
        scheme, _, token = headers["authorization"].partition(b" ")
        shown = (
            (headers["x-hub-signature-256"], signed),
            (headers["x-gitlab-token"], self._secret),
            (token.strip() if scheme.lower() == b"bearer" else b"", self._secret),
        )
        # All are compared, whichever was given. A GET is signed over its empty body, which anybody could replay.
        matches = [hmac.compare_digest(given, wanted) for given, wanted in shown]
        return any(matches[1:]) or (matches[0] and request.method == "POST")


async def _body(request: Request) -> bytes | None:
    """The body, or None when it is too large; no more than that is read."""
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > LARGEST:
            return None
    return bytes(received)
