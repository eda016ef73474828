"""Markdown -> Slack's mrkdwn, so that nothing in it can ping, spoof a link or break a block.

`&`, `<` and `>` are always escaped, and every text object is sent `verbatim`: a mention exists only where the adapter
itself writes one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PLAIN = re.compile(r"[^\\`*_\[\]<>&~|#!\n>-]*")
_ADDRESS = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b", re.IGNORECASE)
_BARE_LINK = re.compile(r"(https?://[^\s<>|]+[^\s<>|.,;:!?)\]}'\"])")
_FENCE_BREAK = "`\u200b``"
"""A fence inside of code: Slack would end the block there."""


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"])


def escape(text: str) -> str:
    """The three characters that mean something to Slack, made harmless."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def to_mrkdwn(text: str, *, trusted: bool, reflow: bool = False, limit: int = 3000) -> list[str]:
    """`text` (Markdown) as mrkdwn, in pieces of at most `limit` characters each, never empty ones.

    Links of an untrusted writer are spelled out instead of hidden behind their label; so is any link whose label looks
    like another address. `reflow` takes line ends within a paragraph for spaces, as Markdown files mean them; without
    it they stay, as people who chat mean them.
    """
    return list(_to_mrkdwn(text, trusted, reflow, limit))


@lru_cache(maxsize=512)  # the answers of an FAQ are the same few texts
def _to_mrkdwn(text: str, trusted: bool, reflow: bool, limit: int) -> tuple[str, ...]:
    plain = _PLAIN.fullmatch(text) and "://" not in text  # most chat: spare the parser
    blocks = [text.strip()] if plain else list(_Renderer(trusted, reflow).blocks(_parser().parse(text)))
    pieces: list[str] = []
    for block in blocks:
        for part in _parts(block, limit):
            if pieces and len(pieces[-1]) + len(part) + 2 <= limit:
                pieces[-1] += "\n\n" + part
            else:
                pieces.append(part)
    return tuple(pieces)


