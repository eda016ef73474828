"""The files behind entries, to say on which line of an answer something stands."""

from __future__ import annotations

from pathlib import Path

from knowledge.entries import Entry


class Lines:
    """Looks things up in the source files; each is read once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._texts: dict[str, list[str]] = {}

    def of(self, entry: Entry, needle: str) -> int:
        """1-based line at or after the entry's start that holds `needle`; the entry's own line if there is none."""
        lines = self._lines(entry.path)
        for number in range(max(entry.line - 1, 0), min(len(lines), entry.line + 2000)):
            if needle in lines[number]:
                return number + 1
        return entry.line

    def _lines(self, path: str) -> list[str]:
        if path not in self._texts:
            try:
                text = (self._root / path).read_text("utf-8", errors="replace")
            except (OSError, ValueError):
                text = ""
            self._texts[path] = text.splitlines()
        return self._texts[path]
