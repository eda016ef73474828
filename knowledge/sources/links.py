"""Links in Markdown: finding them, resolving references, making relative ones independent of the file they stand in."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import urljoin

_LINK = re.compile(
    r"(!?)\[([^\[\]]{0,1000})\]\(\s*(<[^<>\n]{0,2000}>|[^()\s]{0,2000}(?:\([^()\s]{0,500}\)[^()\s]{0,500})?)(\s+(?:\"[^\"]{0,500}\"|'[^']{0,500}'))?\s*\)"
)
_DEFINITION = re.compile(
    r"^ {0,3}\[([^\[\]\n]{1,300})\]:[ \t]*(\S{1,2000})(?:[ \t]+(?:\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\)))?[ \t]*$"
)
_REFERENCE = re.compile(r"(?<!\])(!?)\[([^\[\]]{1,500})\](?:\[([^\[\]]{0,300})\])?(?![\[(:])")
_CODE = re.compile(r"(^(?:```|~~~).*?^(?:```|~~~)[^\n]*$|`[^`\n]+`)", re.DOTALL | re.MULTILINE)


def link_targets(text: str) -> Iterator[tuple[str, bool, int]]:
    """(target, whether it is an image, offset in the text) of the Markdown links outside code."""
    for start, part in _outside_code(text):
        for match in _LINK.finditer(part):
            yield match[3].strip("<>"), bool(match[1]), start + match.start()


def _outside_code(text: str) -> Iterator[tuple[int, str]]:
    position = 0
    for index, part in enumerate(_CODE.split(text)):
        if index % 2 == 0:
            yield position, part
        position += len(part)


def is_relative(target: str) -> bool:
    """Whether a link needs the place it stands in: no scheme, no host, not a mere fragment."""
    return bool(target) and not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|#", target)


def rebase(text: str, path: str, base_url: str = "") -> str:
    """The text with relative links counted from the FAQ's root instead of from `path`; with `base_url`, absolute ones.

    A page's own URL as `path` resolves against that page.
    """
    if "](" not in text:
        return text

    def replaced(match: re.Match[str]) -> str:
        target = match[3].strip("<>")
        new = _rebased(target, path, base_url)
        if new == target:
            return match[0]
        shown = f"<{new}>" if re.search(r"[\s()]", new) else new
        return f"{match[1]}[{match[2]}]({shown}{match[4] or ''})"

    parts = _CODE.split(text)
    return "".join(part if index % 2 else _LINK.sub(replaced, part) for index, part in enumerate(parts))


def _rebased(target: str, path: str, base_url: str) -> str:
    is_url = re.match(r"https?://", path)
    if is_url:
        try:
            return urljoin(path, target) if is_relative(target) or target.startswith("#") else target
        except ValueError:
            return target
    if target.startswith("#") and len(target) > 1:
        target = f"{posixpath.basename(path)}{target}"
    if not is_relative(target):
        return target
    if not target.startswith("/"):
        folder = posixpath.dirname(path)
        file, mark, rest = re.match(r"([^?#]*)([?#]?)(.*)", target, re.DOTALL).groups()  # type: ignore[union-attr]
        ending = "/" if file.endswith("/") else ""
        target = posixpath.normpath(posixpath.join(folder, file)) + ending + mark + rest
    try:
        return urljoin(base_url, target) if base_url else target
    except ValueError:
        return target


def reference_links(lines: list[str]) -> dict[str, str]:
    """Targets of `[label]: target` definitions, by lower-case label."""
    found: dict[str, str] = {}
    for line in lines:
        if line.lstrip().startswith("[") and (match := _DEFINITION.match(line)):
            found.setdefault(" ".join(match[1].lower().split()), match[2].strip("<>"))
    return found


def inline_references(text: str, references: dict[str, str]) -> str:
    """The text with `[words][label]` and `[label]` written as `[words](target)`; definitions are dropped."""
    if not references:
        return text

    def replaced(match: re.Match[str]) -> str:
        label = " ".join((match[3] or match[2]).lower().split())
        target = references.get(label)
        return f"{match[1]}[{match[2]}]({target})" if target else match[0]

    text = "\n".join(
        line for line in text.split("\n") if not (line.lstrip().startswith("[") and _DEFINITION.match(line))
    )
    parts = _CODE.split(text)
    return "".join(part if index % 2 else _REFERENCE.sub(replaced, part) for index, part in enumerate(parts))
