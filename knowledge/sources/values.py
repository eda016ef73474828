"""Small values that authors write in many ways: audiences and dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from knowledge.sources.problems import ProblemLog

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


_UNPUBLISHED_WORDS = """
draft auto-draft archived unpublished notpublished not_published hidden deleted pending private future scheduled trash
"""
_UNPUBLISHED = frozenset(_UNPUBLISHED_WORDS.split())
_SWITCHES = ("published", "is_published", "enabled")
_WORDS = ("status", "publish_status", "state")
STATES = frozenset({"draft", *_SWITCHES, *_WORDS})
"""Fields that say whether something is published."""


def is_draft(values: Mapping[str, object]) -> bool:
    """Whether fields of a row or of front matter say that it is not (or no longer) published."""

    def said(name: str) -> str:
        return str(values.get(name, "")).strip().lower()

    return (
        said("draft") in ("true", "yes", "1")
        or any(said(name) in ("false", "no", "0") for name in _SWITCHES)
        or any(said(name) in _UNPUBLISHED for name in _WORDS)
    )


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
