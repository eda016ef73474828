"""In a thread that others read and write too: the bot follows up without a mention, and talks over nobody."""

from __future__ import annotations

from core import wording
from core.conversation import Mode
from core.messages import Address
from tests.core.harness import World, only

THREAD = Address("chat", "carl")
QUESTION, ANSWER = "How do I get a refund?", "Ask the shop; the money takes 3 days."


async def joins_in(world: World, text: str, by: str = "bob") -> list[str]:
    """Somebody else writes in Carl's thread; returns what is read there anew."""
    return await follows_up(world, text, by=by, conversation=THREAD)


async def follows_up(world: World, text: str, by: str = "carl", **changes: object) -> list[str]:
    """A message without a mention."""
    before = len(world.reads())
    await world.hand_in(text, by=by, addressed=False, **changes)
    await world.engine.drain()
    return world.reads()[before:]


async def test_a_follow_up_needs_no_mention(world: World) -> None:
    await world.says(QUESTION)
    assert await follows_up(world, "When are you open?") == ["From 9 to 5."]


async def test_after_somebody_else_has_answered_the_bot_keeps_out_of_it_until_it_is_mentioned(world: World) -> None:
    await world.says(QUESTION)
    assert await joins_in(world, "I did that last week, when are you open?") == []
    assert await follows_up(world, "When are you open?") == []
    assert await follows_up(world, "What is my limit?") == []
    assert await world.says("What is my limit?") == ["Your limit is shown under Account."]
    assert await follows_up(world, "When are you open?") == ["From 9 to 5."]


async def test_who_speaks_to_somebody_by_name_is_left_alone_and_so_is_what_follows(world: World) -> None:
    await world.says(QUESTION)
    assert await follows_up(world, "@Bob When are you open?") == []
    assert await follows_up(world, "What is my limit?") == []


async def test_a_human_can_be_asked_for_all_the_same(world: World) -> None:
    await world.says(QUESTION)
    await joins_in(world, "same here")
    assert "asked for a human" in only(await follows_up(world, "I want to talk to a human"))
    assert len(world.office.cards()) == 1


async def test_a_colleague_who_answers_in_the_customers_thread_without_a_claim_is_not_talked_over(world: World) -> None:
    await world.waiting()
    assert await joins_in(world, "Hi Carl, Sam here. What is it about?", by="sam") == []
    world.clock.move(60)
    assert await follows_up(world, QUESTION) == []
    assert world.thread()[-1] == QUESTION, "the desk reads along"
    assert (await world.engine.conversations.load(THREAD)).mode is Mode.WAITING, "the ladder goes on until a claim"
    assert wording.STILL_WAITING in only(await follows_up(world, "I want to talk to a human!"))


async def test_what_is_said_to_the_owner_by_name_reaches_them(world: World) -> None:
    await world.owned()
    await follows_up(world, "@Sam are you there?")
    assert world.thread()[-1] == "@Sam are you there?"


async def test_after_the_end_of_a_handoff_the_bot_is_there_again(world: World) -> None:
    handoff_id = await world.owned()
    await joins_in(world, "get well soon")
    await world.staff("resolve", handoff_id)
    world.clock.move(1)
    assert await follows_up(world, QUESTION) == [ANSWER]
