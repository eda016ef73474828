"""What our Redis steps for one message take, without anything around them."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any

from core.clock import SystemClock
from core.conversation import Conversation, Turn
from core.inbox.inbox import Inbox, RateLimit
from core.inbox.lanes import work_of
from core.messages import Address, IncomingMessage, Person
from core.outbox.outbox import Outbox, parcel_of
from core.posts import Content, Post, Speaker
from core.store.conversations import Conversations, Step
from core.store.redis import connect
from core.store.server import EmbeddedRedis


class OneHand:
    """Takes what it is lent at once, as a process with a hand free does."""

    lane: Any = None

    async def reserve(self, platform: str = "") -> bool:
        return True

    def release(self, platform: str = "") -> None:
        self.lane = None

    def begin(self, lane: Any, now: float = 0.0) -> None:
        self.lane = parcel_of(lane, now) if now else work_of(lane)


async def redis_steps(folder: Path, rounds: int = 500) -> str:
    """p50 and p99, in ms, of our Redis steps for one message: accept and take, apply and take the post, settle it."""
    server = EmbeddedRedis(folder)
    redis, clock, hand = connect(await server.start()), SystemClock(), OneHand()
    inbox, conversations, outbox = Inbox(redis, clock, RateLimit()), Conversations(redis), Outbox(redis, clock)
    inbox.hand_to(hand)
    conversations.hand_to(hand)
    times = []
    for number in range(rounds):
        where = Address("slack", f"D{number % 50}")
        message = IncomingMessage(f"slack/{number}", where, Person("slack", "U1", "Ada"), "How does Pay in 4 work?")
        post = Post(f"{number}>0", where, Content(text="Your purchase is split into four payments. " * 6))
        began = time.perf_counter()
        await inbox.accept(message)
        work, now = hand.lane, clock.now()
        turns = tuple(Turn(at=now, speaker=one, name="", text="x" * 200, id="1") for one in Speaker)[:2]
        state = Conversation(where, version=work.conversation.version)
        await conversations.apply(Step(where, now, state=state, token=work.token, turns=turns, posts=(post,)))
        await outbox.settle(hand.lane, "1.0")
        times.append(1000 * (time.perf_counter() - began))
    await redis.aclose()
    await server.stop()
    return f"p50 {statistics.median(times):.2f} ms, p99 {sorted(times)[int(rounds * 0.99)]:.2f} ms"
