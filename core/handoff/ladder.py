"""The escalation ladder: who is called, when the next rung is due, and what the office hours change."""

from __future__ import annotations

from core import wording
from core.conversation import Handoff
from core.handoff.change import Change, Desk, timer
from core.handoff.sayer import PAGER, Sayer
from core.messages import Address


def paged_now(handoff: Handoff, desk: Desk, now: float) -> bool:
    """Whether the ladder runs at this hour."""
    urgent = handoff.priority == 0 and desk.policy.hours.urgent_pages_anyway
    return urgent or desk.hours.is_open(now)


def starts(handoff: Handoff, desk: Desk, now: float) -> float:
    """When the ladder starts: now, or when the desk opens."""
    return now if paged_now(handoff, desk, now) else desk.hours.next_opening(now)


def next_rung(change: Change, handoff: Handoff, desk: Desk, now: float) -> None:
    """Set the timer of the rung after the one that was paged at `now`; after the last there is none."""
    rungs = desk.policy.ladders[handoff.ladder]
    if handoff.rung < len(rungs):
        last = rungs[handoff.rung - 1].after if handoff.rung else 0.0
        change.timers[timer("rung", handoff)] = now + rungs[handoff.rung].after - last


def headline(handoff: Handoff) -> str:
    """Who waits and why, in one line."""
    name = handoff.customer.name or handoff.customer.id
    return f"{wording.card_title(name, bool(handoff.vip), 'waiting')} ({handoff.id}) — {handoff.reason}"


def page(sayer: Sayer, rung: int, now: float, *, again: bool = False) -> None:
    """Page whoever stands on a rung. When the ladder starts again the card is there: say it beside the card."""
    handoff, desk = sayer.handoff, sayer.desk
    quiet = rung == 0 and not paged_now(handoff, desk, now)
    text = wording.page(headline(handoff), now - handoff.requested_at)
    for target in desk.policy.ladders[handoff.ladder][rung].to:
        if target == "desk":
            if again:
                sayer.beside_the_cards(text, handoff.offered)
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
            _named(sayer, target, text)


def _named(sayer: Sayer, target: str, text: str) -> None:
    """`<platform>:<person or group>` is mentioned beside the card, `<platform>:#<channel>` is a place of its own."""
    platform, _, who = target.partition(":")
    if who.startswith("#"):
        sayer.page(Address(platform, who.removeprefix("#")), text, "")
        return
    for place in sayer.handoff.desks:
        if place.platform == platform:
            sayer.page(place, text, who)
