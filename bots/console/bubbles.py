"""How one message looks: who says it, its text, sources, files and buttons."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from nicegui import ui

from bots.console.elements import clock_time, markdown, markdown_line, push_button, tag
from bots.console.log import Row
from core.messages import Attachment
from core.posts import Button, Content, Source, Speaker, Style

Press = Callable[[Button, str], Awaitable[None]]
"""Called with the pressed button and the id of the message that carries it."""

Revise = Callable[[str, str], Awaitable[None]]
"""Called with the id and the text of a message that its writer wants to change."""

FOLD = 1_600
"""Characters beyond which a message starts folded."""

_ROLES = {Speaker.BOT: "Assistant", Speaker.COLLEAGUE: "Support team", Speaker.CUSTOMER: "", Speaker.SYSTEM: ""}
LOOKS = {Style.PLAIN: "", Style.PRIMARY: "primary", Style.DANGER: "danger"}
"""CSS class of a button's style."""


def bubble(row: Row, press: Press, *, mine: bool, follows: bool = False, revise: Revise | None = None) -> ui.element:
    """Show a message in the current place; `follows` leaves out who says it. With `revise` it can be edited."""
    content = row.shown.content
    if content is None:
        return tag("div", "gone")
    if content.speaker is Speaker.SYSTEM:
        with tag("div", "notice") as shown:
            markdown(content.text)
            _extras(content, row.id, press)
        return shown
    kind = f"{content.speaker} {'mine' if mine else 'theirs'} {'follows' if follows else ''}"
    name = content.author or "Concierge"
    with tag("article", f"message {kind}") as shown:
        tag("span", "avatar", text=name[:1].upper()).props('aria-hidden="true"')
        with tag("div", "message-body"):
            with tag("header", "who"):
                tag("span", "name", text=name)
                if _ROLES[content.speaker]:
                    tag("span", "role", text=_ROLES[content.speaker])
                edited = row.shown.edited and content.speaker is not Speaker.BOT  # of the bot's, buttons at most
                tag("time", text=clock_time(row.message.sent_at) + (" · edited" if edited else ""))
            if content.text:
                _text(content.text, typed=content.speaker in {Speaker.CUSTOMER, Speaker.COLLEAGUE})
            _extras(content, row.id, press)
            if revise is not None and mine and content.text and not row.unheard:

                async def edit() -> None:
                    await revise(row.id, content.text)

                push_button("Edit", edit, "quiet")
            if row.unheard:
                tag("span", "unheard", text="Sending…")
    return shown


def _text(text: str, *, typed: bool) -> None:
    if len(text) <= FOLD:
        markdown(text, "bubble prose", typed=typed)
        return
    with tag("details", "bubble long"):
        with tag("summary"):
            tag("span", "beginning", text=text[:400].rstrip() + "…")
            tag("span", "more", text=f"Show all {len(text):,} characters")
        markdown(text, typed=typed)


def _extras(content: Content, message_id: str, press: Press) -> None:
    if content.sources:
        with tag("div", "sources").props('role="note" aria-label="Sources"'):
            tag("span", "label", text="Source" if len(content.sources) == 1 else "Sources")
            for source in content.sources:
                _source(source)
    if content.files:
        with tag("ul", "files"):
            for file in content.files:
                with tag("li"):
                    _file(file)
    buttons(content.buttons, message_id, press)


def buttons(shown: tuple[Button, ...], message_id: str, press: Press, classes: str = "") -> None:
    """A row of buttons, if there are any."""
    if not shown:
        return
    with tag("div", f"buttons {classes}").props('role="group"'):
        for button in shown:

            async def pressed(button: Button = button) -> None:
                await press(button, message_id)

            push_button(button.label, pressed, LOOKS[button.style])


def _source(source: Source) -> None:
    if urlsplit(source.location).scheme in {"http", "https"}:
        link = tag("a", "source", text=source.title or source.entry_id)
        link.props["href"] = source.location
        link.props('target="_blank" rel="noopener noreferrer"')
        return
    element = tag("span", "source", text=source.title or source.entry_id)
    if source.location:
        element.props["title"] = source.location


def _file(file: Attachment) -> None:
    size = f" · {_size(file.size)}" if file.size else ""
    if urlsplit(file.url).scheme in {"http", "https"} or file.url.startswith("/files/"):
        link = tag("a", "file", text=file.name + size)
        link.props["href"] = file.url
        link.props('target="_blank" rel="noopener noreferrer"')
    else:
        tag("span", "file", text=file.name + size)


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{max(1, round(size / 1000))} kB"


def line(text: str, classes: str = "") -> None:
    """One line of a transcript: `name: text`."""
    markdown_line(text, classes, name="p")
