"""One transition of a handoff: pure, from state to state. What it sets off (posts, timers) is `effects.py`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core import wording
from core.access.roles import Role
from core.conversation import Conversation, Ended, Handoff, Mode, Outcome
from core.errors import NotAllowed, Refused
from core.handoff.table import BY_EVENT, Event, Guard
from core.messages import Address, Person

CLOSED = 2**50
"""Floor while a human owns a conversation: above every epoch, so that no bot post is let through."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes it happen."""

    person: Person | None
    """None for Concierge itself."""
    roles: frozenset[Role]
    """What they are."""

    @property
    def key(self) -> str:
        """For the record."""
        return self.person.key if self.person else "concierge"


SYSTEM = Actor(person=None, roles=frozenset({Role.SYSTEM}))
"""Concierge itself."""


@dataclass(frozen=True, slots=True)
class Details:
    """What an event needs to know beyond who and when."""

    handoff: Handoff | None = None
    """REQUEST: the new handoff."""
    to: Person | None = None
    """TRANSFER: the colleague."""
    desk: Address | None = None
    """CLAIM, TAKE_OVER, TRANSFER: where the owner works on it."""
    until: float = 0.0
    """SNOOZE: until when. RELEASE, CLAIM_EXPIRED, LEFT: until when it is offered to `offer`."""
    offer: Person | None = None
    """RELEASE, CLAIM_EXPIRED, LEFT: whom it is offered to first."""
    told: int = 0
    """TOLD: the place that was named."""
    outcome: Outcome = Outcome.RESOLVED
    """How it ends."""
    why: str = ""
    """Reason or note, for the record."""


def fire(state: Conversation, event: Event, actor: Actor, now: float, details: Details) -> Conversation:
    """The state after an event.

    Raises NotAllowed when the actor may not, and Refused when the state does not permit it; both say why in words.
    """
    row = BY_EVENT[event]
    if not actor.roles & set(row.by):
        raise NotAllowed(wording.NOT_STAFF if Role.STAFF in row.by else wording.NOT_ALLOWED)
    handoff = state.handoff
    if state.mode not in row.sources:
        raise Refused(_impossible(state, event))
    if handoff is not None:
        _check(row.guard, handoff, actor)
    match event:
        case Event.REQUEST:
            assert details.handoff is not None
            return _enter(state, Mode.WAITING, details.handoff)
        case Event.CLAIM | Event.TAKE_OVER | Event.TRANSFER:
            assert handoff is not None
            owner = details.to if event is Event.TRANSFER else actor.person
            claimed = replace(
                handoff, owner=owner, owner_at=details.desk, claimed_at=now, replied_at=0.0, unanswered_since=0.0,
                snoozed_until=0.0, reminded=False, offered=None, offered_until=0.0, calls=(),
            )  # fmt: skip
            return _enter(state, Mode.HUMAN, claimed)
        case Event.RELEASE | Event.CLAIM_EXPIRED | Event.LEFT:
            assert handoff is not None
            freed = replace(
                handoff, owner=None, owner_at=None, claimed_at=0.0, replied_at=0.0, unanswered_since=0.0,
                snoozed_until=0.0, rung=0,
                offered=details.offer, offered_until=details.until if details.offer else 0.0, told=0,
            )  # fmt: skip
            return _enter(state, Mode.WAITING, freed)
        case Event.CANCEL | Event.RESOLVE | Event.EXPIRE:
            assert handoff is not None
            outcome = {Event.CANCEL: Outcome.ABANDONED, Event.EXPIRE: Outcome.EXPIRED}.get(event, details.outcome)
            ended = Ended(id=handoff.id, owner=handoff.owner, outcome=outcome, at=now)
            return replace(_enter(state, Mode.BOT, None), ended=ended, misses=0, asked="")
        case _:
            assert handoff is not None
            return replace(state, handoff=_within(handoff, event, now, details))


def _enter(state: Conversation, mode: Mode, handoff: Handoff | None) -> Conversation:
    """Change who answers. Everything the bot wrote before is then too old to be sent, unless it only starts to wait."""
    epoch = state.epoch + 1
    if mode is Mode.HUMAN:
        floor = CLOSED
    elif state.mode is Mode.HUMAN:
        floor = epoch
    else:
        floor = state.floor
    return replace(state, mode=mode, handoff=handoff, epoch=epoch, floor=floor)


def _within(handoff: Handoff, event: Event, now: float, details: Details) -> Handoff:
    match event:
        case Event.SNOOZE:
            return replace(handoff, snoozed_until=details.until)
        case Event.WAKE:
            return replace(handoff, snoozed_until=0.0)
        case Event.REPLIED:
            first = handoff.replied_at or now
            return replace(handoff, replied_at=first, unanswered_since=0.0, snoozed_until=0.0, reminded=False)
        case Event.OFFER_PASSED:
            return replace(handoff, offered=None, offered_until=0.0)
        case Event.CLIMB:
            return replace(handoff, rung=handoff.rung + 1)
        case Event.TOLD:
            return replace(handoff, told=details.told)
        case Event.REMIND:
            return replace(handoff, reminded=True)
        case _:
            return handoff


def _check(guard: Guard, handoff: Handoff, actor: Actor) -> None:
    owner, person = handoff.owner, actor.person
    mine = owner is not None and person is not None and owner.key == person.key
    if guard is Guard.OWNER and owner is not None and not mine and Role.LEAD not in actor.roles:
        raise NotAllowed(wording.not_the_owner(owner.name or owner.id))
    if guard is Guard.NOT_OWNER and mine:
        raise Refused(wording.ALREADY_YOURS)
    if guard is Guard.UNREPLIED and handoff.replied_at:
        raise Refused(wording.ALREADY_REPLIED)
    if guard is Guard.UNANSWERED and (not handoff.unanswered_since or handoff.snoozed_until):
        raise Refused(wording.ALREADY_REPLIED)


def _impossible(state: Conversation, event: Event) -> str:
    handoff = state.handoff
    if event is Event.CLAIM and handoff is not None and handoff.owner is not None:
        return wording.already_claimed(handoff.owner.name or handoff.owner.id)
    if state.mode is Mode.BOT:
        ended = state.ended
        return wording.already_over(ended.outcome.value if ended else "")
    if event is Event.REQUEST:
        return wording.STILL_WAITING
    return wording.NOT_CLAIMED_YET if state.mode is Mode.WAITING else wording.not_while_owned(event.value)
