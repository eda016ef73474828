"""The card of a handoff: posted once, edited as its state changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from core import wording
from core.conversation import Handoff, Mode, Outcome, Turn
from core.posts import Button, Card, CardField, Content, Speaker, Style
from core.text import shorten

SHOWN_TURNS = 12
"""Lines of the transcript on a card."""
LINE = 280
"""Characters of one line."""


def card_id(handoff_id: str, platform: str) -> str:
    """Id of the post that is the card of a handoff on a platform."""
    return f"{handoff_id}:card:{platform}"


def card(handoff: Handoff, state: str, turns: Sequence[Turn], zone: tzinfo) -> Content:
    """The card in a state: `waiting`, `human`, `snoozed`, or how it ended."""
    name = handoff.customer.name or handoff.customer.id
    title = wording.card_title(name, bool(handoff.vip), state)
    fields = [
        CardField(wording.CARD_REASON, handoff.reason),
        CardField(wording.CARD_CUSTOMER, f"{name} ({handoff.customer.platform})"),
        CardField(wording.CARD_SINCE, _clock_time(handoff.requested_at, zone)),
    ]
    if handoff.owner is not None:
        fields.append(CardField(wording.CARD_OWNER, handoff.owner.name or handoff.owner.id))
    if handoff.offered is not None:
        until = wording.offered_until(
            handoff.offered.name or handoff.offered.id, _clock_time(handoff.offered_until, zone)
        )
        fields.append(CardField(wording.CARD_OFFERED, until))
    if handoff.snoozed_until:
        fields.append(CardField(wording.CARD_UNTIL, _clock_time(handoff.snoozed_until, zone)))
    if handoff.entries:
        fields.append(CardField(wording.CARD_ENTRIES, ", ".join(handoff.entries[:5])))
    return Content(
        text=f"{title} — {shorten(handoff.reason, 150)}",
        speaker=Speaker.SYSTEM,
        card=Card(
            handoff_id=handoff.id,
            title=title,
            state=state,
            vip=bool(handoff.vip),
            since=handoff.requested_at,
            owner=(handoff.owner.name or handoff.owner.id) if handoff.owner else "",
            fields=tuple(fields),
            transcript=transcript(turns),
            summary=handoff.summary,
            draft=handoff.draft,
        ),
        buttons=_buttons(handoff, state),
    )


def state_of(handoff: Handoff, mode: Mode) -> str:
    """The state that a card of an open handoff shows."""
    if mode is Mode.WAITING:
        return "waiting"
    return "snoozed" if handoff.snoozed_until else "human"


def transcript(turns: Sequence[Turn]) -> tuple[str, ...]:
    """The last lines of a conversation, oldest first, each `name: text`."""
    lines = []
    for turn in turns[-SHOWN_TURNS:]:
        who = turn.name or ("Bot" if turn.speaker is Speaker.BOT else "Concierge")
        said = wording.TAKEN_BACK if turn.gone else shorten(turn.text, LINE)
        text = " ".join([said, *(f"[{name}]" for name in turn.files)]).strip()
        lines.append(f"{who}: {text}")
    return tuple(lines)


def _buttons(handoff: Handoff, state: str) -> tuple[Button, ...]:
    def button(action: str, label: str, style: Style = Style.PLAIN) -> Button:
        return Button(action=action, label=label, value=handoff.id, style=style)

    if state == "waiting":
        return (
            button("claim", wording.CLAIM, Style.PRIMARY),
            button("suggest_draft", wording.SUGGEST_DRAFT),
            button("resolve", wording.RESOLVE),
        )
    if state in {"human", "snoozed"}:
        return (
            button("resolve", wording.RESOLVE, Style.PRIMARY),
            button("suggest_draft", wording.SUGGEST_DRAFT),
            button("note", wording.NOTE),
            button("transfer", wording.TRANSFER),
            button("release", wording.RELEASE),
            button("snooze", wording.SNOOZE),
            button("take_over", wording.TAKE_OVER),
        )
    if state == Outcome.RESOLVED:
        return (button("propose_entry", wording.PROPOSE_ENTRY),)
    return ()


def _clock_time(at: float, zone: tzinfo) -> str:
    return datetime.fromtimestamp(at, zone).strftime("%a %H:%M %Z")
