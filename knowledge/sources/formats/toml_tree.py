"""TOML, as Hugo and Zola keep their data: tables of questions and answers, nested as YAML and JSON may be."""

from __future__ import annotations

import re
import tomllib

from knowledge.errors import SourceError
from knowledge.sources.drafts import Draft, SourceFile
from knowledge.sources.lines_of_rows import RowLines
from knowledge.sources.problems import ProblemLog
from knowledge.sources.tree import TreeReader


def read(file: SourceFile, log: ProblemLog) -> list[Draft]:
    """Entries of a TOML file."""
    try:
        data = tomllib.loads(file.text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column \d+\)", str(error))
        reason = re.sub(r" \(at .*\)$", "", str(error))
        raise SourceError(file.path, f"is not well-formed TOML ({reason})", int(place[1]) if place else None) from error
    except RecursionError as error:
        raise SourceError(file.path, "is nested too deeply; an FAQ needs a few levels") from error
    return TreeReader(file, log, RowLines(file.text, quoted=False).of).read(data)
