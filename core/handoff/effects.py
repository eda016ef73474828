"""What a transition sets off: what is said to whom, which timers run, who is paged. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core import wording
from core.conversation import Conversation, Handoff, Mode, RecordLine, Turn
from core.desk.card import state_of
from core.handoff import ladder
from core.handoff.change import OF_OWNED, OF_WAITING, TIMERS, Change, Desk, timer
from core.handoff.machine import Actor
from core.handoff.sayer import Sayer
from core.handoff.table import Event
from core.handoff.waits import order_of
from core.messages import Person
from core.posts import Button, Speaker
from core.store.codec import CONVERSATION, dump

CLOSED_CASE = "case"
"""Under this name the conversation as it was before its last handoff ended is remembered: its card can still change."""
TOLD_EVERY = 120.0
"""Seconds between two looks at the place in the queue of somebody who waits."""


def effects(
    before: Conversation, after: Conversation, event: Event, actor: Actor, now: float, desk: Desk,
    turns: Sequence[Turn] = (), why: str = "", preface: str = "",
) -> Change:  # fmt: skip
    """Everything that goes with the transition from `before` to `after`."""
    handoff = after.handoff or before.handoff
    assert handoff is not None
    change = Change(state=after, handoff_id=handoff.id)
    detail = _detail(event, before, after)
    change.record.append(RecordLine(at=now, who=actor.key, what=event.value, why=why, detail=detail))
    sayer = Sayer(change, after, handoff, desk)
    shown = True
    match event:
        case Event.REQUEST:
            _start_waiting(sayer, now, turns, first=True)
            opens, on_call = desk.hours.in_words(now), ladder.paged_now(handoff, desk, now)
            sayer.waiting(wording.requested(desk.place, desk.wait, opens, preface, on_call=on_call))
        case Event.CLAIM | Event.TAKE_OVER | Event.TRANSFER:
            _owned(sayer, before, event, actor, now)
            change.silence = after.address.platform
        case Event.RELEASE | Event.CLAIM_EXPIRED | Event.LEFT:
            was = before.handoff.owner if before.handoff else None
            if event is not Event.RELEASE and was is not None:
                said = wording.claim_expired if event is Event.CLAIM_EXPIRED else wording.left_unanswered
                sayer.to_desk(said(name_of(was)), mention=was)
            _start_waiting(sayer, now, turns, first=False)
            sayer.waiting(wording.back_in_queue(desk.place))
        case Event.CANCEL:
            sayer.to_customer(wording.CANCELLED)
            sayer.to_desk(wording.CUSTOMER_CANCELLED)
        case Event.RESOLVE:
            if before.mode is Mode.HUMAN and handoff.owner is not None:
                rate = tuple(Button("rate", label, f"{handoff.id}:{label}") for label in wording.RATINGS)
                sayer.to_customer(wording.resolved(name_of(handoff.owner)), rate)
            else:
                sayer.to_customer(wording.RESOLVED_UNCLAIMED)
        case Event.EXPIRE:
            silent = before.mode is Mode.HUMAN
            sayer.to_customer(wording.CUSTOMER_SILENT if silent else wording.WAIT_EXPIRED)
            sayer.to_desk(wording.EXPIRED_AT_DESK)
        case Event.OFFER_PASSED:
            was = before.handoff.offered if before.handoff else None
            sayer.beside_the_cards(wording.open_to_all(ladder.headline(handoff), name_of(was) if was else ""))
        case Event.CLIMB:
            ladder.page(sayer, handoff.rung - 1, now)
            ladder.next_rung(change, handoff, desk, now)
        case Event.TOLD:
            sayer.to_customer(preface or wording.place_now(desk.place, desk.wait))
        case Event.NUDGE:
            left = desk.policy.desk.first_reply / 2
            name = name_of(handoff.owner) if handoff.owner else ""
            sayer.to_desk(wording.nudge(name, left), mention=handoff.owner)
        case Event.UNANSWERED:
            name = name_of(handoff.owner) if handoff.owner else ""
            # Whoever is at home now is given as long after the next opening.
            due = (now if desk.hours.is_open(now) else desk.hours.next_opening(now)) + desk.policy.desk.unanswered
            waited = now - handoff.unanswered_since
            sayer.to_desk(wording.unanswered(name, waited, due - now), mention=handoff.owner)
            change.timers[timer("left", handoff)] = due
            shown = False
        case Event.SNOOZE:
            change.timers |= {timer(kind, handoff): None for kind in OF_OWNED}
            change.timers[timer("wake", handoff)] = handoff.snoozed_until
        case Event.WAKE:
            sayer.to_desk(preface or wording.WAKE_UP, mention=handoff.owner)
            _awake(change, handoff, desk, now, turns)
        case Event.REMIND:
            sayer.to_customer(wording.REMINDER)
            change.timers[timer("expire", handoff)] = now + desk.policy.desk.customer_silent / 2
        case Event.REPLIED:
            assert before.handoff is not None
            change.timers |= {timer(kind, handoff): None for kind in OF_OWNED}
            change.timers[timer("remind", handoff)] = now + desk.policy.desk.customer_silent / 2
            if before.handoff.replied_at:
                change.record.clear()  # the first reply is kept in the history, the others in the transcript
            shown = bool(before.handoff.snoozed_until)
    if before.mode is Mode.WAITING and before.handoff is not None and after.mode is not Mode.WAITING:
        sayer.no_more_waiting(before.handoff)
    if after.mode is Mode.BOT:
        change.queue = False
        change.refs[CLOSED_CASE] = dump(CONVERSATION, before)
        change.timers |= {timer(kind, handoff): None for kind in TIMERS}
    if shown:
        sayer.edit_cards(turns, _card_state(after, handoff))
    return change


def name_of(person: Person) -> str:
    """What a person is called."""
    return person.name or person.id


def _start_waiting(sayer: Sayer, now: float, turns: Sequence[Turn], *, first: bool) -> None:
    change, handoff, desk = sayer.change, sayer.handoff, sayer.desk
    change.queue = order_of(handoff.priority, handoff.requested_at)
    if first:
        sayer.cards(turns)
    ladder.page(sayer, 0, now, again=not first)
    handoff = replace(sayer.handoff, rung=1, told=desk.place)
    sayer.keep(handoff)
    # A ladder that starts again counts from now, not from the request.
    started = ladder.starts(handoff, desk, now)
    change.timers |= {timer(kind, handoff): None for kind in OF_OWNED}
    ladder.next_rung(change, handoff, desk, started)
    change.timers |= {
        timer("nobody", handoff): started + desk.policy.ladder_end,
        timer("place", handoff): now + TOLD_EVERY,
        timer("wait-expire", handoff): started + desk.policy.desk.waiting_expires,
    }
    if handoff.offered is not None:
        change.timers[timer("offer", handoff)] = handoff.offered_until


def _owned(sayer: Sayer, before: Conversation, event: Event, actor: Actor, now: float) -> None:
    change, handoff = sayer.change, sayer.handoff
    owner, was = handoff.owner, before.handoff
    assert owner is not None
    assert was is not None
    name = name_of(owner)
    change.queue = order_of(handoff.priority, handoff.requested_at, owned=True)
    change.timers |= {timer(kind, handoff): None for kind in (*OF_WAITING, *OF_OWNED)}
    _first_reply(change, handoff, sayer.desk, now)
    sayer.to_customer(wording.claimed(name) if event is Event.CLAIM else wording.transferred(name))
    if event is Event.TAKE_OVER:
        sayer.to_desk(wording.taken_from_you(name), mention=was.owner, former=was)
    elif event is Event.TRANSFER:
        by = name_of(actor.person) if actor.person else ""
        sayer.to_desk(wording.handed_over(by, name), mention=owner, former=was)
    elif was.offered is not None and was.offered.key != owner.key:
        sayer.to_desk(wording.taken_before(name, name_of(was.offered)), mention=was.offered, former=was)
    else:
        sayer.to_desk(wording.taken(name))


def _first_reply(change: Change, handoff: Handoff, desk: Desk, now: float) -> None:
    first_reply = desk.policy.desk.first_reply
    change.timers[timer("nudge", handoff)] = now + first_reply / 2
    change.timers[timer("claim-expire", handoff)] = now + first_reply


def _awake(change: Change, handoff: Handoff, desk: Desk, now: float, turns: Sequence[Turn]) -> None:
    """After a snooze: who has not written is waited for, from now on."""
    change.timers[timer("wake", handoff)] = None
    if not handoff.replied_at:
        _first_reply(change, handoff, desk, now)
    elif handoff.unanswered_since:
        change.timers[timer("unanswered", handoff)] = now + desk.policy.desk.first_reply
    elif turns and turns[-1].speaker is Speaker.COLLEAGUE:
        change.timers[timer("remind", handoff)] = now + desk.policy.desk.customer_silent / 2


def _card_state(after: Conversation, handoff: Handoff) -> str:
    if after.mode is Mode.BOT:
        return after.ended.outcome.value if after.ended else "resolved"
    return state_of(handoff, after.mode)


def _detail(event: Event, before: Conversation, after: Conversation) -> str:
    handoff = after.handoff
    if handoff is None:
        return after.ended.outcome.value if after.ended else ""
    match event:
        case Event.TRANSFER | Event.TAKE_OVER | Event.CLAIM:
            return f"owner {handoff.owner.key}" if handoff.owner else ""
        case Event.REQUEST | Event.RELEASE | Event.CLAIM_EXPIRED | Event.LEFT:
            return f"offered to {handoff.offered.key}" if handoff.offered else ""
        case Event.OFFER_PASSED:
            was = before.handoff.offered if before.handoff else None
            return f"was offered to {was.key}" if was else ""
        case Event.CLIMB:
            return f"rung {handoff.rung}"
        case _:
            return ""
