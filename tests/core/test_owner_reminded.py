"""Six conversations at once: nobody who was claimed is forgotten, and the list says who waits for an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core import wording
from core.conversation import Mode
from core.messages import Address, IncomingMessage, Person
from core.policy import load_policy
from core.store.redis import Client
from tests.core.harness import World, only, patient


async def pass_time(world: World, seconds: float) -> None:
    world.clock.move(seconds)
    await world.engine.drain()


def reminders(world: World) -> list[str]:
    return [text for text in world.thread() if "waited for your answer" in text]


async def test_an_owner_who_leaves_a_customer_without_an_answer_is_reminded_once(world: World) -> None:
    await world.owned()
    await world.writes("How can I help?")
    await world.says("My card is gone")
    await pass_time(world, 120)
    await world.says("Hello?")
    await pass_time(world, world.policy.desk.first_reply - 121)
    assert reminders(world) == []
    await pass_time(world, 2)
    assert reminders(world) == [wording.unanswered("Sam", world.policy.desk.first_reply, world.policy.desk.unanswered)]
    told = only([s for s in world.office.shown if "waited for your answer" in s.content.text])
    assert told.content.mention == "sam"
    await pass_time(world, world.policy.desk.unanswered - 60)
    assert len(reminders(world)) == 1
    await world.writes("Sorry, I am here")
    await world.says("Thanks, and now?")
    await pass_time(world, world.policy.desk.first_reply + 1)
    assert len(reminders(world)) == 2


async def test_an_answer_in_time_brings_no_reminder(world: World) -> None:
    await world.owned()
    await world.writes("How can I help?")
    await world.says("My card is gone")
    await world.writes("I block it for you")
    await pass_time(world, world.policy.desk.first_reply + 1)
    assert reminders(world) == []


async def test_what_was_set_aside_unanswered_is_brought_back(world: World) -> None:
    handoff_id = await world.owned()
    await world.writes("How can I help?")
    await world.says("My card is gone")
    await world.staff("snooze", f"{handoff_id} 2h")
    await pass_time(world, 7000)
    assert reminders(world) == []
    await pass_time(world, 300)
    assert world.thread()[-1] == wording.WAKE_UP
    await pass_time(world, world.policy.desk.first_reply + 1)
    assert len(reminders(world)) == 1


async def left_behind(world: World) -> str:
    """Sam has answered once, was asked again, and has gone home; returns the handoff's id."""
    handoff_id = await world.owned()
    await world.writes("How can I help?")
    await world.says("My card is gone")
    await pass_time(world, world.policy.desk.first_reply + 1)
    return handoff_id


async def test_an_owner_who_has_gone_is_not_waited_for_for_ever(world: World) -> None:
    handoff_id = await left_behind(world)
    await pass_time(world, world.policy.desk.unanswered + 1)
    assert wording.left_unanswered("Sam") in world.thread()
    assert world.reads()[-1] == wording.back_in_queue(1)
    world.clock.move(601)
    await world.engine.drain()
    assert [post.content.mention for post in world.office.attempts if post.page and post.content.mention] == ["here"]
    assert (await world.staff("claim", handoff_id, by="kim")).ok
    await world.writes("Kim here", by="kim")
    assert world.reads()[-1] == "Kim here"


@pytest.mark.parametrize("keeps", ["answer", "snooze", "transfer"])
async def test_who_is_still_at_it_keeps_it(world: World, keeps: str) -> None:
    handoff_id = await left_behind(world)
    match keeps:
        case "answer":
            await world.writes("I block it for you")
        case "snooze":
            await world.staff("snooze", f"{handoff_id} 3h")
        case "transfer":
            await world.staff("transfer", f"{handoff_id} office:kim")
            await world.writes("I block it for you", by="kim")
    await pass_time(world, world.policy.desk.unanswered + 1)
    assert (await world.engine.conversations.load(Address("chat", "carl"))).mode is Mode.HUMAN


async def test_a_reminder_that_an_answer_has_overtaken_says_nothing(world: World) -> None:
    """It came due, and lies in the lane behind the answer."""
    await world.owned()
    await world.writes("How can I help?")
    await world.says("My card is gone")
    card = world.office.cards()[-1]
    answer = IncomingMessage(
        "office/late", Address("office", "desk", card.id), Person("office", "sam", "Sam"), "Blocked.", addressed=False
    )
    await world.engine.door.receive(answer)
    world.clock.move(world.policy.desk.first_reply + 1)
    await world.engine.drain()
    assert reminders(world) == []


async def test_a_customer_who_writes_at_night_keeps_their_colleague_until_the_morning(redis: Client) -> None:
    policy = patient(load_policy())
    open_hours = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ((480, 600),))  # 08:00-10:00
    world = World(redis, policy=replace(policy, hours=replace(policy.hours, open=open_hours)))
    await world.owned()
    await world.writes("How can I help?")
    await pass_time(world, 3 * 3600)
    await world.says("My card is gone")
    await pass_time(world, world.policy.desk.first_reply + 1)
    await pass_time(world, 12 * 3600)
    address = Address("chat", "carl")
    assert (await world.engine.conversations.load(address)).mode is Mode.HUMAN
    await pass_time(world, 10 * 3600)
    assert (await world.engine.conversations.load(address)).mode is Mode.WAITING


async def test_the_list_says_who_waits_for_an_answer_and_since_when_it_is_whose(world: World) -> None:
    ids = []
    for number in range(6):
        ids.append(await world.waiting(f"c{number}"))
        world.clock.move(600)
    for handoff_id in ids:
        await world.staff("claim", handoff_id)
        await world.writes(
            "Hello", card=next(c for c in world.office.cards() if c.content.card.handoff_id == handoff_id)
        )
    world.clock.move(300)
    await world.says("Are you there?", by="c4")
    world.clock.move(240)
    listed = await world.staff("handoffs", "mine")
    assert listed.content is not None
    lines = listed.content.text.splitlines()
    assert len(lines) == 6
    assert all("with you for 9 minutes" in line for line in lines)
    assert [number for number, line in enumerate(lines) if "unanswered for 4 minutes" in line] == [4]
    state = await world.engine.conversations.load(Address("chat", "c4"))
    assert state.handoff is not None
    assert state.handoff.id == ids[4]
