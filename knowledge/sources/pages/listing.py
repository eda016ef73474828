"""The list of addresses, `pages.txt`: one per line, `#` starts a comment."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from knowledge.sources.names import PAGES_FILE
from knowledge.sources.problems import ProblemLog


def pages_file(source: Path) -> Path | None:
    """The list that belongs to a source: the file itself, or that of the folder; None if there is none."""
    if source.name == PAGES_FILE and source.is_file():
        return source
    file = source / PAGES_FILE
    return file if source.is_dir() and file.is_file() else None


def listed_pages(file: Path, log: ProblemLog) -> dict[str, int]:
    """Address -> its line. What is no http(s) address is logged and left out."""
    found: dict[str, int] = {}
    for number, line in enumerate(file.read_text("utf-8", errors="replace").splitlines(), 1):
        address = line.split(" #", 1)[0].strip()
        if not address or address.startswith("#"):
            continue
        if not is_web_address(address):
            log.error("address", f"“{address[:80]}” is not a web address.", "Write it with https:// in front.", number)
        else:
            found.setdefault(address, number)
    return found


def is_web_address(address: str) -> bool:
    """Whether it is http(s) with a host and without a password in it."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None and " " not in address
