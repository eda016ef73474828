"""What a transition sets off: what is said to whom, which timers run, who is paged. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from core import wording
from core.conversation import Conversation, Handoff, Mode, RecordLine, Turn
from core.desk.card import card, card_id, state_of
from core.handoff.hours import OfficeHours
from core.handoff.machine import Actor
from core.handoff.table import Event
from core.handoff.waits import order_of
from core.messages import Address, Person
from core.policy import Policy
from core.posts import Button, Content, Post, PostKind, Speaker
from core.store.conversations import Step

PAGER = "pager"
"""Platform name of what is reached by Apprise: PAGE_URLS and URLs in ladders."""
TOLD_EVERY = 120.0
"""Seconds between two looks at the place in the queue of somebody who waits."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What is known around a conversation when something happens to it."""

    desks: tuple[Address, ...]
    """Desk channels."""
    policy: Policy
    """The policy."""
    hours: OfficeHours
    """The office hours."""
    place: int = 1
    """Place in the queue."""
    wait: float | None = None
    """Usual wait in seconds; None when too little is known."""


@dataclass(slots=True)
class Change:
    """A new state with everything that goes with it."""

    state: Conversation
    """The new state."""
    posts: list[Post] = field(default_factory=list)
    """What is said."""
    timers: dict[str, float | None] = field(default_factory=dict)
    """What is set and cleared."""
    queue: float | bool | None = None
    """Order in the queue; False leaves it."""
    record: list[RecordLine] = field(default_factory=list)
    """For the history."""
    handoff_id: str = ""
    """Whose history."""
    silence: str = ""
    """Platform whose bot post in flight must be waited for."""

    def step(self, now: float, turns: Sequence[Turn] = (), token: int | None = None, answers: str = "") -> Step:
        """The step that makes it happen; `answers` is the event id of the customer's message that it replies to."""
        home = self.state.address
        return Step(
            conversation=self.state.address,
            now=now,
            state=self.state,
            token=token,
            turns=tuple(turns),
            posts=tuple(replace(p, reply_to=answers) if answers and p.to == home else p for p in self.posts),
            timers=self.timers,
            queue=self.queue,
            handoff_id=self.handoff_id,
            record=tuple(self.record),
            silence=self.silence,
        )


def timer(kind: str, handoff: Handoff) -> str:
    """Name of a handoff's timer."""
    return f"{kind}:{handoff.id}"


TIMERS = ("draft", "rung", "nobody", "place", "wait-expire", "nudge", "claim-expire", "wake", "remind", "expire")
"""Kinds of timers."""
_OF_WAITING = ("rung", "nobody", "place", "wait-expire")
_OF_OWNED = ("nudge", "claim-expire", "wake", "remind", "expire")


def effects(
    before: Conversation, after: Conversation, event: Event, actor: Actor, now: float, desk: Desk,
    turns: Sequence[Turn] = (), why: str = "", preface: str = "",
) -> Change:  # fmt: skip
    """Everything that goes with the transition from `before` to `after`."""
    handoff = after.handoff or before.handoff
    assert handoff is not None
    change = Change(state=after, handoff_id=handoff.id)
    change.record.append(RecordLine(at=now, who=actor.key, what=event.value, why=why, detail=_detail(event, after)))
    sayer = _Sayer(change, after, handoff, desk)
    match event:
        case Event.REQUEST:
            _start_waiting(sayer, now, turns, first=True)
            closed = "" if _paged_now(handoff, desk, now) else desk.hours.in_words(now)
            text = wording.requested(desk.place, desk.wait, closed, preface)
            sayer.to_customer(text, (Button("cancel_wait", wording.CANCEL_WAIT, handoff.id),))
        case Event.CLAIM | Event.TAKE_OVER | Event.TRANSFER:
            _owned(sayer, before, event, now)
            change.silence = after.address.platform
        case Event.RELEASE | Event.CLAIM_EXPIRED:
            was = before.handoff.owner if before.handoff else None
            if event is Event.CLAIM_EXPIRED and was is not None:
                sayer.to_desk(wording.claim_expired(was.name or was.id))
            _start_waiting(sayer, now, turns, first=False)
            sayer.to_customer(wording.back_in_queue(desk.place))
        case Event.CANCEL:
            sayer.to_customer(wording.CANCELLED)
            sayer.to_desk(wording.CUSTOMER_CANCELLED)
        case Event.RESOLVE:
            if before.mode is Mode.HUMAN and handoff.owner is not None:
                rate = tuple(Button("rate", label, f"{handoff.id}:{label}") for label in wording.RATINGS)
                sayer.to_customer(wording.resolved(handoff.owner.name or handoff.owner.id), rate)
            else:
                sayer.to_customer(wording.RESOLVED_UNCLAIMED)
        case Event.EXPIRE:
            silent = before.mode is Mode.HUMAN
            sayer.to_customer(wording.CUSTOMER_SILENT if silent else wording.WAIT_EXPIRED)
            sayer.to_desk(wording.EXPIRED_AT_DESK)
        case Event.CLIMB:
            _page(sayer, handoff.rung - 1, now)
            _next_rung(change, handoff, desk, now)
        case Event.TOLD:
            sayer.to_customer(preface or wording.place_now(desk.place, desk.wait))
        case Event.NUDGE:
            owner = handoff.owner
            name = (owner.name or owner.id) if owner else ""
            left = handoff.claimed_at + desk.policy.desk.first_reply - now
            sayer.to_desk(wording.nudge(name, left), mention=owner)
        case Event.SNOOZE:
            change.timers[timer("wake", handoff)] = handoff.snoozed_until
        case Event.WAKE:
            sayer.to_desk(wording.WAKE_UP, mention=handoff.owner)
        case Event.REMIND:
            sayer.to_customer(wording.REMINDER)
            change.timers[timer("expire", handoff)] = now + desk.policy.desk.customer_silent / 2
        case Event.REPLIED:
            _replied(change, handoff, desk, now)
    if after.mode is Mode.BOT:
        change.queue = False
        change.timers |= {timer(kind, handoff): None for kind in TIMERS}
    sayer.edit_cards(turns, _card_state(after, handoff))
    return change


