"""What `concierge doctor` says about Discord: intents, the desk channel, permissions, the staff role."""

from __future__ import annotations

import discord

NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "create_public_threads": "Create Public Threads",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
"""Permissions in the desk channel, by discord.py's name."""


async def problems(client: discord.Client, desk: str, staff_role: str) -> list[str]:
    """Problems, each with what to do. Raises what discord.py raises when Discord can't be asked at all."""
    found: list[str] = []
    flags = (await client.application_info()).flags
    if not (flags.gateway_message_content or flags.gateway_message_content_limited):
        found.append(
            "Discord hides message texts: switch on MESSAGE CONTENT INTENT in the developer portal, page Bot, "
            "Privileged Gateway Intents"
        )
    if not desk:
        return [*found, "DISCORD_DESK_CHANNEL is not set: nobody in Discord sees who waits"]
    guild = await _guild_of(client, desk)
    if guild is None:
        return [*found, f"DISCORD_DESK_CHANNEL: there is no text channel {desk} that the bot can see; invite the bot"]
    return [*found, *await _in_guild(client, guild, int(desk), staff_role)]


async def _guild_of(client: discord.Client, desk: str) -> discord.Guild | None:
    try:
        channel = await client.fetch_channel(int(desk))
        if not isinstance(channel, discord.TextChannel):
            return None
        return await client.fetch_guild(channel.guild.id, with_counts=False)
    except (discord.NotFound, discord.Forbidden, ValueError):
        return None


async def _in_guild(client: discord.Client, guild: discord.Guild, desk: int, staff_role: str) -> list[str]:
    found: list[str] = []
    assert client.user is not None
    channel = await guild.fetch_channel(desk)
    me = await guild.fetch_member(client.user.id)
    granted = channel.permissions_for(me)
    missing = [name for flag, name in NEEDED.items() if not getattr(granted, flag)]
    if missing:
        found.append(f"the bot lacks {', '.join(missing)} in #{channel.name}: grant it in the channel's settings")
    if not staff_role:
        found.append("DISCORD_STAFF_ROLE is not set: only STAFF_USERS and STAFF_GROUPS may claim")
        return found
    role = next((role for role in guild.roles if str(role.id) == staff_role), None)
    if role is None:
        found.append(f"DISCORD_STAFF_ROLE: the server {guild.name} has no role {staff_role}; copy the role's id again")
    elif not (role.mentionable or granted.mention_everyone):
        found.append(
            f"a page can't notify @{role.name}: allow anyone to mention the role, or grant the bot Mention Everyone"
        )
    return found
