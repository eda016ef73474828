"""The gateway in bad weather: every event reaches the door, each once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bots.discord.platform import DiscordPlatform
from bots.discord.wording import NOT_KEPT
from core.errors import ConfigurationError
from core.messages import Address
from core.platform import Receipt
from tests.contract.doors import RecordingDoor
from tests.contract.driver import eventually
from tests.discord.conftest import Wired
from tests.discord.gateway import WireDiscord

Connect = Callable[..., Awaitable[Wired]]


async def test_resume_with_an_overlapping_replay_hands_in_each_message_once(wired: Connect) -> None:
    bot = await wired()
    for number in range(5):
        bot.wire.says(bot.dm, bot.customer, f"before {number}")
    await bot.door.message(5)
    bot.wire.overlap = 4
    await bot.wire.drop_connections()
    for number in range(3):
        bot.wire.says(bot.dm, bot.customer, f"meanwhile {number}")
    await bot.wire.until(lambda wire: wire.resumed == 1)
    bot.wire.says(bot.dm, bot.customer, "after")
    await bot.door.message(9)
    assert bot.texts() == [*(f"before {n}" for n in range(5)), *(f"meanwhile {n}" for n in range(3)), "after"]
    assert bot.door.receipts.count(Receipt.DUPLICATE) == 4
    assert bot.wire.identified == 1


async def test_an_invalid_session_leads_to_a_new_one_and_to_what_was_missed(wired: Connect) -> None:
    bot = await wired()
    bot.wire.says(bot.dm, bot.customer, "one")
    last = await bot.door.message()
    bot.door.open = [(bot.place, last.message_id)]
    await bot.wire.invalidate()
    bot.wire.says(bot.dm, bot.customer, "two, unheard")
    bot.wire.says(bot.dm, bot.customer, "three, unheard")
    await bot.wire.until(lambda wire: wire.identified == 2)
    bot.wire.says(bot.dm, bot.customer, "four")
    await bot.door.message(4)
    assert bot.texts() == ["one", "two, unheard", "three, unheard", "four"]


async def test_a_lost_session_answers_resume_with_invalid_and_nothing_is_missed(wired: Connect) -> None:
    bot = await wired()
    bot.wire.says(bot.dm, bot.customer, "one")
    bot.door.open = [(bot.place, (await bot.door.message()).message_id)]
    await bot.wire.drop_connections()
    bot.wire.forget_sessions()
    bot.wire.says(bot.dm, bot.customer, "two, unheard")
    await bot.door.message(2)
    assert bot.texts() == ["one", "two, unheard"]
    assert bot.wire.resumed == 0


async def test_what_was_missed_comes_before_what_is_new_and_others_do_not_wait_for_it(
    wired: Connect, discord: WireDiscord
) -> None:
    world = discord.backend
    customer, other = world.make_user("cleo"), world.make_user("max")
    dm, other_dm = world.get_dm_channel(customer.id).id, world.get_dm_channel(other.id).id
    first = discord.says(dm, customer.id, "seen before the restart")
    for number in range(3):
        discord.says(dm, customer.id, f"while away {number}")
    bot = await wired(listens=False)
    bot.door.open = [(Address("discord", str(dm)), str(first.id))]
    discord.slow_history = asyncio.Event()
    listening = asyncio.create_task(bot.platform.listen(bot.door))
    await discord.until(lambda wire: wire.identified == 1)
    discord.says(dm, customer.id, "live")
    discord.says(other_dm, other.id, "me too")
    assert (await bot.door.message()).text == "me too"
    discord.slow_history.set()
    await bot.door.message(5)
    assert bot.texts() == ["me too", "while away 0", "while away 1", "while away 2", "live"]
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_while_the_history_cannot_be_read_nothing_newer_hides_the_gap(wired: Connect) -> None:
    bot = await wired()
    bot.wire.says(bot.dm, bot.customer, "one")
    bot.door.open = [(bot.place, (await bot.door.message()).message_id)]
    bot.wire.broken_histories = 3  # aiohttp tries a read twice by itself
    await bot.wire.invalidate()
    bot.wire.says(bot.dm, bot.customer, "two, unheard")
    await bot.wire.until(lambda wire: wire.identified == 2)
    bot.wire.says(bot.dm, bot.customer, "three")
    await bot.door.message(3)
    assert bot.wire.broken_histories == 0
    assert bot.texts() == ["one", "two, unheard", "three"]


async def test_a_question_that_opens_a_conversation_is_not_missed_either(wired: Connect) -> None:
    bot = await wired()
    assert bot.platform.client.user is not None
    me = bot.platform.client.user.mention
    bot.wire.says(bot.channel, bot.customer, f"{me} heard")
    await bot.door.message()
    await bot.wire.invalidate()
    bot.wire.says(bot.channel, bot.customer, "people among themselves, unheard")
    question = bot.wire.says(bot.channel, bot.customer, f"{me} unheard")
    missed = await bot.door.message(2)
    assert (missed.text, missed.conversation.thread, missed.addressed) == ("unheard", str(question.id), True)
    assert bot.texts() == ["heard", "unheard"]


async def test_threads_are_caught_up_too_and_keep_their_address(wired: Connect) -> None:
    bot = await wired()
    assert bot.platform.client.user is not None
    question = bot.wire.says(bot.channel, bot.customer, f"{bot.platform.client.user.mention} hello")
    where = (await bot.door.message()).conversation
    await bot.platform.send(bot.post("p1", "hi", to=where))
    bot.door.open = [(where, str(question.id))]
    await bot.wire.invalidate()
    bot.wire.says(question.id, bot.customer, "unheard")
    missed = await bot.door.message(2)
    assert (missed.text, missed.conversation, missed.addressed) == ("unheard", where, False)


async def test_two_shards_hand_in_each_message_once(wired: Connect, discord: WireDiscord) -> None:
    world = discord.backend
    guilds = [world.create_guild(f"Shard {number}", shard_id=number, shard_count=2) for number in range(2)]
    channels = [world.create_channel(guild.id, "help").id for guild in guilds]
    bot = await wired(shard_count=2)
    await discord.until(lambda wire: wire.identified == 2)
    for channel in channels:
        discord.says(channel, bot.customer, f"<@{world.bot_user.id}> asked in {channel}")
    discord.says(bot.dm, bot.customer, "asked in private")
    await bot.door.message(3)
    assert sorted(bot.texts()) == sorted(["asked in private", *(f"asked in {channel}" for channel in channels)])
    assert len(bot.door.attempts) == 3


async def test_a_zombie_connection_is_noticed_and_resumed(wired: Connect, discord: WireDiscord) -> None:
    discord.heartbeat = 0.05
    bot = await wired(heartbeat_timeout=0.4)
    bot.wire.deaf = True
    bot.wire.says(bot.dm, bot.customer, "into the void")
    await bot.wire.until(lambda wire: not wire.connected)
    bot.wire.deaf = False
    await bot.door.message()
    bot.wire.says(bot.dm, bot.customer, "and again")
    await bot.door.message(2)
    assert bot.texts() == ["into the void", "and again"]
    assert bot.wire.resumed == 1


async def test_a_malformed_event_does_not_end_it(wired: Connect) -> None:
    bot = await wired()
    bot.wire.backend.emit("MESSAGE_CREATE", {"id": "not a message"})
    await bot.wire.until(lambda wire: wire.identified == 2)
    bot.wire.says(bot.dm, bot.customer, "still there?")
    assert (await bot.door.message()).text == "still there?"
    assert await bot.platform.send(bot.post("p1", "yes"))


@pytest.mark.slow  # discord.py waits five seconds before it tries again
async def test_a_failing_first_connection_is_tried_again(wired: Connect, discord: WireDiscord) -> None:
    discord.refusals = 1
    bot = await wired()
    bot.wire.says(bot.dm, bot.customer, "hello")
    assert (await bot.door.message()).text == "hello"


async def test_nothing_is_lost_while_the_store_is_away_and_the_order_stays(wired: Connect) -> None:
    bot = await wired()
    bot.door.unavailable = True
    texts = [f"line {number}" for number in range(20)]
    for text in texts:
        bot.wire.says(bot.dm, bot.customer, text)
    await bot.door.tried()
    bot.door.unavailable = False
    await bot.door.message(20)
    assert bot.texts() == texts
    assert bot.wire.bot_messages(bot.dm) == []


async def test_beyond_the_buffer_the_sender_is_told_once(wired: Connect) -> None:
    bot = await wired(buffer=3)
    bot.door.unavailable = True
    for number in range(6):
        bot.wire.says(bot.dm, bot.customer, f"line {number}")
    bot.wire.says(bot.channel, bot.customer, "not for the bot")

    async def told() -> list[str]:
        return [message.content for message in bot.wire.bot_messages(bot.dm)]

    assert await eventually(told, bool) == [NOT_KEPT]
    bot.door.unavailable = False
    await bot.door.message(3)
    assert bot.texts() == ["line 0", "line 1", "line 2"]
    bot.wire.says(bot.dm, bot.customer, "again")
    assert (await bot.door.message(4)).text == "again"
    assert await told() == [NOT_KEPT]
    assert bot.wire.bot_messages(bot.channel) == []


async def test_a_wrong_token_is_said_so(discord: WireDiscord) -> None:
    platform = DiscordPlatform("wrong.token")
    with pytest.raises(ConfigurationError, match="DISCORD_TOKEN"):
        await platform.listen(RecordingDoor())
    assert [problem for problem in await platform.check() if "DISCORD_TOKEN" in problem]
    await platform.aclose()


async def test_a_missing_intent_names_the_switch(discord: WireDiscord, wired: Connect) -> None:
    discord.allows_content = False
    bot = await wired(listens=False)
    with pytest.raises(ConfigurationError, match="MESSAGE CONTENT INTENT"):
        await bot.platform.listen(bot.door)
    assert any("MESSAGE CONTENT INTENT" in problem for problem in await bot.platform.check())


async def test_sending_goes_on_after_listening_has_stopped(wired: Connect, discord: WireDiscord) -> None:
    bot = await wired(listens=False)
    listening = asyncio.create_task(bot.platform.listen(bot.door))
    await discord.until(lambda wire: wire.identified == 1)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await discord.until(lambda wire: not wire.connected)
    await bot.platform.send(bot.post("p1", "flushed"))
    assert [message.content[:7] for message in bot.wire.bot_messages(bot.dm)] == ["flushed"]
