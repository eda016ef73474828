"""What a platform's test driver offers to the contract suite: the platform's side of the wire, played for real.

A driver plays the people and the platform; between it and the adapter runs the real SDK. To add a platform, write
`drivers/<name>.py` with a `DRIVERS` mapping (test id -> driver class) and add the id to `EXPECTED` in `registry.py`.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from core.messages import Address, Person
from core.platform import Platform
from tests.contract.doors import PATIENCE, RecordingDoor

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as people see it on the platform now."""

    id: str
    """The platform's id."""
    text: str
    """Everything that can be read: text, card, sources; markup does not matter."""
    author: str = ""
    """Name under which it is shown, or "" for the bot's own."""
    buttons: tuple[str, ...] = ()
    """Labels of its buttons."""
    pings: tuple[str, ...] = ()
    """Whom the platform notifies because of it, beyond the members of the place: ids, `here`, `everyone`…"""


class Driver(ABC):
    """One platform with one customer, and, where the platform has a desk, one colleague."""

    platform: Platform
    """The adapter under test; made by `start`."""
    door: RecordingDoor
    """The front door that it was given."""
    customer: Person
    """Who writes."""
    conversation: Address
    """The customer's private conversation with the bot."""
    desk_thread: Address | None = None
    """A thread of the desk channel, or None where the platform has no desk."""

    @abstractmethod
    async def start(self, door: RecordingDoor) -> None:
        """Make the adapter, connect it to the platform and have it listen at `door`; returns when it does."""

    @abstractmethod
    async def stop(self) -> None:
        """Stop listening and give everything back."""

    @abstractmethod
    async def customer_says(self, text: str) -> str:
        """The customer writes in `conversation`; returns the platform's message id. Does not wait for the adapter."""

    @abstractmethod
    async def redeliver(self) -> None:
        """The platform delivers its last message event once more, as it does after a reconnect or a late answer.

        Where a platform never repeats an event, hand the same one to the adapter again at the lowest level there is.
        """

    async def platform_retries(self) -> None:
        """The platform repeats what was not acknowledged; nothing to do where it knows no acknowledgement."""
        return

    @abstractmethod
    async def press(self, message_id: str, label: str) -> None:
        """The customer presses the button `label` of a message in `conversation`."""

    @abstractmethod
    async def shown(self) -> list[Shown]:
        """What the bot posted in `conversation` and what is there of it now, oldest first."""

    @abstractmethod
    async def told(self) -> list[str]:
        """What only the customer can see: ephemeral messages, notices, error lines; oldest first."""

    @abstractmethod
    async def lose_next_answer(self) -> None:
        """The platform takes the next post, and its answer is lost on the way to the adapter.

        Where no such thing can happen (no network in between), do nothing.
        """

    async def colleague_says(self, text: str) -> str:
        """A colleague writes in `desk_thread`; returns the platform's message id. Only with a desk."""
        raise NotImplementedError

    async def until_shown(self, count: int) -> list[Shown]:
        """Wait until `shown` holds at least `count` messages."""
        return await eventually(self.shown, lambda messages: len(messages) >= count)


async def eventually(look: Callable[[], Awaitable[T]], holds: Callable[[T], bool]) -> T:
    """Look until `holds`; returns what was seen. Raises TimeoutError with the last look."""
    seen = await look()
    try:
        async with asyncio.timeout(PATIENCE):
            while not holds(seen):
                await asyncio.sleep(0.01)
                seen = await look()
    except TimeoutError:
        raise TimeoutError(f"it did not happen; seen last: {seen!r}") from None
    return seen
