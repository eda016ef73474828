"""The front door: what the core offers to adapters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core import wording
from core.access.actions import REGISTRY, resolve
from core.access.roles import Role
from core.desk.actions import Desk
from core.inbox.catchup import CatchUp
from core.inbox.inbox import Inbox
from core.messages import Action, Address, IncomingMessage, MessageKind
from core.outbox.outbox import Outbox
from core.platform import ActionOutcome, Receipt
from core.store.conversations import Conversations

_SPENT = {
    "human": ("human",),
    "cancel_wait": ("cancel_wait",),
    "pick": ("pick",),
    "rate": ("rate",),
    "helpful": ("helpful", "not_helpful"),
    "not_helpful": ("helpful", "not_helpful"),
}
"""What is spent on its message once a customer has pressed a button."""


class Door:
    """Takes in messages and actions; implements `core.platform.FrontDoor`."""

    def __init__(
        self, inbox: Inbox, outbox: Outbox, conversations: Conversations, desk: Desk, desks: tuple[Address, ...],
        catch_up: CatchUp,
    ) -> None:  # fmt: skip
        self._inbox, self._outbox, self._conversations, self._desk = inbox, outbox, conversations, desk
        self._catch_up = catch_up
        self._desk_channels = {(place.platform, place.channel) for place in desks}

    async def receive(self, message: IncomingMessage) -> Receipt:
        """Accept a message durably, or find that it is not for us. Raises StoreUnavailable."""
        if (message.conversation.platform, message.conversation.channel) in self._desk_channels:
            # What is said at the desk belongs to the customer of its thread, or to nobody.
            served = await self._outbox.served_from(message.conversation) if message.conversation.thread else None
            if served is None:
                return Receipt.IGNORED
            message = replace(message, conversation=served, via=message.conversation)
        elif not message.addressed and not await self._conversations.known(message.conversation):
            return Receipt.IGNORED
        return await self._inbox.accept(message)

    async def act(self, action: Action) -> ActionOutcome:
        """Do what a button, form or command asks, if the person may. Raises StoreUnavailable.

        What customers press waits in their lane like what they write, so that its order holds.
        """
        name, _ = resolve(action.name, action.value)
        spec = REGISTRY.get(name)
        if spec is None or Role.CUSTOMER not in spec.roles:
            return await self._desk.act(action)
        message = IncomingMessage(
            event_id=action.event_id,
            conversation=action.conversation,
            author=action.person,
            kind=MessageKind.ACTION,
            action=action.name,
            value=action.value,
            message_id=action.message_id,
        )
        if not await self._conversations.known(action.conversation):
            return ActionOutcome(text=wording.NEVER_MIND_BUTTONS, ok=False)
        if spec.own:
            customer = (await self._conversations.load(action.conversation)).customer
            if customer is None or customer.key != action.person.key:
                await self._desk.refused(action, spec, action.value)
                return ActionOutcome(text=wording.NOT_YOUR_CONVERSATION, ok=False)
        await self._inbox.accept(message)
        return ActionOutcome(spent=_SPENT.get(name, ()))

    async def open_conversations(self, platform: str) -> Sequence[tuple[Address, str]]:
        """Where to read back after downtime, latest first. Raises StoreUnavailable."""
        return await self._catch_up.begin(platform)

    async def caught_up(self, platform: str) -> None:
        """All of it was read back. Raises StoreUnavailable."""
        await self._catch_up.done(platform)
