"""Text for every platform: one splitter, and what counts as empty."""

from __future__ import annotations

import re
import unicodedata

_FENCE = re.compile(r"^(`{3,}|~{3,})(.*)$")


def split(text: str, limit: int) -> list[str]:
    """Cut Markdown into pieces of at most `limit` characters.

    Cuts at paragraphs, else at lines, else at sentences or words; a code block that is cut is closed and opened again.
    Nothing is lost: the pieces hold the same words in the same order. A `limit` under 40 counts as 40.
    """
    limit = max(limit, 40)
    pieces: list[str] = []
    rest = text.strip("\n")
    fence = ""
    while rest:
        opening = f"{fence}\n" if fence else ""
        room = limit - len(opening)
        if len(rest) <= room:
            pieces.append(opening + rest)
            break
        at = _cut(rest, room - 8)  # room for a closing fence
        head, rest = rest[:at].rstrip("\n"), rest[at:].lstrip("\n") if not fence else rest[at:].removeprefix("\n")
        fence = _open_fence(opening + head)
        closing = "\n" + _FENCE.sub(r"\1", fence) if fence else ""
        pieces.append(opening + head + closing)
    return pieces or [""]


def _cut(text: str, room: int) -> int:
    """The best place to cut within the first `room` characters."""
    window = text[:room]
    for mark, least in (("\n\n", room // 3), ("\n", room // 3), (". ", room // 2), (" ", room // 2)):
        at = window.rfind(mark)
        if at >= least:
            return at + (len(mark) if mark in {". ", " "} else 0)
    # Never cut between a character and what combines with it.
    at = room
    while at > room // 2 and (
        unicodedata.combining(text[at]) or text[at] in "\u200d\ufe0f" or text[at - 1] == "\u200d"
    ):
        at -= 1
    return at


def _open_fence(piece: str) -> str:
    """The opening line of a code block that the piece leaves open, or ""."""
    fence = ""
    for line in piece.split("\n"):
        match = _FENCE.match(line.strip())
        if match and not fence:
            fence = line.strip()
        elif match and fence.startswith(match[1]) and not match[2].strip():
            fence = ""
    return fence


def has_words(text: str) -> bool:
    """Whether there is a letter or a digit in it (an emoji alone says nothing that could be looked up)."""
    return any(character.isalnum() for character in text)


def shorten(text: str, limit: int) -> str:
    """The text on one line, cut with an ellipsis to at most `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def ends(text: str, limit: int) -> str:
    """What a very long text begins and ends with, at most `limit` characters: requests stand at either end."""
    if len(text) <= limit:
        return text
    half = (limit - 3) // 2
    return f"{text[:half]} … {text[-half:]}"
