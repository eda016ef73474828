"""Setting aside: until when, what waits meanwhile, and what ends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from core import wording
from core.conversation import Mode
from core.desk.until import until
from core.handoff.hours import OfficeHours
from core.messages import Address
from core.policy import load_policy
from tests.core.harness import START, World, only

BERLIN = ZoneInfo("Europe/Berlin")
ALWAYS = OfficeHours(load_policy().hours)
OFFICE = OfficeHours(
    replace(
        load_policy().hours, timezone=BERLIN, open=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ((570, 1080),))
    )
)


def meant(text: str, hours: OfficeHours = ALWAYS, now: float = START) -> str:
    """The time that is read, in Berlin; START is Friday, 2027-01-15 09:00 there."""
    at = until(text, now, BERLIN, hours)
    return datetime.fromtimestamp(at, BERLIN).strftime("%a %m-%d %H:%M") if at is not None else ""


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("30m", "Fri 01-15 09:30"), ("2h", "Fri 01-15 11:00"), ("1 day", "Sat 01-16 09:00"), ("2w", "Fri 01-29 09:00"),
        ("90 minutes", "Fri 01-15 10:30"), ("tomorrow", "Sat 01-16 09:00"), ("Tomorrow 14:30", "Sat 01-16 14:30"),
        ("until tomorrow at 8:15", "Sat 01-16 08:15"), ("14:30", "Fri 01-15 14:30"), ("8:00", "Sat 01-16 08:00"),
        ("monday", "Mon 01-18 09:00"), ("fri", "Fri 01-22 09:00"), ("on Wednesday 16:00", "Wed 01-20 16:00"),
        ("2027-02-01", "Mon 02-01 09:00"), ("2027-02-01 18:05", "Mon 02-01 18:05"), ("today 17:00", "Fri 01-15 17:00"),
    ],
)  # fmt: skip
def test_what_colleagues_write_is_read(text: str, at: str) -> None:
    assert meant(text) == at


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "0m",
        "-1h",
        "25:00",
        "12:75",
        "today 08:00",
        "2027-02-30",
        "2026-01-01",
        "400d",
        "monday-ish",
        "7",
        "m",
    ],
)
def test_what_can_not_be_meant_is_not_read(text: str) -> None:
    assert meant(text) == ""


def test_a_day_begins_when_the_desk_opens_on_it_or_next() -> None:
    assert meant("tomorrow", OFFICE) == "Mon 01-18 09:30"
    assert meant("tuesday", OFFICE) == "Tue 01-19 09:30"
    assert meant("tomorrow 10:00", OFFICE) == "Sat 01-16 10:00", "a time that was named is meant"


async def move(world: World, seconds: float) -> None:
    world.clock.move(seconds)
    await world.engine.drain()


async def mode(world: World) -> Mode:
    return (await world.engine.conversations.load(Address("chat", "carl"))).mode


async def test_till_tomorrow_the_outcome_and_the_card_say_until_when(world: World) -> None:
    handoff_id = await world.owned()
    outcome = await world.staff("snooze", f"{handoff_id} tomorrow")
    assert outcome.text == wording.snoozed("Sat 16 Jan 09:00 UTC")
    shown = world.office.cards()[-1].content.card
    assert shown is not None
    assert shown.state == "snoozed"
    assert {field.label: field.value for field in shown.fields}[wording.CARD_UNTIL] == "Sat 09:00 UTC"


async def test_who_was_set_aside_before_a_word_keeps_its_owner_and_is_nudged_after(world: World) -> None:
    handoff_id = await world.owned()
    await world.staff("snooze", f"{handoff_id} 2h")
    await move(world, 7000)
    assert await mode(world) is Mode.HUMAN, "set aside on purpose: it does not go back to the queue"
    await move(world, 300)
    assert world.thread()[-1] == wording.WAKE_UP
    await move(world, world.policy.desk.first_reply / 2 + 1)
    assert "first reply" in world.thread()[-1]
    await move(world, world.policy.desk.first_reply / 2)
    assert await mode(world) is Mode.WAITING


async def test_a_customer_who_was_set_aside_is_not_asked_whether_they_are_still_there(world: World) -> None:
    handoff_id = await world.owned()
    await world.writes("I have to ask the workshop")
    await world.staff("snooze", f"{handoff_id} 3d")
    read = world.reads()
    for _ in range(36):
        await move(world, 2 * 3600 - 10)
    assert world.reads() == read
    assert await mode(world) is Mode.HUMAN
    await move(world, 3600)
    assert world.thread()[-1] == wording.WAKE_UP
    await move(world, world.policy.desk.customer_silent / 2 + 1)
    assert world.reads()[-1] == wording.REMINDER, "the colleague had the last word"


async def test_a_customer_who_writes_ends_the_snooze(world: World) -> None:
    handoff_id = await world.owned()
    await world.writes("I look it up")
    await world.staff("snooze", f"{handoff_id} 1d")
    await world.says("It is urgent after all!")
    assert world.thread()[-2:] == ["It is urgent after all!", wording.WOKEN_BY_CUSTOMER]
    told = only([s for s in world.office.shown if s.content.text == wording.WOKEN_BY_CUSTOMER])
    assert told.content.mention == "sam"
    assert world.office.cards()[-1].content.card.state == "human"  # type: ignore[union-attr]
    await move(world, 86400 + 60)
    assert wording.WAKE_UP not in world.thread()
    assert wording.REMINDER not in world.reads(), "it is the colleague's turn"


async def test_an_answer_ends_it_on_the_card_too(world: World) -> None:
    handoff_id = await world.owned()
    await world.staff("snooze", f"{handoff_id} 1h")
    await world.writes("Found it already")
    shown = world.office.cards()[-1].content.card
    assert shown is not None
    assert (shown.state, shown.transcript != ()) == ("human", True)
