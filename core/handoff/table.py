"""The state machine of handoffs, as data. `core/README.md` shows this table; a test keeps the two equal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.access.roles import Role
from core.conversation import Mode


class Event(StrEnum):
    """What can happen to a handoff."""

    REQUEST = "request"
    CANCEL = "cancel"
    CLAIM = "claim"
    TAKE_OVER = "take_over"
    TRANSFER = "transfer"
    RELEASE = "release"
    SNOOZE = "snooze"
    WAKE = "wake"
    REPLIED = "replied"
    RESOLVE = "resolve"
    OFFER_PASSED = "offer_passed"
    CLIMB = "climb"
    TOLD = "told"
    NUDGE = "nudge"
    CLAIM_EXPIRED = "claim_expired"
    UNANSWERED = "unanswered"
    LEFT = "left"
    REMIND = "remind"
    EXPIRE = "expire"


class Guard(StrEnum):
    """What else must hold."""

    NONE = "—"
    OWNER = "is the owner, or a lead"
    NOT_OWNER = "is not the owner already"
    UNREPLIED = "the owner has not written yet"
    UNANSWERED = "the customer awaits an answer"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table."""

    event: Event
    """What happens."""
    sources: tuple[Mode, ...]
    """In which state it may."""
    target: Mode
    """The state afterwards."""
    by: tuple[Role, ...]
    """Who may."""
    guard: Guard
    """What else must hold."""
    meaning: str
    """In words."""


B, W, H = Mode.BOT, Mode.WAITING, Mode.HUMAN
_STAFF, _SYSTEM = (Role.STAFF,), (Role.SYSTEM,)

TABLE: tuple[Transition, ...] = (
    Transition(
        Event.REQUEST, (B,), W, (Role.CUSTOMER, Role.SYSTEM), Guard.NONE,
        "a human is asked for: the customer is told, the desk paged, the ladder started",
    ),
    Transition(Event.CANCEL, (W,), B, (Role.CUSTOMER,), Guard.NONE, "no human is wanted any more (abandoned)"),
    Transition(Event.CLAIM, (W,), H, _STAFF, Guard.NONE, "a colleague takes it: the ladder ends, the bot falls silent"),
    Transition(Event.TAKE_OVER, (H,), H, _STAFF, Guard.NOT_OWNER, "another colleague takes it; the former is told"),
    Transition(Event.TRANSFER, (H,), H, _STAFF, Guard.OWNER, "the owner hands it to a named colleague"),
    Transition(Event.RELEASE, (H,), W, _STAFF, Guard.OWNER, "back to its place in the queue; the ladder starts again"),
    Transition(Event.SNOOZE, (H,), H, _STAFF, Guard.OWNER, "set aside until a time"),
    Transition(Event.WAKE, (H,), H, _SYSTEM, Guard.NONE, "it is over, or the customer wrote: the owner is told"),
    Transition(Event.REPLIED, (H,), H, _STAFF, Guard.OWNER, "the owner wrote to the customer"),
    Transition(Event.RESOLVE, (W, H), B, _STAFF, Guard.OWNER, "done (resolved): the bot answers again"),
    Transition(
        Event.OFFER_PASSED, (W,), W, _SYSTEM, Guard.NONE, "who was asked first did not take it: it is everyone's"
    ),
    Transition(Event.CLIMB, (W,), W, _SYSTEM, Guard.NONE, "nobody claimed in time: the next rung is paged"),
    Transition(Event.TOLD, (W,), W, _SYSTEM, Guard.NONE, "the customer is told where it stands"),
    Transition(Event.NUDGE, (H,), H, _SYSTEM, Guard.UNREPLIED, "the owner is reminded of the first reply"),
    Transition(Event.CLAIM_EXPIRED, (H,), W, _SYSTEM, Guard.UNREPLIED, "no first reply in time: back to the queue"),
    Transition(Event.UNANSWERED, (H,), H, _SYSTEM, Guard.UNANSWERED, "the owner is reminded that an answer is awaited"),
    Transition(Event.LEFT, (H,), W, _SYSTEM, Guard.UNANSWERED, "nor after the reminder: back to the queue"),
    Transition(Event.REMIND, (H,), H, _SYSTEM, Guard.NONE, "the customer is reminded that an answer is awaited"),
    Transition(Event.EXPIRE, (W, H), B, _SYSTEM, Guard.NONE, "nobody writes any more (expired): closed, both told"),
)  # fmt: skip

BY_EVENT = {row.event: row for row in TABLE}


def as_markdown() -> str:
    """The table as Markdown."""
    lines = ["| event | from | to | by | if | meaning |", "|---|---|---|---|---|---|"]
    for row in TABLE:
        sources = ", ".join(source.value for source in row.sources)
        by = ", ".join(role.value for role in row.by)
        lines.append(f"| {row.event} | {sources} | {row.target} | {by} | {row.guard} | {row.meaning} |")
    return "\n".join(lines) + "\n"
