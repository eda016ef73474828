"""Questions that are not headings: bold ones, `Q:` pairs, `<details>`, definition lists, numbered ones, plain lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.sources.blocks import CLOSED, Block, bold_question, marked_pair, numbered, without_answer_mark
from knowledge.sources.markdown_lines import SUMMARY
from knowledge.sources.markup import plain_text
from knowledge.sources.questions import asks, looks_like_question, without_number


@dataclass(frozen=True, slots=True)
class Piece:
    """A question found in running text, with the blocks of its answer."""

    question: str
    first: int
    """Index of the line it starts at."""
    opening: str
    """The part of the answer that stands in the same block, Markdown."""
    blocks: tuple[Block, ...]
    """The blocks that follow, up to the next question."""


@dataclass(frozen=True, slots=True)
class _Marker:
    question: str
    opening: str
    first: int
    strong: bool
    """Whether it is a question by its form alone; weak ones count only among their like."""
    listed: bool = False
    """Whether its form is that of a list (a definition), so that two of them need not read like questions."""


def split(
    blocks: list[Block], lines: list[str], *, below_question: bool, bold: bool = False
) -> tuple[list[Block], list[Piece]]:
    """(blocks before the first question, pieces). Below a heading that asks, one bold line is part of the answer.

    bold: elsewhere in the file bold lines ask. Then two or more of them are questions here however they are worded
    ("It does not start"), if the section begins with one.
    """
    found: list[tuple[int, list[_Marker]]] = [
        (index, markers) for index, block in enumerate(blocks) if (markers := _markers(block, lines))
    ]
    everything = [marker for _, markers in found for marker in markers]
    strong = [marker for marker in everything if marker.strong]
    whole = [(index, kept) for index, markers in found if (kept := [m for m in markers if not m.opening])]
    alike = bold and len(whole) > 1 and whole[0][0] == 0
    if alike and not strong:
        found = whole
    if not strong and (below_question or not (alike or _are_questions(everything))):
        return (blocks, []) if below_question else _plain_lines(blocks)
    if below_question and (len(strong) < 2 or any(block.kind != "comment" for block in blocks[: found[0][0]])):
        return blocks, []
    if strong:  # bold words between questions are emphasis, unless they read like questions too
        found = [
            (index, kept)
            for index, markers in found
            if (kept := [m for m in markers if m.strong or looks_like_question(m.question)])
        ]
    lead = blocks[: found[0][0]]
    pieces: list[Piece] = []
    outside = _outside(blocks)
    for number, (index, markers) in enumerate(found):
        end = found[number + 1][0] if number + 1 < len(found) else len(blocks)
        closed = next((at for at in range(index + 1, end) if at in outside), end) if _is_summary(blocks[index]) else end
        if all(block.kind == "comment" for block in blocks[index + 1 : closed]):
            closed = end  # nothing is folded away: what follows is the answer all the same
        lead += blocks[closed:end]
        following = tuple(blocks[index + 1 : closed])
        for position, marker in enumerate(markers):
            is_last = position == len(markers) - 1
            pieces.append(Piece(marker.question, marker.first, marker.opening, following if is_last else ()))
    return lead, pieces


def _is_summary(block: Block) -> bool:
    return block.kind == "paragraph" and block.text.startswith(SUMMARY)


def _outside(blocks: list[Block]) -> set[int]:
    """Where the outermost `<details>` of a summary closes: what follows there is text of the page, not of an answer."""
    found: set[int] = set()
    depth = 0
    for index, block in enumerate(blocks):
        if _is_summary(block):
            depth += 1
        elif block.text == CLOSED and depth:
            depth -= 1
            if not depth:
                found.add(index)
    return found


def asks_in_bold(text: str) -> bool:
    """Whether a paragraph is a bold question and nothing else."""
    bold = bold_question(text)
    return bold is not None and not bold[1] and asks(bold[0])


def _are_questions(weak: list[_Marker]) -> bool:
    """Whether bold lines or terms without a question mark are questions all the same: several, and worded like it."""
    worded = [marker for marker in weak if marker.listed or looks_like_question(marker.question)]
    return len(weak) >= 2 and 2 * len(worded) >= len(weak)


def _markers(block: Block, lines: list[str]) -> list[_Marker]:
    if block.kind == "ordered_list":
        return _numbered_items(block, lines)
    if block.kind != "paragraph":
        return []
    if _is_summary(block):
        question = plain_text(block.text.removeprefix(SUMMARY))
        return [_Marker(without_number(question), "", block.first, strong=True)] if question else []
    if pair := marked_pair(block.text):
        return [_Marker(pair[0], pair[1], block.first, strong=True)] if pair[0] else []
    if definitions := _definitions(block):
        return definitions
    if bold := bold_question(block.text):
        question = without_number(bold[0])
        if question and len(question) < 300:
            opening = without_answer_mark(bold[1])
            return [_Marker(question, opening, block.first, strong=asks(question) and len(question.split()) > 1)]
    return []


def _definitions(block: Block) -> list[_Marker]:
    """`Term` lines, each followed by lines that start with `: `."""
    lines = block.text.split("\n")
    if not any(re.match(r":\s", line) for line in lines[1:]):
        return []
    found: list[_Marker] = []
    term, term_line, body = "", 0, list[str]()
    for number, line in enumerate([*lines, ""]):
        is_definition = re.match(r":\s+", line)
        next_is_definition = number + 1 < len(lines) and re.match(r":\s", lines[number + 1])
        if is_definition:
            body.append(line[is_definition.end() :])
        elif (next_is_definition or number == len(lines)) and (body or number == 0 or number == len(lines)):
            if term and body:
                question = without_number(plain_text(term))
                found.append(_Marker(question, "\n".join(body), block.first + term_line, asks(question), listed=True))
            term, term_line, body = line, number, []
        elif body:
            body.append(line.strip())
        else:
            term = f"{term} {line}".strip()
    return found


def _numbered_items(block: Block, lines: list[str]) -> list[_Marker]:
    """`1. **How…?** Answer`: items whose first line asks. A list of bare questions is a table of contents."""
    items: list[tuple[int, list[str]]] = []
    for index in range(block.first, min(block.end, len(lines))):
        text = numbered(lines[index]) if not lines[index].startswith((" ", "\t")) else None
        if text is not None:
            items.append((index, [text]))
        elif items:
            items[-1][1].append(re.sub(r"^(?: {1,4}|\t)", "", lines[index]))
    found: list[_Marker] = []
    for index, (head, *rest) in items:
        if re.fullmatch(r"\s*\[[^\[\]]*\]\([^()]*\)\s*", head):
            return []  # links to the questions
        bold = bold_question(head)
        question, opening = bold or (plain_text(head), "")
        if not asks(question):
            return []
        found.append(_Marker(question, "\n".join([opening, *rest]).strip(), index, strong=True))
    if len(found) > 1 and not all(marker.opening for marker in found):
        return []
    return found


def _plain_lines(blocks: list[Block]) -> tuple[list[Block], list[Piece]]:
    """Text without any markup (out of a word processor): one-line paragraphs that ask, each followed by an answer."""
    marks = [
        index
        for index, block in enumerate(blocks)
        if block.kind == "paragraph" and asks(block.text) and "\n" not in block.text and len(block.text) < 250
    ]
    marks = [index for index in marks if index + 1 < len(blocks) and index + 1 not in marks]
    if len(marks) < 2:
        return blocks, []
    ends = [*marks[1:], len(blocks)]
    return blocks[: marks[0]], [
        Piece(without_number(plain_text(blocks[mark].text)), blocks[mark].first, "", tuple(blocks[mark + 1 : end]))
        for mark, end in zip(marks, ends, strict=True)
    ]
