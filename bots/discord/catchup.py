"""What was written while nobody listened: read from the history, in order, before anything newer passes."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta

import discord

from bots.discord.delivery import Session
from bots.discord.failures import mapped
from bots.discord.incoming import Self, written
from bots.discord.intake import Intake, Tell
from bots.discord.places import NAME, target
from core.errors import DeliveryError, Rejected, StoreUnavailable
from core.messages import Address, IncomingMessage
from core.platform import FrontDoor

log = logging.getLogger(__name__)

OLDEST = timedelta(hours=24)
"""How far back it looks where nothing is known; the inbox remembers event ids a little longer."""
MOST = 5000
"""Messages fetched of one conversation."""
MOST_CHANNELS = 50
"""Channels in which it looks for mentions, those with the newest messages first."""
AT_ONCE = 5
"""Conversations fetched side by side."""
PATIENCE = 30.0
"""Seconds for one conversation."""
PAUSE = 1.0
"""Seconds until the store or Discord is asked again."""
TRIES = 5
"""Times that Discord is asked where nothing newer is waiting for the answer."""


class CatchUp:
    """Fetches what was missed in conversations that the core names."""

    def __init__(self, session: Session, me: Self) -> None:
        self._session = session
        self._me = me

    async def missed(self, since: Sequence[tuple[Address, str]]) -> AsyncIterator[IncomingMessage]:
        """Messages after the given ids, each conversation's oldest first. What can't be read is logged and left out."""
        for where, last in since:
            if where.platform != NAME:
                continue
            for message in await self._in(where, last, tries=TRIES):
                try:
                    found = written(message, where, self._me)
                except Exception:
                    log.exception("message %d in %s can't be understood", message.id, where.key)
                    continue
                if found is not None:
                    yield found

    async def run(self, door: FrontDoor, intake: Intake, tell: Callable[[discord.Message], Tell]) -> int:
        """Hand in what was missed in the open conversations; each channel passes newer events when it is through.

        While a channel can't be read, nothing newer of it passes, and neither does when this is cancelled: it would
        hide the gap for good. `tell` makes what tells a sender that a message can't be handed in. Returns the newest
        message id that the core had accepted of any conversation; 1 when it is not known, 0 when there is none.
        """
        intake.hold_all()
        while True:
            try:
                since = [pair for pair in await door.open_conversations(NAME) if pair[0].platform == NAME]
                break
            except StoreUnavailable as error:
                log.warning("catching up waits: %s", error)
                await asyncio.sleep(PAUSE)
        intake.hold({target(where) for where, _ in since})
        room = asyncio.Semaphore(AT_ONCE)

        async def one(where: Address, last: str) -> None:
            async with room:
                await self._hand_in(where, await self._in(where, last), intake, tell)
            intake.release(target(where))

        async with asyncio.TaskGroup() as all_of_them:
            for where, last in since:
                all_of_them.create_task(one(where, last))
        return max((int(last) if last.isdigit() else 1 for _, last in since), default=0)

    async def mentions(self, intake: Intake, since: int, tell: Callable[[discord.Message], Tell]) -> None:
        """Hand in questions that began a conversation after the message `since`: mentions in all servers' channels.

        Raises DeliveryError when Discord can't be reached.
        """
        async with mapped(PATIENCE, repeatable=True):
            client = await self._session()
        after = max(since, discord.utils.time_snowflake(discord.utils.utcnow() - OLDEST))
        spoken = [
            channel
            for guild in client.guilds
            for channel in guild.text_channels
            if (channel.last_message_id or 0) > after and channel.permissions_for(guild.me).read_message_history
        ]
        spoken.sort(key=lambda channel: channel.last_message_id or 0, reverse=True)
        for channel in spoken[:MOST_CHANNELS]:
            where = Address(NAME, str(channel.id))
            await self._hand_in(where, await self._in(where, str(after), tries=TRIES), intake, tell)

    async def _hand_in(
        self, where: Address, found: Sequence[discord.Message], intake: Intake, tell: Callable[[discord.Message], Tell]
    ) -> None:
        for message in found:

            async def translate(message: discord.Message = message) -> IncomingMessage | None:
                return written(message, where, self._me)

            await intake.hand_in(translate, tell(message))

    async def _in(self, where: Address, last: str, tries: float = math.inf) -> list[discord.Message]:
        """What was written at a place after a message; nothing when Discord does not let the bot read there."""
        while True:
            try:
                async with mapped(PATIENCE, repeatable=True):
                    return await self._history(where, last)
            except Rejected as error:
                log.warning("what was missed in %s can't be read: %s", where.key, error)
                return []
            except DeliveryError as error:
                tries -= 1
                log.warning("what was missed in %s can't be read yet: %s", where.key, error)
                if tries <= 0:
                    return []
                await asyncio.sleep(PAUSE)

    async def _history(self, where: Address, last: str) -> list[discord.Message]:
        client = await self._session()
        cached = client.get_channel(target(where))
        channel: discord.abc.Messageable = client.get_partial_messageable(target(where))
        if isinstance(cached, discord.abc.Messageable):
            channel = cached  # it knows its server, and so the bot's own role
        after = discord.Object(int(last)) if last.isdigit() else discord.utils.utcnow() - OLDEST
        return [message async for message in channel.history(limit=MOST, after=after, oldest_first=True)]
