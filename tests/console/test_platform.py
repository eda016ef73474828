"""The console without its page: the log that several processes share, and what survives a crash."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bots.console import log as log_module
from bots.console.people import DESK, NAME, colleague, customer
from bots.console.platform import ConsolePlatform
from bots.console.seat import NOT_DONE, NOT_KEPT, Seat
from bots.console.wakeups import Watch
from core.errors import PlatformUnavailable, Rejected
from core.messages import Address, MessageKind
from core.platform import ActionOutcome
from core.posts import Button, Card, CardField, Content, Post, PostKind, Source
from core.store.redis import Client, connect
from tests.contract.doors import PATIENCE, RecordingDoor

ADA = Address(NAME, "ada")


def post(post_id: str, text: str = "", to: Address = ADA, **more: object) -> Post:
    return Post(id=post_id, to=to, content=Content(text=text, **more))  # type: ignore[arg-type]


@pytest.fixture
async def platform(client: Client) -> ConsolePlatform:
    return ConsolePlatform(client)


@pytest.fixture
async def door(platform: ConsolePlatform) -> AsyncIterator[RecordingDoor]:
    """A door at which the platform listens."""
    made = RecordingDoor()
    task = asyncio.create_task(platform.listen(made))
    async with asyncio.timeout(PATIENCE):
        while not platform.listening:
            await asyncio.sleep(0)
    yield made
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def texts(platform: ConsolePlatform, channel: str = "ada") -> list[str]:
    rows = sorted(await platform.log.changed_after(channel, 0), key=lambda row: row.place)
    return [row.shown.content.text for row in rows if row.shown.content]


async def test_content_comes_back_as_it_went_in(platform: ConsolePlatform) -> None:
    card = Card("H1", "Ada waits", "waiting", vip=True, fields=(CardField("Reason", "asked"),), transcript=("Ada: hi",))
    sent = post("p1", "t", card=card, sources=(Source("a", "A?", "x.md"),), buttons=(Button("claim", "Claim", "H1"),))
    await platform.send(sent)
    (row,) = await platform.log.changed_after("ada", 0)
    assert row.shown.content == sent.content
    assert row.message.author is None


async def test_a_post_that_is_sent_again_is_there_once(platform: ConsolePlatform) -> None:
    await asyncio.gather(*(platform.send(post("p1", "once")) for _ in range(20)))
    assert await texts(platform) == ["once"]


async def test_an_edit_keeps_the_place_and_counts_as_a_change(platform: ConsolePlatform) -> None:
    await platform.send(post("p1", "first"))
    await platform.send(post("p2", "second"))
    seen = max(row.revision for row in await platform.log.changed_after("ada", 0))
    await platform.edit(Post("p3", ADA, Content("FIRST"), kind=PostKind.EDIT, of="p1"), "p1")
    (changed,) = await platform.log.changed_after("ada", seen)
    assert (changed.id, changed.shown.edited) == ("p1", True)
    assert await texts(platform) == ["FIRST", "second"]


async def test_an_edit_of_nothing_is_refused_and_a_removal_of_nothing_is_done(platform: ConsolePlatform) -> None:
    with pytest.raises(Rejected, match="no message gone"):
        await platform.edit(post("p1", "x"), "gone")
    await platform.delete(post("p2"), "gone")


async def test_another_process_delivers_and_every_page_is_woken(
    platform: ConsolePlatform, door: RecordingDoor, redis_url: str
) -> None:
    watch = Watch()
    elsewhere = connect(redis_url)
    with platform.wakeups.joined(watch):
        async with asyncio.timeout(PATIENCE):
            seen: set[str] = set()
            writer = ConsolePlatform(elsewhere)
            while "ada" not in seen:  # the subscription may still be on its way: then "*" comes first
                await writer.send(post(f"p{len(await texts(platform))}", "from elsewhere"))
                channels, _ = await watch.next()
                seen |= channels
            await writer.typing(ADA)
            typing: set[str] = set()
            while ADA.key not in typing:
                _, typing = await watch.next()
    await elsewhere.aclose()


async def test_what_was_written_while_nobody_listened_is_handed_in_once(client: Client) -> None:
    before = ConsolePlatform(client)
    first = await before.say(customer("ada"), ADA, "is anybody there?")
    await before.say(colleague("sam"), Address(NAME, DESK, "card"), "I am")
    door = RecordingDoor()
    for _ in range(2):  # two starts
        after = ConsolePlatform(client)
        task = asyncio.create_task(after.listen(door))
        await door.message(2)
        while await after.log.unheard():
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert sorted(message.text for message in door.messages) == ["I am", "is anybody there?"]
    assert len(door.attempts) == 2
    assert first in {message.event_id for message in door.messages}


async def test_a_message_that_was_refused_is_not_shown_and_arrives_once_when_tried_again(
    platform: ConsolePlatform, door: RecordingDoor
) -> None:
    seat = Seat(platform, customer("ada"))
    door.unavailable = True
    assert await seat.say(ADA, "please keep me") == NOT_KEPT
    assert await texts(platform) == []
    assert (await seat.press(ADA, Button("human", "Human"))).text == NOT_DONE
    door.unavailable = False
    assert await seat.say(ADA, "please keep me") == ""
    assert await texts(platform) == ["please keep me"]
    assert len({attempt.event_id for attempt in door.attempts if hasattr(attempt, "kind")}) == 1
    assert await seat.say(ADA, "please keep me") == ""  # the same words, meant a second time
    assert [message.text for message in door.messages] == ["please keep me"] * 2


async def test_edits_and_deletions_of_what_people_wrote_are_handed_in(
    platform: ConsolePlatform, door: RecordingDoor
) -> None:
    ada = customer("ada")
    message_id = await platform.say(ada, ADA, "helo")
    await platform.revise(ada, ADA, message_id, "hello")
    assert await texts(platform) == ["hello"]
    await platform.revise(ada, ADA, message_id, None)
    assert await texts(platform) == []
    kinds = [(message.kind, message.message_id, message.text) for message in door.messages]
    assert kinds == [
        (MessageKind.TEXT, message_id, "helo"),
        (MessageKind.EDITED, message_id, "hello"),
        (MessageKind.DELETED, message_id, ""),
    ]


async def test_a_channel_keeps_its_latest_messages(client: Client, platform: ConsolePlatform) -> None:
    for number in range(log_module.CAP + 3):
        await platform.send(post(f"p{number}", str(number)))
    kept = await texts(platform)
    assert (len(kept), kept[0], kept[-1]) == (log_module.CAP, "3", str(log_module.CAP + 2))
    assert await client.hlen("concierge:{console}:ada:contents") == log_module.CAP


async def test_big_and_wordless_messages_go_through(platform: ConsolePlatform, door: RecordingDoor) -> None:
    for text in ("x" * 100_000, "🎉🎉", "\u202e\x00\ud7ff"):
        assert await platform.say(customer("ada"), ADA, text)
    assert [message.text for message in door.messages] == await texts(platform)


async def test_a_store_that_is_away_is_told_in_the_terms_of_the_port() -> None:
    nowhere = connect("unix:///nonexistent/redis.sock")
    platform = ConsolePlatform(nowhere)
    for attempt in (platform.send, platform.find, lambda sent: platform.edit(sent, "p0")):
        with pytest.raises(PlatformUnavailable):
            await attempt(post("p1"))
    await platform.typing(ADA)
    assert await Seat(platform, customer("ada")).say(ADA, "hello?") == NOT_KEPT
    await nowhere.aclose()


async def test_who_sits_where() -> None:
    assert customer("grace").name == "Grace"
    assert customer("visitor-7").name == "Visitor 7"
    for impostor in ("sam", DESK, "../etc", "", "A" * 40):
        assert customer(impostor).id == "ada"
    assert colleague("ada").id == "sam"


async def test_spent_buttons_go_and_the_others_stay(platform: ConsolePlatform, door: RecordingDoor) -> None:
    await platform.send(post("p1", "Did you mean?", buttons=(Button("pick", "One"), Button("human", "Human"))))
    door.outcome = ActionOutcome(spent=("pick",))
    await Seat(platform, customer("ada")).press(ADA, Button("pick", "One"), message_id="p1")
    (row,) = await platform.log.changed_after("ada", 0)
    assert row.shown.content is not None
    assert row.shown.content.text == "Did you mean?"
    assert row.shown.content.buttons == (Button("human", "Human"),)
    assert await platform.name_of("kim") == "Kim"
