"""Whom a handoff is offered to first: who is present, whose turn it is, and what happens when they don't take it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core import wording
from core.conversation import Handoff
from core.errors import Rejected
from core.messages import Action, Address, Person
from core.policy import load_policy
from core.store.redis import Client
from tests.core.harness import Shown, World, only, patient

OFFER = 60.0
"""Seconds that an offer stands in the policy that comes with the package."""


def assigned(redis: Client, how: str) -> World:
    policy = patient(load_policy())
    return World(redis, policy=replace(policy, desk=replace(policy.desk, assignment=how)))


@pytest.fixture
async def world(redis: Client) -> World:
    return assigned(redis, "round_robin")


async def come(world: World, *names: str) -> None:
    for name in names:
        assert (await world.staff("handoffs", "here", by=name)).text == wording.HERE


async def handoff_of(world: World, by: str = "carl") -> Handoff:
    state = await world.engine.conversations.load(Address("chat", by))
    assert state.handoff is not None
    return state.handoff


async def offered(world: World, by: str = "carl") -> str:
    offered = (await handoff_of(world, by)).offered
    return offered.id if offered else ""


def card(world: World) -> Shown:
    return world.office.cards()[-1]


def fields(shown: Shown) -> dict[str, str]:
    assert shown.content.card is not None
    return {field.label: field.value for field in shown.content.card.fields}


def beside(world: World) -> list[str]:
    """What was said to everybody at the desk, cards not counted."""
    desk = Address("office", "desk")
    return [s.content.text for s in world.office.shown if s.post.to == desk and not s.post.under and not s.content.card]


async def pass_time(world: World, seconds: float) -> None:
    world.clock.move(seconds)
    await world.engine.drain()


# --- whose turn it is


async def test_the_card_names_and_notifies_who_is_asked_first(world: World) -> None:
    await come(world, "kim")
    await world.waiting()
    posted = next(post for post in world.office.attempts if post.content.card is not None)
    assert posted.content.mention == "kim"
    assert fields(card(world))[wording.CARD_OFFERED] == wording.offered_until("Kim", "Fri 08:01 UTC")
    listed = await world.staff("handoffs", "", by="sam")
    assert listed.content is not None
    assert "waiting (offered to Kim)" in listed.content.text


async def test_it_goes_round(world: World) -> None:
    await come(world, "kim", "lea", "sam")
    turns = []
    for number in range(6):
        world.clock.move(1)
        await world.waiting(f"c{number}")
        turns.append(await offered(world, f"c{number}"))
    assert turns[:3] == turns[3:]
    assert sorted(turns[:3]) == ["kim", "lea", "sam"]


async def test_least_loaded_counts_what_is_owned_and_what_is_offered(redis: Client) -> None:
    world = assigned(redis, "least_loaded")
    await come(world, "kim", "sam")
    for number in range(3):
        handoff_id = await world.waiting(f"busy{number}")
        await world.staff("claim", handoff_id, by="kim")
    world.clock.move(1)
    await world.waiting("one")
    await world.waiting("two")
    assert [await offered(world, "one"), await offered(world, "two")] == ["sam", "sam"]
    shown = await world.staff("handoffs", "present", by="sam")
    assert shown.content is not None
    assert shown.content.text.splitlines() == [wording.present_line("Kim", 3), wording.present_line("Sam", 2)]


async def test_nobody_is_offered_anything_by_default(redis: Client) -> None:
    world = World(redis)
    await come(world, "kim")
    await world.waiting()
    assert await offered(world) == ""
    assert wording.CARD_OFFERED not in fields(card(world))


# --- who is present


async def test_with_nobody_present_it_is_everyones_at_once(world: World) -> None:
    await world.waiting()
    assert await offered(world) == ""
    shown = await world.staff("handoffs", "present", by="olga")
    assert shown.text == wording.NOT_STAFF
    assert beside(world) == []


async def test_whoever_does_something_at_the_desk_is_present_for_a_while(world: World) -> None:
    await world.owned("first", owner="kim")
    await world.waiting("second")
    assert await offered(world, "second") == "kim"
    world.clock.move(world.policy.desk.active_for + 1)
    await world.waiting("third")
    assert await offered(world, "third") == ""
    await world.writes("still here", by="kim", card=world.office.cards()[0])
    await world.waiting("fourth")
    assert await offered(world, "fourth") == "kim"


async def test_who_says_away_is_offered_nothing_whatever_they_do(world: World) -> None:
    await come(world, "kim")
    assert (await world.staff("handoffs", "away", by="kim")).text == wording.AWAY
    await world.owned("first", owner="kim")
    await world.waiting("second")
    assert await offered(world, "second") == ""
    await come(world, "kim")
    await world.waiting("third")
    assert await offered(world, "third") == "kim"


async def test_a_word_holds_for_a_shift(world: World) -> None:
    await come(world, "kim")
    world.clock.move(world.policy.desk.here_for - 1)
    await world.waiting("first")
    assert await offered(world, "first") == "kim"
    world.clock.move(2)
    await world.waiting("second")
    assert await offered(world, "second") == ""


async def test_who_is_no_longer_staff_is_offered_nothing(redis: Client) -> None:
    world = assigned(redis, "round_robin")
    await come(world, "kim")
    world.roster = replace(world.roster, staff=frozenset({"office:sam"}))
    world.engine = world.another_engine()
    await world.waiting()
    assert await offered(world) == ""


async def test_a_shell_is_no_desk(world: World) -> None:
    from core.access.roles import Role

    handoff_id = await world.waiting("first")
    root = Action("shell/1", "claim", Person("shell", "root", "root"), Address("shell", "root"), handoff_id)
    assert (await world.engine.desk.act(root, granted=frozenset({Role.STAFF}))).ok
    await world.engine.drain()
    await world.waiting("second")
    assert await offered(world, "second") == ""


# --- what becomes of an offer


async def test_an_offer_that_is_not_taken_is_everyones(world: World) -> None:
    await come(world, "kim")
    handoff_id = await world.waiting()
    await pass_time(world, OFFER - 1)
    assert beside(world) == []
    await pass_time(world, 2)
    told = only(beside(world))
    assert told.endswith("for everybody now: Kim has not taken it.")
    assert await offered(world) == ""
    assert wording.CARD_OFFERED not in fields(card(world))
    again = only([s for s in world.office.shown if s.content.text == told])
    assert [(button.action, button.value) for button in again.content.buttons] == [("claim", handoff_id)]
    await pass_time(world, 3600)
    assert beside(world).count(told) == 1


async def test_the_ladder_does_not_wait_for_an_offer(redis: Client) -> None:
    world = assigned(redis, "round_robin")
    await come(world, "kim")
    await world.waiting("vera")  # a VIP: everybody present is paged at once, and Kim is asked first all the same
    assert await offered(world, "vera") == "kim"
    assert [post.content.mention for post in world.office.attempts if post.content.mention] == ["kim", "here"]


async def test_a_process_that_dies_loses_no_offer(world: World) -> None:
    await come(world, "kim")
    await world.waiting()
    world.engine = world.another_engine()
    await pass_time(world, OFFER + 1)
    assert len(beside(world)) == 1


async def test_another_may_claim_and_whose_offer_it_was_is_told(world: World) -> None:
    await come(world, "kim")
    handoff_id = await world.waiting()
    assert (await world.staff("claim", handoff_id, by="sam")).ok
    told = only([s for s in world.office.shown if s.content.text == wording.taken_before("Sam", "Kim")])
    assert told.content.mention == "kim"
    assert fields(card(world))[wording.CARD_OWNER] == "Sam"
    await pass_time(world, OFFER + 1)
    assert beside(world) == []


async def test_what_is_released_is_offered_to_another(world: World) -> None:
    await come(world, "kim", "sam")
    handoff_id = await world.owned(owner="kim")
    await world.staff("release", handoff_id, by="kim")
    assert await offered(world) == "sam"
    page = only(beside(world))
    assert only([s for s in world.office.shown if s.content.text == page]).content.mention == "sam"
    await pass_time(world, OFFER + 1)
    assert len(beside(world)) == 2


# --- the customer comes back


async def test_who_asks_again_soon_is_offered_to_the_same_colleague_and_told_so(redis: Client) -> None:
    world = World(redis)
    await world.staff("resolve", await world.owned(owner="kim"), by="kim")
    world.clock.move(3600)
    said = only(await world.says("I need a human again"))
    assert said.startswith(wording.reopened_for("Kim"))
    assert await offered(world) == "kim"
    assert world.office.cards()[-1].post.content.mention == "kim"
    await pass_time(world, OFFER + 1)
    assert len(beside(world)) == 1


async def test_the_same_colleague_is_not_promised_when_they_are_away(redis: Client) -> None:
    world = World(redis)
    await world.staff("resolve", await world.owned(owner="kim"), by="kim")
    await world.staff("handoffs", "away", by="kim")
    said = only(await world.says("I need a human again"))
    assert "Kim" not in said
    assert await offered(world) == ""


async def test_after_some_hours_it_is_anyones_again(redis: Client) -> None:
    world = World(redis)
    await world.staff("resolve", await world.owned(owner="kim"), by="kim")
    world.clock.move(world.policy.desk.reopen + 1)
    assert "Kim" not in only(await world.says("I need a human again"))
    assert await offered(world) == ""


async def test_a_card_that_the_desk_refuses_is_no_dead_end_for_an_offer(world: World) -> None:
    await come(world, "kim")
    world.office.failures = [Rejected("channel_not_found")]
    await world.waiting()
    assert wording.nobody_came("") in world.reads()
