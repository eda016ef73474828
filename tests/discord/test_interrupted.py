"""What is cut short, by a stop, a cancellation or an error that nobody expected, loses nothing and blocks nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bots.discord.catchup import TRIES
from bots.discord.intake import Intake
from bots.discord.platform import DiscordPlatform
from bots.discord.wording import NOT_READ
from core.errors import DeliveryError, RateLimited
from core.messages import Address, IncomingMessage, Person
from core.platform import Limits
from tests.contract.doors import RecordingDoor
from tests.discord.conftest import Wired
from tests.discord.gateway import TOKEN, Fault, WireDiscord

Connect = Callable[..., Awaitable[Wired]]


def written(text: str) -> Any:
    """Makes the message of an event."""

    async def translate() -> IncomingMessage:
        return IncomingMessage(f"discord/1/{text}", Address("discord", "1"), Person("discord", "2"), text)

    return translate


async def stopped(listening: asyncio.Task[None]) -> None:
    listening.cancel()
    done, _ = await asyncio.wait({listening}, timeout=8)
    assert done, "it goes on listening"


async def test_who_stops_while_catching_up_lets_nothing_newer_pass(wired: Connect, discord: WireDiscord) -> None:
    bot = await wired(listens=False)
    other = discord.backend.make_user("max")
    other_dm = discord.backend.get_dm_channel(other.id).id
    first = discord.says(bot.dm, bot.customer, "seen before the restart")
    bot.door.open = [(bot.place, str(first.id))]
    missed = [f"while away {number}" for number in range(3)]
    for text in missed:
        discord.says(bot.dm, bot.customer, text)
    discord.slow_history = asyncio.Event()
    listening = asyncio.create_task(bot.platform.listen(bot.door))
    await discord.until(lambda wire: wire.identified == 1)
    discord.says(bot.dm, bot.customer, "live")
    discord.says(other_dm, other.id, "me too")
    assert (await bot.door.message()).text == "me too"  # so "live" waits for what is being fetched
    await stopped(listening)
    assert bot.texts() == ["me too"]

    discord.slow_history.set()
    again = DiscordPlatform(TOKEN, identify_interval=0.0)
    listening = asyncio.create_task(again.listen(bot.door))
    await bot.door.message(5)
    assert bot.texts() == ["me too", *missed, "live"]
    await stopped(listening)
    await again.aclose()


async def test_it_stops_while_it_reconnects_too(wired: Connect, discord: WireDiscord) -> None:
    bot = await wired(listens=False)
    listening = asyncio.create_task(bot.platform.listen(bot.door))
    await discord.until(lambda wire: wire.identified == 1)
    discord.slow_hello = asyncio.Event()
    await discord.drop_connections()
    await discord.until(lambda wire: wire.connections == 2)
    await stopped(listening)
    discord.slow_hello.set()


async def test_after_a_long_outage_it_is_back_within_a_minute(wired: Connect) -> None:
    bot = await wired()
    bot.wire.says(bot.dm, bot.customer, "hello")
    await bot.door.message()
    shard: Any = bot.platform.client.get_shard(0)
    assert max(shard._parent._backoff.delay() for _ in range(200)) <= 64  # discord.py's own go up to 1,024 seconds


async def test_an_event_that_fails_unexpectedly_is_tried_again_and_nothing_passes_it() -> None:
    door = RecordingDoor()
    intake = Intake(door)
    door.odd["one"] = 2
    for text in ("one", "two"):
        intake.put(1, written(text))
    await door.message(2)
    assert [message.text for message in door.messages] == ["one", "two"]
    await intake.aclose()


async def test_an_event_that_always_fails_is_owned_up_to_and_the_channel_goes_on() -> None:
    door, told = RecordingDoor(), []

    async def tell(text: str) -> None:
        told.append(text)

    intake = Intake(door, tries=2)
    door.odd["one"] = 99
    intake.put(1, written("one"), tell)
    intake.put(1, written("two"), tell)
    assert (await door.message()).text == "two"
    assert told == [NOT_READ]
    await intake.aclose()


async def test_a_missed_message_that_fails_unexpectedly_hides_none_after_it(wired: Connect) -> None:
    bot = await wired()
    bot.wire.says(bot.dm, bot.customer, "one")
    bot.door.open = [(bot.place, (await bot.door.message()).message_id)]
    bot.door.odd["two, unheard"] = 1
    await bot.wire.invalidate()
    bot.wire.says(bot.dm, bot.customer, "two, unheard")
    bot.wire.says(bot.dm, bot.customer, "three, unheard")
    await bot.wire.until(lambda wire: wire.identified == 2)
    bot.wire.says(bot.dm, bot.customer, "four")
    await bot.door.message(4)
    assert bot.texts() == ["one", "two, unheard", "three, unheard", "four"]


async def test_what_could_not_be_read_back_is_not_called_read_back(wired: Connect, discord: WireDiscord) -> None:
    bot = await wired(listens=False)
    bot.door.open = [(bot.place, str(discord.says(bot.dm, bot.customer, "seen before the restart").id))]
    discord.says(bot.dm, bot.customer, "while away")
    bot.door.odd_lists = TRIES
    listening = asyncio.create_task(bot.platform.listen(bot.door))
    await discord.until(lambda wire: wire.identified == 1)
    discord.says(bot.dm, bot.customer, "live")
    await bot.door.message()
    await bot.platform.caught_up()
    assert bot.texts() == ["live"]
    assert not bot.door.caught, "the next start would not look for it"

    await discord.invalidate()
    await bot.door.until(lambda door: door.caught)
    assert sorted(bot.texts()) == ["live", "while away"]
    await stopped(listening)


@pytest.mark.parametrize("steps", range(4))
async def test_a_request_that_is_cancelled_twice_leaves_its_channel_open(wired: Connect, steps: int) -> None:
    bot = await wired(listens=False, limits=Limits(text=1600, send_timeout=2.0))
    bot.wire.faults.append(Fault.TAKEN_SILENT)
    sending = asyncio.create_task(bot.platform.send(bot.post("p1", "one")))
    await bot.wire.until(lambda wire: wire.bot_messages(bot.dm))
    for _ in range(2):  # by two time limits that end at almost the same moment
        sending.cancel()
        for _ in range(steps):
            await asyncio.sleep(0)
    await asyncio.gather(sending, return_exceptions=True)
    assert await bot.platform.send(bot.post("p2", "two"))


async def test_a_global_limit_that_outlasts_a_request_does_not_outlast_itself(wired: Connect) -> None:
    bot = await wired(listens=False, limits=Limits(text=1600, send_timeout=0.3))
    bot.wire.retry_after = 0.6
    bot.wire.faults.append(Fault.GLOBAL)
    with pytest.raises(RateLimited):
        await bot.platform.send(bot.post("p1", "one"))
    async with asyncio.timeout(5):
        while not bot.wire.bot_messages(bot.dm):
            with contextlib.suppress(DeliveryError):
                await bot.platform.send(bot.post("p1", "one"))
    assert len(bot.wire.bot_messages(bot.dm)) == 1
