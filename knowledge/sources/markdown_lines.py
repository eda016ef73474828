"""A Markdown text as lines that remember where they come from, with HTML blocks already turned into Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.sources.blocks import CLOSED, parse_blocks
from knowledge.sources.html_markdown import html_to_markdown
from knowledge.sources.leftovers import LIST_BREAK, split_list, without_leftovers
from knowledge.sources.magic_blocks import without_blocks
from knowledge.sources.mdx import unfolded

SUMMARY = "\x02"
"""Marks a paragraph that was the `<summary>` of `<details>`."""


@dataclass(frozen=True, slots=True)
class NumberedLines:
    """Lines and, for each, its line number in the file (1-based)."""

    texts: list[str]
    numbers: list[int]

    def number(self, index: int) -> int:
        """Line number in the file of the line at an index; 0 beyond the text."""
        return self.numbers[index] if index < len(self.numbers) else 0


def read_lines(body: str, values: Mapping[str, object], taken: int = 0, *, mdx: bool = False) -> NumberedLines:
    """Lines of a Markdown body. `values` is the front matter, `taken` the number of lines before the body."""
    texts = without_leftovers(unfolded(without_blocks(body)), values, mdx=mdx).split("\n")
    lines = NumberedLines(texts, list(range(taken + 1, taken + 1 + len(texts))))
    lines = _replaced(lines, {index: split_list(text) for index, text in enumerate(texts) if LIST_BREAK in text})
    if "<" not in body:
        return lines
    replaced: dict[int, list[str]] = {}
    for block in parse_blocks(lines.texts):
        if block.kind == "html_block":
            replaced[block.first] = _html_lines(block.text)
            replaced |= {index: [] for index in range(block.first + 1, block.end)}
    return _replaced(lines, replaced)


def _replaced(lines: NumberedLines, pieces: Mapping[int, list[str]]) -> NumberedLines:
    """The lines with some of them (by index) replaced by others, which take over their numbers."""
    if not pieces:
        return lines
    texts: list[str] = []
    numbers: list[int] = []
    for index, text in enumerate(lines.texts):
        new = pieces.get(index, [text])
        texts += new
        numbers += [lines.numbers[index]] * len(new)
    return NumberedLines(texts, numbers)


_FOLD = re.compile(r"<summary\b[^<>]*>(.*?)</summary\s*>|</details\s*>", re.IGNORECASE | re.DOTALL)
_ANCHOR_ONLY = re.compile(
    r"\s*<a\s[^<>]*\b(?:id|name)\s*=\s*[\"']?([^\"'<>\s]+)[\"']?[^<>]*>\s*(?:</a\s*>)?\s*", re.IGNORECASE
)


def _html_lines(html: str) -> list[str]:
    """Markdown lines of an HTML block, empty lines around them. Comments stay: they may carry an entry's settings."""
    comments = re.findall(r"<!--.*?(?:-->|\Z)", html, re.DOTALL)
    if anchor := _ANCHOR_ONLY.fullmatch(html):
        return ["", f"<!-- anchor: {anchor[1]} -->", ""]
    html = re.sub(r"<!--.*?(?:-->|\Z)", "", html, flags=re.DOTALL)
    pieces: list[str] = [""]
    position = 0
    for fold in _FOLD.finditer(html):
        mark = CLOSED if fold[1] is None else SUMMARY + " ".join(_converted(fold[1]))
        pieces += [*_converted(html[position : fold.start()]), "", mark, ""]
        position = fold.end()
    pieces += _converted(html[position:])
    for comment in comments:
        pieces += ["", *comment.split("\n"), ""]
    return [*pieces, ""]


def _converted(html: str) -> list[str]:
    return html_to_markdown(html).split("\n") if html.strip() else []
