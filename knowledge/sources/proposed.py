"""Entries that people proposed and operations approved: appended to one Markdown file of the FAQ's folder."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from knowledge.errors import SourceError
from knowledge.sources.reader import read_source

FILE_NAME = "proposed.md"
"""In the FAQ's folder; authors may move its entries elsewhere at any time."""

_TITLE = "# Frequently asked questions: proposed by colleagues\n"
_HEADING = re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_UNDERLINE = re.compile(r"^[ \t]{0,3}(?:=+|-{2,})[ \t]*$\n?", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


def append_entry(folder: Path, id_: str, question: str, answer: str) -> str | None:
    """Write an entry into `proposed.md` in one step; returns the file's content before, None when there was no file.

    An entry of that id that is there already is replaced by nothing: the file stays as it is. Headings in the answer
    become bold lines, and what was written is read back. Raises SourceError when `folder` is none, when it can't be
    written, or when the text would not come back as this one entry; then the file is as it was.
    """
    if not folder.is_dir():
        raise SourceError(str(folder), "is a single file; proposed entries need a folder. Let KNOWLEDGE_PATH name one.")
    file = folder / FILE_NAME
    question = " ".join(_COMMENT.sub("", question).split()).lstrip("#").strip()
    answer = _UNDERLINE.sub("", _HEADING.sub(r"**\1**", _COMMENT.sub("", answer))).strip()
    try:
        before = file.read_text("utf-8") if file.exists() else None
        known = {entry.id for entry in read_source(file).entries} if before is not None else set()
        if id_ in known:
            return before
        with tempfile.TemporaryDirectory() as scratch:
            draft = Path(scratch) / FILE_NAME
            text = f"{(before or _TITLE).rstrip()}\n\n## {question}\n<!-- id: {id_} -->\n\n{answer}\n"
            draft.write_text(text, "utf-8")
            found = {entry.id: entry for entry in read_source(draft).entries}
            if set(found) != known | {id_} or not found[id_].question:
                raise SourceError(
                    FILE_NAME, "the text does not read as one question with its answer. Write it into a file by hand."
                )
        _replace(file, text)
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(str(file), f"can't be written: {error}. Check its permissions.") from error
    return before


def restore(folder: Path, before: str | None) -> None:
    """Make `proposed.md` what it was before `append_entry`. Raises SourceError when it can't be written."""
    file = folder / FILE_NAME
    try:
        if before is None:
            file.unlink(missing_ok=True)
        else:
            _replace(file, before)
    except OSError as error:
        raise SourceError(str(file), f"can't be put back: {error}. Delete its last entry by hand.") from error


def _replace(file: Path, text: str) -> None:
    scratch = file.with_name(f".{file.name}.part")  # hidden, so that no reload reads it
    scratch.write_text(text, "utf-8")
    scratch.replace(file)
