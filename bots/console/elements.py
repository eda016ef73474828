"""Plain HTML elements on NiceGUI, and the few widgets that both panes share."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime

from nicegui import ui
from nicegui.events import GenericEventArguments

from bots.console.markdown import to_html, to_line

SEND_ON_ENTER = """(event) => {
  if (event.shiftKey || event.isComposing) return;
  event.preventDefault();
  const text = takeText(event.target);
  if (text) emit(text);
}"""

SEND_ON_PRESS = """(event) => {
  const text = takeText(event.currentTarget.closest(".composer").querySelector("textarea"));
  if (text) emit(text);
}"""


def tag(name: str, classes: str = "", *, text: str = "") -> ui.element:
    """An HTML element; `text` is shown as it is, never as HTML."""
    element = ui.element(name)
    if classes:
        element.classes(classes)
    if text:
        element.props["textContent"] = text
    return element


def markdown(text: str, classes: str = "prose", *, typed: bool = False) -> ui.html:
    """A Markdown text; made safe on the server and, in case that has a hole, once more in the browser."""
    return ui.html(to_html(text, typed=typed)).classes(classes)


def markdown_line(text: str, classes: str = "", *, name: str = "span") -> ui.html:
    """One line of Markdown."""
    return ui.html(to_line(text), tag=name).classes(classes)


def push_button(label: str, on_press: Callable[[], Awaitable[None]], classes: str = "") -> ui.element:
    """A button that can't be pressed again before it is done."""
    button = tag("button", f"button {classes}", text=label).props('type="button"')

    async def pressed() -> None:
        button.props("disabled")
        try:
            await on_press()
        finally:
            if not button.is_deleted:
                button.props(remove="disabled")

    button.on("click", pressed, args=[])
    return button


def clock_time(at: float) -> str:
    """When it was: the time of today, or the date."""
    moment = datetime.fromtimestamp(at).astimezone()
    today = moment.date() == datetime.now().astimezone().date()
    return moment.strftime("%H:%M" if today else "%d %b, %H:%M")


def elapsed(since: float, now: float, classes: str = "") -> ui.element:
    """Time since then; the page's script lets it count."""
    seconds = max(0, int(now - since))
    text = (
        f"{seconds // 60}:{seconds % 60:02d}" if seconds < 3600 else f"{seconds // 3600} h {seconds % 3600 // 60:02d}"
    )
    return tag("time", f"elapsed {classes}", text=text).props(f'data-since="{since}" role="timer"')


class Composer:
    """A box to write in. Enter sends, Shift+Enter makes a new line; what could not be sent comes back into the box.

    What is written while an earlier text is on its way goes after it.
    """

    def __init__(self, label: str, hint: str, on_send: Callable[[str], Awaitable[str]]) -> None:
        self._on_send = on_send
        self._turn = asyncio.Lock()
        with tag("div", "composer"):
            self._problem = tag("p", "problem").props('role="alert"')
            with tag("div", "composer-row"):
                self.box = ui.textarea(placeholder=hint).props("autogrow borderless dense rows=1").classes("grow")
                self.box.props["aria-label"] = label
                self.box.on("keydown.enter", self._send, js_handler=SEND_ON_ENTER)
                button = tag("button", "send").props('type="button" aria-label="Send" title="Send"')
                button.on("click", self._send, js_handler=SEND_ON_PRESS)
        self._tell("")

    async def _send(self, event: GenericEventArguments) -> None:
        text = str(event.args)
        async with self._turn:
            problem = await self._on_send(text)
        self._tell(problem)
        if problem and not self.box.is_deleted:
            self.box.client.run_javascript(f"giveBack('{self.box.html_id}', {json.dumps(text)})")

    def _tell(self, problem: str) -> None:
        self._problem.props["textContent"] = problem
        self._problem.set_visibility(bool(problem))
