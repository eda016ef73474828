"""discord.py's rate limits, made safe against requests that are given up.

discord.py waits for a limit inside of a request. When the request is cancelled just then (every request of ours has a
time limit), two things can stay closed for ever, because only a patience of 30 seconds would open them again:
a channel's bucket, if a second cancellation hits its release, and after a global 429 the gate in front of everything.
"""

from __future__ import annotations

import asyncio
from typing import Any

from discord.http import HTTPClient, Ratelimit


class OpenBuckets:
    """Looks after the limits of one `HTTPClient`: opens what nobody is left to open."""

    def __init__(self, http: HTTPClient) -> None:
        self._http = http
        self._made = http.get_ratelimit
        self._limited_until = 0.0
        http.get_ratelimit = self._bucket  # type: ignore[method-assign]  # called once at the start of each request

    def limited(self, seconds: float) -> None:
        """Discord answered 429 and asked to wait."""
        self._limited_until = max(self._limited_until, asyncio.get_running_loop().time() + seconds)

    def _bucket(self, key: str) -> Ratelimit:
        bucket = self._made(key)
        if bucket.remaining <= 0 and bucket.outgoing <= 0 and bucket.expires is None:
            bucket.reset()  # type: ignore[no-untyped-call]  # nobody is under way who would do it
        gate: Any = self._http._global_over
        if not gate.is_set() and asyncio.get_running_loop().time() >= self._limited_until:
            gate.set()
        return bucket
