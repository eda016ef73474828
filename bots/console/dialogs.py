"""What a pressed button leads to: a toast, a form to fill in, or more than a sentence to read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from bots.console.bubbles import buttons
from bots.console.elements import markdown, push_button, tag
from bots.console.markdown import to_plain
from bots.console.seat import Seat
from core.messages import Address
from core.platform import ActionOutcome
from core.posts import Button, Content, Form, FormField


class Presses:
    """The buttons of one person at one place, with everything that may follow from them.

    Args:
        seat: who presses.
        where: the place, with its thread.
        around: an element that outlives the pressed button; dialogs and toasts belong to it.
    """

    def __init__(self, seat: Seat, where: Address, around: ui.element) -> None:
        self._seat, self._where, self._around = seat, where, around

    async def __call__(self, button: Button, message_id: str) -> None:
        self.show(await self._seat.press(self._where, button, message_id=message_id), message_id)

    def show(self, outcome: ActionOutcome, message_id: str = "") -> None:
        """Show what came of it."""
        with self._around:
            if outcome.text:
                toast(outcome.text, ok=outcome.ok)
            if outcome.content is not None:
                self._read(outcome.content, message_id)
            if outcome.form is not None:
                self._ask(outcome.form, message_id)

    async def revise(self, message_id: str, text: str) -> None:
        """Let the person change what they wrote, or take it back."""
        with self._around, _dialog() as dialog, tag("div", "sheet"):
            tag("h3", text="Edit your message")
            box = ui.textarea("Message", value=text).props("autogrow outlined").classes("field")
            problem = tag("p", "problem").props('role="alert"')
            problem.set_visibility(False)

            async def change(to: str | None) -> None:
                told = await self._seat.revise(self._where, message_id, to) if to != text else ""
                problem.props["textContent"] = told
                problem.set_visibility(bool(told))
                if not told:
                    dialog.close()

            async def save() -> None:
                await change(str(box.value or "").strip() or None)

            async def delete() -> None:
                await change(None)

            with tag("footer", "buttons end"):
                push_button("Delete", delete, "danger")
                push_button("Cancel", _closer(dialog))
                push_button("Save", save, "primary")
        dialog.open()

    def _read(self, content: Content, message_id: str) -> None:
        with _dialog() as dialog, tag("div", "sheet"):
            markdown(content.text)
            buttons(content.buttons, message_id, self)
            with tag("footer", "buttons end"):
                push_button("Close", _closer(dialog))
        dialog.open()

    def _ask(self, form: Form, message_id: str) -> None:
        with _dialog() as dialog, tag("div", "sheet"):
            tag("h3", text=form.title)
            inputs = {field.name: _input(field) for field in form.fields}
            problem = tag("p", "problem").props('role="alert"')
            problem.set_visibility(False)

            async def submit() -> None:
                fields = {name: str(box.value or "") for name, box in inputs.items()}
                empty = [field.label for field in form.fields if not field.optional and not fields[field.name].strip()]
                if empty:
                    problem.props["textContent"] = f"Please fill in: {', '.join(empty)}"
                    problem.set_visibility(True)
                    return
                button = Button(form.action, form.submit, form.value)
                outcome = await self._seat.press(self._where, button, message_id=message_id, fields=fields)
                if outcome.ok:
                    dialog.close()
                self.show(outcome, message_id)

            with tag("footer", "buttons end"):
                push_button("Cancel", _closer(dialog))
                push_button(form.submit, submit, "primary")
        dialog.open()


def toast(text: str, *, ok: bool = True) -> None:
    """A message at the edge of the window that goes away by itself."""
    ui.notify(
        to_plain(text),
        position="top",
        timeout=4000 if ok else 8000,
        classes="toast" if ok else "toast refused",
    )


def _dialog() -> ui.dialog:
    dialog = ui.dialog()
    dialog.on("hide", dialog.delete)
    return dialog


def _closer(dialog: ui.dialog) -> Callable[[], Awaitable[None]]:
    async def close() -> None:
        dialog.close()

    return close


def _input(field: FormField) -> ui.select | ui.input | ui.textarea:
    box: ui.select | ui.input | ui.textarea
    if field.choices:
        chosen = field.value if field.value in field.choices else None
        box = ui.select(list(field.choices), label=field.label, value=chosen, clearable=field.optional)
    elif field.multiline:
        box = ui.textarea(field.label, value=field.value).props("autogrow")
    else:
        box = ui.input(field.label, value=field.value)
    box.props("outlined").classes("field")
    return box
