"""What an author says about one entry of a Markdown file: the comment below its heading, its id, its other wordings."""

from __future__ import annotations

import re
from collections.abc import Iterable

from knowledge.sources.blocks import Block
from knowledge.sources.markup import plain_text
from knowledge.sources.problems import ProblemLog
from knowledge.sources.questions import also_asked
from knowledge.sources.slugs import slug

_SETTINGS = frozenset({"id", "audience", "tags", "updated", "language"})
_HEADING_ID = re.compile(r"\s*\{\s*:?\s*#([\w.:-]{1,64})[^{}]*\}\s*$")


def heading_title(text: str) -> tuple[str, str]:
    """(plain title, id) of a heading's inline source; the id is that of `{#id}`, or ""."""
    given = ""
    if match := _HEADING_ID.search(text[-200:]):
        given, text = match[1], text[: len(text) - len(match[0])]
    return plain_text(text), given


def entry_settings(blocks: Iterable[Block], line: int, log: ProblemLog) -> dict[str, str]:
    """The settings of a `<!-- id: …; audience: … -->` comment among the blocks. An id that can't be one is logged."""
    found: dict[str, str] = {}
    for block in blocks:
        if block.kind != "comment":
            continue
        for part in re.split(r"[;\n]", block.text.strip().removeprefix("<!--").removesuffix("-->")):
            name, colon, value = part.partition(":")
            if colon and name.strip().lower() in _SETTINGS:
                found.setdefault(name.strip().lower(), value.strip())
    if "id" in found and not re.fullmatch(r"[\w.:-]{1,64}", found["id"]):
        log.error(
            "id",
            f"“{found['id'][:70]}” can't be an id.",
            "Use up to 64 letters, digits, dots, hyphens and underscores.",
            line,
        )
        del found["id"]
    return found


def setting_tags(settings: dict[str, str]) -> list[str]:
    """The tags of a settings comment, which stand between commas."""
    return [tag for part in settings.get("tags", "").split(",") if (tag := slug(part))]


def entry_alternates(blocks: Iterable[Block]) -> list[str]:
    """The wordings of the `Also asked: …` lines among the blocks."""
    found: list[str] = []
    for block in blocks:
        if block.kind == "paragraph" and (more := also_asked(block.text)):
            found += [plain_text(text) for text in more]
    return found
