"""Buttons that have had their time are taken off: by the core once somebody comes, by the platform once pressed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core import wording
from core.messages import Action, Address, Person
from core.policy import Rung, load_policy
from core.store.redis import Client
from tests.core.harness import Shown, World, only, patient


def with_cancel(world: World) -> list[Shown]:
    """Messages to the customer that still offer to take the request back."""
    return [s for s in world.chat.shown if any(button.action == "cancel_wait" for button in s.content.buttons)]


async def test_the_wait_can_be_taken_back_until_somebody_claims(world: World) -> None:
    handoff_id = await world.waiting()
    offered = only(with_cancel(world))
    text = offered.content.text
    await world.staff("claim", handoff_id)
    assert with_cancel(world) == []
    assert offered.content.text == text, "what was said stays"
    await world.staff("release", handoff_id)
    assert only(with_cancel(world)).content.text == wording.back_in_queue(1)
    assert await world.presses("cancel_wait", handoff_id) == [wording.CANCELLED]
    assert with_cancel(world) == []


@pytest.mark.parametrize("ends", ["resolve", "expires"])
async def test_however_the_wait_ends_the_button_goes(world: World, ends: str) -> None:
    handoff_id = await world.waiting()
    if ends == "resolve":
        await world.staff("resolve", handoff_id)
    else:
        world.clock.move(world.policy.desk.waiting_expires + 1)
        await world.engine.drain()
    assert with_cancel(world) == []


def with_claim(world: World) -> list[Shown]:
    """Messages at the desk that can be claimed by, cards included."""
    return [s for s in world.office.shown if any(button.action == "claim" for button in s.content.buttons)]


@pytest.mark.parametrize("ends", ["claim", "resolve", "cancel_wait", "expires"])
async def test_pages_can_be_claimed_by_until_nobody_waits_any_more(redis: Client, ends: str) -> None:
    rungs = (Rung(0.0, ("desk", "here")), Rung(60.0, ("here", "office:boss", "office:#managers", "urls")))
    policy = replace(patient(load_policy()), ladders={"default": rungs, "vip": rungs})
    world = World(redis, policy=policy)
    handoff_id = await world.waiting()
    world.clock.move(61)
    await world.engine.drain()
    pages = [s for s in world.office.shown if s.post.page]
    assert len(with_claim(world)) == len([*pages, *world.office.cards()]) == 5
    said = [(s.content.text, s.content.mention) for s in pages]
    match ends:
        case "expires":
            world.clock.move(world.policy.desk.waiting_expires + 1)
            await world.engine.drain()
        case "cancel_wait":
            await world.presses(ends, handoff_id)
        case _:
            await world.staff(ends, handoff_id)
    assert with_claim(world) == []
    assert [(s.content.text, s.content.mention) for s in pages] == said, "what was said stays"


async def test_what_is_released_is_paged_with_buttons_of_its_own(redis: Client) -> None:
    rungs = (Rung(0.0, ("desk", "here")),)
    world = World(redis, policy=replace(patient(load_policy()), ladders={"default": rungs, "vip": rungs}))
    handoff_id = await world.owned()
    await world.staff("release", handoff_id)
    again = [s for s in with_claim(world) if s.post.page]
    assert len(again) == 2, "beside the card, and the first rung"
    edits = len(world.office.edits)
    await world.staff("claim", handoff_id)
    assert with_claim(world) == []
    assert len(world.office.edits) - edits == len(again) + 1, "no page of before is touched again"


@pytest.mark.parametrize(
    ("action", "spent"),
    [
        ("human", {"human"}), ("cancel_wait", {"cancel_wait"}), ("pick", {"pick"}), ("rate", {"rate"}),
        ("helpful", {"helpful", "not_helpful"}), ("not_helpful", {"helpful", "not_helpful"}),
    ],
)  # fmt: skip
async def test_a_press_says_which_buttons_have_had_their_time(world: World, action: str, spent: set[str]) -> None:
    await world.says("How do I get a refund?")
    carl = Person("chat", "carl", "Carl")
    outcome = await world.engine.door.act(Action("press/1", action, carl, Address("chat", "carl"), "refund"))
    assert (outcome.ok, set(outcome.spent)) == (True, spent)


async def test_a_claim_takes_nothing_off_itself_the_card_is_edited(world: World) -> None:
    handoff_id = await world.waiting()
    outcome = await world.press_only("claim", handoff_id)
    assert outcome.spent == ()
