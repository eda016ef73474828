"""The product's main job, without any platform: answer, hand over, talk, resolve, answer again."""

from __future__ import annotations

from core import wording
from core.access.actions import REGISTRY
from core.posts import Speaker
from tests.core.harness import World, only


async def test_a_question_is_answered_word_for_word_with_its_source(world: World) -> None:
    assert await world.says("How do I get a refund?") == ["Ask the shop; the money takes 3 days."]
    post = only(world.bot_posts())
    assert only(post.content.sources).entry_id == "refund"
    assert [button.label for button in post.content.buttons][-1] == wording.TALK_TO_A_HUMAN


async def test_the_whole_way_to_a_human_and_back(world: World) -> None:
    said = only(await world.says("human please"))
    assert "asked for a human" in said
    card = only(world.office.cards())
    assert card.content.card.state == "waiting"

    outcome = await world.staff("claim", await world.handoff_id())
    assert outcome.ok
    assert card.content.card.state == "human"
    assert card.content.card.owner == "Sam"

    await world.writes("Hello, Sam here")
    assert world.chat.shown[-1].content.text == "Hello, Sam here"
    assert world.chat.shown[-1].content.author == "Sam"
    silent = len(world.bot_posts())
    await world.says("How do I get a refund?")
    assert len(world.bot_posts()) == silent
    assert world.thread()[-1] == "How do I get a refund?"

    await world.staff("resolve", await world.handoff_id())
    assert card.content.card.state == "resolved"
    assert (await world.says("How do I get a refund?"))[-1] == "Ask the shop; the money takes 3 days."


async def test_a_vip_reaches_a_human_with_the_first_message_and_without_a_search(world: World) -> None:
    await world.says("How do I get a refund?", by="vera")
    assert only(world.office.cards()).content.card.vip
    assert world.bot_posts("vera") == []


async def test_human_please_needs_neither_faq_nor_model(world: World) -> None:
    from knowledge.errors import IndexUnavailable

    world.faq.down = IndexUnavailable("down")
    await world.says("human please")
    assert len(world.office.cards()) == 1


async def test_only_one_handoff_however_often_it_is_asked_for(world: World) -> None:
    await world.says("human please")
    again = only(await world.says("I want to talk to a human!"))
    assert wording.STILL_WAITING in again
    assert len(world.office.cards()) == 1


async def test_what_was_said_before_the_resolve_starts_no_new_handoff(world: World) -> None:
    await world.owned()
    await world.staff("resolve", await world.handoff_id())
    await world.says("thanks, that helped")
    await world.says("How do I get a refund?")
    assert len(world.office.cards()) == 1


async def test_the_former_colleague_is_named_when_the_customer_comes_back(world: World) -> None:
    await world.owned()
    await world.staff("resolve", await world.handoff_id())
    said = only(await world.says("human please"))
    assert "Sam" in said


async def test_a_colleague_who_does_not_own_it_is_told_that_nothing_was_sent(world: World) -> None:
    await world.owned()
    read = len(world.reads())
    await world.writes("I know better", by="kim")
    assert len(world.reads()) == read
    assert world.thread()[-1] == wording.does_not_reach("Sam")


async def test_lines_with_slashes_stay_inside(world: World) -> None:
    handoff_id = await world.owned()
    await world.writes("// looks like fraud\nOne moment please")
    assert world.reads()[-1] == "One moment please"
    record = await world.engine.conversations.record(handoff_id)
    assert [line.why for line in record if line.what == "note"] == ["looks like fraud"]


async def test_every_registered_action_has_a_handler_or_is_a_customers(world: World) -> None:
    missing = [
        name
        for name, spec in REGISTRY.items()
        if "customer" not in spec.roles
        and name not in world.engine.desk.names
        and not name.startswith(("kb_", "inbox_"))
    ]
    assert missing == []


async def test_notices_are_the_state_machines_not_the_bots(world: World) -> None:
    await world.says("human please")
    assert {shown.post.content.speaker for shown in world.chat.shown} == {Speaker.SYSTEM}


async def test_half_a_character_loses_no_message(world: World) -> None:
    said = await world.says("How do I get a refund? \ud83d")  # what a client makes of an emoji that it cut in two
    assert said == ["Ask the shop; the money takes 3 days."]
    await world.says("human please \udc4d")
    assert len(world.office.cards()) == 1
