"""Invariant 5: after a claim is confirmed, the bot says nothing more of its own in that conversation."""

from __future__ import annotations

import asyncio
import os
import random
from collections import defaultdict

import pytest

from core import wording
from core.messages import Address
from core.posts import Post, Speaker
from tests.core.harness import World

INTERLEAVINGS = int(os.environ.get("INTERLEAVINGS", "600"))
"""How often a claim comes between; `INTERLEAVINGS=10000` for the long run."""
TOGETHER = 40
"""Conversations that run side by side: each interleaves with itself and with the others."""


class Watch:
    """Notes what the bot says while a colleague owns a conversation."""

    def __init__(self, world: World) -> None:
        self.owned: set[Address] = set()
        self.broken: list[Post] = []
        self.bot_posts = 0
        self.cards: dict[str, asyncio.Queue[str]] = defaultdict(asyncio.Queue)
        """Ids of the handoffs of each customer, as their cards appear."""
        world.chat.before_send = self.sending
        world.office.before_send = self.showing

    async def showing(self, post: Post) -> None:
        if post.content.card is not None:
            customer = next(field.value for field in post.content.card.fields if field.label == wording.CARD_CUSTOMER)
            self.cards[customer.split(" ")[0].lower()].put_nowait(post.content.card.handoff_id)

    async def sending(self, post: Post) -> None:
        for _ in range(random.randrange(4)):  # the wire takes a while: let others come between
            await asyncio.sleep(0)
        if post.content.speaker is Speaker.BOT:
            self.bot_posts += 1
            if post.to in self.owned:
                self.broken.append(post)


async def one_conversation(world: World, watch: Watch, name: str, rounds: int, dice: random.Random) -> None:
    """Questions keep coming while the conversation is requested, claimed, released and resolved."""
    address = Address("chat", name)

    async def ask() -> None:
        await world.hand_in(dice.choice(["How do I get a refund?", "When are you open?", "What is my limit?"]), by=name)

    async def pause() -> None:
        for _ in range(dice.randrange(6)):
            await asyncio.sleep(0)

    for _ in range(rounds):
        await ask()
        await pause()
        await world.hand_in("human please", by=name)
        handoff_id = await watch.cards[name].get()
        questions = asyncio.create_task(ask())
        await pause()
        claimed = await world.press_only("claim", handoff_id)
        assert claimed.ok, claimed.text
        watch.owned.add(address)
        await ask()
        await pause()
        await questions
        if dice.random() < 0.3:
            watch.owned.discard(address)  # from here on the bot may speak again
            assert (await world.press_only("release", handoff_id)).ok
            await ask()
            assert (await world.press_only("claim", handoff_id)).ok
            watch.owned.add(address)
            await pause()
        watch.owned.discard(address)
        assert (await world.press_only("resolve", handoff_id)).ok


@pytest.mark.slow
async def test_in_many_interleavings_the_bot_never_talks_over_a_colleague(world: World) -> None:
    watch = Watch(world)
    dice = random.Random(5)
    world.engine.start()
    try:
        rounds = INTERLEAVINGS // TOGETHER
        async with asyncio.TaskGroup() as group:
            for number in range(TOGETHER):
                seed = random.Random(dice.random())
                group.create_task(one_conversation(world, watch, f"c{number}", rounds, seed))
    finally:
        await world.engine.stop()
    assert watch.broken == []
    assert watch.bot_posts > INTERLEAVINGS / 2, "the bot hardly spoke: the test proves nothing"
