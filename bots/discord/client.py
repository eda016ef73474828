"""The connection to Discord: gateway events in, each handed on at once."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Sequence
from typing import Any, Literal, Protocol

import discord
from discord.backoff import ExponentialBackoff

from bots.discord.buckets import OpenBuckets
from bots.discord.commands import CommandTree, SlashCommand
from bots.discord.failures import tracing

log = logging.getLogger(__name__)

IDENTIFY_INTERVAL = 5.0
"""Seconds between two sessions that begin (Discord API, "Rate Limiting and Gateway Sharding")."""
DOUBLINGS = 6
"""How often the wait (1 s) before the next attempt to connect doubles; with discord.py's ten, 17 minutes could pass
after an outage has ended."""


class Events(Protocol):
    """What the adapter does with what the gateway says. All but `command` and `component` return at once."""

    def session_started(self) -> None:
        """A session began anew; what was said before it is not delivered."""

    def ready(self) -> None:
        """Servers and channels are known."""

    def own_message(self, nonce: str, message_id: int) -> None:
        """A message of the bot's own appeared."""

    def message(self, message: discord.Message) -> None:
        """Somebody wrote."""

    def edited(self, message: discord.Message) -> None:
        """Somebody edited."""

    def deleted(self, channel_id: int, message_id: int) -> None:
        """A message is gone."""

    async def component(self, interaction: discord.Interaction[Any]) -> None:
        """A button was pressed, a form submitted."""

    async def command(self, interaction: discord.Interaction[Any], name: str, text: str) -> None:
        """A slash command was typed."""


def intents() -> discord.Intents:
    """What the bot has to see: servers, messages in them and their text, direct messages. Neither members nor presences
    (privileged), nor reactions."""
    wanted = discord.Intents.none()
    wanted.guilds = True
    wanted.guild_messages = True
    wanted.dm_messages = True
    wanted.message_content = True
    return wanted


class Client(discord.AutoShardedClient):
    """discord.py's client with our events. Sharded even for one server: it survives a failing first connection."""

    def __init__(
        self,
        events: Events | None,
        commands: Sequence[SlashCommand],
        *,
        shard_count: int | None = None,
        heartbeat_timeout: float = 60.0,
        identify_interval: float = IDENTIFY_INTERVAL,
    ) -> None:
        super().__init__(
            intents=intents(),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            shard_count=shard_count,
            heartbeat_timeout=heartbeat_timeout,
            http_trace=tracing(lambda seconds: self._buckets.limited(seconds)),
        )
        self._buckets = OpenBuckets(self.http)
        self.events = events
        """Who listens; None in a process that only sends, which then registers no commands either."""
        self.tree = CommandTree(self, commands, self._on_command)
        self.logged_in = False
        self._identify_interval = identify_interval
        self._identified_at = -math.inf

    async def setup_hook(self) -> None:
        self.logged_in = True
        if self.events is not None:
            try:
                if await self.tree.sync_if_changed():
                    log.info("Discord's slash commands were registered")
            except discord.HTTPException as error:
                log.warning("Discord's slash commands could not be registered: %s", error)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Keep Discord's pace of sessions; discord.py's own hook waits the whole time after every lost session."""
        await asyncio.sleep(max(0.0, self._identified_at + self._identify_interval - time.monotonic()))
        self._identified_at = time.monotonic()

    async def on_shard_connect(self, shard_id: int) -> None:
        shard: Any = self.get_shard(shard_id)
        shard._parent._backoff = backoff = ExponentialBackoff[Literal[False]]()
        backoff._max = DOUBLINGS
        if self.events is not None:
            self.events.session_started()

    async def on_ready(self) -> None:
        if self.events is not None:
            self.events.ready()

    async def on_message(self, message: discord.Message) -> None:
        if self.events is None:
            return
        if self.user is None or message.author.id != self.user.id:
            self.events.message(message)
        elif message.nonce:
            self.events.own_message(str(message.nonce), message.id)

    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        if self.events is not None:
            self.events.edited(event.message)

    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        if self.events is not None:
            self.events.deleted(event.channel_id, event.message_id)

    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        if self.events is not None:
            for message_id in sorted(event.message_ids):
                self.events.deleted(event.channel_id, message_id)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        pressed = interaction.type in (discord.InteractionType.component, discord.InteractionType.modal_submit)
        if pressed and self.events is not None:
            await self.events.component(interaction)

    async def _on_command(self, interaction: discord.Interaction[Any], name: str, text: str) -> None:
        if self.events is not None:
            await self.events.command(interaction, name, text)

    async def connect(self, *, reconnect: bool = True) -> None:
        """Be connected until it fails for good or is cancelled, which discord.py forgets while it reconnects."""
        connected = asyncio.create_task(super().connect(reconnect=reconnect), name="gateway of Discord")
        try:
            await asyncio.shield(connected)
        finally:
            while not connected.done():
                connected.cancel()
                await asyncio.wait({connected}, timeout=0.1)

    async def disconnect(self) -> None:
        """Leave the gateway and stay logged in: what is in the outbox can still be sent."""
        for shard in self.shards.values():
            await shard.disconnect()
