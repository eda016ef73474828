"""Discord in tests: a connected bot at the wire, and one in simcord's memory."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
import simcord
from discord.app_commands import CommandNotFound
from discord.webhook.async_ import async_context

from bots.discord.platform import DiscordPlatform
from core.messages import Address
from core.platform import Limits
from core.posts import Content, Post
from tests.contract.doors import RecordingDoor
from tests.discord.gateway import TOKEN, WireDiscord


@dataclass
class Wired:
    """A listening bot, and the Discord that it is connected to."""

    wire: WireDiscord
    platform: DiscordPlatform
    door: RecordingDoor
    customer: int
    """User id."""
    dm: int
    """Channel id of the customer's direct messages."""
    guild: int
    channel: int
    """A channel in which customers ask."""

    @property
    def place(self) -> Address:
        """The direct messages."""
        return Address("discord", str(self.dm))

    def post(self, post_id: str, text: str, to: Address | None = None, **content: Any) -> Post:
        """A post to the customer, or to another place."""
        return Post(id=post_id, to=to or self.place, content=Content(text=text, **content))

    def texts(self) -> list[str]:
        """What the customer wrote, as it was accepted."""
        return [message.text for message in self.door.messages]


@pytest.fixture
async def wired(discord: WireDiscord) -> AsyncIterator[Callable[..., Any]]:
    """Connects a bot; takes what DiscordPlatform takes, and `listens=False` for one that only sends."""
    async with AsyncExitStack() as stack:

        async def connect(*, listens: bool = True, **options: Any) -> Wired:
            world = discord.backend
            guild = world.create_guild("Acme")
            channel = world.create_channel(guild.id, "help")
            customer = world.make_user("cleo")
            world.add_member(guild.id, customer.id, announce=False)
            dm = world.get_dm_channel(customer.id).id
            options.setdefault("identify_interval", 0.0)
            options.setdefault("limits", Limits(text=1600, send_timeout=4.0))
            made = Wired(
                discord, DiscordPlatform(TOKEN, **options), RecordingDoor(), customer.id, dm, guild.id, channel.id
            )
            stack.push_async_callback(made.platform.aclose)
            if listens:
                listening = asyncio.create_task(made.platform.listen(made.door))
                stack.push_async_callback(_cancelled, listening)
                before = discord.identified
                await discord.until(lambda wire: wire.identified > before)
            return made

        yield connect


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


@dataclass
class Simulated:
    """A bot in simcord's memory, with a server, a desk and people."""

    env: simcord.Env
    platform: DiscordPlatform
    door: RecordingDoor
    guild: simcord.GuildHandle
    help: simcord.ChannelHandle
    desk: simcord.ChannelHandle
    staff: simcord.RoleHandle
    customer: simcord.MemberActor
    colleague: simcord.MemberActor

    @property
    def me(self) -> str:
        """The bot's mention."""
        assert self.env.bot.user is not None
        return self.env.bot.user.mention

    def desk_thread(self, card: str) -> Address:
        """The thread of a card."""
        return Address("discord", str(self.desk.id), card)


@pytest.fixture
async def sim() -> AsyncIterator[Simulated]:
    """simcord with one server; the platform under test is attached and connects to nothing."""
    door = RecordingDoor()
    webhooks = async_context.get()
    env = simcord.Env(DiscordPlatform("t", shard_count=1).client)  # this bot makes the world, then gives way
    await env.start()
    guild = env.create_guild("Acme")
    desk, staff = guild.create_text_channel("desk"), guild.create_role("Support")
    help_channel = guild.create_text_channel("help")
    customer = guild.add_member(env.create_user("cleo"))
    colleague = guild.add_member(env.create_user("ada"), roles=[staff])
    platform = DiscordPlatform("t", desk_channel=str(desk.id), staff_role=str(staff.id), shard_count=1)
    platform.attach(door)
    await env.restart_bot(platform.client)
    yield Simulated(env, platform, door, guild, help_channel, desk, staff, customer, colleague)
    await env.shutdown()
    await platform.aclose()
    async_context.set(webhooks)  # simcord leaves its own behind in the context that the next test gets
    assert [error for error in env.errors if not isinstance(error, CommandNotFound)] == []
