"""What a customer takes back or rewords: cards, and everything that was made of the words, follow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core import wording
from core.conversation import Turn
from core.messages import Address, IncomingMessage, MessageKind
from core.store.redis import Client
from tests.answering.scripted import ScriptedModel
from tests.core.harness import Shown, World, edited

ANSWER = "Ask the shop; the money takes 3 days."
SECRET = "my password is hunter2"


def gone(message: IncomingMessage) -> IncomingMessage:
    return replace(message, event_id=f"{message.event_id}/gone", kind=MessageKind.DELETED, text="")


async def receive(world: World, *messages: IncomingMessage) -> None:
    for message in messages:
        await world.engine.door.receive(message)
        await world.engine.drain()


def on_card(shown: Shown) -> str:
    """All words of a card."""
    content = shown.content
    assert content.card is not None
    fields = [field.value for field in content.card.fields]
    return "\n".join([content.text, *fields, *content.card.transcript, content.card.summary, content.card.draft])


async def kept(world: World) -> list[Turn]:
    return await world.engine.conversations.turns(Address("chat", "carl"))


async def test_a_deleted_message_is_on_no_card_and_in_no_transcript(redis: Client) -> None:
    world = World(redis, desks=(Address("office", "desk"), Address("chat", "desk")))
    await world.waiting()
    message = world.message(SECRET)
    await receive(world, message)
    await world.owned("carl")
    cards = [*world.office.cards(), *world.chat.cards()]
    assert len(cards) == 2
    assert all(SECRET in on_card(card) for card in cards)
    await receive(world, gone(message))
    for card in cards:
        assert "hunter2" not in on_card(card)
        assert f"Carl: {wording.TAKEN_BACK}" in card.content.card.transcript  # type: ignore[union-attr]
        assert card.content.buttons, "the rest of the card stays"
    assert all("hunter2" not in turn.text for turn in await kept(world))


async def test_an_edited_message_is_shown_as_it_reads_now(world: World) -> None:
    await world.says("how do i get a refund", by="carl")
    message = world.message("My order is 17")
    await receive(world, message)
    await world.waiting()
    assert "order is 17" in on_card(world.office.cards()[-1])
    await receive(world, edited(message, "My order is 18"))
    assert "Carl: My order is 18" in world.office.cards()[-1].content.card.transcript  # type: ignore[union-attr]
    assert "order is 17" not in on_card(world.office.cards()[-1])


async def test_a_deletion_that_an_edit_overtakes_stays_a_deletion(world: World) -> None:
    await world.waiting()
    message = world.message(SECRET)
    await receive(world, message, gone(message), edited(message, f"{SECRET}!"))
    assert "hunter2" not in on_card(world.office.cards()[-1])
    assert all("hunter2" not in turn.text for turn in await kept(world))


async def test_the_words_that_asked_go_from_the_reason_and_from_pages_that_still_wait(world: World) -> None:
    message = world.message("human please")
    await receive(world, message)
    handoff_id = await world.handoff_id()
    card = world.office.cards()[-1]
    assert "'human please'" in on_card(card)
    world.clock.move(3600.0)
    await world.engine.drain()
    pages = [s for s in world.office.shown if s.content.card is None and "'human please'" in s.content.text]
    assert pages, "later rungs page beside the card"
    await receive(world, edited(message, "a human please, my code is wrong"))
    assert "'human please'" in on_card(card), "it still says so"
    await receive(world, gone(message))
    assert "asked for a human" in on_card(card)
    for shown in (card, *pages):
        assert "human please" not in shown.content.text
        assert any(button.action == "claim" for button in shown.content.buttons)
    assert "human please" not in on_card(card)
    assert (await world.staff("claim", handoff_id)).ok
    assert not any("human please" in s.content.text for s in world.office.shown)


async def test_after_the_end_the_closed_card_follows_too(world: World) -> None:
    message = world.message(SECRET)
    handoff_id = await world.waiting()
    await receive(world, message)
    await world.staff("claim", handoff_id)
    await world.staff("resolve", handoff_id)
    card = world.office.cards()[-1]
    world.clock.move(1.0)
    await world.says("what is my limit")
    assert SECRET in on_card(card)
    await receive(world, gone(message))
    assert card.content.card is not None
    assert card.content.card.state == "resolved"
    assert f"Carl: {wording.TAKEN_BACK}" in card.content.card.transcript
    assert "hunter2" not in on_card(card)
    assert "what is my limit" not in on_card(card), "what came after the end is not on it"


async def test_what_was_said_after_the_end_changes_no_closed_card(world: World) -> None:
    handoff_id = await world.owned()
    await world.staff("resolve", handoff_id)
    edits = list(world.office.edits)
    world.clock.move(1.0)
    message = world.message("what is my limit")
    await receive(world, message, gone(message))
    assert world.office.edits == edits


async def test_a_colleagues_correction_is_followed_on_the_card(world: World) -> None:
    handoff_id = await world.owned()
    card = world.office.cards()[-1]
    await world.writes("It takes 3 days", message_id="w1", event_id="office/w1")
    await world.staff("snooze", f"{handoff_id} 2h")
    assert "Sam: It takes 3 days" in on_card(card)
    sent = IncomingMessage(
        "office/w1", Address("office", "desk", card.id), replace(world.message("").author, platform="office", id="sam"),
        addressed=False, message_id="w1",
    )  # fmt: skip
    await receive(world, edited(sent, "It takes 5 days\n// he is angry"))
    assert "Sam: It takes 5 days" in on_card(card)
    assert "angry" not in on_card(card)
    await receive(world, gone(sent))
    assert "Sam: It takes" not in on_card(card)
    assert f"Sam: {wording.TAKEN_BACK}" in on_card(card)


async def test_no_model_reads_what_was_taken_back(redis: Client) -> None:
    model = ScriptedModel(replies=["Your limit is shown under Account. [1]"])
    world = World(redis, model=model)
    message = world.message("what is my limit hunter2")
    await receive(world, message)
    assert "hunter2" in model.prompts[-1]
    await receive(world, gone(message))
    read = len(model.prompts)
    state = await world.engine.conversations.load(Address("chat", "carl"))
    assert state.asked == ""
    await world.says("and for refunds?")
    handoff_id = await world.owned()
    await world.staff("suggest_draft", handoff_id)
    assert len(model.prompts) > read
    assert not any("hunter2" in prompt for prompt in model.prompts[read:])


@pytest.mark.parametrize("correction", [gone, lambda message: edited(message, "How do I get my money back?")])
async def test_a_summary_of_the_old_words_is_written_anew(redis: Client, correction: Any) -> None:
    before, after = "The customer asked how to get a refund.", "The customer waits for a human."
    model = ScriptedModel(replies=[f"{ANSWER} [1]", f"{ANSWER} [1]", before, f"{ANSWER} [1]", after])
    world = World(redis, model=model)
    message = world.message("How do I get a refund?")
    await receive(world, message)
    await world.waiting()
    card = world.office.cards()[-1]
    assert card.content.card.summary == before  # type: ignore[union-attr]
    await receive(world, correction(message))
    assert "get a refund?" not in on_card(card).partition("Bot:")[0]
    assert card.content.card.summary != before  # type: ignore[union-attr]
