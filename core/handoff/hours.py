"""Office hours: is anybody there, and when again."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from core.errors import ConfigurationError
from core.policy import DAYS, Hours

LOOK_AHEAD = 370
"""Days that are searched for the next opening."""


class OfficeHours:
    """The hours of a desk in its own time zone."""

    def __init__(self, hours: Hours) -> None:
        self._hours = hours

    @cached_property
    def _holidays(self) -> Any:
        if not self._hours.holidays:
            return {}
        import holidays  # only who names a country pays for it

        country, _, subdivision = self._hours.holidays.partition("-")
        try:
            return holidays.country_holidays(country, subdiv=subdivision or None)
        except NotImplementedError as error:
            raise ConfigurationError(f"hours.holidays: {error}") from error

    def _spans(self, day: date) -> tuple[tuple[int, int], ...]:
        if day in self._hours.closed or day in self._holidays:
            return ()
        return self._hours.open.get(DAYS[day.weekday()], ())

    def is_open(self, now: float) -> bool:
        """Whether people are at the desk; always, when no hours are configured."""
        if not self._hours.open:
            return True
        local = datetime.fromtimestamp(now, self._hours.timezone)
        minute = local.hour * 60 + local.minute
        return any(start <= minute < end for start, end in self._spans(local.date()))

    def next_opening(self, now: float) -> float:
        """When the desk opens next, seconds since the epoch; `now` when it is open or never opens."""
        if self.is_open(now):
            return now
        local = datetime.fromtimestamp(now, self._hours.timezone)
        for ahead in range(LOOK_AHEAD):
            day = local.date() + timedelta(days=ahead)
            for start, _ in sorted(self._spans(day)):
                opening = datetime.combine(day, time(start // 60, start % 60), tzinfo=self._hours.timezone)
                if opening.timestamp() > now:
                    return opening.timestamp()
        return now

    def in_words(self, now: float) -> str:
        """The next opening for people, with its time zone: "tomorrow at 09:00 CET"; "" when open."""
        opening = self.next_opening(now)
        if opening <= now:
            return ""
        at = datetime.fromtimestamp(opening, self._hours.timezone)
        days = (at.date() - datetime.fromtimestamp(now, self._hours.timezone).date()).days
        day = {0: "today", 1: "tomorrow"}.get(days, at.strftime("on %A") if days < 7 else at.strftime("on %-d %B"))
        return f"{day} at {at.strftime('%H:%M %Z')}"
