"""Markdown as a flat list of top-level blocks, each knowing the lines it stands on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge.sources.markup import plain_text
from knowledge.sources.questions import asks

CLOSED = "\x04"
"""A line where `<details>` ended; read as a comment."""


@dataclass(frozen=True, slots=True)
class Block:
    """A top-level block."""

    kind: str
    """`heading`, `paragraph`, `ordered_list`, `bullet_list`, `fence`, `html_block`, `table`, `comment`, …"""
    first: int
    """Index of its first line, from 0."""
    end: int
    """Index after its last line."""
    text: str
    """Inline source of a heading or paragraph, the HTML of an `html_block`; "" for others."""
    level: int = 0
    """1-6 for headings."""


def parse_blocks(lines: list[str]) -> list[Block]:
    """Blocks of a Markdown text (CommonMark with tables), in order. Linear in the length of the text."""
    parser = MarkdownIt("commonmark", {"maxNesting": 20}).enable("table").disable("inline")
    blocks: list[Block] = []
    tokens = parser.parse("\n".join(lines))
    for index, token in enumerate(tokens):
        if token.level or token.nesting < 0 or token.map is None:
            continue
        blocks += _block(token, tokens[index + 1] if index + 1 < len(tokens) else token)
    return blocks


def _block(token: Token, inner: Token) -> list[Block]:
    first, end = token.map or (0, 0)
    kind = token.type.removesuffix("_open")
    if kind == "heading":
        return [Block("heading", first, end, inner.content, int(token.tag[1:]))]
    if kind == "paragraph" and inner.content.strip() == CLOSED:
        return [Block("comment", first, end, CLOSED)]
    if kind == "paragraph":
        return [Block("paragraph", first, end, inner.content)]
    if kind == "html_block":
        return _html_blocks(token.content, first, end)
    return [Block(kind, first, end, "")]


_HTML_HEADING = re.compile(r"\s*<h([1-6])\b[^<>]*>(.*?)</h\1\s*>\s*\Z", re.IGNORECASE | re.DOTALL)


def _html_blocks(html: str, first: int, end: int) -> list[Block]:
    """An HTML block; one that is only a heading counts as a heading, one that is only a comment as a comment."""
    if match := _HTML_HEADING.match(html):
        return [Block("heading", first, end, plain_text(match[2]), int(match[1]))]
    if re.fullmatch(r"\s*(?:<!--.*?-->\s*)+", html, re.DOTALL):
        return [Block("comment", first, end, html)]
    return [Block("html_block", first, end, html)]


_WHOLE_BOLD = re.compile(r"(\*\*|__)(?=\S)((?:(?!\1).){1,500}?)(?<=\S)\1[ \t]*[:.]?", re.DOTALL)
_WHOLE_ITALIC = re.compile(r"(\*|_)(?=[^\s*_])([^*_\n]{1,300}[?？؟])\1")
_PAIR = re.compile(r"(?:\*\*|__)?\s*q(?:uestion)?\s*\d{0,3}\s*[.:)]\s*(?:\*\*|__)?\s*(.+)", re.IGNORECASE | re.DOTALL)
_PAIR_ANSWER = re.compile(
    r"^\s*(?:\*\*|__)?\s*a(?:nswer)?\s*(?:\d{1,3}\s*[.)]\s|\d{0,3}\s*[:：])\s*(?:\*\*|__)?\s*", re.IGNORECASE
)
_EMPHASISED_ANSWER = re.compile(
    r"\s*(\*{1,3}|_{1,3})\s*a(?:nswer)?\s*\d{0,3}\s*[:：]\s*([^*_\n][^*\n]*?)\1\s*", re.IGNORECASE
)
_NUMBERED = re.compile(r"^\s{0,3}\d{1,3}[.)]\s+")


def bold_question(text: str) -> tuple[str, str] | None:
    """(question, rest of the paragraph) of one that is bold, starts with a bold question, or is an italic question."""
    match = _WHOLE_BOLD.match(text) or _WHOLE_ITALIC.fullmatch(text.strip())
    if match is None:
        return None
    rest = text[match.end() :].strip()
    if rest and not asks(match[2]):
        return None
    return plain_text(match[2]).rstrip(":").strip(), rest


def marked_pair(text: str) -> tuple[str, str] | None:
    """(question, start of the answer) of a `Q: … A: …` paragraph, else None; the answer may follow in the next one."""
    if not (match := _PAIR.match(text)):
        return None
    lines = match[1].split("\n")
    for index, line in enumerate(lines[1:], 1):
        if answer := _PAIR_ANSWER.match(line):
            rest = "\n".join([line[answer.end() :], *lines[index + 1 :]])
            return _pair_question(lines[:index]), rest.strip()
    return _pair_question(lines), ""


def _pair_question(lines: list[str]) -> str:
    return plain_text(" ".join(lines)).strip("* ")


def without_answer_mark(text: str) -> str:
    """The text without a leading `A:`; of `*A: …*` the emphasis goes, too."""
    if whole := _EMPHASISED_ANSWER.fullmatch(text):
        return whole[2]
    return _PAIR_ANSWER.sub("", text, count=1)


def numbered(line: str) -> str | None:
    """The text of a line that starts with `1.`, or None."""
    match = _NUMBERED.match(line)
    return line[match.end() :] if match else None
