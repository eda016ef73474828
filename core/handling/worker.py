"""Handling one taken message: decide, commit, decide anew after a conflict, set aside what can not be handled."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from core import wording
from core.clock import Clock
from core.conversation import Conversation, Mode, Turn
from core.errors import ConciergeError, Conflict, LeaseLost, StoreUnavailable
from core.handling.buttons import CustomerButtons
from core.handling.corrections import Corrections
from core.handling.customer import CustomerMessages
from core.handling.replies import HUMAN, Replies
from core.handling.staff import StaffMessages
from core.handling.timers import Timers
from core.inbox.inbox import SetAside, set_aside_json
from core.inbox.lanes import TURNS, Lanes, Work
from core.messages import MessageKind
from core.outbox.delivery import backoff
from core.posts import Speaker
from core.store.codec import MESSAGE, dump
from core.store.conversations import Applied, Conversations, Step

log = logging.getLogger(__name__)

MOST_TRIES = 5
"""After so many failures a message is set aside, and its sender told."""
MOST_CONFLICTS = 50
"""How often a decision is made anew because somebody changed the conversation meanwhile."""


class Worker:
    """Handles messages; one per process, shared by all lanes."""

    def __init__(
        self, lanes: Lanes, conversations: Conversations, clock: Clock, replies: Replies, *,
        customers: CustomerMessages, staff: StaffMessages, buttons: CustomerButtons, corrections: Corrections,
        timers: Timers,
    ) -> None:  # fmt: skip
        self._lanes, self._conversations, self._clock, self._replies = lanes, conversations, clock, replies
        self._customers, self._staff, self._buttons = customers, staff, buttons
        self._corrections, self._timers = corrections, timers

    async def handle(self, work: Work) -> bool:
        """Settle the message, or give it back to be tried again; returns whether its lane has another one.

        Raises LeaseLost and StoreUnavailable.
        """
        try:
            return (await self._settle(work)).more
        except LeaseLost:
            raise
        except StoreUnavailable:
            # A Redis that is full lends lanes and refuses commits; the message is not to blame, so this try is no try.
            with suppress(StoreUnavailable):
                await self._lanes.give_back(work, after=backoff(work.tries), tries=work.tries - 1)
            raise
        except Exception as error:
            # A bug or a vendor's surprise: whatever it is, the message is not lost, and its sender hears of it.
            log.exception("handling %s failed (try %d)", work.message.event_id, work.tries)
            if work.tries < MOST_TRIES:
                await self._lanes.give_back(work, after=backoff(work.tries))
                return False
            return (await self._set_aside(work, error)).more

    async def _settle(self, work: Work) -> Applied:
        state, turns = work.conversation, work.turns
        if work.tries > MOST_TRIES:  # its handling killed the process again and again
            return await self._set_aside(work, ConciergeError("the process died while handling it"))
        for _ in range(MOST_CONFLICTS):
            step = await self._decide(work, state, turns)
            try:
                return await self._conversations.apply(step)
            except Conflict:
                state = await self._conversations.load(state.address)
                turns = tuple(await self._conversations.turns(state.address, TURNS))
                await asyncio.sleep(0)
        raise Conflict(f"{state.address.key} keeps changing")

    async def _decide(self, work: Work, state: Conversation, turns: Sequence[Turn]) -> Step:
        message, token = work.message, work.token
        match message.kind:
            case MessageKind.TIMER:
                return await self._timers.handle(message, state, turns, token)
            case MessageKind.ACTION:
                return await self._buttons.handle(message, state, turns, token)
            case MessageKind.EDITED | MessageKind.DELETED:
                return await self._corrections.handle(message, state, token, self._clock.now())
            case MessageKind.TEXT if message.via is not None:
                return await self._staff.handle(message, state, turns, token)
            case _:
                return await self._customers.handle(message, state, turns, token)

    async def _set_aside(self, work: Work, error: Exception) -> Applied:
        """Keep the message for operations, and explain to its sender."""
        message, state, now = work.message, work.conversation, self._clock.now()
        log.error("set aside %s after %d tries: %s", message.event_id, work.tries, error)
        kept = SetAside(
            event_id=message.event_id, conversation=state.address.key, what="message",
            why=f"{type(error).__name__}: {error}", at=now, payload=dump(MESSAGE, message),
        )  # fmt: skip
        dead = (message.event_id, set_aside_json(kept))
        step = Step(conversation=state.address, now=now, token=work.token, dead=dead)
        if message.kind in {MessageKind.TEXT, MessageKind.ACTION}:
            buttons = (HUMAN,) if state.mode is Mode.BOT else ()
            posts, turn = self._replies.say(
                message, state, wording.BROKEN, kind="unavailable", buttons=buttons, speaker=Speaker.SYSTEM, now=now
            )
            if message.via is not None:
                posts = [replace(post, to=message.via) for post in posts]
            step = Step(
                conversation=state.address, now=now, token=work.token, dead=dead, posts=tuple(posts), turns=(turn,)
            )
        return await self._conversations.apply(step)
