"""Components of MDX that fold an answer away under its question, as documentation sites have them."""

from __future__ import annotations

import re
from textwrap import dedent

from knowledge.sources.leftovers import LIST_BREAK

_ATTRIBUTES = r"(?:[^<>\"'{}]{1,200}|\"[^\"]{0,1000}\"|'[^']{0,1000}'|\{[^{}]{0,1000}\}){0,60}"
_OPEN = re.compile(
    rf"^[ \t]*<((?:\w+\.)?(?:Accordion|AccordionItem|AccordionTab|Expandable|Collapsible|Collapse|Toggle|Disclosure|"
    rf"Details|Spoiler|Dropdown|FAQ|Faq|FAQItem|FaqItem|Question|QA))\s({_ATTRIBUTES})(?<!/)>",
    re.MULTILINE,
)
_TITLE = re.compile(
    r"(?:^|\s)(?:title|question|summary|header|heading|label|trigger|q)\s*=\s*"
    r"(?:\"([^\"]+)\"|'([^']+)'|\{\s*[\"'`]([^{}]+)[\"'`]\s*\})"
)


def unfolded(text: str) -> str:
    """`<Accordion title="…">` and its like as `<details>`, what is inside without its indentation.

    Keeps the number of lines. A component without a title in plain words is left as it is.
    """
    pieces: list[str] = []
    position = 0
    unclosed: set[str] = set()
    while match := _OPEN.search(text, position):
        end = -1 if match[1] in unclosed else text.find(f"</{match[1]}>", match.end())
        title = _TITLE.search(match[2])
        if end < 0 or title is None:
            if end < 0:
                unclosed.add(match[1])
            pieces.append(text[position : match.end()])
            position = match.end()
            continue
        question = " ".join((title[1] or title[2] or title[3]).split())
        pieces += [
            text[position : match.start()],
            f"<details><summary>{question}</summary>{LIST_BREAK}",
            "\n" * match[0].count("\n"),
            dedent(text[match.end() : end]).rstrip(" \t"),
            f"{LIST_BREAK}</details>{LIST_BREAK}",
        ]
        position = end + len(match[1]) + 3
    pieces.append(text[position:])
    return "".join(pieces)
