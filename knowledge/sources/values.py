"""Small values that authors write in many ways: audiences and dates."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

from knowledge.sources.drafts import Draft
from knowledge.sources.problems import ProblemLog
from knowledge.sources.questions import without_number

_AUDIENCES = {
    "": "", "everyone": "everyone", "all": "everyone", "public": "everyone", "anyone": "everyone",
    "customers": "everyone",
    "customer": "everyone", "vip": "vip", "vips": "vip", "staff": "staff", "internal": "staff", "private": "staff",
    "agents": "staff", "team": "staff",
}  # fmt: skip
_DATES = ("%Y/%m/%d", "%Y%m%d", "%d.%m.%Y", "%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y")


def audience_of(text: str, log: ProblemLog, line: int = 0) -> str:
    """`everyone`, `vip`, `staff`, or "" if nothing is said. An unknown word is an error: only staff see the entry."""
    known = _AUDIENCES.get(text.strip().lower())
    if known is not None:
        return known
    log.error(
        "audience",
        f"the audience “{text[:40]}” is not known; only staff will see the entry.",
        "Write everyone, vip or staff.",
        line,
    )
    return "staff"


def date_of(text: str, log: ProblemLog, line: int = 0) -> date | None:
    """The date (of a date and time, its day); None if nothing is said or it can't be read, which is logged."""
    text = text.strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        pass
    for form in _DATES:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    log.warning("date", f"“{text[:40]}” is not a date.", "Write dates as 2026-05-31.", line)
    return None


class Positions:
    """Where the titles of a file stand, for formats that are turned into Markdown and lose their lines on the way."""

    def __init__(self) -> None:
        self._places: dict[str, list[tuple[int, str]]] = {}

    def add(self, title: str, line: int, anchor: str = "") -> None:
        """A title, its 1-based line and the anchor that leads to it ("" if it has none)."""
        if key := _letters(title):
            self._places.setdefault(key, []).append((line, anchor))

    def placed(self, draft: Draft) -> Draft:
        """The draft with the line and anchor of its title; each place is given out once, in order."""
        places = self._places.get(_letters(draft.question))
        if not places:
            return replace(draft, line=0)
        line, anchor = places.pop(0) if len(places) > 1 else places[0]
        return replace(draft, line=line, anchor=anchor or draft.anchor)


def _letters(text: str) -> str:
    return "".join(re.findall(r"\w", without_number(text).lower()))[:200]
