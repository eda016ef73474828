"""Links and images that lead nowhere."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from urllib.parse import unquote, urlsplit

from knowledge.check.duplicates import shorten
from knowledge.check.files import Lines
from knowledge.entries import Entry
from knowledge.sources import Problem, SourceReading
from knowledge.sources.links import is_relative, link_targets
from knowledge.sources.problems import Severity
from knowledge.sources.slugs import anchor

_ENDINGS = ("", ".md", ".mdx", ".markdown", ".html", ".rst", "/index.md", "/index.html", "/README.md", "/_index.md")


def check_links(reading: SourceReading) -> list[Problem]:
    """Relative links and images whose file is missing, anchors that no heading has, and empty or malformed links."""
    problems: list[Problem] = []
    lines = Lines(reading.root)
    anchors: dict[Path, frozenset[str]] = {}
    hostless: dict[str, list[Entry]] = defaultdict(list)
    for entry in reading.entries:
        for target, is_image, _ in link_targets(entry.answer):
            if reading.base_url and target.startswith(reading.base_url):
                target = target.removeprefix(reading.base_url)
            if found := _broken(reading.root, entry, target, is_image, lines, anchors):
                problems.append(found)
            elif is_relative(target) and not is_image and not reading.base_url:
                hostless[entry.path].append(entry)
    for path, entries in hostless.items():
        problems.append(
            Problem(
                Severity.NOTE,
                "relative-link",
                path,
                entries[0].line,
                f"{len(entries)} links in answers have no host, the first in “{shorten(entries[0].question)}”: "
                "in a chat they lead nowhere.",
                "Write them with https://, or set the address under which these files are published.",
            )
        )
    return problems


def _broken(
    root: Path, entry: Entry, target: str, is_image: bool, lines: Lines, anchors: dict[Path, frozenset[str]]
) -> Problem | None:
    kind = "image" if is_image else "link"

    def problem(code: str, what: str, advice: str, severity: Severity = Severity.ERROR) -> Problem:
        needle = target.rsplit("/", 1)[-1] or target
        return Problem(severity, code, entry.path, lines.of(entry, needle), what, advice)

    where = f"in “{shorten(entry.question)}”"
    if not target or target in ("#", "/#", "https://", "http://"):
        return problem("empty-link", f"a {kind} {where} has no address.", "Write its address, or remove it.")
    try:
        parts = urlsplit(target)
    except ValueError:
        return problem("malformed-link", f"“{shorten(target)}” {where} is not an address.", "Put the address right.")
    if parts.scheme in ("http", "https") and not parts.hostname:
        return problem("malformed-link", f"“{shorten(target)}” {where} has no host.", "Put the address right.")
    if not is_relative(target) or target.startswith("/") or re.match(r"https?://", entry.path):
        return None  # elsewhere on the web, or counted from the root of a site that isn't here
    path = unquote(parts.path)
    file = _existing(root, path)
    if file is None:
        return problem(
            f"broken-{kind}", f"the {kind} to “{shorten(target)}” {where} leads to no file.", "Put the path right."
        )
    fragment = unquote(parts.fragment)
    if fragment and file.suffix.lower() in (".md", ".mdx", ".markdown"):
        if file not in anchors:
            anchors[file] = _anchors(file)
        if fragment.lower() not in anchors[file]:
            return problem(
                "broken-anchor",
                f"“{shorten(target)}” {where} points at a heading that {file.name} doesn't have.",
                "Put the part after # right: a heading in lower case, with hyphens for spaces.",
                Severity.WARNING,
            )
    return None


def _existing(root: Path, path: str) -> Path | None:
    """The file that a relative link means, within the root."""
    for ending in _ENDINGS:
        try:
            file = (root / (path.rstrip("/") + ending)).resolve()
            if file.is_relative_to(root) and file.exists():
                return file
        except (OSError, ValueError):
            return None
    return None


def _anchors(file: Path) -> frozenset[str]:
    """Fragments of a Markdown file: its headings as GitHub names them (`-1` for the second of a kind), explicit ids."""
    try:
        text = file.read_text("utf-8", errors="replace")
    except OSError:
        return frozenset()
    found: dict[str, int] = {}
    names: set[str] = set()
    for heading in re.findall(
        r"^ {0,3}#{1,6}[ \t]+([^\n]{1,500})$|^([^\n]{1,500})\n[=-]{3,}[ \t]*$", text, re.MULTILINE
    ):
        title = re.sub(r"\s*\{#([\w.:-]+)\}\s*$|\s+#+\s*$", "", heading[0] or heading[1])
        name = anchor(re.sub(r"[`*]|\[([^\[\]]*)\]\([^()]*\)", r"\1", title))
        count = found.get(name, 0)
        names.add(f"{name}-{count}" if count else name)
        found[name] = count + 1
    names.update(match.lower() for match in re.findall(r"(?:\{#|\b(?:id|name)\s*=\s*[\"']?)([\w.:-]{1,100})", text))
    return frozenset(names)
