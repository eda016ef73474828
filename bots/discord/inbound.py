"""What the gateway says, on its way to the front door."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import discord

from bots.discord.catchup import PAUSE, CatchUp
from bots.discord.delivery import Session
from bots.discord.failures import mapped
from bots.discord.incoming import Self, deleted, is_direct, is_written, mentions_bot, written
from bots.discord.intake import BOUND, TRIES, Intake, Tell
from bots.discord.interactions import Interactions
from bots.discord.places import NAME, Places
from core.errors import DeliveryError
from core.messages import Address, IncomingMessage, MessageKind, Person
from core.platform import FrontDoor

log = logging.getLogger(__name__)

AUTHORS = 5000
"""Recent messages whose author is remembered, because Discord does not name the author of a deleted one."""
PATIENCE = 8.0
"""Seconds for one question to Discord."""


class Inbound:
    """Implements `client.Events` for one front door."""

    def __init__(
        self,
        door: FrontDoor,
        session: Session,
        me: Callable[[], Self],
        noticed: Callable[[str, int], None],
        *,
        buffer: int = BOUND,
    ) -> None:
        """
        Args:
            door: where messages and actions go.
            session: gives the client, logged in.
            me: who the bot is.
            noticed: takes the nonce and the id of each message of the bot's own.
            buffer: events kept while the store is away.
        """
        self._door = door
        self._session = session
        self._me = me
        self._noticed = noticed
        self._places = Places()
        self._intake = Intake(door, bound=buffer)
        self._interactions = Interactions(door, self._places)
        self._catching_up: asyncio.Task[None] | None = None
        self._again = False
        self._newest = 0
        self._gap = 0  # after this message mentions may have been missed; 0: nothing was
        self._caught_up = False
        self._complete = False  # whether the last catch-up read back everything
        self._looking: asyncio.Task[None] | None = None
        self._look_again = False
        self._closed = False
        self._authors: OrderedDict[int, tuple[Address, Person, bool]] = OrderedDict()

    def session_started(self) -> None:
        if self._closed:
            return
        self._gap = self._gap or self._newest
        self._intake.hold_all()  # at once: a newer message that passes now would hide what was missed before it
        if self._catching_up is not None and not self._catching_up.done():
            self._again = True
            return
        self._catching_up = asyncio.create_task(self._catch_up())

    def ready(self) -> None:
        if self._closed:
            return
        self._look_again = True
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_for_mentions())

    def own_message(self, nonce: str, message_id: int) -> None:
        self._noticed(nonce, message_id)

    def message(self, message: discord.Message) -> None:
        self._newest = max(self._newest, message.id)
        if is_written(message, self._me()):
            self._intake.put(
                message.channel.id,
                lambda: self._translated(message, MessageKind.TEXT),
                self._told(message),
            )

    def edited(self, message: discord.Message) -> None:
        if is_written(message, self._me()):
            self._intake.put(message.channel.id, lambda: self._translated(message, MessageKind.EDITED))

    def deleted(self, channel_id: int, message_id: int) -> None:
        self._intake.put(channel_id, lambda: self._deleted(channel_id, message_id))

    async def component(self, interaction: discord.Interaction[Any]) -> None:
        await self._interactions.component(interaction)

    async def command(self, interaction: discord.Interaction[Any], name: str, text: str) -> None:
        await self._interactions.command(interaction, name, text)

    async def finished(self) -> None:
        """Wait until what was missed is read back, or could not be."""
        while running := [task for task in (self._catching_up, self._looking) if task and not task.done()]:
            await asyncio.wait(running)

    async def aclose(self) -> None:
        """Stop handing in: first what is new, then what is fetched. The other way round the new would pass the old."""
        self._closed = True
        await self._intake.aclose()
        running = [task for task in (self._catching_up, self._looking) if task is not None]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _translated(self, message: discord.Message, kind: MessageKind) -> IncomingMessage | None:
        place = self._places.known(message.channel) or await self._place(message.channel.id)
        made = written(message, place, self._me(), kind=kind)
        if made is not None:
            self._authors[message.id] = (made.conversation, made.author, made.addressed)
            while len(self._authors) > AUTHORS:
                self._authors.popitem(last=False)
        return made

    async def _deleted(self, channel_id: int, message_id: int) -> IncomingMessage | None:
        if known := self._authors.get(message_id):
            return deleted(message_id, channel_id, *known)
        place = await self._place(channel_id)
        client = await self._session()
        channel = client.get_channel(channel_id)
        if not place.thread and isinstance(channel, discord.abc.GuildChannel):
            place = Address(NAME, place.channel, str(message_id))  # its thread, if it was a question
        return deleted(message_id, channel_id, place, Person(NAME, ""), isinstance(channel, discord.DMChannel))

    async def _place(self, channel_id: int) -> Address:
        async with mapped(PATIENCE, repeatable=True):
            return await self._places.find(await self._session(), channel_id)

    async def _tell(self, message: discord.Message, text: str) -> None:
        """Say that a message was not kept, where somebody waits for an answer."""
        me = self._me()
        ours = isinstance(message.channel, discord.Thread) and message.channel.owner_id == me.user_id
        if not (ours or is_direct(message, Address(NAME, str(message.channel.id))) or mentions_bot(message, me)):
            return
        try:
            async with mapped(PATIENCE):
                await message.channel.send(text, reference=message.to_reference(fail_if_not_exists=False))
        except DeliveryError:
            log.exception("a sender could not be told that the message was not kept")

    def _told(self, message: discord.Message) -> Tell:
        return lambda text: self._tell(message, text)

    async def _catch_up(self) -> None:
        tries = TRIES
        while True:
            self._again = self._complete = False
            try:
                accepted = await CatchUp(self._session, self._me()).run(self._door, self._intake, self._told)
                self._complete = True
                if not self._caught_up:  # the gap began when the last process ended
                    self._caught_up = True
                    self._gap = min(filter(None, (self._gap, accepted)), default=0)
            except Exception:
                tries -= 1
                log.exception("catching up failed; tries left: %d", tries)
                if tries > 0:
                    await asyncio.sleep(PAUSE)
                    continue
                self._intake.hold(set())
            if not self._again:
                return

    async def _look_for_mentions(self) -> None:
        while self._look_again:
            self._look_again = False
            while self._catching_up is not None and not self._catching_up.done():
                await asyncio.wait({self._catching_up})
            since, self._gap = self._gap, 0  # a session that begins from now on leaves a gap of its own
            try:
                if since:  # else nothing was ever accepted: this bot is new here
                    await CatchUp(self._session, self._me()).mentions(self._intake, since, self._told)
                if self._complete:
                    await self._door.caught_up(NAME)
            except Exception:
                log.exception("looking for missed mentions failed; it is done again with the next session")
                self._gap = since
