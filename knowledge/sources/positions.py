"""Where titles stand in a file that is turned into Markdown and loses its lines on the way."""

from __future__ import annotations

import re

from knowledge.sources.markdown_lines import NumberedLines
from knowledge.sources.questions import without_number


class Positions:
    """Titles of a file with their places, to be found again in the Markdown made of it."""

    def __init__(self) -> None:
        self._places: dict[str, list[tuple[int, str]]] = {}

    def add(self, title: str, line: int, anchor: str = "") -> None:
        """A title, its 1-based line and the anchor that leads to it ("" if it has none)."""
        if key := _letters(title):
            self._places.setdefault(key, []).append((line, anchor))

    def numbered(self, markdown: str) -> NumberedLines:
        """The Markdown's lines, each with the file's line number of the last title above it (0 before the first)."""
        texts: list[str] = []
        numbers: list[int] = []
        number = 0
        for text in markdown.split("\n"):
            places = self._places.get(_letters(text)) if len(text) < 1000 else None
            if places:
                number, anchor = places.pop(0) if len(places) > 1 else places[0]
                if anchor and re.fullmatch(r"[\w.:-]+", anchor) and text.startswith("#"):
                    texts += ["", f"<!-- anchor: {anchor} -->", ""]
                    numbers += [number] * 3
            texts.append(text)
            numbers.append(number)
        return NumberedLines(texts, numbers)


def _letters(text: str) -> str:
    text = without_number(re.sub(r"\]\([^()]*\)", "", text).lstrip("# "))
    return "".join(re.findall(r"\w", text.lower()))[:200]
