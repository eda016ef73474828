"""Reads a file or a folder as an FAQ."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from knowledge.errors import SourceError
from knowledge.sources.assembly import Found, assemble
from knowledge.sources.decoding import decode
from knowledge.sources.drafts import Draft, SourceFile
from knowledge.sources.formats import documents, html, json_rows, markdown, restructured, tables, yaml_tree
from knowledge.sources.languages import language_of_path
from knowledge.sources.names import format_of, is_faq_file, is_faq_folder
from knowledge.sources.problems import Problem, ProblemLog, Severity
from knowledge.sources.reading import FileReading, SourceReading

LARGEST = 50 * 1024 * 1024
"""Bytes: a larger file is not an FAQ."""

_READERS: dict[str, Callable[[SourceFile, ProblemLog], list[Draft]]] = {
    "markdown": markdown.read,
    "yaml": yaml_tree.read,
    "csv": tables.read,
    "json": json_rows.read,
    "html": html.read,
    "rst": restructured.read,
    "document": documents.read,
}


def read_source(path: Path | str, *, base_url: str = "") -> SourceReading:
    """Reads everything at `path`, a file or a folder (with its sub-folders, in the order of names).

    Blocks on the disk and the CPU: call it in a thread from async code. Whatever the files hold, the result says
    what is wrong with them; only a `path` that does not exist raises (SourceError). With `base_url`, relative links in
    answers become addresses below it.
    """
    path = Path(path)
    if path.is_file():
        root, files = path.resolve().parent, [path.resolve()]
    elif path.is_dir():
        root = path.resolve()
        files = _files_below(root)
    else:
        raise SourceError(str(path), "does not exist; KNOWLEDGE_PATH names the FAQ's file or folder")
    found: list[Found] = []
    problems: list[Problem] = []
    readings: list[FileReading] = []
    for file in files:
        name = file.relative_to(root).as_posix()
        if len(files) > 1 and not is_faq_file(file.name):
            readings.append(FileReading(name, "", 0, "left-out"))
            continue
        reading, drafts, log = _read_file(file, name)
        readings.append(reading)
        problems += log.problems
        found += drafts
    entries, more = assemble(found, base_url)
    problems += more
    if not entries and not any(problem.severity is Severity.ERROR for problem in problems):
        problems.append(
            Problem(
                Severity.ERROR,
                "empty",
                path.name,
                0,
                "holds no entries.",
                "Put Markdown, YAML, CSV, JSON or HTML files with questions and answers there.",
            )
        )
    order = {reading.path: number for number, reading in enumerate(readings)}
    problems.sort(key=lambda problem: (order.get(problem.path, -1), problem.line))
    return SourceReading(root, entries, tuple(problems), tuple(readings))


def _files_below(root: Path) -> list[Path]:
    """Files in the order of their names. Links that lead out of the folder are not followed."""
    files: list[Path] = []
    for item in sorted(root.iterdir(), key=lambda item: item.name):
        if item.is_dir() and is_faq_folder(item.name) and not item.is_symlink():
            files += _files_below(item)
        elif item.is_file() and item.resolve().is_relative_to(root):
            files.append(item)
    return files


def _read_file(file: Path, name: str) -> tuple[FileReading, list[Found], ProblemLog]:
    """One file, whole or not at all."""
    log = ProblemLog(name)
    kind = format_of(name)
    try:
        source = _load(file, name, kind, log)
        drafts = _READERS[kind](source, log)
    except SourceError as error:
        failed = ProblemLog(name)
        failed.error(
            "unreadable", f"{error.message}.", "Nothing of this file is taken until it is put right.", error.line or 0
        )
        return FileReading(name, kind, 0, "failed"), [], failed
    return FileReading(name, kind, len(drafts), "read"), [Found(source, draft) for draft in drafts], log


def _load(file: Path, name: str, kind: str, log: ProblemLog) -> SourceFile:
    if kind not in _READERS:
        raise SourceError(name, f"has an extension that is not read ({file.suffix or 'none'}); see knowledge/README.md")
    try:
        if file.stat().st_size > LARGEST:
            raise SourceError(name, f"is larger than {LARGEST // 1024 // 1024} MB; split it")
        data = file.read_bytes()
    except OSError as error:
        raise SourceError(
            name, f"can't be read ({error.strerror}); check that it is still there, and its permissions"
        ) from error
    text = "" if kind == "document" else decode(data, log)
    return SourceFile(name, text, data, language_of_path(name))
