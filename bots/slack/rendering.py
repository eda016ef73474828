"""Content -> what `chat.postMessage` and `chat.update` take: blocks, and a text for notifications.

Limits: 50 blocks per message, 3,000 characters per text, 2,000 per button value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from bots.slack import wording
from bots.slack.outgoing_text import cut, escape, link, to_mrkdwn
from core.platform import ActionOutcome
from core.posts import Button, Card, Content, Source, Speaker, Style
from core.wording import CARD_SUMMARY

Block = dict[str, Any]
MAX_BLOCKS = 50
TEXT = 3000
ACTION_PREFIX = "concierge:"
"""Every action_id reads `concierge:<action>:<number in the message>`."""

_PERSON = re.compile(r"[UW][A-Z0-9]{2,}")
_GROUP = re.compile(r"S[A-Z0-9]{2,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+")


def render(content: Content, *, prefix: str = "") -> dict[str, Any]:
    """Arguments `text`, `blocks`, `parse`, `link_names`; `prefix` is a name to put before the text in bold."""
    trusted = content.speaker in (Speaker.BOT, Speaker.SYSTEM)
    blocks: list[Block] = []
    mention = _mention(content.mention)
    named = f"*{escape(prefix)}:* " if prefix else ""
    lead = f"{mention} {named}" if mention else named
    reflow = content.speaker is Speaker.BOT  # it speaks from Markdown files
    pieces = to_mrkdwn(content.text, trusted=trusted, reflow=reflow, limit=TEXT - len(lead))
    if content.card is not None:
        if mention:
            blocks.append(_section(mention))
        blocks += _card(content.card)
    else:
        if pieces:
            blocks += [_section(lead + pieces[0]), *map(_section, pieces[1:])]
        elif lead:
            blocks.append(_section(lead.strip()))
    blocks += _sources(content.sources)
    tail = _buttons(content.buttons)
    text = " ".join(part for part in (mention, named.strip(), _fallback(content, pieces)) if part)
    return {
        "text": cut(text, TEXT)[0],
        "blocks": (blocks[: MAX_BLOCKS - len(tail)] + tail) or None,
        "parse": "none",
        "link_names": False,
    }


def render_outcome(outcome: ActionOutcome) -> dict[str, Any]:
    """Arguments `text` and `blocks` for what one person is shown, or {} when there is nothing to say."""
    if not outcome.text and outcome.content is None:
        return {}
    blocks = [_section(piece) for piece in to_mrkdwn(outcome.text, trusted=True, limit=TEXT)]
    text = outcome.text
    if outcome.content is not None:
        rendered = render(outcome.content)
        blocks += rendered["blocks"] or []
        text = text or rendered["text"]
    return {"text": cut(escape(text), TEXT)[0] or wording.EMPTY, "blocks": blocks[:MAX_BLOCKS] or None}


def without_buttons(blocks: list[Block], actions: Iterable[str]) -> list[Block]:
    """Blocks of a message of ours without the buttons of these actions."""
    gone = tuple(f"{ACTION_PREFIX}{action}:" for action in actions)
    kept = []
    for block in blocks:
        if block.get("type") == "actions":
            left = [one for one in block["elements"] if not str(one.get("action_id", "")).startswith(gone)]
            if not left:
                continue
            block = block | {"elements": left}
        kept.append(block)
    return kept


def display_name(content: Content) -> str:
    """The name under which a relayed message is shown, or "" for the bot's own."""
    if content.speaker not in (Speaker.COLLEAGUE, Speaker.CUSTOMER):
        return ""
    name = _CONTROL.sub(" ", content.author).strip()[:60].strip() or wording.SOMEBODY
    return wording.CUSTOMER_NAME.format(name=name) if content.speaker is Speaker.CUSTOMER else name


def _mention(configured: str) -> str:
    name = configured.removeprefix("slack:").strip("<!@>")
    if name in ("here", "channel", "everyone"):
        return f"<!{name}>"
    if _PERSON.fullmatch(name):
        return f"<@{name}>"
    return f"<!subteam^{name}>" if _GROUP.fullmatch(name) else ""


def _fallback(content: Content, pieces: list[str]) -> str:
    if pieces:
        return "\n\n".join(pieces)
    if content.card is not None:
        return escape(content.card.title) or wording.EMPTY
    if content.sources:
        return escape(content.sources[0].title) or wording.EMPTY
    if content.buttons:
        return escape(" / ".join(button.label for button in content.buttons)).strip() or wording.EMPTY
    return wording.EMPTY


def _mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _plain(text: str, limit: int) -> dict[str, Any]:
    text = text.strip() or wording.EMPTY
    return {"type": "plain_text", "text": text if len(text) <= limit else text[: limit - 1] + "…", "emoji": True}


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _context(texts: Iterable[str]) -> Block:
    return {"type": "context", "elements": [_mrkdwn(cut(text, TEXT)[0]) for text in texts]}


def _sources(sources: tuple[Source, ...]) -> list[Block]:
    if not sources:
        return []
    lines = [f"{wording.SOURCE}: {link(source.title or source.entry_id, source.location)}" for source in sources[:10]]
    return [_context(lines)]


def _buttons(buttons: tuple[Button, ...]) -> list[Block]:
    elements = []
    for number, button in enumerate(buttons[:25]):
        element: Block = {
            "type": "button",
            "text": _plain(button.label, 75),
            "action_id": f"{ACTION_PREFIX}{button.action}:{number}",
        }
        if button.value:
            element["value"] = button.value
        if button.style is not Style.PLAIN:
            element["style"] = button.style.value
        elements.append(element)
    return [{"type": "actions", "elements": elements}] if elements else []


def _card(card: Card) -> list[Block]:
    blocks: list[Block] = [{"type": "header", "text": _plain(card.title, 150)}]
    badges = ([wording.VIP] if card.vip else []) + [escape(card.state)]
    blocks.append(_context([" · ".join(part for part in badges if part) or wording.EMPTY]))
    fields = []
    for field in card.fields:
        pieces = to_mrkdwn(field.value, trusted=False, limit=1800)
        fields.append(_mrkdwn(f"*{escape(field.label[:150])}*\n{pieces[0] if pieces else '–'}"))
    blocks += [{"type": "section", "fields": fields[start : start + 10]} for start in range(0, len(fields), 10)]
    if lines := _transcript(card.transcript):
        blocks.append(_section(f"*{wording.TRANSCRIPT}*\n{lines}"))
    if card.summary:
        pieces = to_mrkdwn(card.summary, trusted=False, limit=TEXT - 100)
        blocks.append(_section(f"*{CARD_SUMMARY}*\n{pieces[0]}"))
    if card.draft:
        pieces = to_mrkdwn(card.draft, trusted=True, reflow=True, limit=TEXT - 100)
        blocks += [_section(f"*{wording.DRAFT}*\n{pieces[0]}"), *map(_section, pieces[1:3])] if pieces else []
    return blocks


def _transcript(lines: tuple[str, ...]) -> str:
    """The newest lines that fit into one block, quoted, oldest first."""
    kept: list[str] = []
    room = TEXT - 100
    for line in reversed(lines):
        quoted = "\n".join(f"> {part}" for part in "\n".join(to_mrkdwn(line, trusted=False, limit=1000)).split("\n"))
        quoted = cut(quoted, 1500)[0]
        if len(quoted) + 1 > room:
            break
        room -= len(quoted) + 1
        kept.append(quoted)
    return "\n".join(reversed(kept))
