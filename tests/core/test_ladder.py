"""Paging climbs until somebody claims, once per rung, whatever dies in between."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core import wording
from core.conversation import Mode
from core.messages import Address
from core.policy import Policy, Rung, load_policy
from core.posts import Post
from core.store.redis import Client
from tests.core.harness import Room, World, only, patient

DESK = Address("office", "desk")
PAGER = Address("pager", "urls")


def laddered(policy: Policy) -> Policy:
    """desk at once, everybody after 3 minutes, phones after 10, a person after 15; the end after 20."""
    rungs = (
        Rung(0.0, ("desk",)), Rung(180.0, ("here",)), Rung(600.0, ("urls",)), Rung(900.0, ("office:boss",)),
    )  # fmt: skip
    return replace(
        patient(policy), ladders={"default": rungs, "vip": rungs[:1]}, fallback="Call 123", ladder_end=1200.0
    )


@pytest.fixture
async def world(redis: Client) -> World:
    return World(redis, policy=laddered(load_policy()), pager=Room("pager"))


def pages(world: World) -> list[str]:
    """Whom the ladder reached, in order."""
    found = []
    for post in (*world.office.attempts, *world.pager.attempts):  # type: ignore[attr-defined]
        if post.to == PAGER:
            found.append("urls")
        elif post.content.mention:
            found.append(post.content.mention)
    return found


async def let_pass(world: World, seconds: float, step: float = 30.0) -> None:
    while seconds > 0:
        world.clock.move(step)
        seconds -= step
        await world.engine.drain()


async def test_each_rung_is_paged_once_and_the_customer_told_the_truth_at_the_end(world: World) -> None:
    await world.waiting()
    assert pages(world) == []
    await let_pass(world, 150)
    assert pages(world) == []
    await let_pass(world, 30)
    assert pages(world) == ["here"]
    await let_pass(world, 1300)
    assert sorted(pages(world)) == ["boss", "here", "urls"]
    assert wording.nobody_came("Call 123") in world.reads()
    await let_pass(world, 3600)
    assert len(pages(world)) == 3


async def test_nothing_is_paged_after_the_claim(world: World) -> None:
    handoff_id = await world.waiting()
    await let_pass(world, 200)
    await world.staff("claim", handoff_id)
    await world.writes("hello")
    await let_pass(world, 3600)
    assert pages(world) == ["here"]
    assert not any("sorry" in text for text in world.reads())


async def test_a_process_that_dies_between_rungs_loses_and_repeats_none(world: World) -> None:
    await world.waiting()
    for _ in range(45):
        world.clock.move(30)
        world.engine = world.another_engine()  # the old one is gone without a word
        await world.engine.drain()
    assert sorted(pages(world)) == ["boss", "here", "urls"]


async def test_a_claim_without_a_word_goes_back_to_the_queue_and_pages_anew(world: World) -> None:
    handoff_id = await world.owned()
    await let_pass(world, world.policy.desk.first_reply / 2 + 30)
    assert any("first reply" in text for text in world.thread())
    await let_pass(world, world.policy.desk.first_reply / 2)
    state = await world.engine.conversations.load(Address("chat", "carl"))
    assert state.mode is Mode.WAITING
    assert (await world.staff("claim", handoff_id, by="kim")).ok


async def test_a_released_handoff_is_paged_again(world: World) -> None:
    handoff_id = await world.owned()
    await world.staff("release", handoff_id)
    await let_pass(world, 1300)
    assert sorted(pages(world)) == ["boss", "here", "urls"]


async def test_a_silent_customer_is_reminded_and_then_let_go(world: World) -> None:
    await world.owned()
    await world.writes("Which order is it?")
    half = world.policy.desk.customer_silent / 2
    await let_pass(world, half + 60, step=1800)
    assert world.reads()[-1] == wording.REMINDER
    await let_pass(world, half + 600, step=1800)
    assert world.reads()[-1] == wording.CUSTOMER_SILENT
    assert only(world.office.cards()).content.card.state == "expired"
    assert (await world.says("How do I get a refund?"))[-1] == "Ask the shop; the money takes 3 days."


async def test_a_rung_may_be_a_channel_of_its_own(redis: Client) -> None:
    rungs = (Rung(0.0, ("desk",)), Rung(60.0, ("office:#managers", "elsewhere:boss")))
    policy = replace(patient(load_policy()), ladders={"default": rungs, "vip": rungs})
    world = World(redis, policy=policy)
    handoff_id = await world.waiting()
    await let_pass(world, 90)
    called = only([s for s in world.office.shown if s.post.to == Address("office", "managers")])
    assert handoff_id in called.content.text
    assert [(button.action, button.value) for button in called.content.buttons] == [("claim", handoff_id)]


async def test_who_moves_up_in_the_first_minutes_is_told(redis: Client) -> None:
    world = World(redis)
    before = []
    for number in range(5):
        before.append(await world.waiting(f"c{number}"))
        world.clock.move(1)
    assert "number 6 in line" in only(await world.says("human please"))
    for handoff_id in before:
        await world.staff("claim", handoff_id)
    await let_pass(world, 120)
    assert world.reads()[-1].startswith(wording.place_now(1, None).rstrip("."))
    read = len(world.reads())
    await let_pass(world, 600)
    assert len(world.reads()) == read, "told once"


async def test_a_desk_that_refuses_the_card_is_no_dead_end(world: World) -> None:
    from core.errors import Rejected

    world.office.failures.append(Rejected("channel_not_found"))
    await world.says("human please")
    assert [post.to for post in world.pager.attempts] == [PAGER]  # type: ignore[attr-defined]
    assert wording.nobody_came("Call 123") in world.reads()


async def test_outside_the_hours_the_opening_is_named_and_nobody_woken(redis: Client) -> None:
    policy = laddered(load_policy())
    hours = replace(policy.hours, open={"mon": ((540, 1020),)})
    world = World(redis, policy=replace(policy, hours=hours), pager=Room("pager"))
    said = only(await world.says("human please"))
    assert "back on Monday at 09:00 UTC" in said
    await let_pass(world, 6 * 3600, step=3600)
    assert pages(world) == []
    assert len(world.office.cards()) == 1
    await let_pass(world, 3 * 24 * 3600, step=1800)
    assert sorted(pages(world)) == ["boss", "here", "urls"]


async def test_a_vip_is_paged_outside_the_hours_too(redis: Client) -> None:
    policy = load_policy()
    hours = replace(policy.hours, open={"mon": ((540, 1020),)})
    world = World(redis, policy=patient(replace(policy, hours=hours)), pager=Room("pager"))
    said = only(await world.says("hello", by="vera"))
    assert "back on Monday at 09:00 UTC" in said
    assert "calling those who are on call" in said
    mentions: list[Post] = [post for post in world.office.attempts if post.content.mention]
    assert [post.content.mention for post in mentions] == ["here"]
