"""Progress of a reload: counted, timed, and told to whoever listens."""

from __future__ import annotations

import time
from collections.abc import Callable

from knowledge.index.reports import Progress, ProgressListener, Stage


class Meter:
    """Reports progress, and shows that the build is alive while doing so."""

    def __init__(self, listener: ProgressListener, beat: Callable[[], None] = lambda: None) -> None:
        self._listener = listener
        self.beat = beat
        self._stage: Stage = "read"
        self._began = time.monotonic()

    def begin(self, stage: Stage) -> None:
        """Enter a stage."""
        self._stage, self._began = stage, time.monotonic()
        self.report(0, 0)

    def report(self, done: int, total: int) -> None:
        """Say how far the stage is."""
        self.beat()
        elapsed = time.monotonic() - self._began
        rate = done / elapsed if done and elapsed > 0 else 0.0
        self._listener(Progress(self._stage, done, total, rate, (total - done) / rate if rate else 0.0))
