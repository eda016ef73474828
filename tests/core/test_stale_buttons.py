"""Buttons that have had their time are taken off: by the core once somebody comes, by the platform once pressed."""

from __future__ import annotations

import pytest

from core import wording
from core.messages import Action, Address, Person
from tests.core.harness import Shown, World, only


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
