"""What comes in: the types into which every platform's events are translated.

No platform type goes further than its adapter, and no field here means something on one platform only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Address:
    """A place where people write: a channel, a direct message, or a thread in one of them."""

    platform: str
    """Name of the adapter that owns the place."""
    channel: str
    """The platform's id of the channel or direct message."""
    thread: str = ""
    """The platform's id of the thread, or "" for the channel itself."""

    @property
    def key(self) -> str:
        """One string for keys and logs: `platform/channel[/thread]`."""
        return f"{self.platform}/{self.channel}/{self.thread}" if self.thread else f"{self.platform}/{self.channel}"

    @classmethod
    def parse(cls, key: str) -> Address:
        """The address of a `key`. Raises ValueError when it is not one."""
        parts = key.split("/", 2)
        if len(parts) < 2 or not all(parts):
            raise ValueError(f"not an address: {key!r} (expected platform/channel[/thread])")
        return cls(*parts)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who writes or clicks. Only `platform` and `id` identify; the name is for reading."""

    platform: str
    """Name of the adapter that knows this person."""
    id: str
    """The platform's id; never chosen by the person."""
    name: str = ""
    """Display name; decides nothing."""

    @property
    def key(self) -> str:
        """One string for settings and keys: `platform:id`."""
        return f"{self.platform}:{self.id}"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message."""

    name: str
    """File name as the sender gave it."""
    url: str
    """Where the adapter can fetch it."""
    media_type: str = ""
    """MIME type, or "" when unknown."""
    size: int = 0
    """Bytes; 0 when unknown."""


class MessageKind(StrEnum):
    """What happened."""

    TEXT = "text"
    """Somebody wrote (or posted files)."""
    EDITED = "edited"
    """The message `message_id` now reads `text`."""
    DELETED = "deleted"
    """The message `message_id` is gone."""
    ACTION = "action"
    """A customer pressed a button: `action` and `value`."""
    TIMER = "timer"
    """A durable timer of the conversation came due: `action` is its name. Made by the core, never by an adapter."""


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """One event of a conversation, translated."""

    event_id: str
    """Unique on its platform and the same at every redelivery; the inbox drops what it has seen."""
    conversation: Address
    """Where it was written, and where the reply goes. A mention in a channel opens a thread: the adapter names
    that thread here already."""
    author: Person
    """Who wrote, edited, deleted or pressed."""
    text: str = ""
    """Markdown, without the mention of the bot; "" for files alone."""
    kind: MessageKind = MessageKind.TEXT
    """What happened."""
    addressed: bool = True
    """True in direct messages and where the bot is mentioned; False for what is merely said in a thread, which
    counts only when the thread is a conversation of ours or a desk thread."""
    message_id: str = ""
    """The platform's id of the message that was written, edited or deleted."""
    files: tuple[Attachment, ...] = ()
    """What was attached."""
    action: str = ""
    """Name of the pressed button, or of the timer."""
    value: str = ""
    """What the button carries."""
    sent_at: float = 0.0
    """Seconds since the Unix epoch by the platform's clock; 0 when it does not say."""
    via: Address | None = None
    """Desk thread in which it was written; `conversation` is then the customer's. Set by the core, never by an
    adapter."""


@dataclass(frozen=True, slots=True)
class Action:
    """A button, a submitted form or a slash command, on its way to `FrontDoor.act`."""

    event_id: str
    """Unique on its platform and the same at every redelivery."""
    name: str
    """Name of the action, as in `core/access/actions.py`: `claim`, `resolve`, `human`…"""
    person: Person
    """Who did it; the server decides whether this person may."""
    conversation: Address
    """Where it was done."""
    value: str = ""
    """What the button carries (a handoff id, an entry id), or the text behind a slash command."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """What was filled into a form, by field name."""
    message_id: str = ""
    """The platform's id of the message that carries the button, or ""."""
