"""The state machine: its table is its documentation, and a random walk never leaves it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access.roles import Role
from core.conversation import Conversation, Handoff, Mode
from core.errors import Refused
from core.handoff.machine import CLOSED, SYSTEM, Actor, Details, fire
from core.handoff.table import BY_EVENT, TABLE, Event, as_markdown
from core.messages import Address, Person

README = Path(__file__).parents[2] / "core" / "README.md"
CUSTOMER = Person("chat", "carl", "Carl")
ACTORS = {
    "customer": Actor(CUSTOMER, frozenset({Role.CUSTOMER})),
    "sam": Actor(Person("office", "sam", "Sam"), frozenset({Role.CUSTOMER, Role.STAFF})),
    "kim": Actor(Person("office", "kim", "Kim"), frozenset({Role.CUSTOMER, Role.STAFF})),
    "lead": Actor(Person("office", "lea", "Lea"), frozenset({Role.CUSTOMER, Role.STAFF, Role.LEAD})),
    "system": SYSTEM,
}


def test_the_readme_shows_the_table() -> None:
    shown = README.read_text().partition("<!-- transitions -->\n")[2].partition("<!-- end of transitions -->")[0]
    assert shown == as_markdown()


def test_every_event_has_one_row() -> None:
    assert [row.event for row in TABLE] == list(Event)


steps = st.lists(st.tuples(st.sampled_from(list(Event)), st.sampled_from(sorted(ACTORS))), max_size=30)


@given(steps)
def test_a_random_walk_stays_within_the_table(walk: list[tuple[Event, str]]) -> None:
    state = Conversation(Address("chat", "carl"))
    for number, (event, name) in enumerate(walk):
        actor, row = ACTORS[name], BY_EVENT[event]
        fresh = Handoff(f"H0-{number}", "asked", "?", CUSTOMER, 1.0)
        details = Details(handoff=fresh, to=ACTORS["kim"].person, until=5.0)
        try:
            after = fire(state, event, actor, 2.0, details)
        except Refused:
            continue
        assert state.mode in row.sources
        assert after.mode is row.target
        assert actor.roles & set(row.by)
        assert (after.handoff is None) == (after.mode is Mode.BOT)
        assert after.epoch >= state.epoch
        if after.mode is Mode.HUMAN:
            assert after.handoff is not None
            assert after.handoff.owner is not None
            assert after.floor == CLOSED
        else:
            assert after.floor <= after.epoch
        if state.mode is Mode.HUMAN and after.mode is not Mode.HUMAN:
            assert after.floor == after.epoch, "what the bot wrote before must not come out now"
        state = after


@pytest.mark.parametrize("event", [Event.CLAIM, Event.TAKE_OVER, Event.TRANSFER, Event.RESOLVE, Event.RELEASE])
@pytest.mark.parametrize("mode", list(Mode))
def test_customers_can_do_nothing_that_staff_can(event: Event, mode: Mode) -> None:
    handoff = None if mode is Mode.BOT else Handoff("H0-1", "asked", "?", CUSTOMER, 1.0, owner=ACTORS["sam"].person)
    state = replace(Conversation(Address("chat", "carl")), mode=mode, handoff=handoff)
    with pytest.raises(Refused):
        fire(state, event, ACTORS["customer"], 2.0, Details(to=CUSTOMER))
