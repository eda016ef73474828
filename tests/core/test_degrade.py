"""With one thing after the other away, each message ends in an answer, a human or an honest explanation."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from core import wording
from core.conversation import Mode
from core.errors import PlatformUnavailable, Rejected, StoreUnavailable
from core.handling.worker import MOST_TRIES
from core.inbox.lanes import Lanes
from core.messages import Address, Attachment
from core.outbox.delivery import MOST_FAILURES
from core.posts import Post, Speaker
from core.store.keys import shard
from core.store.redis import Client, connect
from core.store.server import EmbeddedRedis, running_pid
from knowledge.errors import IndexUnavailable
from tests.answering.scripted import ScriptedModel
from tests.core.harness import Room, World, only

QUESTION = "How do I get a refund?"
ANSWER = "Ask the shop; the money takes 3 days."
PROMISES = [
    "I'll transfer you to a colleague now.",
    "I have notified the team.",
    "A human agent is on the way.",
    "Please hold while I connect you.",
    "Your request has been escalated to our specialists.",
    "Our team will get back to you soon.",
    "A specialist has been assigned to your case.",
    "Someone will contact you shortly.",
    "Hang tight, an expert is joining.",
    "I've opened a ticket for you.",
]


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize("promise", PROMISES)
async def test_what_a_model_promises_reaches_nobody_without_a_handoff(redis: Client, promise: str, alone: bool) -> None:
    said = promise if alone else f"{ANSWER} [1] {promise}"
    model = ScriptedModel(replies=[said])
    world = World(redis, model=model)
    read = await world.says(QUESTION)
    assert model.prompts, "the model was not asked: the test proves nothing"
    assert promise not in " ".join(read)
    assert ANSWER.removesuffix(".") in only(read)
    assert world.office.cards() == []
    assert (await world.engine.conversations.load(Address("chat", "carl"))).mode is Mode.BOT


async def test_a_model_that_fails_is_replaced_by_the_entry(redis: Client) -> None:
    world = World(redis, model=ScriptedModel(replies=[RuntimeError("500")]))
    assert await world.says(QUESTION) == [ANSWER]


async def test_a_model_that_is_slow_is_replaced_by_the_entry(redis: Client) -> None:
    world = World(redis, model=ScriptedModel(replies=[asyncio.Event()]), budget=0.05)
    assert await world.says(QUESTION) == [ANSWER]


@pytest.mark.parametrize(("by", "text"), [("carl", "human please"), ("vera", QUESTION)])
async def test_a_human_is_asked_for_without_a_call_of_the_model_or_a_search(redis: Client, by: str, text: str) -> None:
    model = ScriptedModel(replies=[RuntimeError("500")])
    world = World(redis, model=model)
    await world.hand_in(text, by=by)
    work = await Lanes(redis, world.clock).take(shard(f"chat/{by}"))
    assert work is not None
    await world.engine._worker.handle(work)
    assert (await world.engine.conversations.load(Address("chat", by))).mode is Mode.WAITING
    assert (model.prompts, world.faq.searches) == ([], 0)
    await world.engine.drain()  # with the draft, for which the model fails
    assert len(world.office.cards()) == 1


async def test_without_the_faq_it_says_so_and_offers_a_human_and_recovers_alone(world: World) -> None:
    world.faq.down = IndexUnavailable("away")
    assert await world.says(QUESTION) == [wording.UNAVAILABLE]
    assert [button.action for button in world.chat.shown[-1].content.buttons] == ["human"]
    world.faq.down = None
    assert await world.says(QUESTION) == [ANSWER]


async def test_what_a_platform_could_not_take_comes_once_and_in_order_when_it_is_back(world: World) -> None:
    world.chat.failures = [PlatformUnavailable("502")] * 3
    await world.hand_in(QUESTION)
    await world.hand_in("When are you open?")
    await world.waiting("dora")  # another conversation, whose card goes to the office meanwhile
    assert len(world.office.cards()) == 1
    for _ in range(10):
        world.clock.move(60)
        await world.engine.drain()
    assert world.reads() == [ANSWER, "From 9 to 5."]


async def test_an_answer_that_the_platform_refuses_is_explained_in_its_place(world: World) -> None:
    world.chat.failures = [Rejected("invalid_blocks")]
    await world.hand_in(QUESTION)
    await world.hand_in("When are you open?")
    await world.engine.drain()
    assert world.reads() == [wording.NOT_SHOWN, "From 9 to 5."]
    told = next(s for s in world.chat.shown if s.content.text == wording.NOT_SHOWN)
    assert [button.action for button in told.content.buttons] == ["human"]
    world.chat.failures = [Rejected("the channel is gone")] * 10
    await world.says(QUESTION)
    assert len(world.chat.failures) == 8, "one try to explain, and no more"


async def test_a_post_that_always_fails_while_others_are_taken_is_given_up_and_does_not_hold_up_its_conversation(
    world: World,
) -> None:
    async def fails(post: Post) -> None:
        if post.content.text == ANSWER:
            raise PlatformUnavailable("500")

    world.chat.before_send = fails
    await world.hand_in(QUESTION)
    await world.hand_in("When are you open?")
    await world.engine.drain()
    for number in range(MOST_FAILURES):
        assert world.reads() == []
        world.clock.move(61)
        await world.says("When are you open?", by=f"dora{number}")
    world.clock.move(61)
    await world.engine.drain()
    assert world.reads() == [wording.NOT_SHOWN, "From 9 to 5."]


async def test_a_platform_that_is_away_for_long_is_given_what_it_missed(world: World) -> None:
    world.chat.failures = [PlatformUnavailable("503")] * (3 * MOST_FAILURES)
    await world.hand_in(QUESTION)
    for _ in range(3 * MOST_FAILURES + 1):
        await world.engine.drain()
        world.clock.move(61)
    assert world.chat.failures == []
    assert world.reads() == [ANSWER]


async def test_an_explanation_never_comes_after_a_claim(world: World) -> None:
    handoff_id = await world.waiting()
    await world.hand_in(QUESTION)
    world.chat.failures = [Rejected("invalid_blocks"), PlatformUnavailable("502")]
    await world.engine.drain()
    assert world.chat.failures == []
    await world.staff("claim", handoff_id)
    world.clock.move(70)
    await world.engine.drain()
    assert wording.NOT_SHOWN not in world.reads()
    assert world.reads()[-1] == wording.claimed("Sam")


async def test_an_outage_of_the_desk_holds_up_no_customer(world: World) -> None:
    world.office.failures = [PlatformUnavailable("502")] * 5
    assert "asked for a human" in only(await world.says("human please"))
    assert world.office.cards() == []
    for _ in range(10):
        world.clock.move(20)
        await world.engine.drain()
    assert len(world.office.cards()) == 1


async def test_a_message_that_can_not_be_handled_is_set_aside_its_sender_told_once_and_it_can_be_retried(
    world: World,
) -> None:
    world.faq.down = RuntimeError("a bug")
    await world.hand_in(QUESTION)
    await world.hand_in("human please", by="dora")
    for _ in range(MOST_TRIES - 1):
        await world.engine.drain()
        assert world.reads() == []
        world.clock.move(60)
    await world.engine.drain()
    assert "asked for a human" in world.reads("dora")[0], "others are not held up"
    assert world.reads() == [wording.BROKEN]
    world.clock.move(600)
    await world.engine.drain()
    assert world.reads() == [wording.BROKEN]
    kept = only([item async for item in world.engine.set_asides.list() if item.conversation == "chat/carl"])
    assert QUESTION in kept.payload
    assert "a bug" in kept.why
    world.faq.down = None
    assert (await world.says("When are you open?"))[-1] == "From 9 to 5.", "the lane goes on"
    assert (await world.staff("inbox_retry", kept.event_id, by="olga")).ok
    assert world.reads()[-1] == ANSWER
    assert await world.engine.set_asides.get(kept.event_id) is None
    assert not (await world.staff("inbox_retry", kept.event_id, by="olga")).ok


@pytest.mark.parametrize(
    ("text", "said"),
    [("", wording.EMPTY), ("   \n ", wording.EMPTY), ("🙂👍", wording.NO_WORDS), ("?!…", wording.NO_WORDS)],
)
async def test_what_has_no_words_is_answered_too(world: World, text: str, said: str) -> None:
    assert await world.says(text) == [said]


async def test_files_alone_are_answered_too(world: World) -> None:
    photo = Attachment("photo.png", "https://chat/photo")
    assert await world.says("", files=(photo,)) == [wording.FILES_ONLY]


async def test_a_message_of_100_kb_is_answered_once_and_a_request_at_its_end_is_seen(world: World) -> None:
    assert len(await world.says("lorem ipsum " * 8500)) == 1
    await world.says("lorem ipsum " * 8500 + " I want to talk to a human please")
    assert len(world.office.cards()) == 1


async def test_a_redis_that_is_killed_and_comes_back_costs_no_message(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path)
    client = connect(await server.start())
    world = World(client)
    engine = world.engine
    engine.start()
    try:
        asked = [world.message(QUESTION, by=f"c{number}") for number in range(30)]
        kept = []
        for number, message in enumerate(asked):
            if number == 10:
                await asyncio.sleep(1.1)  # appended to disk once a second: what is synced must survive
                pid = running_pid(tmp_path)
                assert pid is not None
                os.kill(pid, signal.SIGKILL)
            try:
                await engine.door.receive(message)
            except StoreUnavailable:
                continue
            kept.append(message)
        assert 0 < len(kept) < len(asked), "it was never away: the test proves nothing"
        await server.start()
        for message in asked:  # the platform delivers again what was not acknowledged
            await engine.door.receive(message)
        async with asyncio.timeout(30):
            while len({s.post.to for s in world.chat.shown}) < len(asked):
                await asyncio.sleep(0.05)
                world.clock.move(1.0)  # leases of what was under way run out
    finally:
        await engine.stop()
        await client.aclose()
        await server.stop()
    replies = [s.post for s in world.chat.shown if s.post.content.speaker is not Speaker.CUSTOMER]
    assert sorted(post.reply_to for post in replies) == sorted(message.event_id for message in asked)


async def test_a_room_that_nobody_serves_here_keeps_its_posts_for_a_process_that_does(redis: Client) -> None:
    chat = Room("chat")
    world = World(redis, chat=chat)
    await world.hand_in(QUESTION)
    other = world.another_engine()
    await other.drain()
    await world.engine.drain()
    assert world.reads() == [ANSWER]
