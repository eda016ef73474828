"""A front door that keeps what is handed in, for tests of adapters: small, working, and able to be out of order."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence

from core.errors import StoreUnavailable
from core.messages import Action, Address, IncomingMessage
from core.platform import ActionOutcome, Receipt

PATIENCE = 10.0
"""Seconds after which a test gives up waiting for something that should happen at once."""


class RecordingDoor:
    """Implements `core.platform.FrontDoor` in memory; drops repeated event ids as the real inbox does."""

    def __init__(self) -> None:
        self.messages: list[IncomingMessage] = []
        """Every message that was accepted, in order, once each."""
        self.actions: list[Action] = []
        """Every action that was done, in order, once each."""
        self.attempts: list[IncomingMessage | Action] = []
        """Everything that was handed in, repeated and refused ones included."""
        self.receipts: list[Receipt] = []
        """What `receive` answered, in order."""
        self.unavailable = False
        """True refuses everything with StoreUnavailable."""
        self.odd: Counter[str] = Counter()
        """Texts, and how often `receive` raises for each what nobody expects."""
        self.outcome: ActionOutcome | Callable[[Action], ActionOutcome] = ActionOutcome()
        """What `act` answers."""
        self.open: list[tuple[Address, str]] = []
        """What `open_conversations` answers."""
        self.odd_lists = 0
        """How often `open_conversations` still raises what nobody expects."""
        self.caught = False
        """Whether an adapter said that everything missed was read back."""
        self.gate = asyncio.Event()
        """Cleared, it holds back `receive` and `act` before they keep anything."""
        self.gate.set()
        self._seen: set[str] = set()
        self._changed = asyncio.Condition()

    async def receive(self, message: IncomingMessage) -> Receipt:
        await self._note(message)
        if self.odd[message.text]:
            self.odd[message.text] -= 1
            raise RuntimeError("odd (as the test wants it)")
        if message.event_id in self._seen:
            receipt = Receipt.DUPLICATE
        else:
            receipt = Receipt.ACCEPTED
            self._seen.add(message.event_id)
            self.messages.append(message)
        self.receipts.append(receipt)
        await self._notify()
        return receipt

    async def act(self, action: Action) -> ActionOutcome:
        await self._note(action)
        if action.event_id not in self._seen:
            self._seen.add(action.event_id)
            self.actions.append(action)
        outcome = self.outcome if isinstance(self.outcome, ActionOutcome) else self.outcome(action)
        await self._notify()
        return outcome

    async def open_conversations(self, platform: str) -> Sequence[tuple[Address, str]]:
        if self.odd_lists:
            self.odd_lists -= 1
            raise RuntimeError("odd (as the test wants it)")
        return [(where, last) for where, last in self.open if where.platform == platform]

    async def caught_up(self, platform: str) -> None:
        self.caught = True
        await self._notify()

    async def _note(self, event: IncomingMessage | Action) -> None:
        self.attempts.append(event)
        await self._notify()
        await self.gate.wait()
        if self.unavailable:
            raise StoreUnavailable("the store is away (as the test wants it)")

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def until(self, condition: Callable[[RecordingDoor], bool]) -> None:
        """Wait until `condition(self)` holds. Raises TimeoutError with what was handed in so far."""
        try:
            async with asyncio.timeout(PATIENCE), self._changed:
                await self._changed.wait_for(lambda: condition(self))
        except TimeoutError:
            raise TimeoutError(f"it did not happen; handed in so far: {self.attempts}") from None

    async def message(self, number: int = 1) -> IncomingMessage:
        """The `number`-th accepted message (from 1); waits for it."""
        await self.until(lambda door: len(door.messages) >= number)
        return self.messages[number - 1]

    async def action(self, number: int = 1) -> Action:
        """The `number`-th action (from 1); waits for it."""
        await self.until(lambda door: len(door.actions) >= number)
        return self.actions[number - 1]

    async def tried(self, number: int = 1) -> IncomingMessage | Action:
        """The `number`-th thing that was handed in (from 1), kept or not; waits for it."""
        await self.until(lambda door: len(door.attempts) >= number)
        return self.attempts[number - 1]
