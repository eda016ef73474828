"""When a colleague means: "30m", "2h", "tomorrow", "friday 14:00", "2026-12-24"."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo

from core.handoff.hours import OfficeHours
from core.policy import DAYS

MORNING = time(9)
"""When a day begins where no office hours say so."""
FARTHEST = 366 * 86400.0
"""Seconds ahead beyond which nothing is taken."""

_SPAN = re.compile(r"(\d{1,4})\s*(m|mins?|minutes?|h|hours?|d|days?|w|weeks?)", re.IGNORECASE)
_UNIT = {"m": 60.0, "h": 3600.0, "d": 86400.0, "w": 7 * 86400.0}
_DAY = re.compile(
    rf"(?:until\s+|on\s+)?(?:(today|tomorrow|(?:{'|'.join(DAYS)})[a-z]*|\d{{4}}-\d\d-\d\d)\b)?"
    r"\s*(?:at\s+)?(?:(\d{1,2}):(\d{2}))?",
    re.IGNORECASE,
)


def until(text: str, now: float, zone: tzinfo, hours: OfficeHours) -> float | None:
    """The time that is meant, seconds since the epoch; None when it can't be read, is past, or is a year away.

    A day without a time means when the desk opens on it (or next after it); a time without a day, its next one.
    """
    text = text.strip()
    if match := _SPAN.fullmatch(text):
        at: float | None = now + float(match[1]) * _UNIT[match[2][0].lower()]
    elif text and (match := _DAY.fullmatch(text)):
        at = _moment(match[1] or "", match[2], match[3], datetime.fromtimestamp(now, zone), hours)
    else:
        at = None
    return at if at is not None and now < at <= now + FARTHEST else None


def _moment(day: str, hour: str | None, minute: str | None, now: datetime, hours: OfficeHours) -> float | None:
    try:
        at = time(int(hour), int(minute or 0)) if hour else None
        on = _date(day.lower(), now.date())
    except ValueError:
        return None
    if on is None and at is None:
        return None
    if on is None:
        assert at is not None
        on = now.date() + timedelta(days=0 if at > now.time() else 1)
    if at is None:
        midnight = datetime.combine(on, time(), tzinfo=now.tzinfo)
        opening = hours.next_opening(midnight.timestamp())
        if opening > midnight.timestamp():
            return opening
    return datetime.combine(on, at or MORNING, tzinfo=now.tzinfo).timestamp()


def _date(day: str, today: date) -> date | None:
    """The day that a word names; None without one. Raises ValueError for a date that does not exist."""
    if not day:
        return None
    if day in {"today", "tomorrow"}:
        return today + timedelta(days=day == "tomorrow")
    if day[:3] in DAYS:
        return today + timedelta(days=(DAYS.index(day[:3]) - today.weekday() - 1) % 7 + 1)
    return date.fromisoformat(day)
