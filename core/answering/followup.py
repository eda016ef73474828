"""Follow-ups: the question that a message means, given what was said before it."""

from __future__ import annotations

from collections.abc import Sequence

from core.conversation import Turn
from core.posts import Speaker

_REACH = 6
"""Turns back that a follow-up can refer to."""


def asked_before(history: Sequence[Turn]) -> list[str]:
    """What the customer said lately, oldest first."""
    return [turn.text for turn in history[-_REACH:] if turn.speaker is Speaker.CUSTOMER and turn.text.strip()]


def contextual(text: str, history: Sequence[Turn]) -> str:
    """The text to search for: `text` itself when it stands alone."""
    before = asked_before(history)
    if not before or len(text.split()) > 6:
        return text
    return f"{before[-1]} {text}"
