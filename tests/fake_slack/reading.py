"""How people read a message: its words, its buttons, and whom it pings."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

_PING = re.compile(r"<!(here|channel|everyone)(?:\|[^>]*)?>|<!subteam\^(\w+)(?:\|[^>]*)?>|<@(\w+)(?:\|[^>]*)?>")
_LOOSE_PING = re.compile(r"(?<!\w)@(here|channel|everyone)\b")
_LINK = re.compile(r"<((?:https?|mailto):[^|>]+)(?:\|([^>]*))?>")


def text_objects(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every text object of the blocks, buttons left out."""
    for block in message.get("blocks") or []:
        if isinstance(block.get("text"), dict):
            yield block["text"]
        yield from block.get("fields", [])
        if block["type"] == "context":
            yield from block["elements"]


def pings(message: dict[str, Any]) -> tuple[str, ...]:
    """Whom Slack notifies: strict, everything that some setting of Slack's would turn into a mention counts."""
    found: list[str] = []
    sources = [(item["text"], bool(item.get("verbatim"))) for item in text_objects(message) if item["type"] == "mrkdwn"]
    strict = message.get("parse") == "none" and not message.get("link_names")
    sources.append((message.get("text") or "", strict))
    for text, verbatim in sources:
        found += [next(filter(None, match.groups())) for match in _PING.finditer(text)]
        if not verbatim:
            found += [match[1] for match in _LOOSE_PING.finditer(text)]
    return tuple(dict.fromkeys(found))


def words(message: dict[str, Any]) -> str:
    """What is on the screen: blocks if there are any, else the text; a link shows its label, and its address when
    it has none."""
    texts = [item["text"] for item in text_objects(message)] or [message.get("text") or ""]
    shown = _LINK.sub(lambda match: match[2] or match[1], "\n".join(texts))
    return html.unescape(shown)


def buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Every button element, in order, with the block it stands in under `block_id`."""
    found = []
    for number, block in enumerate(message.get("blocks") or []):
        elements = block["elements"] if block["type"] == "actions" else [block.get("accessory")]
        found += [
            {**element, "block_id": block.get("block_id", f"auto{number}")}
            for element in elements
            if isinstance(element, dict) and element.get("type") == "button"
        ]
    return found
