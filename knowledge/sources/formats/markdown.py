"""Markdown: headings, bold questions, `Q:`/`A:` pairs, `<details>`, definition lists, numbered questions, articles."""

from __future__ import annotations

from knowledge.sources.drafts import Draft, SourceFile
from knowledge.sources.front_matter import split_front_matter
from knowledge.sources.markdown_entries import MarkdownReader, Page
from knowledge.sources.markdown_lines import NumberedLines, read_lines
from knowledge.sources.problems import ProblemLog
from knowledge.sources.questions import is_faq_title
from knowledge.sources.values import is_draft


def read(file: SourceFile, log: ProblemLog) -> list[Draft]:
    """Entries of a Markdown file."""
    matter, body, taken = split_front_matter(file.text, file.path, log)
    if is_draft(matter.values):
        log.note("draft", "is marked as not published and left out.", "Publish it when it may be shown.", 1)
        return []
    lines = read_lines(body, matter.values, taken, mdx=file.path.endswith(".mdx"))
    # The file's name counts beside a title: that may be in any language.
    announced = is_faq_title(matter.title) or is_faq_title(file.stem) or matter.values.get("layout") == "faq"
    return read_body(file, lines, Page(matter, announced, file.language), log)


def read_body(file: SourceFile, lines: NumberedLines, page: Page, log: ProblemLog) -> list[Draft]:
    """Entries of a Markdown text, also one that another format was turned into."""
    return MarkdownReader(file, lines, page, log).read()
