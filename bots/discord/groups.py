"""Which roles a person has, in every server that the bot shares with them."""

from __future__ import annotations

import asyncio
import time

import discord

KEPT = 60.0
"""Seconds for which an answer is kept."""
SERVERS_KEPT = 600.0
"""Seconds for which the list of servers is kept."""
MOST = 10_000
"""Persons remembered."""
AT_ONCE = 10
"""Requests side by side."""


class Groups:
    """Asks Discord for members one by one: the list of all members is a privileged intent that this needs not."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[float, frozenset[str]]] = {}
        self._servers: tuple[float, list[int]] = (0.0, [])

    async def of(self, client: discord.Client, person: int) -> frozenset[str]:
        """Role ids of a person. Raises what discord.py raises."""
        now = time.monotonic()
        until, roles = self._known.get(person, (0.0, frozenset()))
        if now < until:
            return roles
        room = asyncio.Semaphore(AT_ONCE)

        async def there(server: int) -> list[str]:
            async with room:
                try:
                    return [str(role) for role in (await client.http.get_member(server, person))["roles"]]
                except discord.NotFound:
                    return []

        found = await asyncio.gather(*(there(server) for server in await self._shared(client, now)))
        roles = frozenset(role for server in found for role in server)
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[person] = (now + KEPT, roles)
        return roles

    async def _shared(self, client: discord.Client, now: float) -> list[int]:
        if client.guilds:
            return [guild.id for guild in client.guilds]
        until, servers = self._servers
        if now >= until:
            servers = [guild.id async for guild in client.fetch_guilds(with_counts=False)]
            self._servers = (now + SERVERS_KEPT, servers)
        return servers
