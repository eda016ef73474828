"""Slack's mrkdwn as people's messages carry it -> Markdown.

Source: "Formatting text for app surfaces" in Slack's developer documentation.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_TOKEN = re.compile(r"<([^<>]+)>")
_BOLD = re.compile(r"(?<![\w*])\*(\S(?:[^*\n]*\S)?)\*(?![\w*])")
_STRIKE = re.compile(r"(?<![\w~])~(\S(?:[^~\n]*\S)?)~(?![\w~])")
_BULLET = re.compile(r"^(\s*)[•◦▪]\s+", re.MULTILINE)


def mentions(text: str, user: str) -> bool:
    """Whether the raw `text` mentions the user."""
    return bool(user) and re.search(rf"<@{re.escape(user)}(?:\|[^>]*)?>", text) is not None


def to_markdown(text: str, *, bot: str, name_of: Callable[[str], str]) -> str:
    """Raw message text as Markdown, without mentions of `bot`; other people become `@name`, links stay links."""
    if "<" not in text and "&" not in text and not any(mark in text for mark in "*~`•◦▪"):
        return text.strip()
    pieces = _CODE.split(text)
    for index, piece in enumerate(pieces):
        if index % 2:  # code: only what Slack itself put in is undone
            pieces[index] = html.unescape(_TOKEN.sub(lambda match: match[1].split("|")[0], piece))
        else:
            piece = _BULLET.sub(r"\1- ", piece)
            piece = _STRIKE.sub(r"~~\1~~", _BOLD.sub(r"**\1**", piece))
            pieces[index] = html.unescape(_TOKEN.sub(lambda match: _token(match[1], bot, name_of), piece))
    return "".join(pieces).strip()


def _token(token: str, bot: str, name_of: Callable[[str], str]) -> str:
    target, _, label = token.partition("|")
    if target.startswith("@"):
        user = target[1:]
        return "" if user == bot else f"@{label or name_of(user) or user}"
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!subteam^"):
        return label if label.startswith("@") else f"@{label or target.removeprefix('!subteam^')}"
    if target.startswith("!"):
        return label or f"@{target[1:].split('^')[0]}"
    if target.startswith(("mailto:", "tel:")):
        return label or target.split(":", 1)[1]
    if not label or label == target or target.removeprefix("https://").removeprefix("http://") == label:
        return target
    return f"[{label}]({target})"
