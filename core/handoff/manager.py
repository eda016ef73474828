"""Handoffs as they are carried out: read, decide, compare and set, wait for what is in flight."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

from core import wording
from core.clock import Clock
from core.conversation import Conversation, Handoff, RecordLine, Turn
from core.errors import Conflict, Refused
from core.handoff.assignment import Assignment
from core.handoff.change import Change, Desk
from core.handoff.effects import effects, name_of
from core.handoff.hours import OfficeHours
from core.handoff.machine import SYSTEM, Actor, Details, fire
from core.handoff.sayer import where
from core.handoff.table import Event
from core.handoff.waits import Waits
from core.messages import Address, Person
from core.outbox.outbox import Outbox
from core.policy import Policy
from core.store.conversations import Conversations
from core.store.redis import Client
from core.store.wake import announce_stop

log = logging.getLogger(__name__)

TRANSCRIPT = 24
"""Turns that a card is made from."""
ATTEMPTS = 20
"""How often a transition that somebody else came between is decided anew."""
_TELLS_THE_PLACE = {Event.REQUEST, Event.RELEASE, Event.CLAIM_EXPIRED, Event.LEFT, Event.TOLD}
_FREES = {Event.RELEASE, Event.CLAIM_EXPIRED, Event.LEFT}
_SILENCING = {Event.CLAIM, Event.TAKE_OVER, Event.TRANSFER}


class HandoffManager:
    """Every change of who answers goes through here."""

    def __init__(
        self, client: Client, conversations: Conversations, outbox: Outbox, clock: Clock, policy: Policy,
        desks: tuple[Address, ...], assignment: Assignment,
    ) -> None:  # fmt: skip
        self._assignment = assignment
        self._redis, self._conversations, self._outbox, self._clock = client, conversations, outbox, clock
        self._policy, self._desks = policy, desks
        self._hours = OfficeHours(policy.hours)
        self._waits = Waits(client)

    async def request(
        self, state: Conversation, turns: Sequence[Turn], customer: Person, reason: str, question: str, *,
        vip: str = "", urgent: bool = False, entries: tuple[str, ...] = (), draft: str = "", preface: str = "",
    ) -> Change:  # fmt: skip
        """Ask for a human: the change to commit together with the message that asked; `preface` is said before.

        Raises Refused when one was asked for before, StoreUnavailable.
        """
        now = self._clock.now()
        back = state.ended
        former = back.owner if back and now - back.at <= self._policy.desk.reopen else None
        offered = await self._assignment.first(former=former)
        if offered is not None and offered == former:
            preface = f"{preface} {wording.reopened_for(name_of(offered))}".strip()
        handoff = Handoff(
            id=await self._conversations.new_handoff_id(state.address),
            reason=reason,
            question=question,
            customer=customer,
            requested_at=now,
            vip=vip,
            priority=0 if vip or urgent else 1,
            ladder="vip" if vip else "default",
            desks=self._desks,
            offered=offered,
            offered_until=now + self._policy.desk.offer_for if offered else 0.0,
            entries=entries,
            draft=draft,
        )
        after = fire(state, Event.REQUEST, SYSTEM, now, Details(handoff=handoff))
        desk = await self._around(handoff, Event.REQUEST)
        return effects(state, after, Event.REQUEST, SYSTEM, now, desk, turns, reason, preface)

    async def change(
        self, state: Conversation, event: Event, actor: Actor, details: Details, turns: Sequence[Turn] = (),
        preface: str = "",
    ) -> Change:  # fmt: skip
        """Any other transition, decided on `state`. Raises Refused, NotAllowed, StoreUnavailable."""
        now = self._clock.now()
        if event in _FREES and state.handoff is not None:
            offer = await self._assignment.first(without=state.handoff.owner)
            details = replace(details, offer=offer, until=now + self._policy.desk.offer_for)
        after = fire(state, event, actor, now, details)
        handoff = after.handoff or state.handoff
        assert handoff is not None
        desk = await self._around(handoff, event)
        return effects(state, after, event, actor, now, desk, turns, details.why, preface)

    async def act(
        self, address: Address, event: Event, actor: Actor, details: Details, handoff_id: str
    ) -> Conversation:
        """Carry out a transition now; returns the new state once it holds, the bot's silence included.

        Raises Refused or NotAllowed (both recorded), Conflict when others kept coming between, StoreUnavailable.
        """
        for _ in range(ATTEMPTS):
            state = await self._conversations.load(address)
            if state.handoff is None or state.handoff.id != handoff_id:
                raise Refused(_over(state, handoff_id))
            turns = await self._conversations.turns(address, TRANSCRIPT)
            try:
                change = await self.change(state, event, actor, details, turns)
            except Refused as error:
                now = self._clock.now()
                await self._conversations.note(
                    handoff_id, RecordLine(now, actor.key, event.value, str(error), allowed=False)
                )
                raise
            try:
                applied = await self._conversations.apply(change.step(self._clock.now()))
            except Conflict:
                continue
            if event in _SILENCING:
                await self._silenced(address, applied.permit)
            if event is Event.CLAIM and change.state.handoff is not None:
                await self._waits.waited(change.state.handoff)
            return replace(change.state, version=applied.version)
        raise Conflict(f"{handoff_id} keeps changing; try again")

    async def _silenced(self, address: Address, permit: float) -> None:
        """Stop what is being written, and wait until a bot post that is being sent is out or can't be sent any more."""
        await announce_stop(self._redis, address.key)
        while permit and self._clock.now() < permit and await self._outbox.holds(address):
            await asyncio.sleep(0.02)

    async def _around(self, handoff: Handoff, event: Event) -> Desk:
        if event not in _TELLS_THE_PLACE:
            return Desk(self._desks, self._policy, self._hours)
        place = await self._waits.place(handoff.priority, handoff.requested_at)
        wait = await self._waits.usual()
        return Desk(self._desks, self._policy, self._hours, place, wait)

    def threads(self, handoff: Handoff) -> tuple[Address, ...]:
        """Desks under whose cards a customer's words appear: the owner's, or all while nobody owns it."""
        return where(handoff)

    @property
    def first_reply(self) -> float:
        """Seconds in which the owner must write."""
        return self._policy.desk.first_reply

    @property
    def desks(self) -> tuple[Address, ...]:
        """Every desk channel."""
        return self._desks

    def desk_at(self, platform: str) -> Address | None:
        """The desk of a platform, or None."""
        return next((desk for desk in self._desks if desk.platform == platform), None)

    async def place(self, handoff: Handoff) -> int:
        """The place in the queue now."""
        return await self._waits.place(handoff.priority, handoff.requested_at)


def _over(state: Conversation, handoff_id: str) -> str:
    ended = state.ended
    return wording.already_over(ended.outcome.value if ended and ended.id == handoff_id else "")
