"""HTML to Markdown."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag
from markdownify import MarkdownConverter

_NOT_TEXT = ("script", "style", "noscript", "template", "svg", "iframe", "form", "input", "select", "textarea", "head")


class _Converter(MarkdownConverter):  # type: ignore[misc]
    class DefaultOptions(MarkdownConverter.DefaultOptions):  # type: ignore[misc]
        heading_style = "atx"
        bullets = "-"
        escape_underscores = False
        escape_asterisks = False
        code_language_callback = None


def html_to_markdown(html: str | Tag) -> str:
    """Markdown of a fragment or a page; scripts, styles and forms are dropped. Raises RecursionError for absurd nesting."""
    soup = BeautifulSoup(html, "html.parser") if isinstance(html, str) else html
    for tag in soup.find_all(_NOT_TEXT):
        tag.decompose()
    for button in soup.find_all("button"):
        button.unwrap()
    text = str(_Converter().convert_soup(soup))
    text = re.sub(r"[ \t]+\n", lambda m: "  \n" if m[0].startswith("  ") else "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()
