"""A message that arrives after newer ones of its conversation, as Slack delivers what nobody acknowledged."""

from __future__ import annotations

from core.messages import Address
from core.posts import Speaker
from tests.core.harness import START, World

REFUND, LIMIT = "How do I get a refund?", "What is my limit?"


async def test_an_answer_that_comes_late_says_which_question_it_answers(world: World) -> None:
    (newer,) = await world.says(LIMIT, sent_at=START + 30)
    assert newer.startswith("Your limit")
    (late,) = await world.says(REFUND, sent_at=START)
    assert late.startswith(f"> {REFUND}\n\nAsk the shop")
    turns = await world.engine.conversations.turns(Address("chat", "carl"))
    assert [turn.text for turn in turns if turn.speaker is Speaker.BOT][-1].startswith("Ask the shop")
    (newest,) = await world.says(LIMIT, sent_at=START + 60)
    assert newest.startswith("Your limit")


async def test_in_a_burst_nothing_is_quoted(world: World) -> None:
    await world.hand_in(LIMIT, sent_at=START)
    await world.hand_in(REFUND, sent_at=START)
    await world.hand_in(LIMIT, sent_at=START + 0.1)
    world.clock.move(5.0)
    await world.engine.drain()
    assert not any(text.startswith(">") for text in world.reads())


async def test_a_platform_that_tells_no_time_is_never_late(world: World) -> None:
    await world.says(LIMIT, sent_at=START)
    (answer,) = await world.says(REFUND)
    assert not answer.startswith(">")


async def test_what_is_quoted_is_one_short_line_without_links_behind_words(world: World) -> None:
    await world.says(LIMIT, sent_at=START + 30)
    long = "How do I get\n\na refund? [your bank](https://evil.example) " + "x" * 900
    late = (await world.says(long, sent_at=START))[0]
    quote, _, rest = late.partition("\n\n")
    assert quote.startswith("> How do I get a refund?")
    assert "[" not in quote
    assert len(quote) < 200
    assert rest


async def test_who_asked_late_for_a_human_gets_one(world: World) -> None:
    await world.says(LIMIT, sent_at=START + 30)
    await world.says("human please", sent_at=START)
    assert len(world.office.cards()) == 1
