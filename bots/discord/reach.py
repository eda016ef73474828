"""Whether a page to somebody named in a ladder would reach them, and what a person is called."""

from __future__ import annotations

import discord

EVERYBODY = {"here", "everyone"}
_NOT_THERE = (discord.NotFound, discord.Forbidden)


async def unreachable(client: discord.Client, desk: str, target: str) -> str:
    """Why a page to a person, a role or `#channel` (ids) reaches nobody, with what to do; "" when it does.

    `desk` is the id of the desk channel, in which persons and roles are mentioned. Raises what discord.py raises.
    """
    number = target.removeprefix("role:").lstrip("#&")
    if target in EVERYBODY:
        return ""
    if not number.isdigit():
        return f"{target!r} is nobody: copy the id of a person, of a role, or of a channel (then write # before it)"
    if target.startswith("#"):
        return await _channel(client, int(number))
    try:
        channel = await client.fetch_channel(int(desk)) if desk else None
    except _NOT_THERE:
        channel = None
    if not isinstance(channel, discord.abc.GuildChannel):
        return ""  # of the desk channel itself the other checks tell
    guild = await client.fetch_guild(channel.guild.id, with_counts=False)
    if any(str(role.id) == number for role in guild.roles):
        return ""
    try:
        await guild.fetch_member(int(number))
    except _NOT_THERE:
        return f"there is no person and no role {number} in the server {guild.name}: copy the id again"
    return ""


async def _channel(client: discord.Client, channel_id: int) -> str:
    try:
        channel = await client.fetch_channel(channel_id)
    except _NOT_THERE:
        return f"the channel {channel_id} can't be seen: copy its id again, and add the bot to it"
    if not isinstance(channel, discord.TextChannel):
        return f"{channel_id} is no text channel: choose another one"
    assert client.user is not None
    granted = channel.permissions_for(await channel.guild.fetch_member(client.user.id))
    return "" if granted.send_messages else f"the bot may not write in #{channel.name}: grant it Send Messages there"


async def name_of(client: discord.Client, desk: str, person: int) -> str:
    """What somebody is called in the server of the desk, else everywhere. Raises what discord.py raises."""
    try:
        channel = await client.fetch_channel(int(desk)) if desk else None
        if isinstance(channel, discord.abc.GuildChannel):
            guild = await client.fetch_guild(channel.guild.id, with_counts=False)
            return (await guild.fetch_member(person)).display_name
    except _NOT_THERE:
        pass
    try:
        return (await client.fetch_user(person)).display_name
    except _NOT_THERE:
        return ""
