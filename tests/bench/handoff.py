"""How fast a human is reached: from "human please" to the card at the desk, and from a press of Claim to the customer.

    python tests/bench/handoff.py [--count 145] [--rate 20]

One process of the bot, over HTTP, beside a fake Slack in this process; both share the machine, and so does Redis. Slack
itself takes about one message a second in one channel, which the fake one does not imitate: these are our own times.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import re
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from core.access.roles import Role
from core.errors import Refused
from core.handoff.machine import Actor, Details
from core.handoff.table import Event
from core.messages import Address, Person
from core.store.redis import connect
from core.store.server import EmbeddedRedis
from tests.bench.load import CONVERSATIONS, Slack
from tests.core.harness import World
from tests.fake_slack.workspace import COLLEAGUE, DESK, Channel
from tests.rig import Process, bot_settings, until

FAQ = Path(__file__).parents[2] / "knowledge" / "sample"
WORDS = ("human please", "I want to talk to a person", "get me an agent", "connect me with somebody from support")
"""How humans are asked for."""
CLAIMERS = 16
"""Claims that are pressed at once, each on another handoff."""
CONTESTED = 200
"""Claims at once on the same handoff, inside one process."""


class Desk(Slack):
    """The fake Slack, which notes when a customer's card appears and when a claim is told to its customer."""

    def __init__(self, events_url: str) -> None:
        super().__init__(events_url, echo=False)
        self.cards: dict[str, tuple[str, float]] = {}
        """Customer -> ts of the card, and when it was posted."""
        self.joined: dict[str, float] = {}
        """Customer -> when they were told that a colleague has joined."""

    def message_posted(self, channel: Channel, message: dict[str, Any]) -> None:
        super().message_posted(channel, message)
        post_id = str((message.get("metadata") or {}).get("event_payload", {}).get("id"))
        if channel.id == DESK and ":card:" in post_id and (found := re.search(r"\bU(\d{4})\b", message["text"])):
            self.cards[found[1]] = message["ts"], time.time()
        elif "has joined" in message["text"]:
            self.joined[channel.id.removeprefix("D")] = time.time()


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Desk]:
    """A bot with one colleague, and the Slack in front of it."""
    folder.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    desk = Desk(f"http://127.0.0.1:{port}/slack/events")
    await desk.start()
    redis = EmbeddedRedis(folder / "store")
    env = bot_settings(folder, desk.url, faq=FAQ, http_port=port)
    env |= {"REDIS_URL": await redis.start(), "STAFF_USERS": f"slack:{COLLEAGUE}", "LOG_LEVEL": "WARNING"}
    bot = Process([sys.executable, "-m", "bots", "run", "slack"], folder / "bot.log", env)
    await bot.start()
    try:
        await until(lambda: bot.says("is ready"))
        yield desk
    finally:
        await bot.kill()
        await desk.stop()
        await redis.stop()


def spread(times: Sequence[float]) -> str:
    """p50 and p95 of milliseconds."""
    ordered = sorted(times)
    return f"p50 {statistics.median(ordered):.0f} ms, p95 {ordered[int(len(ordered) * 0.95)]:.0f} ms"


async def asked(desk: Desk, customers: Iterator[int], count: int, rate: float) -> list[float]:
    """So many customers ask for a human at `rate` a second; milliseconds until each one's card was posted."""
    loop = asyncio.get_running_loop()
    began, said = loop.time(), {}
    for position, number in enumerate(itertools.islice(customers, count)):
        await asyncio.sleep(began + position / rate - loop.time())
        said[f"{number:04d}"] = time.time()
        desk.ask(number, WORDS[number % len(WORDS)])
    await until(lambda: said.keys() <= desk.cards.keys())
    return [1000 * (desk.cards[customer][1] - at) for customer, at in said.items()]


async def one_by_one(desk: Desk, customers: Iterator[int], count: int) -> list[float]:
    """The same, each after the card of the one before."""
    return [(await asked(desk, customers, 1, 1000))[0] for _ in range(count)]


async def claimed(desk: Desk) -> tuple[list[float], float]:
    """Every card is claimed, some at once; milliseconds until the customer was told, and claims per second."""
    times: list[float] = []
    waiting = iter(list(desk.cards.items()))

    async def claimer() -> None:
        for customer, (ts, _) in waiting:
            at = time.time()
            desk.interactions.press(COLLEAGUE, DESK, ts, "Claim")
            await until(lambda: customer in desk.joined, every=0.005)  # noqa: B023 - awaited at once
            times.append(1000 * (desk.joined[customer] - at))

    began = time.monotonic()
    await asyncio.gather(*(claimer() for _ in range(CLAIMERS)))
    return times, len(times) / (time.monotonic() - began)


async def contested(folder: Path, rounds: int = 5) -> float:
    """Claims that are decided per second when all want the same handoff: one wins, the others are told who did."""
    server = EmbeddedRedis(folder)
    redis = connect(await server.start())
    world = World(redis)
    staff, spent = frozenset({Role.STAFF}), 0.0

    async def claim(address: Address, handoff_id: str, number: int) -> bool:
        actor = Actor(Person("office", str(number), str(number)), staff)
        try:
            await world.engine.handoffs.act(address, Event.CLAIM, actor, Details(), handoff_id)
        except Refused:
            return False
        return True

    for number in range(rounds):
        handoff_id = await world.waiting(f"c{number}")
        began = time.monotonic()
        won = await asyncio.gather(*(claim(Address("chat", f"c{number}"), handoff_id, n) for n in range(CONTESTED)))
        spent += time.monotonic() - began
        assert sum(won) == 1
    await redis.aclose()
    await server.stop()
    return rounds * CONTESTED / spent


async def measure(count: int, rate: float, folder: Path) -> None:
    print(f"humans: {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}", flush=True)
    async with running(folder / "bot") as desk:
        customers = iter(range(CONVERSATIONS))
        await one_by_one(desk, customers, 5)  # first answers open connections
        rest = await one_by_one(desk, customers, max(5, min(50, CONVERSATIONS - count - 5)))
        print(f'"human please" to the card, one by one ({len(rest)}): {spread(rest)}')
        busy = await asked(desk, customers, min(count, CONVERSATIONS - len(rest) - 5), rate)
        print(f'"human please" to the card, {rate:.0f} a second ({len(busy)}): {spread(busy)}')
        times, speed = await claimed(desk)
        print(f"press of Claim until the customer is told, {CLAIMERS} at once ({len(times)}): {spread(times)}")
        print(f"claims per second, each of another handoff: {speed:.0f}", flush=True)
    print(f"claims per second, {CONTESTED} at once of one handoff: {await contested(folder / 'contested'):.0f}")
    print(f"load average {os.getloadavg()[0]:.1f} at the end")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--count", type=int, default=145, help="customers who ask at `rate`; at most 190")
    parser.add_argument("--rate", type=float, default=20, help="requests a second")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(arguments.count, arguments.rate, Path(folder)))


if __name__ == "__main__":
    main()
