"""Nothing lost, nothing twice, nothing out of order: real processes, killed at random, under redelivered events."""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from pathlib import Path

import pytest

from tests.rig import Rig, until

MESSAGES = int(os.environ.get("MESSAGES", "300"))
CONVERSATIONS = 100
KILLS = int(os.environ.get("KILLS", "3"))
"""`make soak`: 1,000 messages and ten kills."""

FAQ = """# How do I get a refund?

Ask the shop; the money takes three days.

# What is my limit?

Your limit is shown under Account.

# When are you open?

From nine to five.
"""
QUESTIONS = ("How do I get a refund?", "What is my limit?", "When are you open?", "human please", "thanks")


def replies(posts: list[dict[str, object]], channel: str) -> list[str]:
    """The timestamps of the messages that were replied to, in the order of the replies' first posts."""
    found = []
    for post in posts:
        post_id = str(post["metadata"]["event_payload"]["id"])  # type: ignore[index]
        if post_id.startswith(f"slack/{channel}/"):
            found.append(post_id.removeprefix(f"slack/{channel}/").split(">")[0])
    return found


@pytest.mark.slow
async def test_messages_through_kills_and_a_restart_of_redis(tmp_path: Path) -> None:
    faq = tmp_path / "faq.md"
    faq.write_text(FAQ)
    dice = random.Random(7)
    async with Rig(tmp_path / "rig", faq=faq) as rig:
        bots = [await rig.bot() for _ in range(2)]
        await rig.control("config", ordered=True)
        channels = [(await rig.control("dm", user=f"U{n:04d}"))["channel"] for n in range(CONVERSATIONS)]
        said: dict[str, list[str]] = {channel: [] for channel in channels}

        async def talk() -> None:
            for number in range(MESSAGES):
                channel = channels[number % CONVERSATIONS]
                user = "U" + channel[1:]
                # A human is asked for once at most: whoever waits is answered all the same, by the state machine too.
                question = dice.choice(QUESTIONS[:3])
                sent = await rig.control(
                    "say", user=user, channel=channel, text=question, deliveries=dice.randint(1, 3)
                )
                said[channel].append(sent["ts"])
                await asyncio.sleep(0.03)

        talking = asyncio.create_task(talk())
        for number in range(KILLS):
            victim = bots[number % 2]
            await asyncio.sleep(dice.uniform(0.2, 1.0))
            await victim.kill()
            if number == KILLS // 2:
                await rig.kill_redis()
            await rig.started(victim)
        await talking
        await rig.control("retry")

        async def all_answered() -> bool:
            await rig.control("retry")
            counts = [len(set(replies(await rig.posts(channel), channel))) for channel in channels]
            return sum(counts) >= MESSAGES

        await until(all_answered, every=1.0)
        seen = {channel: replies(await rig.posts(channel), channel) for channel in channels}
        lost = sum(len(set(said[channel]) - set(seen[channel])) for channel in channels)
        twice = sum(count - 1 for channel in channels for count in Counter(seen[channel]).values())
        disordered = sum(list(dict.fromkeys(seen[channel])) != sorted(set(seen[channel])) for channel in channels)
        assert (lost, twice, disordered) == (0, 0, 0)
        assert (await rig.state())["violations"] == []
