"""Reads a file or a folder as an FAQ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from knowledge.errors import SourceError
from knowledge.sources.assembly import Found, assemble
from knowledge.sources.chatbots import join
from knowledge.sources.decoding import decode
from knowledge.sources.drafts import Draft, SourceFile
from knowledge.sources.formats import (
    asciidoc,
    documents,
    html,
    json_rows,
    markdown,
    plain,
    qna,
    restructured,
    tables,
    toml_tree,
    yaml_tree,
)
from knowledge.sources.html_markdown import UnreadableHtml
from knowledge.sources.languages import language_of_path
from knowledge.sources.names import PAGES_FILE, format_of, is_faq_file, is_faq_folder
from knowledge.sources.pages.cache import CachedPage, PageCache
from knowledge.sources.pages.listing import listed_pages, pages_file
from knowledge.sources.problems import Problem, ProblemLog, Severity
from knowledge.sources.reading import FileReading, SourceReading

LARGEST = 50 * 1024 * 1024
"""Bytes: a larger file is not an FAQ."""

_ARCHIVES = {".zip", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".tar"}

_READERS: dict[str, Callable[[SourceFile, ProblemLog], list[Draft]]] = {
    "markdown": markdown.read,
    "yaml": yaml_tree.read,
    "toml": toml_tree.read,
    "csv": tables.read,
    "json": json_rows.read,
    "html": html.read,
    "qna": qna.read,
    "text": plain.read,
    "rst": restructured.read,
    "asciidoc": asciidoc.read,
    "document": documents.read,
}


def read_source(path: Path | str, *, base_url: str = "", page_cache: Path | str | None = None) -> SourceReading:
    """Reads everything at `path`, a file or a folder (with its sub-folders, in the order of names).

    Blocks on the disk and the CPU: call it in a thread from async code. Whatever the files hold, the result says
    what is wrong with them; only a `path` that does not exist raises (SourceError). With `base_url`, relative links in
    answers become addresses below it. The pages of a `pages.txt` are read from `page_cache`, where
    `fetch_pages` put them.
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
        if file.name == PAGES_FILE or (path.is_dir() and not is_faq_file(file.name)):
            readings.append(FileReading(name, "", 0, "left-out"))
            continue
        reading, drafts, log = _read_file(file, name)
        readings.append(reading)
        problems += log.problems
        found += drafts
    for reading, drafts, log in _read_pages(path, page_cache):
        readings.append(reading)
        problems += log.problems
        found += drafts
    joined = join(found)
    made = Counter(joined.made)
    readings = [replace(file, entries=file.entries + made[file.path]) for file in readings]
    entries, more = assemble(joined.found, base_url)
    problems += (*joined.problems, *more)
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
    return SourceReading(root, entries, tuple(problems), tuple(readings), base_url)


def _files_below(root: Path) -> list[Path]:
    """Files in the order of their names. Links that lead out of the folder are not followed."""
    files: list[Path] = []
    for item in sorted(root.iterdir(), key=lambda item: item.name):
        if item.is_dir() and is_faq_folder(item.name) and not item.is_symlink():
            files += _files_below(item)
        elif item.is_file() and item.resolve().is_relative_to(root):
            files.append(item)
    return files


def _read_pages(path: Path, page_cache: Path | str | None) -> Iterator[tuple[FileReading, list[Found], ProblemLog]]:
    """The listed pages, each from its last copy."""
    file = pages_file(path)
    if file is None:
        return
    cache = PageCache(Path(page_cache)) if page_cache is not None else None
    list_log = ProblemLog(file.name)
    for url, line in listed_pages(file, list_log).items():
        log = ProblemLog(url)
        page = cache.get(url) if cache else None
        if cache is None or page is None:
            log.error("page-missing", "was never fetched.", f"Fetch it, or delete line {line} of {file.name}.")
            yield FileReading(url, "", 0, "failed"), [], log
            continue

        def load(log: ProblemLog, cache: PageCache = cache, page: CachedPage = page) -> SourceFile:
            try:
                data = cache.body(page.url)
            except OSError as error:
                raise SourceError(page.url, f"can't be read from the cache ({error.strerror})") from error
            text = "" if page.format == "document" else decode(data, log, page.charset)
            return SourceFile(page.final_url, text, data, language_of_path(urlsplit(page.final_url).path))

        yield _read(url, page.format, load)
    if list_log.problems:
        yield FileReading(file.name, "", 0, "read"), [], list_log


def _read_file(file: Path, name: str) -> tuple[FileReading, list[Found], ProblemLog]:
    kind = format_of(name)

    def load(log: ProblemLog) -> SourceFile:
        if file.suffix.lower() in _ARCHIVES:
            raise SourceError(name, "is an archive; unpack it, and name the folder")
        if kind not in _READERS:
            raise SourceError(name, f"has an extension that is not read ({file.suffix or 'none'})")
        try:
            if file.stat().st_size > LARGEST:
                raise SourceError(name, f"is larger than {LARGEST // 1024 // 1024} MB; split it")
            data = file.read_bytes()
        except OSError as error:
            raise SourceError(name, f"can't be read ({error.strerror}); check its permissions") from error
        text = "" if kind == "document" else decode(data, log)
        return SourceFile(name, text, data, language_of_path(name))

    return _read(name, kind, load)


def _read(
    name: str, kind: str, load: Callable[[ProblemLog], SourceFile]
) -> tuple[FileReading, list[Found], ProblemLog]:
    """One file, whole or not at all."""
    log = ProblemLog(name)
    try:
        source = load(log)
        drafts = _READERS[kind](source, log)
    except (SourceError, UnreadableHtml, RecursionError) as error:
        reason, line = "is nested too deeply", 0
        if isinstance(error, SourceError):
            reason, line = error.message, error.line or 0
        elif isinstance(error, UnreadableHtml):
            reason = str(error)
        failed = ProblemLog(name)
        failed.error("unreadable", f"{reason}.", "Nothing of it is taken until it is put right.", line)
        return FileReading(name, kind, 0, "failed"), [], failed
    if not drafts and not log.problems and kind not in ("markdown", "rst", "asciidoc") and source.text.strip():
        log.warning(
            "no-entries",
            "holds no question with an answer that could be recognised.",
            "See knowledge/README.md for the ways to write them, or take the file out of the FAQ.",
        )
    whole = sum(not (draft.asks or draft.says) for draft in drafts)
    return FileReading(name, kind, whole, "read"), [Found(source, draft) for draft in drafts], log
