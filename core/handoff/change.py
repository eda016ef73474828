"""What a transition brings along: a new state with the posts, timers and records that are committed with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from core.conversation import Conversation, Handoff, RecordLine, Turn
from core.handoff.hours import OfficeHours
from core.messages import Address
from core.policy import Policy
from core.posts import Post
from core.store.conversations import Step

OF_WAITING = ("offer", "rung", "nobody", "place", "wait-expire")
"""Kinds of timers that run while somebody waits."""
OF_OWNED = ("nudge", "claim-expire", "unanswered", "left", "wake", "remind", "expire")
"""Kinds of timers that run while somebody is looked after."""
TIMERS = ("draft", *OF_WAITING, *OF_OWNED)
"""Kinds of timers."""


def timer(kind: str, handoff: Handoff) -> str:
    """Name of a handoff's timer."""
    return f"{kind}:{handoff.id}"


@dataclass(frozen=True, slots=True)
class Desk:
    """What is known around a conversation when something happens to it."""

    desks: tuple[Address, ...]
    """Desk channels."""
    policy: Policy
    """The policy."""
    hours: OfficeHours
    """The office hours."""
    place: int = 1
    """Place in the queue."""
    wait: float | None = None
    """Usual wait in seconds; None when too little is known."""


@dataclass(slots=True)
class Change:
    """A new state with everything that goes with it."""

    state: Conversation
    """The new state."""
    posts: list[Post] = field(default_factory=list)
    """What is said."""
    timers: dict[str, float | None] = field(default_factory=dict)
    """What is set and cleared."""
    queue: float | bool | None = None
    """Order in the queue; False leaves it."""
    record: list[RecordLine] = field(default_factory=list)
    """For the history."""
    handoff_id: str = ""
    """Whose history."""
    refs: dict[str, str] = field(default_factory=dict)
    """What is remembered beside the state, by name."""
    silence: str = ""
    """Platform whose bot post in flight must be waited for."""

    def step(self, now: float, turns: Sequence[Turn] = (), token: int | None = None, answers: str = "") -> Step:
        """The step that makes it happen; `answers` is the event id of the customer's message that it replies to."""
        home = self.state.address
        return Step(
            conversation=self.state.address,
            now=now,
            state=self.state,
            token=token,
            turns=tuple(turns),
            posts=tuple(replace(p, reply_to=answers) if answers and p.to == home else p for p in self.posts),
            timers=self.timers,
            queue=self.queue,
            handoff_id=self.handoff_id,
            record=tuple(self.record),
            refs=self.refs,
            silence=self.silence,
        )
