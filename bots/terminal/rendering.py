"""How messages look in a terminal. On a screen Markdown is laid out; into a pipe or file it goes as it is."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from markdown_it import MarkdownIt
from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.text import Text

from core.posts import Button, Content, Source, Speaker

BOT = "Concierge"
"""Name under which the bot writes."""

_STYLES = {
    Speaker.BOT: "bold green",
    Speaker.COLLEAGUE: "bold blue",
    Speaker.CUSTOMER: "bold",
    Speaker.SYSTEM: "dim",
}


def clean(text: str) -> str:
    """The text without control characters: what others write moves no cursor and rings no bell."""
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char) != "Cc")


def message(content: Content, buttons: Sequence[Button], *, screen: bool, edited: bool = False) -> RenderableType:
    """A post: who says it, the text, its sources, its files, and its numbered buttons."""
    text = clean(content.text)
    again = " (edited)" if edited else ""
    parts: list[RenderableType] = []
    if content.speaker is Speaker.SYSTEM:
        parts.append(notice(text, screen=screen))
    elif screen:
        name = clean(content.author) or BOT
        role = " · support team" if content.speaker is Speaker.COLLEAGUE else ""
        typed = content.speaker is not Speaker.BOT  # lines of an FAQ file flow
        parts += [Text(f"\n{name}{role}{again}", style=_STYLES[content.speaker]), _markdown(text, typed=typed)]
    else:
        parts.append(Text(f"{clean(content.author) or BOT}{again}: {text}"))
    parts += [Text(f"  {_source(source)}", style="dim") for source in content.sources]
    parts += [Text(f"  File: {clean(file.name)} {clean(file.url)}", style="dim") for file in content.files]
    parts += [
        Text(f"  [{number}] {clean(button.label)}", style="cyan") for number, button in enumerate(buttons, start=1)
    ]
    return Group(*parts)


def notice(text: str, *, screen: bool) -> RenderableType:
    """What the system says, set apart from what people and the bot say."""
    if screen:
        return Padding(_markdown(clean(text), style="dim italic"), (1, 4, 0, 4))
    return Text(f"* {clean(text)}")


def welcome(console: Console) -> None:
    """The first lines on a screen."""
    console.print(Text("Concierge", style="bold green"), Text("· ask a question, or type “human” to reach a person."))
    console.print(Text("A number presses a button; Ctrl-D ends.", style="dim"))


def _markdown(text: str, style: str = "none", *, typed: bool = False) -> Markdown:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    laid_out = Markdown("", hyperlinks=False, style=style)
    laid_out.parsed = parser.parse(text)
    for child in (child for token in laid_out.parsed for child in token.children or ()):
        if typed and child.type == "softbreak":
            child.type = "hardbreak"
    return laid_out


def _source(source: Source) -> str:
    where = f" ({clean(source.location)})" if source.location else ""
    return f"Source: {clean(source.title) or source.entry_id}{where}"
