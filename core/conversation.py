"""The state of a conversation: who it is with, who answers it, and the handoff that is open, if one is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from core.messages import Address, Person
from core.posts import Speaker


class Mode(StrEnum):
    """Who answers."""

    BOT = "bot"
    """The bot."""
    WAITING = "waiting"
    """A human was asked for; until one claims, the customer may go on asking the bot."""
    HUMAN = "human"
    """A colleague owns it; the bot is silent."""


class Outcome(StrEnum):
    """How a handoff ended."""

    RESOLVED = "resolved"
    """A colleague said so."""
    ABANDONED = "abandoned"
    """The customer no longer wanted a human."""
    EXPIRED = "expired"
    """Nobody wrote any more."""


@dataclass(frozen=True, slots=True)
class Call:
    """A page that was posted at a desk, with a button to claim."""

    post: str
    """Id of the post."""
    to: Address
    """Where it stands."""
    text: str
    """What it says, Markdown."""
    mention: str = ""
    """Whom it mentions, or ""."""


@dataclass(frozen=True, slots=True)
class Handoff:
    """One request for a human, from the request to its end."""

    id: str
    """`H<shard>-<serial>`, as staff read it."""
    reason: str
    """Why, in words for staff: "asked for a human: 'put me through'"."""
    question: str
    """What the customer wrote last when it was opened."""
    customer: Person
    """Who waits."""
    requested_at: float
    """Seconds since the epoch."""
    vip: str = ""
    """Why the customer counts as VIP ("group gold"), or ""."""
    priority: int = 1
    """0 before 1 before 2; VIPs have 0."""
    ladder: str = "default"
    """Name of the escalation ladder that pages for it."""
    rung: int = 0
    """How many rungs have been climbed."""
    desks: tuple[Address, ...] = ()
    """Where its cards are."""
    owner: Person | None = None
    """Who claimed it."""
    owner_at: Address | None = None
    """Desk in which the owner works on it; relays go there only."""
    claimed_at: float = 0.0
    """When; 0 while it waits."""
    replied_at: float = 0.0
    """When the owner first wrote to the customer after the claim; 0 until then."""
    unanswered_since: float = 0.0
    """When the customer first wrote after the owner's last word; 0 while the owner has had the last word."""
    snoozed_until: float = 0.0
    """The owner set it aside until then; 0 when not."""
    offered: Person | None = None
    """To whom it is offered before it is everyone's; None when it is."""
    offered_until: float = 0.0
    """When the offer ends; 0 without one."""
    entries: tuple[str, ...] = ()
    """Ids of the entries that the bot tried."""
    draft: str = ""
    """A drafted reply for the colleague, Markdown."""
    summary: str = ""
    """What was said so far, as a model puts it; "" without one."""
    notice: str = ""
    """Id of the post that told the customer that a human was asked for; its button goes when somebody takes it."""
    notice_text: str = ""
    """What that post says, Markdown."""
    calls: tuple[Call, ...] = ()
    """Pages since it waits; their buttons go when nobody waits any more."""
    told: int = 0
    """Place in the queue that the customer was last told."""
    reminded: bool = False
    """The customer was reminded that an answer is awaited."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The last handoff of a conversation that is over."""

    id: str
    """Its id."""
    owner: Person | None
    """Who had it last."""
    outcome: Outcome
    """How it ended."""
    at: float
    """When; also the boundary: what was said before can't start a new handoff."""
    rated: bool = False
    """The customer rated it."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is known of a conversation between two messages."""

    address: Address
    """Where it takes place."""
    mode: Mode = Mode.BOT
    """Who answers."""
    customer: Person | None = None
    """Who it is with: whoever wrote first."""
    handoff: Handoff | None = None
    """The open handoff: set in WAITING and HUMAN, None in BOT."""
    ended: Ended | None = None
    """The handoff before."""
    vip: str = ""
    """Why the customer was a VIP when that was last known; kept for when the look-up fails."""
    misses: int = 0
    """Answers of low confidence in a row."""
    heard: float = 0.0
    """When the customer's newest message so far was sent, by the platform's clock; 0 while that is not known."""
    asked: str = ""
    """The customer's last question that the bot answered, for "did that help?"."""
    version: int = 0
    """Rises with every change; compare-and-set on it."""
    epoch: int = 0
    """Rises whenever who answers changes."""
    floor: int = 0
    """Bot posts of an older epoch are dropped; above `epoch` while a human owns the conversation."""

    @property
    def boundary(self) -> float:
        """Seconds since the epoch before which nothing counts for routing; 0 when everything does."""
        return self.ended.at if self.ended else 0.0


ASIDE = "aside"
"""`Turn.kind` of what people say to each other in a place that the bot shares with them."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that was said, for history and transcript."""

    at: float
    """Seconds since the epoch."""
    speaker: Speaker
    """Who said it."""
    name: str
    """Their display name; "" for the bot."""
    text: str
    """Markdown."""
    id: str = ""
    """The platform's message id of what people wrote, by which corrections find it; else event id or post id."""
    entries: tuple[str, ...] = ()
    """Ids of the entries that an answer rests on."""
    kind: str = ""
    """For the bot: `answer`, `suggest`, `unknown`, `notice`, `small talk`; for others `aside` or ""."""
    files: tuple[str, ...] = ()
    """Names of attached files."""
    gone: bool = False
    """Its writer took it back: `text` is empty."""


def standing(turns: Iterable[Turn], since: float = 0.0) -> tuple[Turn, ...]:
    """What was said after a time (seconds since the epoch) and not taken back."""
    return tuple(turn for turn in turns if turn.at > since and not turn.gone)


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One line of a handoff's history: who did what, when and why. Never changed once written."""

    at: float
    """Seconds since the epoch."""
    who: str
    """Key of the person, or `concierge`."""
    what: str
    """Name of the transition or action."""
    why: str = ""
    """Reason, note, outcome."""
    detail: str = ""
    """Anything else worth reading: from whom to whom, until when."""
    allowed: bool = True
    """False for an action that was refused."""