class _Sayer:
    """Collects posts, and gives each its id."""

    def __init__(self, change: Change, state: Conversation, handoff: Handoff, desk: Desk) -> None:
        self.change, self.state, self.handoff, self.desk = change, state, handoff, desk

    def _id(self) -> str:
        return f"{self.handoff.id}:{self.state.version + 1}:{len(self.change.posts)}"

    def to_customer(self, text: str, buttons: tuple[Button, ...] = ()) -> None:
        self.change.posts.append(
            Post(
                id=self._id(),
                to=self.state.address,
                content=Content(text=text, speaker=Speaker.SYSTEM, buttons=buttons),
                epoch=self.state.epoch,
                urgent=True,
            )
        )

    def to_desk(self, text: str, mention: Person | None = None, former: Handoff | None = None) -> None:
        """Into the thread under every card, or under the owner's; and where the owner of `former` works."""
        for desk in dict.fromkeys((*where(self.handoff), *(where(former) if former else ()))):
            name = mention.id if mention is not None and mention.platform == desk.platform else ""
            self.change.posts.append(
                Post(
                    id=f"{self._id()}:{desk.platform}",
                    to=desk,
                    content=Content(text=text, speaker=Speaker.SYSTEM, mention=name),
                    under=card_id(self.handoff.id, desk.platform),
                    epoch=self.state.epoch,
                    urgent=True,
                )
            )

    def page(self, desk: Address, text: str, mention: str) -> None:
        """Beside the cards, where everybody sees it."""
        buttons = (Button("claim", wording.CLAIM, self.handoff.id),) if desk.platform != PAGER else ()
        self.change.posts.append(
            Post(
                id=f"{self._id()}:{desk.platform}",
                to=desk,
                content=Content(text=text, speaker=Speaker.SYSTEM, mention=mention, buttons=buttons),
                epoch=self.state.epoch,
                urgent=True,
            )
        )

    def cards(self, turns: Sequence[Turn]) -> None:
        """Post the cards."""
        for desk in self.handoff.desks:
            content = card(self.handoff, "waiting", turns, self.desk.policy.hours.timezone)
            self.change.posts.append(
                Post(id=card_id(self.handoff.id, desk.platform), to=desk, content=content, urgent=True)
            )

    def edit_cards(self, turns: Sequence[Turn], state: str) -> None:
        """Show the state as it is now on every card that was posted before."""
        posted = {post.id for post in self.change.posts}
        content = card(self.handoff, state, turns, self.desk.policy.hours.timezone)
        for desk in self.handoff.desks:
            if (of := card_id(self.handoff.id, desk.platform)) not in posted:
                self.change.posts.append(
                    Post(
                        id=f"{self._id()}:{desk.platform}",
                        to=desk,
                        content=content,
                        kind=PostKind.EDIT,
                        of=of,
                        urgent=True,
                    )
                )


def where(handoff: Handoff) -> tuple[Address, ...]:
    """Desks that see what happens: the owner's, or all while nobody owns it."""
    if handoff.owner_at is not None:
        return tuple(desk for desk in handoff.desks if desk.platform == handoff.owner_at.platform) or handoff.desks
    return handoff.desks


