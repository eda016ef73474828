"""ReadMe's `[block:callout] {…} [/block]` and its like, which are JSON in the middle of Markdown, as Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from knowledge.sources.leftovers import LIST_BREAK

_BLOCK = re.compile(r"^\[block:([\w-]+)\][ \t]*\n(.*?)\n[ \t]*\[/block\][ \t]*$", re.DOTALL | re.MULTILINE)


def without_blocks(text: str) -> str:
    """The text with such blocks written out. What can't be read stays as it is; the number of lines does, too."""
    return _BLOCK.sub(_written_out, text) if "[block:" in text else text


def _written_out(match: re.Match[str]) -> str:
    try:
        data = json.loads(match[2])
    except (ValueError, RecursionError):
        return match[0]
    if not isinstance(data, Mapping):
        return match[0]
    lines = ["", *_markdown(match[1], data).split("\n"), ""]
    return LIST_BREAK.join(lines) + "\n" * match[0].count("\n")


def _markdown(kind: str, data: Mapping[str, object]) -> str:
    match kind:
        case "callout":
            title, body = _string(data, "title"), _string(data, "body")
            return f"**{title}**\n\n{body}" if title else body
        case "api-header":
            return f"## {_string(data, 'title')}"
        case "code":
            return "\n\n".join(
                f"```{_string(one, 'language')}\n{_string(one, 'code')}\n```" for one in _mappings(data.get("codes"))
            )
        case "image":
            return "\n\n".join(_image(one) for one in _mappings(data.get("images")))
        case "parameters":
            return _table(data.get("data"))
        case "embed":
            return f"[{_string(data, 'title') or _string(data, 'url')}]({_string(data, 'url')})"
        case _:
            return _string(data, "html")


def _image(image: Mapping[str, object]) -> str:
    known = image.get("image")
    address, name = [*map(str, known), "", ""][:2] if isinstance(known, list) else ("", "")
    return f"![{_string(image, 'caption') or name}]({address})" if address else ""


def _table(cells: object) -> str:
    """Cells are called `h-<column>` and `<row>-<column>`."""
    if not isinstance(cells, Mapping):
        return ""
    places = {
        (-1 if place[1] == "h" else int(place[1]), int(place[2])): " ".join(str(cell).split()).replace("|", "\\|")
        for name, cell in cells.items()
        if (place := re.fullmatch(r"(h|\d{1,3})-(\d{1,2})", str(name)))
    }
    if not places:
        return ""
    columns = range(max(column for _, column in places) + 1)
    rows = [f"| {' | '.join(places.get((row, column), '') for column in columns)} |"
            for row in range(-1, max(row for row, _ in places) + 1)]  # fmt: skip
    return "\n".join([rows[0], f"|{' --- |' * len(columns)}", *rows[1:]])


def _string(data: Mapping[str, object], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def _mappings(value: object) -> list[Mapping[str, object]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
