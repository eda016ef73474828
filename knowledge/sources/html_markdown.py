"""HTML to Markdown."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag
from markdownify import MarkdownConverter

_NOT_TEXT = ("script", "style", "noscript", "template", "svg", "iframe", "form", "input", "select", "textarea", "head")


class UnreadableHtml(ValueError):
    """Markup that no page for people has, and that parsers need more than linear time for."""


_MOST_UNCLOSED = 1000


def refuse_unclosed(html: str) -> None:
    """Raises UnreadableHtml if far more tags are opened than ended."""
    if html.count("<") - html.count(">") > _MOST_UNCLOSED:
        raise UnreadableHtml(f"has more than {_MOST_UNCLOSED:,} tags without an end")


def html_to_markdown(html: str | Tag) -> str:
    """Markdown of a fragment or a page without scripts, styles and forms. Raises UnreadableHtml,
    or RecursionError for absurd nesting.
    """
    if isinstance(html, str):
        refuse_unclosed(html)
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