def _start_waiting(sayer: _Sayer, now: float, turns: Sequence[Turn], *, first: bool) -> None:
    change, handoff, desk = sayer.change, sayer.handoff, sayer.desk
    change.queue = order_of(handoff.priority, handoff.requested_at)
    if first:
        sayer.cards(turns)
    # A ladder that starts again counts from now, not from the request.
    started = _starts(handoff, desk, now)
    _page(sayer, 0, now, again=not first)
    sayer.handoff = handoff = replace(handoff, rung=1)
    change.state = sayer.state = replace(sayer.state, handoff=handoff)
    change.timers |= {timer(kind, handoff): None for kind in _OF_OWNED}
    _next_rung(change, handoff, desk, started, start=started)
    change.timers |= {
        timer("nobody", handoff): started + desk.policy.ladder_end,
        timer("place", handoff): now + TOLD_EVERY,
        timer("wait-expire", handoff): started + desk.policy.desk.waiting_expires,
    }


def _paged_now(handoff: Handoff, desk: Desk, now: float) -> bool:
    urgent = handoff.priority == 0 and desk.policy.hours.urgent_pages_anyway
    return urgent or desk.hours.is_open(now)


def _starts(handoff: Handoff, desk: Desk, now: float) -> float:
    return now if _paged_now(handoff, desk, now) else desk.hours.next_opening(now)


def _next_rung(change: Change, handoff: Handoff, desk: Desk, now: float, start: float | None = None) -> None:
    rungs = desk.policy.ladders[handoff.ladder]
    if handoff.rung < len(rungs):
        last = rungs[handoff.rung - 1].after if handoff.rung else 0.0
        change.timers[timer("rung", handoff)] = (start or now) + rungs[handoff.rung].after - last


def _page(sayer: _Sayer, rung: int, now: float, *, again: bool = False) -> None:
    """Page whoever stands on a rung. When the ladder starts again the card is there: say it beside the card."""
    handoff, desk = sayer.handoff, sayer.desk
    quiet = rung == 0 and not _paged_now(handoff, desk, now)
    name = handoff.customer.name or handoff.customer.id
    title = f"{wording.card_title(name, bool(handoff.vip), 'waiting')} ({handoff.id}) — {handoff.reason}"
    text = wording.page(title, now - handoff.requested_at)
    for target in desk.policy.ladders[handoff.ladder][rung].to:
        if target == "desk":
            if again:
                for place in handoff.desks:
                    sayer.page(place, text, "")
        elif quiet:
            continue
        elif target == "here":
            for place in handoff.desks:
                sayer.page(place, text, "here")
        elif target == "urls":
            sayer.page(Address(PAGER, "urls"), text, "")
        elif "://" in target:
            sayer.page(Address(PAGER, f"rung-{handoff.ladder}-{rung}"), text, "")
        else:
            platform, _, who = target.partition(":")
            for place in handoff.desks:
                if place.platform == platform:
                    sayer.page(place, text, who)


def _owned(sayer: _Sayer, before: Conversation, event: Event, now: float) -> None:
    change, handoff = sayer.change, sayer.handoff
    owner = handoff.owner
    assert owner is not None
    name = owner.name or owner.id
    former = before.handoff.owner if before.handoff else None
    change.queue = order_of(handoff.priority, handoff.requested_at, owned=True)
    first_reply = sayer.desk.policy.desk.first_reply
    change.timers |= {timer(kind, handoff): None for kind in (*_OF_WAITING, *_OF_OWNED)}
    change.timers |= {
        timer("nudge", handoff): now + first_reply / 2,
        timer("claim-expire", handoff): now + first_reply,
    }
    sayer.to_customer(wording.claimed(name) if event is Event.CLAIM else wording.transferred(name))
    if event is Event.TAKE_OVER:
        sayer.to_desk(wording.taken_from_you(name), mention=former, former=before.handoff)
    else:
        sayer.to_desk(wording.taken(name), mention=owner if event is Event.TRANSFER else None)


def _replied(change: Change, handoff: Handoff, desk: Desk, now: float) -> None:
    change.timers |= {timer(kind, handoff): None for kind in ("nudge", "claim-expire", "wake", "expire")}
    change.timers[timer("remind", handoff)] = now + desk.policy.desk.customer_silent / 2


def _card_state(after: Conversation, handoff: Handoff) -> str:
    if after.mode is Mode.BOT:
        return after.ended.outcome.value if after.ended else "resolved"
    return state_of(handoff, after.mode)


def _detail(event: Event, after: Conversation) -> str:
    handoff = after.handoff
    if handoff is None:
        return after.ended.outcome.value if after.ended else ""
    match event:
        case Event.REQUEST:
            return handoff.reason
        case Event.TRANSFER | Event.TAKE_OVER | Event.CLAIM:
            return f"owner {handoff.owner.key}" if handoff.owner else ""
        case Event.CLIMB:
            return f"rung {handoff.rung}"
        case _:
            return ""
