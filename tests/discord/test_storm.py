"""Everything at once: broken connections, lost sessions, restarts, limits, lost answers. Nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
from collections.abc import Sequence

import pytest

from bots.discord.marker import without_mark
from bots.discord.platform import DiscordPlatform
from core.errors import Ambiguous, DeliveryError, RateLimited
from core.messages import Address, IncomingMessage
from core.platform import Limits
from core.posts import Content, Post
from tests.contract.doors import RecordingDoor
from tests.discord.gateway import TOKEN, Fault, WireDiscord

CONVERSATIONS = 30
MESSAGES_PER_TROUBLE = 20
STORMS = int(os.environ.get("STORMS", "30"))
"""Storms of `make soak`, each with a seed of its own."""
PATIENCE = 90.0
"""Seconds for everything to be answered after the last message."""
TROUBLES = ("drop", "drop", "invalid", "lost", "malformed", "deaf", "restart", "store", "posts", "posts")


class DurableDoor(RecordingDoor):
    """Knows, across restarts of the adapter, what it accepted last in each conversation."""

    def __init__(self, places: Sequence[Address]) -> None:
        super().__init__()
        self.places = places

    def of(self, place: Address) -> list[IncomingMessage]:
        """What was accepted in a conversation, in order."""
        return [message for message in self.messages if message.conversation == place]

    async def numbered(self, place: Address, number: int) -> IncomingMessage:
        """The message of this number (from 0) of a conversation; waits for it as long as it takes."""
        while len(self.of(place)) <= number:
            with contextlib.suppress(TimeoutError):
                await self.until(lambda _: len(self.of(place)) > number)
        return self.of(place)[number]

    async def open_conversations(self, platform: str) -> Sequence[tuple[Address, str]]:
        return [(place, known[-1].message_id if (known := self.of(place)) else "") for place in self.places]


class Bot:
    """An adapter that is restarted now and then, and a core in small that answers each message in its turn."""

    def __init__(self, door: DurableDoor) -> None:
        self.door = door
        self.platform = self._made()
        self._listening = asyncio.create_task(self.platform.listen(door))
        self._lanes = [asyncio.create_task(self._answer(place)) for place in door.places]

    async def restart(self) -> None:
        """Go away without a word and come back."""
        await self._stop_listening()
        self.platform = self._made()
        self._listening = asyncio.create_task(self.platform.listen(self.door))

    async def aclose(self) -> None:
        for lane in self._lanes:
            lane.cancel()
        await asyncio.gather(*self._lanes, return_exceptions=True)
        await self._stop_listening()

    def _made(self) -> DiscordPlatform:
        return DiscordPlatform(TOKEN, limits=Limits(send_timeout=0.5), identify_interval=0.0, heartbeat_timeout=1.0)

    async def _stop_listening(self) -> None:
        self._listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._listening
        await self.platform.aclose()

    async def _answer(self, place: Address) -> None:
        done = 0
        while True:
            message = await self.door.numbered(place, done)
            await self._deliver(Post(f"reply to {message.event_id}", place, Content(f"re: {message.text}")))
            done += 1

    async def _deliver(self, post: Post) -> None:
        tried = False
        while True:
            try:
                if tried and await self.platform.find(post):
                    return
                tried = True
                await self.platform.send(post)
                return
            except RateLimited as error:
                await asyncio.sleep(error.retry_after)
            except Ambiguous:
                continue
            except DeliveryError:
                await asyncio.sleep(0.02)


async def test_nothing_is_lost_doubled_or_out_of_order(discord: WireDiscord) -> None:
    await storm(discord, seed=1, messages=200)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 2 + STORMS))
async def test_in_no_storm_is_anything_lost_doubled_or_out_of_order(discord: WireDiscord, seed: int) -> None:
    await storm(discord, seed, messages=400)


async def storm(discord: WireDiscord, seed: int, messages: int) -> None:
    """Customers write while one trouble after the other comes: each kind in turn, in random order."""
    chance = random.Random(seed)
    discord.heartbeat = 0.2
    world = discord.backend
    people = [world.make_user(f"customer {number}").id for number in range(CONVERSATIONS)]
    channels = {person: world.get_dm_channel(person).id for person in people}
    said: dict[int, list[str]] = {person: [] for person in people}
    door = DurableDoor([Address("discord", str(channel)) for channel in channels.values()])
    bot = Bot(door)
    ahead: list[str] = []

    async def trouble() -> None:
        discord.overlap = chance.randrange(5)
        if not ahead:
            ahead.extend(chance.sample(TROUBLES, len(TROUBLES)))
        match ahead.pop():
            case "drop":
                await discord.drop_connections()
            case "invalid":
                await discord.invalidate()
            case "lost":
                await discord.drop_connections()
                discord.forget_sessions()
            case "malformed":
                world.emit("MESSAGE_CREATE", {"id": "not a message"})
            case "deaf":
                discord.deaf = True
                asyncio.get_running_loop().call_later(1.2, setattr, discord, "deaf", False)
            case "restart":
                await bot.restart()
            case "store":
                door.unavailable = True
                asyncio.get_running_loop().call_later(0.3, setattr, door, "unavailable", False)
            case "posts":
                faults = [fault for fault in Fault if fault is not Fault.TAKEN_502]  # discord.py waits long after it
                discord.faults += chance.sample(faults, 3)

    def answered(wire: WireDiscord) -> bool:
        return sum(len(wire.bot_messages(channel)) for channel in channels.values()) >= messages

    try:
        for number in range(messages):
            person = chance.choice(people)
            text = f"message {number}"
            said[person].append(text)
            discord.says(channels[person], person, text)
            if number % MESSAGES_PER_TROUBLE == MESSAGES_PER_TROUBLE - 1:
                await trouble()
            await asyncio.sleep(chance.uniform(0, 0.01))

        with contextlib.suppress(TimeoutError):  # what is missing is told below
            await discord.until(answered, patience=PATIENCE)
    finally:
        await bot.aclose()
    for person, channel in channels.items():
        assert [message.text for message in door.of(Address("discord", str(channel)))] == said[person]
        replies = [without_mark(message.content) for message in discord.bot_messages(channel)]
        assert replies == [f"re: {text}" for text in said[person]]
