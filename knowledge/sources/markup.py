"""Markdown and HTML text in small: what is plain, what is markup."""

from __future__ import annotations

import re
from html import unescape

from knowledge.sources.html_markdown import html_to_markdown

_TAG = re.compile(
    r"</?(?:a|p|br|ul|ol|li|b|strong|i|em|u|div|span|h[1-6]|img|table|tr|td|th|code|pre|blockquote|hr|font)\b[^<>]{0,2000}/?>",
    re.I,
)
_BLOCK_TAG = re.compile(r"<(?:p|br|ul|ol|li|div|h[1-6]|table|pre|blockquote)\b", re.I)
_MARKDOWN = re.compile(r"^(?:#{1,6} |[-*+] |\d+[.)] |```|> |\|.*\|)|\n\n|\]\(|\*\*|`", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\[\]]{0,500})\](?:\([^()\s]{0,2000}(?:\s+\"[^\"]{0,200}\")?\)|\[[^\[\]]{0,200}\])")
_EMPHASIS = re.compile(r"(?<!\w)(\*{1,3}|_{1,3})(?=\S)([^*_\n]{1,500}?)(?<=\S)\1(?!\w)")
_CODE = re.compile(r"`+([^`]{0,500})`+")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~?&'\"])")
_MARKS = re.compile(r"[\[*_`\\]")
"""Without one of these there is nothing to take off a question."""
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,5});")


_CONTROL = {code: None for code in range(32) if code not in (9, 10)}


def storable(text: str) -> str:
    """Without control characters and lone surrogates (JSON can spell both), which stores would refuse."""
    if text.isprintable():  # most texts are; the rest is for line ends and oddities
        return text
    return text.encode("utf-8", "replace").decode().translate(_CONTROL)


def plain_text(text: str) -> str:
    """One line without Markdown or HTML markup: how a question is stored."""
    text = storable(text[:20_000])
    if "<" in text:
        text = _TAG.sub("", text)
    if "&" in text and _ENTITY.search(text):
        text = unescape(text)
    if _MARKS.search(text):
        text = _LINK.sub(r"\1", text)
        text = _EMPHASIS.sub(r"\2", text)
        text = _CODE.sub(r"\1", text)
        text = _ESCAPED.sub(r"\1", text)
    return " ".join(text.split())


def answer_markdown(text: str) -> str:
    """An answer as Markdown: HTML is turned into it, Markdown (with or without a few tags) stays as written."""
    if not _TAG.search(text):
        # Chat shows entities as they are written. Angle brackets stay: they would become a tag.
        return _ENTITY.sub(_character, text).strip() if "&" in text else text.strip()
    if _BLOCK_TAG.search(text) and not _MARKDOWN.search(_TAG.sub("", text)):
        return html_to_markdown(text)
    return inline_html(text).strip()


def _character(match: re.Match[str]) -> str:
    character = unescape(match[0]).replace("\u00a0", " ")
    return match[0] if character in "<>" else character


def inline_html(text: str) -> str:
    """Markdown without the inline tags that chat platforms would print: they become Markdown. Code stays as it is."""
    parts = re.split(r"(^(?:```|~~~).*?^(?:```|~~~)[^\n]*$|`[^`\n]+`)", text, flags=re.DOTALL | re.MULTILINE)
    return "".join(part if index % 2 else _inline(part) for index, part in enumerate(parts))


_ANCHOR = re.compile(
    r"<a\b[^<>]{0,2000}?\bhref\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s<>]+))[^<>]{0,2000}>((?:[^<]|<(?!/?a\b))*)</a\s*>",
    re.I,
)
_IMAGE = re.compile(r"<img\b([^<>]{0,2000})>", re.I)
_PAIRS = ((r"strong|b", "**"), (r"em|i", "*"), (r"code|kbd|tt|samp", "`"), (r"del|s|strike", "~~"))


def _inline(text: str) -> str:
    if "<" not in text:
        return text
    text = re.sub(r"<!--.*?(?:-->|\Z)", "", text, flags=re.DOTALL)
    text = _ANCHOR.sub(lambda m: f"[{' '.join(m[4].split())}]({m[1] or m[2] or m[3]})", text)
    text = _IMAGE.sub(_image, text)
    text = re.sub(r"<br\s*/?>", "  \n", text, flags=re.I)
    for names, mark in _PAIRS:
        text = re.sub(rf"</?(?:{names})(?:\s[^<>]{{0,500}})?>", mark, text, flags=re.I)
    return re.sub(
        r"</?(?:a|p|div|span|font|u|sup|sub|small|center|section|article|button|details|summary|label|figure|figcaption|abbr|"
        r"noscript|iframe|script|style|svg|input|form|ul|ol|li|picture|source|video|mark|ins|nav|aside|header|footer|main)"
        r"(?:\s[^<>]{0,2000})?/?>", "", text, flags=re.I,
    )  # fmt: skip


def _image(match: re.Match[str]) -> str:
    found = {
        name.lower(): a or b
        for name, a, b in re.findall(r"\b(src|alt)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", match[1], re.I)
    }
    return f"![{found.get('alt', '')}]({found['src']})" if found.get("src") else ""
