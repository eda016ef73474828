"""The console as a platform: what people write goes to the front door, what the core sends goes into the log.

Pages call `say` and `press` as a browser of another platform would call its server; nothing here knows how they look.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import uuid4

from bots.console.log import Message, MessageLog, Row
from bots.console.people import COLLEAGUES, CUSTOMERS, DESK, NAME
from bots.console.wakeups import Wakeups
from core.clock import Clock, SystemClock
from core.errors import PlatformUnavailable, Rejected, StoreUnavailable
from core.messages import Action, Address, Attachment, IncomingMessage, MessageKind, Person
from core.platform import ActionOutcome, FrontDoor, Limits, Platform
from core.posts import Button, Content, Post, Speaker
from core.store.redis import Client

if TYPE_CHECKING:
    from starlette.types import ASGIApp

log = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
"""Host names under which the page answers unless told otherwise; it has no login."""


class ConsolePlatform(Platform):
    """The web page on this machine. `app` serves it; `listen` connects it to the core.

    Args:
        client: Redis; the log lives there, so `send` works in any process.
        clock: dates what is written.
        hosts: Host headers that are answered ("*": any); keeps other sites' pages from reaching a loopback console.
    """

    name = NAME
    limits = Limits(text=8_000)

    def __init__(self, client: Client, *, clock: Clock | None = None, hosts: Sequence[str] = LOOPBACK) -> None:
        self.log = MessageLog(client)
        """What was said in every channel."""
        self.wakeups = Wakeups(client)
        """Tells pages that a channel changed."""
        self._clock = clock or SystemClock()
        self._hosts = tuple(hosts)
        self._door: FrontDoor | None = None

    @cached_property
    def app(self) -> ASGIApp:
        """The page, to be served by a web server. Made (and NiceGUI imported) when first asked for; one per process."""
        from bots.console.page import build

        return build(self, self._hosts)

    @property
    def listening(self) -> bool:
        """Whether what people write reaches the core at once; else it waits in the log."""
        return self._door is not None

    def now(self) -> float:
        """Seconds since the Unix epoch, by the platform's clock."""
        return self._clock.now()

    async def listen(self, door: FrontDoor) -> None:
        self._door = door
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.wakeups.follow(), name="console wake-ups")
                tasks.create_task(self._catch_up(door), name="console catch-up")
        finally:
            self._door = None

    async def _catch_up(self, door: FrontDoor) -> None:
        """Hand in what was written while nobody listened, or when a process died between log and inbox."""
        while True:
            try:
                async for message in self.missed(()):
                    await door.receive(message)
                    await self.log.accepted(message.conversation.channel, message.message_id)
                return
            except StoreUnavailable as error:
                log.warning("console: what was written before can't be handed in yet: %s", error)
                await asyncio.sleep(1)

    async def send(self, post: Post) -> str:
        message = Message(sent_at=self.now(), thread=post.to.thread)
        try:
            await self.log.append(post.to.channel, post.id, message, post.content, unheard=False)
        except StoreUnavailable as error:  # safe to repeat: the post's id names the message
            raise PlatformUnavailable(str(error)) from error
        return post.id

    async def edit(self, post: Post, message_id: str) -> None:
        await self._change(post, message_id, post.content)

    async def delete(self, post: Post, message_id: str) -> None:
        await self._change(post, message_id, None)

    async def _change(self, post: Post, message_id: str, content: Content | None) -> None:
        try:
            found = await self.log.change(post.to.channel, message_id, content)
        except StoreUnavailable as error:
            raise PlatformUnavailable(str(error)) from error
        if not found and content is not None:
            raise Rejected(f"there is no message {message_id} in the console channel {post.to.channel}")

    async def find(self, post: Post) -> str | None:
        try:
            return post.id if await self.log.holds(post.to.channel, post.id) else None
        except StoreUnavailable as error:
            raise PlatformUnavailable(str(error)) from error

    async def typing(self, where: Address) -> None:
        try:
            await self.log.typing(where.key)
        except StoreUnavailable as error:
            log.debug("typing was not shown: %s", error)

    async def name_of(self, person_id: str) -> str:
        return {**CUSTOMERS, **COLLEAGUES}.get(person_id, "")

    async def missed(self, since: Sequence[tuple[Address, str]]) -> AsyncIterator[IncomingMessage]:
        """What was written in browsers after the given ids, and whatever nobody has accepted yet, oldest first."""
        found: dict[str, IncomingMessage] = {}
        for where, last in since:
            rows = sorted(await self.log.changed_after(where.channel, 0), key=lambda row: row.place)
            start = next((row.place for row in rows if row.id == last), None)
            for row in rows:
                if start is not None and row.place > start and row.message.thread == where.thread:
                    _collect(found, where.channel, row)
        for channel, row in await self.log.unheard():
            _collect(found, channel, row)
        for message in found.values():
            yield message

    async def say(
        self,
        person: Person,
        where: Address,
        text: str,
        *,
        files: tuple[Attachment, ...] = (),
        event_id: str = "",
    ) -> str:
        """What a person wrote in a browser; returns its message id. The same `event_id` again changes nothing.

        It is in the log before it is handed in, so a crash in between loses nothing; while nobody listens it waits
        there. Raises StoreUnavailable when it could not be kept; nothing is shown then.
        """
        event_id = event_id or f"console-{uuid4().hex}"
        speaker = Speaker.COLLEAGUE if where.channel == DESK else Speaker.CUSTOMER
        message = Message(sent_at=self.now(), thread=where.thread, author=person)
        content = Content(text=text, speaker=speaker, author=person.name, files=files)
        await self.log.append(where.channel, event_id, message, content, unheard=True)
        if self._door is None:
            return event_id
        try:
            await self._door.receive(_incoming(where.channel, event_id, message, content))
        except StoreUnavailable:
            await self._take_back(where.channel, event_id)
            raise
        await self.log.accepted(where.channel, event_id)
        return event_id

    async def _take_back(self, channel: str, message_id: str) -> None:
        try:
            await self.log.change(channel, message_id, None)
        except StoreUnavailable as error:
            log.debug("left in the log, unheard: %s", error)

    async def revise(self, person: Person, where: Address, message_id: str, text: str | None) -> None:
        """A person edited what they wrote, or deleted it (None). Raises StoreUnavailable."""
        kind = MessageKind.DELETED if text is None else MessageKind.EDITED
        speaker = Speaker.COLLEAGUE if where.channel == DESK else Speaker.CUSTOMER
        content = None if text is None else Content(text=text, speaker=speaker, author=person.name)
        if self._door is not None:
            await self._door.receive(
                IncomingMessage(
                    event_id=f"console-{uuid4().hex}",
                    conversation=where,
                    author=person,
                    text=text or "",
                    kind=kind,
                    addressed=where.channel != DESK,
                    message_id=message_id,
                    sent_at=self.now(),
                )
            )
        await self.log.change(where.channel, message_id, content)

    async def press(
        self,
        person: Person,
        where: Address,
        button: Button,
        *,
        message_id: str = "",
        fields: Mapping[str, str] | None = None,
        event_id: str = "",
    ) -> ActionOutcome:
        """A person pressed a button or submitted a form. Raises StoreUnavailable."""
        if self._door is None:
            raise StoreUnavailable("the console is starting")
        outcome = await self._door.act(
            Action(
                event_id=event_id or f"console-{uuid4().hex}",
                name=button.action,
                person=person,
                conversation=where,
                value=button.value,
                fields=dict(fields or {}),
                message_id=message_id,
            )
        )
        if outcome.spent and message_id:
            await self._take_off(where.channel, message_id, outcome.spent)
        return outcome

    async def _take_off(self, channel: str, message_id: str, spent: Sequence[str]) -> None:
        """Remove buttons that have had their time."""
        rows = await self.log.changed_after(channel, 0)
        content = next((row.shown.content for row in rows if row.id == message_id), None)
        if content is not None:
            left = tuple(button for button in content.buttons if button.action not in spent)
            await self.log.change(channel, message_id, replace(content, buttons=left))


def _collect(found: dict[str, IncomingMessage], channel: str, row: Row) -> None:
    if row.message.author and row.shown.content:
        found[row.id] = _incoming(channel, row.id, row.message, row.shown.content)


def _incoming(channel: str, event_id: str, message: Message, content: Content) -> IncomingMessage:
    return IncomingMessage(
        event_id=event_id,
        conversation=Address(NAME, channel, message.thread),
        author=message.author or Person(NAME, channel),
        text=content.text,
        addressed=channel != DESK,
        message_id=event_id,
        files=content.files,
        sent_at=message.sent_at,
    )
