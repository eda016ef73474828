"""Slash commands: declared here, handled as actions of the same name, registered only when they changed."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands

log = logging.getLogger(__name__)

OPTION = "text"
"""Name of the one free text option."""


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """A command that people can type."""

    name: str
    """Its name, and the name of the action."""
    description: str
    """What it does, at most 100 characters."""
    hint: str
    """What can be written behind it."""


COMMANDS = (
    SlashCommand(
        "handoffs",
        "The queue: who waits for a person, who is served",
        "mine, snoozed, here, away, present, or a handoff's id",
    ),
    SlashCommand("canned", "Prepared replies", "the name of a reply, in the thread of a handoff"),
    SlashCommand("kb", "The FAQ that is served", "search <words>, gaps, drafts, reload, rollback"),
    SlashCommand("vip", "List, add or remove VIPs", "list, add <person>, remove <person>"),
    SlashCommand("inbox", "Messages that were set aside", "list, retry <id>, drop <id>"),
)
"""What Discord offers. Who may use them is decided when they arrive; that members without Manage Messages don't see
them is Discord's default, which a server's administrators can change."""

Handle = Callable[[discord.Interaction[Any], str, str], Awaitable[None]]
"""Answers an interaction: (interaction, command, text)."""


class CommandTree(app_commands.CommandTree[discord.Client]):
    """The commands of a client; an error in one of them is answered, never left hanging."""

    def __init__(self, client: discord.Client, commands: Sequence[SlashCommand], handle: Handle) -> None:
        super().__init__(client)
        self._handle = handle
        for command in commands:
            self.add_command(_registered(command, handle))

    async def on_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        """A command that Discord knows and this version does not is handed on like any other, and refused there."""
        log.warning("Discord command: %s", error)
        name = interaction.command.name if interaction.command else dict(interaction.data or {}).get("name", "")
        await self._handle(interaction, str(name), "")

    async def sync_if_changed(self) -> bool:
        """Register the commands with Discord unless it has them already; returns whether it was necessary."""
        wanted = {command.name: _comparable(dict(command.to_dict(self))) for command in self.get_commands()}
        there = {command.name: _comparable(dict(command.to_dict())) for command in await self.fetch_commands()}
        if wanted == there:
            return False
        await self.sync()
        return True


def _registered(command: SlashCommand, handle: Handle) -> app_commands.Command[Any, ..., None]:
    async def callback(interaction: discord.Interaction, text: str = "") -> None:
        await handle(interaction, command.name, text)

    made: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=command.name, description=command.description, callback=app_commands.describe(text=command.hint)(callback)
    )
    made.default_permissions = discord.Permissions(manage_messages=True)
    made.guild_only = True
    return made


def _comparable(command: dict[str, Any]) -> tuple[Any, ...]:
    return (
        command.get("description"),
        tuple((option["name"], option["description"], int(option["type"])) for option in command.get("options") or ()),
        str(command.get("default_member_permissions")),
    )
