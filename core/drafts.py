"""Proposed FAQ entries: a colleague drafts one from a handoff, operations decide about it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass

from core import wording
from core.errors import Refused
from core.store.redis import Client, call

KEY = "concierge:drafts"
"""Hash: id of a draft -> JSON."""
DECIDING = "concierge:drafts:deciding"
"""String with a life of DECIDING_FOR seconds: somebody is approving, which writes a file and reloads."""
DECIDING_FOR = 600
"""Seconds after which an approval that never ended no longer blocks others."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One proposed entry."""

    id: str
    """The handoff that it was drafted from; a second proposal from it replaces the first."""
    at: float
    """When it was proposed, seconds since the epoch."""
    by: str
    """Key of the colleague."""
    question: str
    """One line, plain text."""
    answer: str
    """Markdown."""


class Drafts:
    """The queue of proposed entries in one Redis."""

    def __init__(self, client: Client) -> None:
        self._redis = client

    async def propose(self, draft: Draft) -> None:
        """Add it. Raises StoreUnavailable."""
        await call(self._redis.hset(KEY, draft.id, json.dumps(asdict(draft), ensure_ascii=False)))

    async def all(self) -> list[Draft]:
        """Every draft, oldest first. Raises StoreUnavailable."""
        found = [Draft(**json.loads(raw)) for raw in (await call(self._redis.hgetall(KEY))).values()]
        return sorted(found, key=lambda draft: draft.at)

    async def get(self, id_: str) -> Draft:
        """One draft. Raises Refused when there is none of that id, StoreUnavailable."""
        raw = await call(self._redis.hget(KEY, id_))
        if raw is None:
            raise Refused(wording.no_such_draft(id_))
        return Draft(**json.loads(raw))

    async def drop(self, id_: str) -> bool:
        """Remove one; False when there was none of that id. Raises StoreUnavailable."""
        return bool(await call(self._redis.hdel(KEY, id_)))

    @asynccontextmanager
    async def deciding(self) -> AsyncIterator[None]:
        """Approve alone: of two at once, in any process, one is told to wait. Raises Refused, StoreUnavailable."""
        if not await call(self._redis.set(DECIDING, "1", nx=True, ex=DECIDING_FOR)):
            raise Refused(wording.DRAFTS_BUSY)
        try:
            yield
        finally:
            await call(self._redis.delete(DECIDING))
