"""How many processor cores this process may use."""

from __future__ import annotations

import os


def cores() -> int:
    """At least 1. Limits of the process count where the system tells them, which macOS does not."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1
