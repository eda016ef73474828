"""CSV and TSV: one row per entry, columns found by their names."""

from __future__ import annotations

import csv
import io
import re
from typing import Literal

from knowledge.errors import SourceError
from knowledge.sources.drafts import Draft, SourceFile
from knowledge.sources.fields import columns_of, row_drafts
from knowledge.sources.problems import ProblemLog
from knowledge.sources.questions import looks_like_question

_DELIMITERS = (",", ";", "\t", "|")


def read(file: SourceFile, log: ProblemLog) -> list[Draft]:
    """Entries of a table. The delimiter is the one under which the header makes sense."""
    if not file.text.strip():
        return []
    tabs = file.path.lower().endswith((".tsv", ".tab"))
    delimiters = ("\t", *_DELIMITERS) if tabs else _DELIMITERS
    first_line = file.text.lstrip("\n").split("\n", 1)[0]
    delimiter = next((mark for mark in delimiters if columns_of(_cells(first_line, mark)).usable), None)
    if delimiter is None:
        return _without_header(file, log, delimiters, first_line)
    rows = _rows(file, delimiter)
    _, header = rows[0]
    header = [name.strip() for name in header]
    if len(named := [name for name in header if name]) != len(set(named)):
        double = next(name for name in named if named.count(name) > 1)
        raise SourceError(file.path, f"has two columns called “{double}”; rename or delete one", 1)
    drafts: list[Draft] = []
    for line, cells in rows[1:]:
        if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
            raise SourceError(
                file.path,
                f"has {len(cells)} cells where the header has {len(header)}; put double quotes around a cell that "
                f"holds “{delimiter}”",
                line,
            )
        if tabs:
            cells = [_unescaped(cell) for cell in cells]
        row: dict[str, object] = {name: cell for name, cell in zip(header, cells, strict=False) if name}
        drafts += row_drafts(row, log, line=line, language=file.language)
    return drafts


def _unescaped(cell: str) -> str:
    """Line ends that are spelled out, as exports to TSV do; there is none in `C:\\new`."""
    return re.sub(r"\\n(?![a-z])", "\n", cell)


def _without_header(file: SourceFile, log: ProblemLog, delimiters: tuple[str, ...], first_line: str) -> list[Draft]:
    """A table whose first row is an entry already: two columns, a question and its answer."""
    for delimiter in delimiters:
        cells = _cells(first_line, delimiter)
        if len(cells) == 2 and looks_like_question(cells[0]):
            drafts: list[Draft] = []
            for line, row in _rows(file, delimiter):
                if len(row) > 2:
                    raise SourceError(file.path, "has more than a question and an answer; add a header line", line)
                drafts += row_drafts(
                    dict(zip(("question", "answer"), row, strict=False)), log, line=line, language=file.language
                )
            return drafts
    shown = ", ".join(_cells(first_line, ",")[:8])[:200]
    raise SourceError(
        file.path,
        f"has no column for the question or none for the answer (found: {shown}); name them question and answer",
        1,
    )


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _rows(file: SourceFile, delimiter: str) -> list[tuple[int, list[str]]]:
    """Rows that aren't empty, each with the line that it starts at."""
    try:
        return _parse(file.text, delimiter, csv.QUOTE_MINIMAL)
    except csv.Error as error:
        if delimiter == "\t":  # tab-separated files often quote nothing and use " as inches or speech
            try:
                return _parse(file.text, delimiter, csv.QUOTE_NONE)
            except csv.Error:
                pass
        line = _broken_line(file.text, delimiter)
        raise SourceError(
            file.path,
            f"is not a well-formed table ({error}); look for a double quote that is not closed or doubled",
            line,
        ) from error


def _parse(text: str, delimiter: str, quoting: Literal[0, 3]) -> list[tuple[int, list[str]]]:
    # strict: a quote that is never closed would otherwise swallow the rest of the file without a word
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, quoting=quoting)
    rows, start = [], 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            rows.append((start, cells))
        start = reader.line_num + 1
    return rows


def _broken_line(text: str, delimiter: str) -> int:
    """The line at which the row starts that can't be parsed."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for _ in reader:
            start = reader.line_num + 1
    except csv.Error:
        pass
    return start
