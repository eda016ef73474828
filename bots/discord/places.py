"""Channels and threads of Discord as addresses.

A direct message is (its channel); a thread is (its parent channel, the thread). A thread that is opened on a message
has that message's id, so the address of a conversation is known before its thread exists.
"""

from __future__ import annotations

from collections import OrderedDict

import discord

from core.errors import Rejected
from core.messages import Address

NAME = "discord"
"""The platform's name in addresses and persons."""
REMEMBERED = 5000
"""Threads whose parent is remembered."""

Channel = (
    discord.abc.GuildChannel
    | discord.Thread
    | discord.DMChannel
    | discord.GroupChannel
    | discord.PartialMessageable
    | discord.abc.PrivateChannel
    | None
)


class Places:
    """Finds the address of a channel; asks Discord only for threads that the gateway did not announce."""

    def __init__(self) -> None:
        self._parents: OrderedDict[int, str] = OrderedDict()

    def known(self, channel: Channel) -> Address | None:
        """The address of a channel, or None when Discord has to be asked."""
        if isinstance(channel, discord.Thread):
            self._remember(channel.id, str(channel.parent_id))
            return Address(NAME, str(channel.parent_id), str(channel.id))
        if channel is None:
            return None
        if isinstance(channel, discord.PartialMessageable) and channel.guild_id is not None:
            parent = self._parents.get(channel.id)
            if parent is None:
                return None
            return Address(NAME, parent, str(channel.id)) if parent else Address(NAME, str(channel.id))
        return Address(NAME, str(channel.id))

    async def find(self, client: discord.Client, channel_id: int, channel: Channel = None) -> Address:
        """The address of a channel. Raises what discord.py raises when it has to ask, Rejected when that helps not."""
        found = self.known(channel or client.get_channel(channel_id))
        if found is not None:
            return found
        fetched = await client.fetch_channel(channel_id)
        if not isinstance(fetched, discord.Thread):
            self._remember(channel_id, "")
        found = self.known(fetched)
        if found is None:
            raise Rejected(f"Discord channel {channel_id} is neither a channel nor a thread")
        return found

    def _remember(self, thread: int, parent: str) -> None:
        self._parents[thread] = parent
        self._parents.move_to_end(thread)
        while len(self._parents) > REMEMBERED:
            self._parents.popitem(last=False)


def target(where: Address) -> int:
    """Discord's id of the channel that an address names. Raises ValueError when it is none of Discord's."""
    if where.platform != NAME:
        raise ValueError(f"{where.key} is not a place in Discord")
    try:
        return int(where.thread or where.channel)
    except ValueError:
        raise ValueError(f"{where.key} is not a place in Discord: ids are numbers") from None
