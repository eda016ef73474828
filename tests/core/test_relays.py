"""What passes between desk and customer: in pieces, edited, taken back, kept inside, refused and sent again."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from core import wording
from core.errors import Rejected
from core.messages import Action, Address, Attachment, IncomingMessage, MessageKind, Person
from core.platform import Limits
from core.posts import Speaker
from core.store.redis import Client
from tests.core.harness import Room, World, edited, only

LONG = " ".join(f"word{number}" for number in range(1500))
LONGER = " ".join(f"other{number}" for number in range(2200))
FILE = Attachment("log.txt", "https://office/log")


def gone(message: IncomingMessage) -> IncomingMessage:
    return replace(message, event_id=f"{message.event_id}/gone", kind=MessageKind.DELETED, text="")


def of_sam(world: World, text: str, message_id: str = "w1", **changes: object) -> IncomingMessage:
    card = world.office.cards()[-1].id
    made = IncomingMessage(
        f"office/{message_id}", Address("office", "desk", card), Person("office", "sam", "Sam"), text,
        addressed=False, message_id=message_id,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


async def receive(world: World, *messages: IncomingMessage) -> None:
    for message in messages:
        await world.engine.door.receive(message)
        await world.engine.drain()


def whole(texts: list[str]) -> list[str]:
    return " ".join(texts).split()


# --- in pieces


@pytest.mark.parametrize("new", [LONG.replace("word7", "word seven"), LONGER, "short now"])
async def test_an_edit_of_a_long_message_changes_all_its_pieces(world: World, new: str) -> None:
    await world.owned()
    heard, seen = len(world.reads()), len(world.thread())
    message = world.message(LONG)
    await receive(world, message, edited(message, new))
    assert whole(world.thread()[seen:]) == new.split()
    assert all(len(piece) <= world.office.limits.text for piece in world.thread()[seen:])
    sent = of_sam(world, LONG)
    await receive(world, sent, edited(sent, new))
    assert whole(world.reads()[heard:]) == new.split()


async def test_an_edit_after_an_edit_and_a_deletion_find_every_piece(world: World) -> None:
    await world.owned()
    seen = len(world.thread())
    message = world.message(LONG)
    await receive(world, message, edited(message, LONGER))
    again = replace(edited(message, "short"), event_id="again")
    await receive(world, again)
    assert world.thread()[seen:] == ["short"]
    await receive(world, replace(edited(message, LONG), event_id="third"))
    assert whole(world.thread()[seen:]) == LONG.split()
    await receive(world, gone(message))
    assert world.thread()[seen:] == []


async def test_pieces_have_the_size_of_the_desk_not_of_the_customers_platform(redis: Client) -> None:
    office = Room("office")
    office.limits = Limits(text=500)
    world = World(redis, office=office)
    await world.owned()
    seen = len(world.thread())
    await world.says(LONG[:2500])
    assert len(world.thread()[seen:]) > 4
    assert all(len(piece) <= 500 for piece in world.thread()[seen:])
    assert whole(world.thread()[seen:]) == LONG[:2500].split()


async def test_what_a_customer_takes_back_is_gone_at_every_desk_also_after_the_end(redis: Client) -> None:
    world = World(redis, desks=(Address("office", "desk"), Address("chat", "desk")))
    handoff_id = await world.waiting()
    message = world.message("my password is hunter2")
    await receive(world, message)
    shown = [s for room in (world.office, world.chat) for s in room.shown if s.content.text == message.text]
    assert len(shown) == 2, "nobody owns it: both desks read along"
    await world.staff("claim", handoff_id)
    await world.staff("resolve", handoff_id)
    await receive(world, gone(message))
    assert all(s.deleted for s in shown)


# --- what stays inside


async def test_an_edit_never_carries_a_note_out(world: World) -> None:
    await world.owned()
    sent = of_sam(world, "I look it up\n// he is lying")
    await receive(world, sent, edited(sent, "I looked it up.\n// he is lying, I am sure\nIt is fine."))
    assert world.reads()[-1] == "I looked it up.\nIt is fine."


async def test_a_note_that_is_edited_into_an_answer_reaches_nobody_and_its_writer_is_told(world: World) -> None:
    await world.owned()
    read = world.reads()
    sent = of_sam(world, "// he is lying")
    await receive(world, sent, edited(sent, "// he may be lying"))
    assert world.thread()[-1] == wording.taken("Sam"), "a note may be edited without a word"
    await receive(world, replace(edited(sent, "Which one is it?"), event_id="office/w1/again"))
    assert world.reads() == read
    assert world.thread()[-1] == wording.EDIT_STAYS_INSIDE
    await receive(world, gone(sent))
    assert world.thread()[-1] == wording.EDIT_STAYS_INSIDE


async def test_what_is_attached_to_a_note_stays_inside_with_it(world: World) -> None:
    handoff_id = await world.owned()
    read = world.reads()
    await receive(world, of_sam(world, "// see the log", files=(FILE,)))
    assert world.reads() == read
    notes = [line.why for line in await world.engine.conversations.record(handoff_id) if line.what == "note"]
    assert notes == ["see the log"]
    await receive(world, of_sam(world, "here it is\n// phew", "w2", files=(FILE,)))
    assert (world.chat.shown[-1].content.text, world.chat.shown[-1].content.files) == ("here it is", (FILE,))


async def test_an_edit_of_files_without_words_changes_nothing(world: World) -> None:
    await world.owned()
    sent = of_sam(world, "", files=(FILE,))
    await receive(world, sent, edited(sent, ""))
    last = world.chat.shown[-1]
    assert (last.content.files, last.deleted) == ((FILE,), False)


# --- refused


async def refused(world: World, text: str = "Important words") -> tuple[str, IncomingMessage]:
    """A relay that the customer's platform refused; returns the value of its Retry button, and the message."""
    world.chat.failures = [Rejected("the customer left the channel")]
    sent = of_sam(world, text)
    await receive(world, sent)
    return only(world.office.shown[-1].content.buttons).value, sent


