"""Time, as something that tests can move."""

import time
from typing import Protocol


class Clock(Protocol):
    """Wall-clock time; everything durable in Redis is dated by it."""

    def now(self) -> float:
        """Seconds since the Unix epoch."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        return time.time()
