"""The audit trail of what has no handoff of its own: reloads, VIP changes, refused actions."""

from __future__ import annotations

from core.conversation import RecordLine
from core.store.codec import RECORD, dump
from core.store.redis import Client, call

KEY = "concierge:audit"
"""List, newest first."""
KEPT = 10_000
"""Lines that are kept."""


class Audit:
    """The trail in one Redis."""

    def __init__(self, client: Client) -> None:
        self._redis = client

    async def write(self, line: RecordLine) -> None:
        """Add a line. Raises StoreUnavailable: what can't be recorded does not happen."""
        await call(self._redis.lpush(KEY, dump(RECORD, line)))
        await call(self._redis.ltrim(KEY, 0, KEPT - 1))

    async def read(self, last: int = 100) -> list[RecordLine]:
        """The latest lines, newest first."""
        return [RECORD.validate_json(raw) for raw in await call(self._redis.lrange(KEY, 0, last - 1))]