async def test_retry_pressed_twice_at_once_sends_once(world: World) -> None:
    await world.owned()
    value, _ = await refused(world)
    presses = [
        Action(f"press/{number}", "retry_relay", Person("office", "sam", "Sam"), Address("office", "desk"), value)
        for number in range(8)
    ]
    outcomes = await asyncio.gather(*(world.engine.door.act(press) for press in presses))
    await world.engine.drain()
    assert world.reads().count("Important words") == 1
    assert sorted(outcome.text for outcome in outcomes) == sorted([wording.SENT_AGAIN, *[wording.NOTHING_TO_RETRY] * 7])
    assert [outcome.spent for outcome in outcomes if outcome.ok] == [("retry_relay",)]


async def test_what_was_sent_again_can_be_edited_and_taken_back(world: World) -> None:
    await world.owned()
    value, sent = await refused(world)
    await world.staff("retry_relay", value)
    await receive(world, edited(sent, "Other words"))
    assert world.reads()[-1] == "Other words"
    await receive(world, gone(sent))
    assert "Other words" not in world.reads()


async def test_only_the_owner_or_a_lead_sends_again(world: World) -> None:
    handoff_id = await world.owned()
    value, _ = await refused(world)
    await world.staff("take_over", handoff_id, by="kim")
    assert (await world.staff("retry_relay", value)).text == wording.not_the_owner("Kim")
    assert "Important words" not in world.reads()
    assert (await world.staff("retry_relay", value, by="lea")).ok
    assert world.reads()[-1] == "Important words"


async def test_one_that_is_refused_again_can_be_tried_again(world: World) -> None:
    await world.owned()
    value, _ = await refused(world)
    world.chat.failures = [Rejected("still away")]
    await world.staff("retry_relay", value)
    second = only(world.office.shown[-1].content.buttons).value
    assert second != value
    assert (await world.staff("retry_relay", second)).ok
    assert world.reads().count("Important words") == 1


async def test_the_history_tells_what_was_sent_for_a_colleague(world: World) -> None:
    handoff_id = await world.owned()
    await world.writes("Hello", by="sam")
    await world.writes("Hello again", by="sam")
    await world.staff("send_draft", f"{handoff_id} From a draft")
    lines = [(x.what, x.why) for x in await world.engine.conversations.record(handoff_id) if x.allowed]
    assert lines[1:] == [("claim", ""), ("replied", ""), ("send_draft", "From a draft")]
    assert world.chat.shown[-1].content.speaker is Speaker.COLLEAGUE
