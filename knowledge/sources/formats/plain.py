"""Plain text, laid out as FAQs of old are: numbered questions, `Q:` and `A:`, questions with indented answers."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent

from knowledge.sources.drafts import Draft, SourceFile
from knowledge.sources.formats.markdown import read_body
from knowledge.sources.front_matter import FrontMatter
from knowledge.sources.markdown_entries import Page
from knowledge.sources.markdown_lines import NumberedLines
from knowledge.sources.problems import ProblemLog
from knowledge.sources.questions import is_faq_title

_NUMBER = re.compile(r" {0,3}(\d{1,3}(?:\.\d{1,3})*)[.)]?\s+(?=\S)")
_ASKS = re.compile(r"\s{0,3}(?:Q(?:uestion)?\s*\d{0,3}\s*[:.)])\s+(?=\S)", re.IGNORECASE)
_ANSWERS = re.compile(r"\s{0,3}A(?:nswer)?\s*\d{0,3}\s*[:.)](?=\s)", re.IGNORECASE)
_RULE = re.compile(r"\s*([-=~*_#+])\1{4,}\s*")
_LONGEST = 4
"""Lines of a question."""
_FEWEST = 3
"""So many questions laid out alike make an FAQ; with fewer it is read as Markdown is."""


@dataclass(slots=True)
class _Question:
    text: str
    level: int
    first: int
    """Index of its first line."""
    body: int
    """Index of the first line below it."""
    layout: str = ""
    """`Q`, `number`, or "" for a paragraph that asks above an indented one."""
    number: tuple[int, ...] = ()


def read(file: SourceFile, log: ProblemLog) -> list[Draft]:
    """Entries of a text file; what is not laid out as an FAQ is read as Markdown is."""
    lines = [line.expandtabs(8).rstrip() for line in file.text.split("\n")]
    questions = _questions(lines)
    page = Page(FrontMatter(), is_faq_title(file.stem), file.language)
    if len(questions) < _FEWEST:
        return read_body(file, NumberedLines(lines, list(range(1, len(lines) + 1))), page, log)
    texts: list[str] = []
    numbers: list[int] = []
    for question, end in zip(questions, [*(one.first for one in questions), len(lines)][1:], strict=True):
        answer = _dedented(lines[question.body : end])
        texts += [f"{'#' * question.level} {question.text}", "", *answer, ""]
        numbers += [question.first + 1] * 2
        numbers += [min(question.body + 1 + index, end) for index in range(len(answer) + 1)]
    return read_body(file, NumberedLines(texts, numbers), page, log)


def _questions(lines: list[str]) -> list[_Question]:
    """Questions in order, all of one layout: marked by `Q:`, else numbered, else set off by indentation alone."""
    found = [question for first, end in _paragraphs(lines) if (question := _question(lines, first, end))]
    for layout in ("Q", "number", ""):
        alike = [one for one in found if one.layout == layout]
        alike = _counting_up(alike) if layout == "number" else alike
        if len(alike) >= _FEWEST:
            return alike
    return []


def _counting_up(found: list[_Question]) -> list[_Question]:
    """The longest run whose numbers rise: neither a table of contents nor a number that happens to begin a line."""
    last = {one.number: index for index, one in enumerate(found)}
    ends: list[tuple[tuple[int, ...], int]] = []
    """For every length, the smallest number that a run can end in, and where it stands."""
    before = [-1] * len(found)
    for index, one in enumerate(found):
        if last[one.number] != index:
            continue
        place = bisect_left(ends, (one.number, -1))
        before[index] = ends[place - 1][1] if place else -1
        ends[place : place + 1] = [(one.number, index)]
    kept = []
    index = ends[-1][1] if ends else -1
    while index >= 0:
        kept.append(found[index])
        index = before[index]
    return kept[::-1]


def _paragraphs(lines: list[str]) -> Iterator[tuple[int, int]]:
    """(first, end) of runs of lines that are neither empty nor rules."""
    first = -1
    for index, line in enumerate([*lines, ""]):
        if line and not _RULE.fullmatch(line):
            first = index if first < 0 else first
        elif first >= 0:
            yield first, index
            first = -1


def _question(lines: list[str], first: int, end: int) -> _Question | None:
    head = lines[first]
    if asks := _ASKS.match(head):
        body = next((index for index in range(first + 1, end) if _ANSWERS.match(lines[index])), end)
        if body - first > _LONGEST:
            return None
        return _Question(_joined(lines[first:body], asks.end()), 1, first, body, "Q")
    if number := _NUMBER.match(head):
        if sum(bool(_NUMBER.match(line)) for line in lines[first:end]) > 1:
            return None  # a list, or a table of contents
        body = _end_of_question(lines, first, end)
        place = tuple(int(part) for part in number[1].split("."))
        level = 1 + len(place[:-1] if place[-1] == 0 else place)  # 1.0 stands above 1.1
        return _Question(_joined(lines[first:body], number.end()), level, first, body, "number", place)
    below = next((line for line in lines[end:] if line), "")
    if not head.startswith(" ") and end - first <= _LONGEST and lines[end - 1].endswith("?") and below.startswith("  "):
        return _Question(_joined(lines[first:end], 0), 1, first, end)
    return None


def _end_of_question(lines: list[str], first: int, end: int) -> int:
    """Up to the line that ends in a question mark, if one of the first does, else up to where the text is set off."""
    for index in range(first, min(end, first + _LONGEST)):
        if lines[index].endswith("?"):
            return index + 1
    for index in range(first, min(end, first + _LONGEST)):
        if lines[index].endswith((".", ":", "!")):
            return index + 1
    return min(end, first + _LONGEST)


def _joined(lines: list[str], mark: int) -> str:
    return " ".join([lines[0][mark:], *lines[1:]]).strip()


def _dedented(lines: list[str]) -> list[str]:
    """The lines of an answer without the indentation of all, without rules and with nothing that reads as a heading."""
    kept = [_ANSWERS.sub(lambda mark: " " * len(mark[0]), line) for line in lines]
    kept = ["" if _RULE.fullmatch(line) else line for line in kept]
    first = next((line for line in kept if line), "")
    if not first.startswith(" ") and all(line.startswith("  ") for line in kept[kept.index(first) + 1 :] if line):
        kept[kept.index(first)] = "        " + first if first else first  # a hanging indentation
    return [re.sub(r"^( {0,3})(?=#)", r"\1\\", line) for line in dedent("\n".join(kept)).strip("\n").split("\n")]
