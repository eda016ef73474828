"""Markdown as the plain text that is embedded and matched: what a reader sees, without the marks."""

from __future__ import annotations

import re

_FENCE = re.compile(r"^\s{0,3}(?:```|~~~).*$", re.MULTILINE)
_IMAGE_OR_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\](?:\([^()\n]{0,2000}\)|\[[^\[\]\n]{0,200}\])")
_KRAMDOWN = re.compile(r"\{:[^{}\n]{0,300}\}")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,1000}>|<!--.{0,2000}?-->", re.DOTALL)
_AUTOLINK = re.compile(
    r"<((?:https?://|mailto:|tel:)[^\s<>]{1,2000}|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})>", re.IGNORECASE
)
_LINE_MARKS = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+|\d{1,3}[.)][ \t]+)", re.MULTILINE)
_TABLE_RULE = re.compile(r"^[ \t]*\|?[ \t:|-]{3,}\|?[ \t]*$", re.MULTILINE)
_EMPHASIS = re.compile(r"\*\*|__|~~|`+|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)")
_SPACES = re.compile(r"[ \t]+")
_MARKED = re.compile(r"[\[`~<>{|*_#]|^[ \t]*[-+:\d]", re.MULTILINE)
"""Without any of these there is no mark to take off."""


def plain_text(markdown: str) -> str:
    """What a reader sees of `markdown`: link texts without addresses, no emphasis, list or table marks."""
    text = _without_marks(markdown) if _MARKED.search(markdown) else markdown
    lines = (_SPACES.sub(" ", line).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _without_marks(markdown: str) -> str:
    text = _FENCE.sub("", markdown)
    text = _IMAGE_OR_LINK.sub(r"\1", text)
    text = _AUTOLINK.sub(r"\1", text)
    text = _TAG.sub(" ", _KRAMDOWN.sub("", text))
    text = _TABLE_RULE.sub("", text)
    text = _LINE_MARKS.sub("", text)
    return _EMPHASIS.sub("", text).replace("|", " ")
