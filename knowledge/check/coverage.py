"""Questions in one wording only: customers will use others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from knowledge.check.duplicates import shorten
from knowledge.entries import Entry
from knowledge.sources.problems import Problem, Severity


def check_alternates(entries: Sequence[Entry]) -> list[Problem]:
    """One note per entry without alternates where its file has them, one per file where nothing has."""
    by_path: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_path[entry.path].append(entry)
    problems: list[Problem] = []
    for path, found in by_path.items():
        bare = [entry for entry in found if not entry.alternates]
        if len(bare) == len(found):
            problems.append(
                Problem(
                    Severity.NOTE,
                    "no-alternates",
                    path,
                    bare[0].line,
                    f"no question in this file ({len(bare)}) has another wording.",
                    "Add two to four ways in which customers put it, the commonest questions first.",
                )
            )
            continue
        problems += [
            Problem(
                Severity.NOTE,
                "no-alternates",
                path,
                entry.line,
                f"“{shorten(entry.question)}” has no other wording.",
                "Add two to four ways in which customers put it.",
            )
            for entry in bare
        ]
    return problems
