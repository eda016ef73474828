"""HTML to Markdown."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag
from markdownify import MarkdownConverter

_NOT_TEXT = ("script", "style", "noscript", "template", "svg", "iframe", "form", "input", "select", "textarea", "head")


def html_to_markdown(html: str | Tag) -> str:
    """Markdown of a fragment or a page without scripts, styles and forms. Raises RecursionError for absurd nesting."""
    soup = BeautifulSoup(html, "html.parser") if isinstance(html, str) else html
    for tag in soup.find_all(_NOT_TEXT):
        tag.decompose()
    for button in soup.find_all("button"):
        button.unwrap()
    text = str(
        MarkdownConverter(
            heading_style="atx", bullets="-", escape_underscores=False, escape_asterisks=False
        ).convert_soup(soup)
    )
    text = re.sub(r"[ \t]+\n", lambda m: "  \n" if m[0].startswith("  ") else "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()
