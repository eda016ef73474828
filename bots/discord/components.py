"""Buttons and forms: what they carry is in their custom id, so they work after any restart and in every process.

A custom id is `cg:<action>:<value>`, at most 100 characters (Discord API, "Component Object").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import discord
from discord import ui

from core.posts import Button, Form, FormField, Style

PREFIX = "cg:"
STYLES = {
    Style.PLAIN: discord.ButtonStyle.secondary,
    Style.PRIMARY: discord.ButtonStyle.primary,
    Style.DANGER: discord.ButtonStyle.danger,
}
MOST_BUTTONS = 25
MOST_CHOICES = 25


def custom_id(action: str, value: str) -> str:
    """The custom id of an action. Raises ValueError when the two don't fit into one."""
    made = f"{PREFIX}{action}:{value}"
    if len(made) > 100:
        raise ValueError(f"button {action!r} carries too much: {len(made)} of 100 characters")
    return made


def action_of(made: str) -> tuple[str, str] | None:
    """(action, value) of a custom id; None when it is not one of ours."""
    if not made.startswith(PREFIX):
        return None
    action, _, value = made.removeprefix(PREFIX).partition(":")
    return (action, value) if action else None


def buttons(shown: Sequence[Button]) -> ui.View | None:
    """The view with these buttons, or None without any. Needs a running event loop."""
    if not shown:
        return None
    view = ui.View(timeout=None)
    for button in shown[:MOST_BUTTONS]:
        view.add_item(
            ui.Button(
                label=button.label[:80], style=STYLES[button.style], custom_id=custom_id(button.action, button.value)
            )
        )
    view.stop()  # presses are read from the interaction itself; a view that listens would be kept in memory forever
    return view


def without(message: discord.Message, actions: Sequence[str]) -> ui.View | None:
    """The view of a message of ours without the buttons of these actions; None when none is left."""
    view = ui.View.from_message(message, timeout=None)
    for item in list(view.children):
        named = action_of(str(getattr(item, "custom_id", "") or ""))
        if named is not None and named[0] in actions:
            view.remove_item(item)
    view.stop()
    return view if view.children else None


def modal(form: Form) -> ui.Modal:
    """The modal that asks for a form. Needs a running event loop."""
    made = ui.Modal(title=form.title[:45], custom_id=custom_id(form.action, form.value), timeout=None)
    for field in form.fields[:5]:
        made.add_item(ui.Label(text=field.label[:45], component=_control(field)))
    made.stop()
    return made


def _control(field: FormField) -> ui.Select[ui.View] | ui.TextInput[ui.View]:
    if field.choices:
        return ui.Select(
            custom_id=field.name,
            required=not field.optional,
            min_values=0 if field.optional else 1,
            options=[
                discord.SelectOption(label=choice[:100], value=choice[:100], default=choice == field.value)
                for choice in field.choices[:MOST_CHOICES]
            ],
        )
    return ui.TextInput(
        custom_id=field.name,
        default=field.value[:4000] or None,
        required=not field.optional,
        style=discord.TextStyle.paragraph if field.multiline else discord.TextStyle.short,
    )


def filled_in(components: Iterable[object]) -> dict[str, str]:
    """What a submitted modal holds, by field name."""
    fields: dict[str, str] = {}
    for component in components:
        if not isinstance(component, dict):
            continue
        if inner := component.get("component"):
            fields.update(filled_in([inner]))
        elif inner := component.get("components"):
            fields.update(filled_in(inner))
        elif name := component.get("custom_id"):
            values = component.get("values")
            fields[name] = component.get("value") or (values[0] if values else "")
    return fields
