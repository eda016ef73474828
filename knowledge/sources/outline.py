"""The sections of a document, and which of their headings are questions.

A heading is a question, a group of questions, or part of an answer. Nothing marks which; authors are consistent
within a file, so the decision looks at the whole:

- A file that announces an FAQ (in its name, title or a heading), or has two headings with a question mark that make up
  half of its leaves, is a *list of questions*: leaves are entries, what stands above them are groups, and a heading
  below a question belongs to its answer.
- Any other file with one title is an *article*: one entry. Sub-headings that ask something become alternates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from knowledge.sources.blocks import Block
from knowledge.sources.questions import asks, is_faq_title, is_related_title, looks_like_question


@dataclass(slots=True)
class Section:
    """A heading with what stands under it. The root has level 0 and no title."""

    title: str
    level: int
    line: int
    """Index of the heading's line, from 0."""
    body: int = 0
    """Index of the line after the heading."""
    id: str = ""
    """Identifier that the author gave the heading (`{#id}`), or ""."""
    anchor: str = ""
    """Fragment of an `<a id=…>` before the heading, or ""."""
    blocks: list[Block] = field(default_factory=list)
    """Blocks before the first sub-heading."""
    children: list[Section] = field(default_factory=list)

    def walk(self) -> Iterator[Section]:
        """This section and all below it, in document order."""
        waiting = [self]
        while waiting:
            section = waiting.pop()
            yield section
            waiting += reversed(section.children)

    @property
    def words(self) -> int:
        """Rough size of the text before the first sub-heading, in words (lines without text count too)."""
        return sum(
            len(block.text.split()) or 8 * (block.end - block.first) for block in self.blocks if block.kind != "comment"
        )

    @property
    def end(self) -> int:
        """Index after the last line of the section and everything below it."""
        last = self
        while last.children:
            last = last.children[-1]
        return max([last.body] + [block.end for block in last.blocks])


def leaves(section: Section) -> list[Section]:
    """The sections without sub-headings, leaving out links to elsewhere and the section itself."""
    return [
        found
        for found in section.walk()
        if found is not section and not found.children and not is_related_title(found.title)
    ]


def is_question_list(section: Section, *, announced: bool = False, titled: bool = False) -> bool:
    """Whether what is below a section are questions, as opposed to the parts of one answer.

    `announced`: the file says that it is an FAQ. `titled`: it has a title in front matter, as the pages of a help
    centre do; then only question marks count, since articles are full of headings like "How to set it up".
    """
    ends = leaves(section)
    if not ends:
        return False
    if announced or is_faq_title(section.title):
        return True
    asking, covered = _asking(section)
    if asking >= 2 and 2 * covered >= len(ends):
        return True
    if not titled and asking and covered == len(ends) and section.words < 8:
        return True
    if titled or looks_like_question(section.title):
        return False
    children = [child for child in section.children if not is_related_title(child.title)]
    worded = [child for child in children if looks_like_question(child.title)]
    return len(worded) >= 2 and 5 * len(worded) >= 3 * len(children) and section.words < 40


def _asking(section: Section) -> tuple[int, int]:
    """(headings below that have a question mark, leaves that are such headings or stand below one)."""
    asking = covered = 0
    waiting = [(child, False) for child in section.children]
    while waiting:
        found, below = waiting.pop()
        if is_related_title(found.title):
            continue
        asks_itself = asks(found.title)
        asking += asks_itself
        covered += (below or asks_itself) and not found.children
        waiting += [(child, below or asks_itself) for child in found.children]
    return asking, covered


def parts_to_take(section: Section, question_levels: frozenset[int]) -> bool:
    """In a list of questions: whether a section with sub-headings is a group of them (else it is one entry)."""
    children = [child for child in section.children if not is_related_title(child.title)]
    if not children:
        return False
    asking = [child for child in children if asks(child.title)]
    if looks_like_question(section.title):
        return 2 * len(asking) >= len(children)
    return any(
        looks_like_question(found.title) or found.level in question_levels
        for found in section.walk()
        if found is not section
    )


def question_levels(root: Section) -> frozenset[int]:
    """The heading level at which most question marks stand; more than one if they share the lead."""
    counts: dict[int, int] = {}
    for found in root.walk():
        if asks(found.title):
            counts[found.level] = counts.get(found.level, 0) + 1
    most = max(counts.values(), default=0)
    return frozenset(level for level, count in counts.items() if count == most)