def cut(text: str, limit: int) -> tuple[str, str]:
    """`text` in two, the first part at most `limit` long and split where it hurts least: not within `<…>` or `&…;`."""
    if len(text) <= limit:
        return text, ""
    at = max(text.rfind("\n", limit // 2, limit), text.rfind(" ", limit // 2, limit))
    at = at if at > 0 else limit
    if (opened := text.rfind("<", 0, at)) > text.rfind(">", 0, at):
        at = opened or limit
    if (entity := text.rfind("&", max(0, at - 5), at)) > text.rfind(";", 0, at):
        at = entity or limit
    return text[:at], text[at:].lstrip("\n ") if text[at : at + 1] in "\n " else text[at:]


def _parts(block: str, limit: int) -> Iterator[str]:
    fenced = block.startswith("```")
    rest = block[3:-3].strip("\n") if fenced else block
    room = limit - 8 if fenced else limit
    while rest:
        part, rest = cut(rest, room)
        if part.strip():
            yield f"```\n{part}\n```" if fenced else part


class _Renderer:
    def __init__(self, trusted: bool, reflow: bool) -> None:
        self._trusted, self._reflow = trusted, reflow

    def blocks(self, tokens: Sequence[Token]) -> Iterator[str]:
        """One string per block of the top level."""
        start = depth = 0
        for index, token in enumerate(tokens):
            depth += token.nesting
            if depth == 0:
                if rendered := self._block(tokens[start : index + 1]):
                    yield rendered
                start = index + 1

    def _block(self, tokens: Sequence[Token]) -> str:
        first, inner = tokens[0], tokens[1:-1]
        if first.type in ("fence", "code_block"):
            code = escape(first.content.rstrip("\n")).replace("```", _FENCE_BREAK)
            return f"```\n{code}\n```" if code.strip() else ""
        if first.type == "hr":
            return "———"
        if first.type == "paragraph_open":
            return self._inline(inner[0].children or [])
        if first.type == "heading_open":
            text = self._inline([child for child in inner[0].children or [] if not child.type.startswith("strong")])
            return f"*{text}*" if text else ""
        if first.type == "blockquote_open":
            return "\n".join(f"> {line}" for line in "\n\n".join(self.blocks(inner)).split("\n"))
        if first.type in ("bullet_list_open", "ordered_list_open"):
            return self._list(first, inner)
        if first.type == "table_open":
            return self._table(inner)
        return escape(first.content)

    def _list(self, opening: Token, inner: Sequence[Token]) -> str:
        number = int(opening.attrGet("start") or 1) if opening.type == "ordered_list_open" else None
        lines: list[str] = []
        start = depth = 0
        for index, token in enumerate(inner):
            depth += token.nesting
            if depth == 0:
                mark = "•" if number is None else f"{number}."
                body = "\n".join(self.blocks(inner[start + 1 : index])).split("\n")
                lines.append(f"{mark} {body[0]}")
                lines += [f"    {line}" for line in body[1:]]
                number = None if number is None else number + 1
                start = index + 1
        return "\n".join(lines)

    def _table(self, inner: Sequence[Token]) -> str:
        rows: list[list[str]] = []
        for token in inner:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(token.content)
        widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=False)]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)) for row in rows]
        code = escape("\n".join(line.rstrip() for line in lines)).replace("```", _FENCE_BREAK)
        return f"```\n{code}\n```"

    def _inline(self, children: Sequence[Token]) -> str:
        out: list[str] = []
        links: list[tuple[int, str]] = []
        for child in children:
            match child.type:
                case "text" if self._trusted and not links:
                    out.append(_with_links(child.content))
                case "softbreak" if self._reflow:
                    out.append(" ")
                case "softbreak" | "hardbreak":
                    out.append("\n")
                case "code_inline":
                    out.append(f"`{escape(child.content).replace('`', 'ˋ')}`")
                case "strong_open" | "strong_close":
                    out.append("*")
                case "em_open" | "em_close":
                    out.append("_")
                case "s_open" | "s_close":
                    out.append("~")
                case "link_open":
                    links.append((len(out), str(child.attrGet("href") or "")))
                case "link_close":
                    start, address = links.pop()
                    label = "".join(out[start:])
                    del out[start:]
                    out.append(self._link(label, address))
                case "image":
                    out.append(self._link(escape(child.content), str(child.attrGet("src") or "")))
                case _:
                    out.append(escape(child.content))
        return "".join(out).strip("\n")

    def _link(self, label: str, address: str) -> str:
        shown = escape(address)
        if not label or label == shown:
            return f"<{_target(address)}>" if self._trusted and _is_link(address) else shown
        if self._trusted and _is_link(address) and not _misleads(label, address):
            return f"<{_target(address)}|{label.replace('|', '¦').replace(chr(10), ' ')}>"
        return f"{label} ({shown})"


def _with_links(text: str) -> str:
    """Escaped text in which bare addresses are links: `verbatim` keeps Slack from finding them."""
    pieces = _BARE_LINK.split(text)
    return "".join(f"<{_target(piece)}>" if number % 2 else escape(piece) for number, piece in enumerate(pieces))


def link(label: str, address: str) -> str:
    """A link of our own with a plain-text label; just the label where the address is no URL."""
    if not _is_link(address):
        return escape(label)
    return f"<{_target(address)}|{escape(label).replace('|', '¦').replace(chr(10), ' ')}>"


def _target(address: str) -> str:
    return escape(address).replace("|", "%7C").replace(" ", "%20")


def _is_link(address: str) -> bool:
    return address.startswith(("https://", "http://", "mailto:"))


def _misleads(label: str, address: str) -> bool:
    named = {found.lower() for found in _ADDRESS.findall(label)}
    return bool(named) and (urlsplit(address).hostname or address).lower() not in named
