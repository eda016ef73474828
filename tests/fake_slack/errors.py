"""How the fake refuses: as Slack does, by an error code in the answer."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """`{"ok": false, "error": code}`; extra fields go along."""

    def __init__(self, code: str, **extra: Any) -> None:
        self.code, self.extra = code, extra
        super().__init__(code)
