"""Notices at the desk: a word of Concierge itself, and one message that is edited while something goes on.

Best effort, past the outbox: a notice that is lost or late costs nobody an answer, and must hold up no post.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Mapping, Sequence
from hashlib import sha1

from core.errors import DeliveryError, StoreUnavailable
from core.messages import Address
from core.platform import Platform
from core.posts import Content, Post, PostKind, Speaker
from core.store.redis import Client, call

log = logging.getLogger(__name__)

PATIENCE = 1.5
"""Seconds that something may take before a message is posted about it."""
TOLD = "concierge:told:"
"""Before the hash of a text: string that lives while no process tells it again."""
ONCE_IN = 60.0
"""Seconds."""
EVERY = 3.0
"""Seconds between two edits: platforms allow about one a second in a channel, and others write there too."""


class Notices:
    """Where notices go: the desk channel of the platform that is concerned, else every desk."""

    def __init__(
        self,
        platforms: Mapping[str, Platform],
        desks: Sequence[Address],
        patience: float = PATIENCE,
        every: float = EVERY,
    ) -> None:
        """`patience` and `every` are seconds, see there."""
        self._platforms, self._desks = platforms, desks
        self._patience, self._every = patience, every

    async def tell(self, text: str) -> None:
        """Post a text in every desk channel."""
        for desk in self._desks:
            await self.post(desk, text)

    async def tell_once(self, redis: Client, text: str) -> None:
        """As `tell`, by whichever of the processes that share a Redis finds it first; raises nothing."""
        name = sha1(text.encode(), usedforsecurity=False).hexdigest()
        try:
            first = await call(redis.set(TOLD + name, "1", nx=True, px=int(ONCE_IN * 1000)))
        except StoreUnavailable as error:
            log.warning("not told at the desk (%s): %s", error, text)
            return
        if first:
            await self.tell(text)

    def ongoing(self, platform: str) -> Ongoing:
        """A message that will be edited, at the desk of `platform` (at the first desk where that has none)."""
        desk = next((desk for desk in self._desks if desk.platform == platform), next(iter(self._desks), None))
        return Ongoing(self, desk, self._patience, self._every)

    async def post(self, desk: Address, text: str, of: Post | None = None, message_id: str = "") -> tuple[Post, str]:
        """Send, or change what was sent; the post, and the id of its message ("" when it did not arrive)."""
        platform = self._platforms[desk.platform]
        content = Content(text=_cut(text, platform.limits.text), speaker=Speaker.SYSTEM)
        kind = PostKind.EDIT if of else PostKind.SEND
        post = Post(id=f"notice-{uuid.uuid4().hex}", to=desk, content=content, kind=kind, of=of.id if of else "")
        try:
            async with asyncio.timeout(platform.limits.send_timeout):
                if of is None:
                    message_id = await platform.send(post)
                else:
                    await platform.edit(post, message_id)
        except (DeliveryError, TimeoutError) as error:
            log.info("a notice to %s was not delivered: %s", desk.key, error)
        return of or post, message_id


class Ongoing:
    """One message about something that goes on. `show` as often as you like, then `end`."""

    def __init__(self, notices: Notices, desk: Address | None, patience: float, every: float) -> None:
        self._notices, self._desk, self._every = notices, desk, every
        self._text = ""
        self._shown = ""
        self._sent: tuple[Post, str] | None = None
        self._over = asyncio.Event()
        self._task = asyncio.create_task(self._keep_showing(patience), name="progress at the desk")

    def show(self, text: str) -> None:
        """The latest text is shown at the next opportunity."""
        self._text = text

    async def end(self, text: str) -> None:
        """Show a last text if there has been one before; what was quick enough leaves no message."""
        self._over.set()
        await self._task
        if self._sent is not None:
            self._text = text
            await self._refresh()

    async def _keep_showing(self, patience: float) -> None:
        wait = patience
        while not self._over.is_set():
            try:
                async with asyncio.timeout(wait):
                    await self._over.wait()
            except TimeoutError:
                await self._refresh()
            wait = self._every

    async def _refresh(self) -> None:
        if self._desk is None or self._text in ("", self._shown):
            return
        self._shown = self._text
        if self._sent is None:
            sent = await self._notices.post(self._desk, self._text)
            self._sent = sent if sent[1] else None
        else:
            await self._notices.post(self._desk, self._text, *self._sent)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
