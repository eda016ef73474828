"""Buttons, submitted forms and slash commands as `Action`, and what is shown for them.

Discord wants an answer within three seconds, and a form can only be that first answer. So the action gets two seconds;
what takes longer (a claim waits for a message in flight) is acknowledged and shown when it is done.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import aiohttp
import discord

from bots.discord.components import action_of, buttons, filled_in, modal, without
from bots.discord.incoming import person
from bots.discord.places import NAME, Places
from bots.discord.rendering import render
from bots.discord.wording import CONTINUE, DONE, FAILED, ONE_MORE_STEP, STORE_AWAY
from core.errors import StoreUnavailable
from core.messages import Action, Address
from core.platform import ActionOutcome, FrontDoor
from core.posts import Button, Content, Speaker, Style

log = logging.getLogger(__name__)

FIRST_ANSWER = 2.0
"""Seconds until an action is acknowledged without its outcome."""

Interaction = discord.Interaction[Any]


class Interactions:
    """Turns interactions into actions; each is answered, whatever happens."""

    def __init__(self, door: FrontDoor, places: Places, *, first_answer: float = FIRST_ANSWER) -> None:
        self._door = door
        self._places = places
        self._first_answer = first_answer

    async def component(self, interaction: Interaction) -> None:
        """A pressed button or a submitted form; others than ours are left alone."""
        data: Mapping[str, Any] = interaction.data or {}
        named = action_of(str(data.get("custom_id", "")))
        if named is None:
            return
        name, value = named
        await self._answer(interaction, name, value, filled_in(data.get("components", ())))

    async def command(self, interaction: Interaction, name: str, text: str) -> None:
        """A slash command."""
        await self._answer(interaction, name, text, {})

    async def _answer(self, interaction: Interaction, name: str, value: str, fields: Mapping[str, str]) -> None:
        acting = asyncio.create_task(self._outcome(interaction, name, value, fields))
        try:
            done, _ = await asyncio.wait({acting}, timeout=self._first_answer)
            if not done:
                # for a button, an acknowledgement that shows nothing; for a command, "… is thinking"
                await interaction.response.defer(ephemeral=True, thinking=interaction.message is None)
            outcome = await acting
            pressed = interaction.message if outcome.spent else None
            if pressed is not None and not outcome.text and outcome.content is None and outcome.form is None:
                await self._answer_without(interaction, pressed, outcome.spent)
                return
            await self._show(interaction, outcome, name, value)
            if pressed is not None:
                await pressed.edit(view=without(pressed, outcome.spent))
        except (discord.DiscordException, aiohttp.ClientError, ValueError, OSError) as error:
            # it was done (or not) all the same; a replayed interaction, for one, has had its answer
            log.warning("the outcome of %r could not be shown: %s", name, error)

    async def _outcome(
        self, interaction: Interaction, name: str, value: str, fields: Mapping[str, str]
    ) -> ActionOutcome:
        try:
            return await self._door.act(
                Action(
                    event_id=f"{NAME}/interaction/{interaction.id}",
                    name=name,
                    person=person(interaction.user),
                    conversation=await self._place(interaction),
                    value=value,
                    fields=fields,
                    message_id=str(interaction.message.id) if interaction.message else "",
                )
            )
        except StoreUnavailable:
            return ActionOutcome(STORE_AWAY, ok=False)
        except Exception:
            log.exception("action %r failed", name)
            return ActionOutcome(FAILED, ok=False)

    async def _place(self, interaction: Interaction) -> Address:
        if interaction.guild_id is None:
            return Address(NAME, str(interaction.channel_id))
        return await self._places.find(interaction.client, interaction.channel_id or 0, interaction.channel)

    async def _answer_without(self, interaction: Interaction, pressed: discord.Message, spent: tuple[str, ...]) -> None:
        """Answer by removing buttons that have had their time."""
        left = without(pressed, spent)
        if interaction.response.is_done():
            await interaction.edit_original_response(view=left)
        else:
            await interaction.response.edit_message(view=left)

    async def _show(self, interaction: Interaction, outcome: ActionOutcome, name: str, value: str) -> None:
        first = not interaction.response.is_done()
        if outcome.form is not None and first:
            await interaction.response.send_modal(modal(outcome.form))
            return
        content = outcome.content or Content(text=outcome.text, speaker=Speaker.SYSTEM)
        if outcome.form is not None:
            content = Content(
                text=outcome.text or ONE_MORE_STEP,
                speaker=Speaker.SYSTEM,
                buttons=(Button(name, CONTINUE, value, Style.PRIMARY),),
            )
        elif not outcome.text and outcome.content is None:
            if interaction.message is not None:
                if first:
                    await interaction.response.defer()
                return
            content = Content(text=DONE, speaker=Speaker.SYSTEM)
        elif outcome.text and outcome.content is not None and not outcome.content.text:
            content = Content(
                text=outcome.text,
                speaker=Speaker.SYSTEM,
                card=content.card,
                sources=content.sources,
                buttons=content.buttons,
            )
        parts = render(content, str(interaction.id))
        what: dict[str, Any] = {
            "content": parts.content,
            "ephemeral": True,
            "allowed_mentions": discord.AllowedMentions.none(),
            "suppress_embeds": parts.embed is None,
        }
        if parts.embed is not None:
            what["embed"] = parts.embed
        if (view := buttons(content.buttons)) is not None:
            what["view"] = view
        if first:
            await interaction.response.send_message(**what)
        else:
            await interaction.followup.send(**what)
