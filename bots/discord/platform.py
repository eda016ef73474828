"""Discord as a `Platform` of the core: puts the parts together."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Sequence

import aiohttp
import discord

from bots.discord.catchup import CatchUp
from bots.discord.client import IDENTIFY_INTERVAL, Client
from bots.discord.commands import COMMANDS, SlashCommand
from bots.discord.delivery import Delivery
from bots.discord.doctor import problems
from bots.discord.failures import mapped
from bots.discord.files import Fetch, Files
from bots.discord.groups import Groups
from bots.discord.inbound import Inbound
from bots.discord.incoming import Self
from bots.discord.intake import BOUND
from bots.discord.places import NAME, target
from bots.discord.reach import name_of, unreachable
from bots.discord.rendering import TEXT
from core.errors import ConfigurationError, DeliveryError, PlatformUnavailable
from core.messages import Address, IncomingMessage, Person
from core.platform import FrontDoor, Limits, Platform
from core.posts import Post

log = logging.getLogger(__name__)

CLOSING = 3.0
"""Seconds to take leave of Discord."""
LONGEST_WAIT = 60.0
"""Seconds between attempts to connect; they double from one."""

TYPING = 2.0
"""Seconds after which it is not worth while to show that a reply is being written."""

BAD_TOKEN = "DISCORD_TOKEN: Discord refuses it; copy the token again from the developer portal, page Bot"
NO_INTENT = (
    "DISCORD_TOKEN: this bot may not read message texts; switch on MESSAGE CONTENT INTENT in the developer portal, "
    "page Bot, Privileged Gateway Intents"
)


class DiscordPlatform(Platform):
    """Discord. Nothing happens before the first `listen` or `send`; `send` needs no gateway."""

    name = NAME
    limits = Limits(text=TEXT)

    def __init__(
        self,
        token: str,
        *,
        desk_channel: str = "",
        staff_role: str = "",
        commands: Sequence[SlashCommand] = COMMANDS,
        fetch: Fetch | None = None,
        limits: Limits | None = None,
        shard_count: int | None = None,
        heartbeat_timeout: float = 60.0,
        identify_interval: float = IDENTIFY_INTERVAL,
        buffer: int = BOUND,
    ) -> None:
        """
        Args:
            token: the bot's token.
            desk_channel: id of the desk channel; what is written in its threads is never addressed to the bot.
            staff_role: id of the role whose members are staff; a page that mentions this id notifies the role.
            commands: slash commands to offer.
            fetch: reads files to pass on, for those that need another platform's credentials.
            limits: other limits than Discord's.
            shard_count: number of shards; None asks Discord.
            heartbeat_timeout: seconds of silence after which the gateway counts as dead and is connected anew; more
                than Discord's 41 between heartbeats.
            identify_interval: seconds between two sessions that begin.
            buffer: events kept in memory while the store is away; what goes beyond is refused to its sender's face.
        """
        if limits is not None:
            self.limits = limits
        self._token = token
        self._desk = desk_channel
        self._staff_role = staff_role
        self._commands = commands
        self._shard_count = shard_count
        self._heartbeat_timeout = heartbeat_timeout
        self._identify_interval = identify_interval
        self._buffer = buffer
        self._groups = Groups()
        self._files = Files(fetch)
        self._delivery = Delivery(self._session, self._files, timeout=self.limits.send_timeout, staff_role=staff_role)
        self._inbound: Inbound | None = None
        self._login = asyncio.Lock()
        self._closed = False
        self.client = self._new_client()
        """discord.py's client; made anew when it fails for good."""

    async def listen(self, door: FrontDoor) -> None:
        self.attach(door)
        wait = 1.0
        try:
            while not self._closed:
                began = time.monotonic()
                client = self.client
                try:
                    client = await self._session()
                    await client.connect()
                except (discord.LoginFailure, discord.PrivilegedIntentsRequired, discord.ConnectionClosed) as error:
                    if problem := _configuration(error):
                        raise ConfigurationError(problem) from error
                    log.warning("Discord ended the connection: %s", error)
                except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
                    log.warning("Discord can't be reached: %r", error)
                except Exception:
                    log.exception("the connection to Discord failed; it is made anew")
                if self.client is client:  # else somebody who sends has made a new one already
                    await self._renew_client()
                if time.monotonic() - began > LONGEST_WAIT:
                    wait = 1.0
                await asyncio.sleep(wait * random.uniform(0.5, 1.0))
                wait = min(2 * wait, LONGEST_WAIT)
        finally:
            await self._stop_listening()

    def attach(self, door: FrontDoor) -> None:
        """Hand events to `door` from now on; `listen` begins with this."""
        self._inbound = Inbound(door, self._session, self._me, self._delivery.noticed, buffer=self._buffer)
        self.client.events = self._inbound

    async def caught_up(self) -> None:
        """Wait until what was missed has been handed in, or could not be."""
        if self._inbound is not None:
            await self._inbound.finished()

    async def send(self, post: Post) -> str:
        return await self._delivery.send(post)

    async def edit(self, post: Post, message_id: str) -> None:
        await self._delivery.edit(post, message_id)

    async def delete(self, post: Post, message_id: str) -> None:
        await self._delivery.delete(post, message_id)

    async def find(self, post: Post) -> str | None:
        return await self._delivery.find(post)

    async def typing(self, where: Address) -> None:
        try:
            async with mapped(TYPING, repeatable=True):
                client = await self._session()
                await client.http.send_typing(target(where))
        except DeliveryError as error:
            log.debug("typing is not shown: %s", error)

    async def groups_of(self, person: Person) -> frozenset[str]:
        try:
            async with mapped(self.limits.send_timeout, repeatable=True):
                return await self._groups.of(await self._session(), int(person.id))
        except DeliveryError as error:
            raise PlatformUnavailable(str(error)) from error

    async def name_of(self, person_id: str) -> str:
        if not person_id.isdigit():
            return ""
        try:
            async with mapped(self.limits.send_timeout, repeatable=True):
                return await name_of(await self._session(), self._desk, int(person_id))
        except DeliveryError as error:
            raise PlatformUnavailable(str(error)) from error

    async def unreachable(self, target: str) -> str:
        try:
            async with mapped(self.limits.send_timeout, repeatable=True):
                return await unreachable(await self._session(), self._desk, target)
        except (DeliveryError, discord.DiscordException, aiohttp.ClientError, OSError) as error:
            return f"Discord does not tell: {error}"

    async def missed(self, since: Sequence[tuple[Address, str]]) -> AsyncIterator[IncomingMessage]:
        async with mapped(self.limits.send_timeout, repeatable=True):
            await self._session()
        async for message in CatchUp(self._session, self._me()).missed(since):
            yield message

    async def check(self) -> Sequence[str]:
        try:
            await self._session()
        except discord.LoginFailure:
            return [BAD_TOKEN]
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            return [f"Discord can't be reached: {error!r}"]
        try:
            async with mapped(30.0, repeatable=True):
                return await problems(self.client, self._desk, self._staff_role)
        except DeliveryError as error:
            return [str(error)]

    async def aclose(self) -> None:
        await self._stop_listening()
        self._closed = True
        await self._files.aclose()
        await self._close_client()

    def _me(self) -> Self:
        return Self(self.client.user.id if self.client.user else 0, self._desk)

    async def _session(self) -> Client:
        """The client, logged in. Raises what discord.py raises, and RuntimeError after `aclose`."""
        async with self._login:
            if self._closed:
                raise RuntimeError("the connection to Discord was closed for good")
            if self.client.is_closed():
                self.client = self._new_client()
            if not self.client.logged_in:
                try:
                    await self.client.login(self._token)
                except BaseException:
                    await self._close_client()
                    raise
            return self.client

    def _new_client(self) -> Client:
        return Client(
            self._inbound,
            self._commands,
            shard_count=self._shard_count,
            heartbeat_timeout=self._heartbeat_timeout,
            identify_interval=self._identify_interval,
        )

    async def _renew_client(self) -> None:
        async with self._login:
            await self._close_client()

    async def _close_client(self) -> None:
        client, self.client = self.client, self._new_client()
        if client.logged_in:
            try:
                await asyncio.wait_for(client.close(), CLOSING)
            except (TimeoutError, OSError, aiohttp.ClientError, discord.DiscordException) as error:
                log.warning("Discord was left without goodbye: %r", error)
        await client.http.close()

    async def _stop_listening(self) -> None:
        if self._inbound is not None:
            await self._inbound.aclose()
        self._inbound = self.client.events = None
        try:
            await asyncio.wait_for(self.client.disconnect(), CLOSING)
        except (TimeoutError, OSError, aiohttp.ClientError, discord.DiscordException) as error:
            log.warning("the gateway of Discord was left without goodbye: %r", error)


def _configuration(error: discord.DiscordException) -> str:
    """What to set right, or "" when it is not a matter of settings."""
    if isinstance(error, discord.PrivilegedIntentsRequired):
        return NO_INTENT
    if isinstance(error, discord.LoginFailure) or (isinstance(error, discord.ConnectionClosed) and error.code == 4004):
        return BAD_TOKEN
    return ""
