"""The port between a platform and the core. A new platform implements `Platform`; the core hands it a `FrontDoor`.

The required part is small (`name`, `send`, `listen`); everything else has a default that gives up a convenience and
never an invariant.
`tests/contract/` runs one suite over every implementation.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from core.messages import Action, Address, IncomingMessage, Person
from core.posts import Content, Form, Post


class Receipt(StrEnum):
    """What became of a message that was handed in."""

    ACCEPTED = "accepted"
    """Stored durably; it will be answered, handed off or explained."""
    DUPLICATE = "duplicate"
    """Seen before; nothing more happens."""
    IGNORED = "ignored"
    """Not for us: people talking among themselves."""


@dataclass(frozen=True, slots=True)
class ActionOutcome:
    """What the person who acted is shown, privately where the platform can."""

    text: str = ""
    """Markdown, or "" when the effect speaks for itself."""
    ok: bool = True
    """False when it did not happen (not allowed, somebody was faster)."""
    form: Form | None = None
    """Ask for this first; submitting it comes back as an `Action`."""
    content: Content | None = None
    """More than a sentence (a list of handoffs, search results), shown privately."""
    spent: tuple[str, ...] = ()
    """Actions that have had their time: their buttons go from the message that was pressed, where it can be edited."""


class FrontDoor(Protocol):
    """What the core offers to an adapter."""

    async def receive(self, message: IncomingMessage) -> Receipt:
        """Accept a message durably. Acknowledge to the platform only after this returned.

        Raises StoreUnavailable when it could not be kept: do not acknowledge, or tell the sender.
        """
        ...

    async def act(self, action: Action) -> ActionOutcome:
        """Do what a button, a form or a command asks, if the person may; wrong use is told in the outcome, not raised.

        Raises StoreUnavailable. Takes as long as a claim must wait for a bot message in flight (up to some seconds): an
        adapter that has to answer its platform sooner acknowledges first and shows the outcome afterwards.
        """
        ...

    async def open_conversations(self, platform: str) -> Sequence[tuple[Address, str]]:
        """Where to read back after downtime, latest first: conversations of the platform, and desk threads.

        Each with the last message id accepted there, or "" for as much as the inbox remembers. Raises StoreUnavailable.
        """
        ...

    async def caught_up(self, platform: str) -> None:
        """All of it was read back. Until this is said, the next start reads everything back anew.

        Raises StoreUnavailable.
        """
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What one message of a platform holds."""

    text: int = 3000
    """Characters of `Content.text`; the core splits longer text."""
    send_timeout: float = 8.0
    """Seconds after which an attempt to send is given up as Ambiguous; a claim never waits longer than this."""


class Platform(ABC):
    """One chat platform."""

    name: str
    """The `platform` of every Address and Person of it."""
    limits: Limits = Limits()
    """How much fits."""

    @abstractmethod
    async def listen(self, door: FrontDoor) -> None:
        """Connect and hand in events until cancelled. Reconnects by itself. Called in gateway processes only.

        Raises ConfigurationError at once when the credentials are wrong.
        """

    @abstractmethod
    async def send(self, post: Post) -> str:
        """Send a new message; returns the platform's message id. Works without `listen` (worker processes).

        `post.to` is complete (thread resolved). Raises RateLimited, Ambiguous, PlatformUnavailable or Rejected; never
        anything else.
        """

    async def edit(self, post: Post, message_id: str) -> None:
        """Show `post.content` in the message `message_id` at `post.to` from now on. Raises as `send`.

        The default leaves the message as it was.
        """
        return

    async def delete(self, post: Post, message_id: str) -> None:
        """Remove the message `message_id` at `post.to`. Raises as `send`; the default leaves it."""
        return

    async def find(self, post: Post) -> str | None:
        """The message id of an earlier attempt at `post` that arrived after all, or None. Raises as `send`.

        Called before every repeated attempt. The default finds nothing, so an ambiguous send may arrive twice.
        """
        return None

    async def typing(self, where: Address) -> None:
        """Show that a reply is being written; best effort, never raises. The default shows nothing."""
        return

    async def groups_of(self, person: Person) -> frozenset[str]:
        """Ids of the groups (user groups, roles) in which the platform has the person. Raises PlatformUnavailable."""
        return frozenset()

    async def name_of(self, person_id: str) -> str:
        """The display name of a person of this platform, "" when it is not known. Raises PlatformUnavailable."""
        return ""

    def missed(self, since: Sequence[tuple[Address, str]]) -> AsyncIterator[IncomingMessage]:
        """What was written after the given message ids while nobody listened. The default: nothing was kept."""
        return _nothing()

    async def check(self) -> Sequence[str]:
        """Problems that `concierge doctor` reports: missing permissions, unknown channels. Each says what to do."""
        return ()

    async def unreachable(self, target: str) -> str:
        """Why a page to `target` would notify nobody, and what to do; "" when it would, or when nobody can tell.

        `target` is the id of a person or group, or `#` and the id of a channel.
        """
        return ""

    async def aclose(self) -> None:
        """Give back what was opened. The default has nothing to close."""
        return


async def _nothing() -> AsyncIterator[IncomingMessage]:
    return
    yield
