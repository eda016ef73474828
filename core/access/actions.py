"""The registry of everything that a person can make Concierge do. What is not in it can't be done."""

from __future__ import annotations

from dataclasses import dataclass

from core.access.roles import Role


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action: a button, a form, a command or a CLI call."""

    name: str
    """As in `Action.name`."""
    roles: frozenset[Role]
    """Any of these may."""
    meaning: str
    """What it does, in words."""
    of_handoff: bool = False
    """Its value starts with a handoff id, and it is recorded in that handoff's history."""
    own: bool = False
    """Only for the customer whose conversation it is, wherever others see the button too."""


def _spec(
    name: str, roles: tuple[Role, ...], meaning: str, *, of_handoff: bool = False, own: bool = False
) -> ActionSpec:
    return ActionSpec(name=name, roles=frozenset(roles), meaning=meaning, of_handoff=of_handoff, own=own)


_CUSTOMER, _STAFF, _LEAD, _OPS = (Role.CUSTOMER,), (Role.STAFF,), (Role.LEAD, Role.OPS), (Role.OPS,)

REGISTRY: dict[str, ActionSpec] = {
    spec.name: spec
    for spec in (
        _spec("human", _CUSTOMER, "ask for a human"),
        _spec("cancel_wait", _CUSTOMER, "take back the request for a human", own=True),
        _spec("pick", _CUSTOMER, "choose one of the suggested questions"),
        _spec("helpful", _CUSTOMER, "say that an answer helped"),
        _spec("not_helpful", _CUSTOMER, "say that an answer did not help"),
        _spec("rate", _CUSTOMER, "rate the help of a colleague", own=True),
        _spec("claim", _STAFF, "take a waiting handoff", of_handoff=True),
        _spec("take_over", _STAFF, "take a handoff from its owner", of_handoff=True),
        _spec("transfer", _STAFF, "hand a handoff to a colleague", of_handoff=True),
        _spec("release", _STAFF, "put a handoff back into the queue", of_handoff=True),
        _spec("resolve", _STAFF, "end a handoff", of_handoff=True),
        _spec("snooze", _STAFF, "set a handoff aside until a time", of_handoff=True),
        _spec("note", _STAFF, "write an internal note", of_handoff=True),
        _spec("suggest_draft", _STAFF, "have a reply drafted from the FAQ", of_handoff=True),
        _spec("send_draft", _STAFF, "send a drafted reply to the customer", of_handoff=True),
        _spec("retry_relay", _STAFF, "send a message again that did not reach the customer", of_handoff=True),
        _spec("handoff_show", _STAFF, "read the history of a handoff", of_handoff=True),
        _spec("handoffs", _STAFF, "list the open handoffs"),
        _spec("handoffs_here", _STAFF, "say that you are at the desk"),
        _spec("handoffs_away", _STAFF, "say that you are not at the desk"),
        _spec("handoffs_present", _STAFF, "see who is at the desk"),
        _spec("canned", _STAFF, "list or send prepared replies"),
        _spec("vip_list", _LEAD, "list the VIPs"),
        _spec("vip_add", _LEAD, "make somebody a VIP"),
        _spec("vip_remove", _LEAD, "make somebody an ordinary customer again"),
        _spec("kb_status", _OPS, "see which FAQ is served"),
        _spec("kb_reload", _OPS, "reload the FAQ"),
        _spec("kb_rollback", _OPS, "go back to an earlier FAQ"),
        _spec("kb_search", _OPS, "search the FAQ with scores"),
        _spec("kb_gaps", _OPS, "see what could not be answered"),
        _spec("propose_entry", _STAFF, "propose an FAQ entry from a handoff", of_handoff=True),
        _spec("kb_drafts", _OPS, "see the proposed FAQ entries"),
        _spec("kb_approve", _OPS, "take a proposed entry into the FAQ"),
        _spec("kb_reject", _OPS, "drop a proposed entry"),
        _spec("inbox_list", _OPS, "see messages that were set aside"),
        _spec("inbox_retry", _OPS, "handle a message again that was set aside"),
        _spec("inbox_drop", _OPS, "forget a message that was set aside"),
    )
}
"""Every action by name."""

COMMANDS = ("kb", "vip", "inbox")
"""Commands whose first word names the action: `/kb reload` is `kb_reload`."""
_OF_HANDOFFS = {"here", "away", "present"}
"""Words behind `/handoffs` that name an action; any others say what to list."""


def resolve(name: str, value: str) -> tuple[str, str]:
    """The action that a command means, and what is left of its text: ("kb", "search card") -> ("kb_search", "card")."""
    if name in COMMANDS:
        first, _, rest = value.strip().partition(" ")
        return f"{name}_{first or ('status' if name == 'kb' else 'list')}", rest.strip()
    if name == "handoffs" and (word := value.strip().lower()) in _OF_HANDOFFS:
        return f"handoffs_{word}", ""
    return name, value
