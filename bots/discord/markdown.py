"""Text: CommonMark to what Discord renders, and back.

Nothing here makes a text longer, so what fits before fits afterwards. Pings are prevented by `allowed_mentions`; what
is done about mentions here only keeps them from looking like one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
_SMALL_HEADING = re.compile(r"^#{4,6} +(.+)$", re.MULTILINE)
_IMAGE = re.compile(r"!(\[[^\]\n]*\]\([^)\s]+\))")
_STRONG = re.compile(r"(?<!\w)__(?=\S)(.+?)(?<=\S)__(?!\w)")
_RULE = re.compile(r"^(?:-{3,}|\*{3,}|_{3,})$", re.MULTILINE)
_HARD_BREAK = re.compile(r"\\$", re.MULTILINE)
_MASKED_LINK = re.compile(r"\[([^\]\n]+)\]\(<?([^)\s>]+)>?\)")
_SPECIAL = re.compile(r"<(?=@[!&]?\d|#\d|a?:\w|/\w|t:-?\d|id:)")
_EVERYBODY = re.compile(r"@(?=everyone|here)")

_MENTION = re.compile(r"<(@[!&]?|#)(\d+)>")
_EMOJI = re.compile(r"<a?:(\w+):\d+>")
_COMMAND = re.compile(r"</([^:>]+):\d+>")
_TIMESTAMP = re.compile(r"<t:(-?\d+)(?::\w)?>")
_QUOTE_ALL = re.compile(r"^>>> (.*)\Z", re.MULTILINE | re.DOTALL)
_SPOILER = re.compile(r"\|\|(.+?)\|\|", re.DOTALL)
_SUBTEXT = re.compile(r"^-# ", re.MULTILINE)

_ESCAPED = re.compile(r"([\\*_~`|>#\[\]])")


def to_discord(text: str, *, outsider: bool = False) -> str:
    """CommonMark as Discord shows it; an `outsider`'s links show where they lead."""

    def convert(part: str) -> str:
        part = _SMALL_HEADING.sub(r"**\1**", part)
        part = _IMAGE.sub(r"\1", part)
        part = _STRONG.sub(r"**\1**", part)
        part = _RULE.sub("⎯⎯⎯", part)
        part = _HARD_BREAK.sub("", part)
        if outsider:
            part = _MASKED_LINK.sub(r"\1 (\2)", part)
        return without_everybody(_SPECIAL.sub("‹", part))

    return _outside_code(text, convert)


def to_markdown(text: str, names: Mapping[tuple[str, str], str]) -> str:
    """What somebody wrote in Discord as CommonMark.

    `names` maps (kind, id) to what is shown instead, kind being `@` (person), `@&` (role) or `#` (channel); the bot's
    own mention maps to "". What is not in it keeps its id.
    """

    def named(match: re.Match[str]) -> str:
        kind = match[1].replace("!", "")
        return names.get((kind, match[2]), f"{kind[0]}{match[2]}")

    def dated(match: re.Match[str]) -> str:
        try:
            return f"{datetime.fromtimestamp(int(match[1]), UTC):%Y-%m-%d %H:%M} UTC"
        except (OverflowError, ValueError, OSError):
            return match[1]

    def convert(part: str) -> str:
        part = _MENTION.sub(named, part)
        part = _EMOJI.sub(r":\1:", part)
        part = _COMMAND.sub(r"/\1", part)
        part = _TIMESTAMP.sub(dated, part)
        part = _SPOILER.sub(r"\1", part)
        part = _SUBTEXT.sub("", part)
        return _QUOTE_ALL.sub(lambda match: "> " + match[1].replace("\n", "\n> "), part)

    return _outside_code(text, convert).strip()


def without_everybody(text: str) -> str:
    """The text with every `@everyone` and `@here` defused, wherever it stands."""
    return _EVERYBODY.sub("＠", text)


def plain(name: str) -> str:
    """A name in which nothing is markup."""
    return without_everybody(_SPECIAL.sub("‹", _ESCAPED.sub(r"\\\1", " ".join(name.split()))))


def _outside_code(text: str, convert: Callable[[str], str]) -> str:
    parts: list[str] = []
    end = 0
    for code in _CODE.finditer(text):
        parts += (convert(text[end : code.start()]), code[0])
        end = code.end()
    return "".join((*parts, convert(text[end:])))
