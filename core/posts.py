"""What goes out: content that every adapter can render, and the post that carries it.

Text is Markdown (CommonMark). Adapters translate it, neutralise mentions in it, and never interpret it otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.messages import Address, Attachment


class Speaker(StrEnum):
    """Who says it: decides how it is shown, and whether a claim silences it."""

    BOT = "bot"
    """The bot of its own accord: answers, suggestions, offers. Nothing of this leaves after a confirmed claim."""
    SYSTEM = "system"
    """The state machine: a human was asked for, claimed, left; truthful about handoffs by construction."""
    COLLEAGUE = "colleague"
    """A member of staff, relayed to the customer under their name."""
    CUSTOMER = "customer"
    """The customer, relayed to the desk under their name."""


class Style(StrEnum):
    """How a button looks."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press."""

    action: str
    """Name of the action (see `core/access/actions.py`)."""
    label: str
    """What it says, at most 75 characters."""
    value: str = ""
    """What it carries back, at most 64 characters."""
    style: Style = Style.PLAIN
    """How it looks."""


@dataclass(frozen=True, slots=True)
class Source:
    """The entry behind an answer, as it is cited."""

    entry_id: str
    """Id of the entry."""
    title: str
    """Its question."""
    location: str = ""
    """A URL, or a path in the FAQ with `#anchor`; only URLs become links."""


@dataclass(frozen=True, slots=True)
class CardField:
    """A labelled value on a card."""

    label: str
    """What it is."""
    value: str
    """What it says, Markdown."""


@dataclass(frozen=True, slots=True)
class Card:
    """A handoff as the desk sees it; posted once and then edited."""

    handoff_id: str
    """Which handoff."""
    title: str
    """One line: who waits and why."""
    state: str
    """`waiting`, `human`, `snoozed`, `resolved`, `abandoned` or `expired`."""
    vip: bool
    """Marked as VIP."""
    since: float = 0.0
    """When a human was asked for, seconds since the epoch: what a waiting time counts from."""
    owner: str = ""
    """Name of the colleague who has it, or ""."""
    fields: tuple[CardField, ...] = ()
    """Customer, platform, reason, waiting since, owner…"""
    transcript: tuple[str, ...] = ()
    """The last lines of the conversation, oldest first, Markdown, each `name: text`."""
    summary: str = ""
    """What was said so far, as a model puts it, or ""; shown as written by a machine."""
    draft: str = ""
    """A drafted reply from the FAQ for the colleague, or ""."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a post shows. An adapter renders the parts that are set, in this order."""

    text: str = ""
    """Markdown, already split to the platform's limit."""
    speaker: Speaker = Speaker.BOT
    """Who says it."""
    author: str = ""
    """Name shown for a colleague or a customer; "" shows the bot."""
    card: Card | None = None
    """A handoff card (then `text` is its plain-text fallback for notifications)."""
    sources: tuple[Source, ...] = ()
    """Entries that the answer rests on."""
    files: tuple[Attachment, ...] = ()
    """Files to pass on."""
    buttons: tuple[Button, ...] = ()
    """What can be pressed."""
    mention: str = ""
    """A person or group of the platform to notify (an id, as the operator configured it), on pages only."""


class PostKind(StrEnum):
    """What to do with the content."""

    SEND = "send"
    """A new message."""
    EDIT = "edit"
    """Change the message that the post `of` became."""
    DELETE = "delete"
    """Remove the message that the post `of` became."""


@dataclass(frozen=True, slots=True)
class Post:
    """One thing to deliver, exactly once, in the order of its conversation."""

    id: str
    """Idempotency key: the same for every attempt; goes along to the platform where it takes one."""
    to: Address
    """Where it goes. For a desk thread the thread may be "" until the card is out: see `under`."""
    content: Content
    """What it shows; empty for DELETE."""
    kind: PostKind = PostKind.SEND
    """Send, edit or delete."""
    of: str = ""
    """For EDIT and DELETE: id of the post whose message is meant."""
    under: str = ""
    """Id of a post whose message becomes the thread in which this one is sent ("" sends to `to` as it is)."""
    reply_to: str = ""
    """Event id of the message that this answers, or ""."""
    epoch: int = 0
    """Epoch of the conversation when it was written; a post of Speaker.BOT older than the last claim is dropped."""
    urgent: bool = False
    """Pages and what colleagues say: before everything else."""
    page: bool = False
    """A call for somebody to come: dropped once nobody waits any more, whether claimed, closed or taken back."""


@dataclass(frozen=True, slots=True)
class FormField:
    """One input of a form."""

    name: str
    """Key in `Action.fields`."""
    label: str
    """What to fill in."""
    value: str = ""
    """What stands there at first."""
    multiline: bool = False
    """A text area."""
    choices: tuple[str, ...] = ()
    """Pick one of these instead of writing."""
    optional: bool = False
    """May be left empty."""


@dataclass(frozen=True, slots=True)
class Form:
    """What an action still needs to know: a modal, where the platform has them."""

    action: str
    """Action that the submitted form performs."""
    value: str
    """What it carries along."""
    title: str
    """At most 24 characters."""
    fields: tuple[FormField, ...]
    """At most five."""
    submit: str = "OK"
    """Label of its button."""
