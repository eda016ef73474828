"""Six conversations at once: nobody who was claimed is forgotten, and the list says who waits for an answer."""

from __future__ import annotations

from core import wording
from core.messages import Address
from tests.core.harness import World, only


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
    assert reminders(world) == [wording.unanswered("Sam", world.policy.desk.first_reply)]
    told = only([s for s in world.office.shown if "waited for your answer" in s.content.text])
    assert told.content.mention == "sam"
    await pass_time(world, 3600)
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
