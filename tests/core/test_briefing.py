"""What is put onto a card after it was posted: a draft from the FAQ, a model's summary. Nothing waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from core.handling.briefing import BRIEF, LONGEST_SUMMARY
from core.inbox.lanes import Lanes
from core.messages import Address, MessageKind
from core.posts import Card
from core.store.keys import shard
from core.store.redis import Client
from tests.answering.scripted import ScriptedModel
from tests.core.harness import World, only

QUESTION = "How do I get a refund?"
ANSWER = "Ask the shop; the money takes 3 days."
SUMMARY = "The customer asked how to get a refund."


def shown(world: World) -> Card:
    card = only(world.office.cards()).content.card
    assert card is not None
    return card


async def until(happened: Callable[[], Any]) -> None:
    async with asyncio.timeout(20):
        while not happened():
            await asyncio.sleep(0.01)


async def test_without_a_model_the_card_gets_a_draft_and_no_summary(world: World) -> None:
    await world.says(QUESTION)
    await world.waiting()
    assert shown(world).summary == ""
    assert world.office.shown[0].post.content.card.draft == "", "it was posted before anything was looked up"  # type: ignore[union-attr]


async def test_the_card_gets_a_models_summary_once_and_keeps_it(redis: Client) -> None:
    model = ScriptedModel(replies=[f"{ANSWER} [1]", f"{ANSWER} [1]", SUMMARY])
    world = World(redis, model=model)
    await world.says(QUESTION)
    handoff_id = await world.waiting()
    assert shown(world).summary == SUMMARY
    assert shown(world).draft
    calls = len(model.prompts)
    await world.staff("claim", handoff_id)
    assert (shown(world).state, shown(world).summary) == ("human", SUMMARY)
    world.clock.move(3600)
    await world.engine.drain()
    assert len(model.prompts) == calls, "written once"


async def test_a_summary_that_invents_is_not_shown(redis: Client) -> None:
    model = ScriptedModel(replies=[f"{ANSWER} [1]", f"{ANSWER} [1]", "The customer was promised 500 euros by Mr Doe."])
    world = World(redis, model=model)
    await world.says(QUESTION)
    await world.waiting()
    assert shown(world).summary == ""


async def test_a_summary_has_its_bounds(redis: Client) -> None:
    model = ScriptedModel(replies=[f"{ANSWER} [1]", f"{ANSWER} [1]", "refund " * 600])
    world = World(redis, model=model)
    await world.says(QUESTION)
    await world.waiting()
    assert len(shown(world).summary) <= LONGEST_SUMMARY


async def test_while_a_model_thinks_the_customer_is_claimed_and_relayed(redis: Client) -> None:
    thinking = asyncio.Event()
    world = World(redis, model=ScriptedModel(replies=[thinking]), budget=60)
    world.engine.start()
    try:
        await world.hand_in("human please")
        await until(world.office.cards)
        handoff_id = await world.handoff_id()
        assert (await world.press_only("claim", handoff_id)).ok
        await world.hand_in("Is anybody there?")
        await until(lambda: "Is anybody there?" in world.thread())
        assert not thinking.is_set()
    finally:
        thinking.set()
        await world.engine.stop()


async def test_what_a_dead_process_was_writing_is_begun_anew(redis: Client) -> None:
    world = World(redis)
    await world.hand_in("human please")
    lanes, home = Lanes(redis, world.clock), shard("chat/carl")
    while (work := await lanes.take(home)) is not None:  # handled, but nothing that was begun beside the lane gets done
        await world.engine._worker.handle(work)
        await world.engine._briefings.stop()
    world.clock.move(61)
    world.engine = world.another_engine()
    world.faq.searches = 0
    await world.engine.drain()
    assert world.faq.searches == 1
    timers = await redis.zrange(home.timers, 0, -1)
    assert not any(b"draft" in name for name in timers)


async def test_what_comes_for_a_handoff_that_is_over_changes_nothing(redis: Client) -> None:
    world = World(redis)
    handoff_id = await world.waiting()
    await world.presses("cancel_wait", handoff_id)
    before = await world.engine.conversations.load(Address("chat", "carl"))
    late = world.message('{"summary": "late"}', kind=MessageKind.TIMER, action=f"{BRIEF}:{handoff_id}", value="summary")
    await world.engine.door.receive(late)
    await world.engine.drain()
    assert (await world.engine.conversations.load(Address("chat", "carl"))).ended == before.ended
    assert shown(world).state == "abandoned"
