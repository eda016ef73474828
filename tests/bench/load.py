"""Load and faults for one bot: a fake Slack that says things, and notes when each was acknowledged and answered."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fake_slack.deliveries import Delivery
from tests.fake_slack.faults import Faults
from tests.fake_slack.server import FakeSlack
from tests.fake_slack.workspace import Channel

CONVERSATIONS = 200
"""Customers, each with a direct message."""
QUIET = 6.0
"""Seconds without a new answer after which what has not been answered counts as lost, for a bot that forgets."""


@dataclass(slots=True)
class Said:
    """One message of a customer."""

    channel: str
    ts: str
    delivery: Delivery
    at: float
    """When it was said, seconds."""
    replied: asyncio.Event = field(default_factory=asyncio.Event)
    replied_at: float = 0.0
    """When its first answer was posted."""


class Slack(FakeSlack):
    """The fake Slack, which knows what is answered by what: by the id in the posts' metadata."""

    def __init__(self, events_url: str, *, echo: bool) -> None:
        # Slack repeats after 0, 60 and 300 s; a benchmark has not so long.
        super().__init__(events_url=events_url, echo=echo, retry_delays=(0.5, 1, 2, 4, 8, 8))
        self.said: dict[tuple[str, str], Said] = {}
        self.answers: defaultdict[str, list[str]] = defaultdict(list)
        """Channel -> timestamps of the messages that were answered there, in the order of the answers' first posts."""
        self.answered_at = 0.0
        self.delay = 0.0
        """Seconds that the Web API takes on average: each call anything from nothing to twice as long."""
        self._dice = random.Random(7)
        for number in range(CONVERSATIONS):
            self.workspace.add_dm(f"D{number:04d}", f"U{number:04d}")

    async def _api(self, request: web.Request) -> web.StreamResponse:
        if self.delay:
            await asyncio.sleep(self._dice.uniform(0, 2 * self.delay))
        return await super()._api(request)

    def ask(self, number: int, text: str, *, deliveries: int = 1) -> Said:
        """Customer `number` says something."""
        number %= CONVERSATIONS
        channel, at = f"D{number:04d}", time.time()
        message = super().say(f"U{number:04d}", channel, text, deliveries=deliveries)
        said = Said(channel, message["ts"], self.deliveries.all[-1], at)
        self.said[channel, message["ts"]] = said
        return said

    def message_posted(self, channel: Channel, message: dict[str, Any]) -> None:
        """Note what is answered."""
        super().message_posted(channel, message)
        post_id = str(((message.get("metadata") or {}).get("event_payload") or {}).get("id", ""))
        if post_id.endswith(">0"):
            ts = post_id.removesuffix(">0").rpartition("/")[2]
            self.answers[channel.id].append(ts)
            self.answered_at = time.time()
            said = self.said.get((channel.id, ts))
            if said is not None and not said.replied_at:
                said.replied_at = self.answered_at
                said.replied.set()

    def forget(self) -> None:
        """Begin anew: messages of before count no more, and nothing goes wrong any more."""
        self.faults, self.delay = Faults(), 0.0
        self.said.clear()
        self.answers.clear()
        self.deliveries.all.clear()
        for channel in self.workspace.channels.values():
            channel.messages.clear()


@dataclass(frozen=True, slots=True)
class Times:
    """What a run at some speed showed."""

    count: int
    """Messages that were answered."""
    seconds: float
    """How long it took."""
    acks: tuple[float, ...]
    """Milliseconds from saying to acknowledgement, sorted."""
    replies: tuple[float, ...]
    """Milliseconds from saying to answer, sorted."""

    @classmethod
    def of(cls, said: Sequence[Said], seconds: float) -> Times:
        answered = [one for one in said if one.replied_at]
        return cls(
            len(answered),
            seconds,
            tuple(sorted(1000 * (one.delivery.acknowledged_at - one.at) for one in said if one.delivery.acknowledged)),
            tuple(sorted(1000 * (one.replied_at - one.at) for one in answered)),
        )


def percentiles(times: Sequence[float]) -> str:
    """p50/p95/p99."""
    if not times:
        return "-"
    return "/".join(f"{times[min(len(times) - 1, int(len(times) * share))]:.0f}" for share in (0.5, 0.95, 0.99))


Questions = Iterator[str]


async def closed_loop(slack: Slack, questions: Questions, at_once: int, seconds: float) -> Times:
    """`at_once` customers, each of whom asks again as soon as it was answered."""
    said: list[Said] = []
    began = time.monotonic()

    async def customer(number: int) -> None:
        while time.monotonic() - began < seconds:
            one = slack.ask(number, next(questions))
            said.append(one)
            async with asyncio.timeout(30):
                await one.replied.wait()

    await asyncio.gather(*(customer(number) for number in range(at_once)))
    return Times.of(said, time.monotonic() - began)


async def open_loop(slack: Slack, questions: Questions, rate: float, seconds: float) -> Times:
    """So many messages a second, answered or not."""
    said = await say_all(slack, questions, int(rate * seconds), rate)
    await answered(slack, said, QUIET)
    return Times.of(said, len(said) / rate)


async def say_all(slack: Slack, questions: Questions, count: int, rate: float, *, deliveries: int = 1) -> list[Said]:
    """Say `count` messages at `rate` a second, by one customer after the other."""
    loop = asyncio.get_running_loop()
    began, said = loop.time(), []
    for number in range(count):
        await asyncio.sleep(began + number / rate - loop.time())
        said.append(slack.ask(number, next(questions), deliveries=deliveries))
    return said


async def answered(slack: Slack, said: Sequence[Said], quiet: float) -> None:
    """Wait until everything is answered, or until nothing was for `quiet` seconds."""
    slack.answered_at = time.time()
    while time.time() - slack.answered_at < quiet and not all(one.replied_at for one in said):
        await asyncio.sleep(0.05)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the messages of one fault."""

    said: int
    lost: int
    """Never answered."""
    doubled: int
    """Answered more than once."""
    disordered: int
    """Answered after a later message of their conversation, which came when they were acknowledged already."""

    @classmethod
    def of(cls, slack: Slack, said: Sequence[Said]) -> Outcome:
        disordered = 0
        for channel, answers in slack.answers.items():
            before: list[Said] = []
            for one in (slack.said[channel, ts] for ts in dict.fromkeys(answers) if (channel, ts) in slack.said):
                acknowledged = one.delivery.acknowledged_at or math.inf
                disordered += any(other.ts > one.ts and other.delivery.sent_at >= acknowledged for other in before)
                before.append(one)
        doubled = sum(count > 1 for answers in slack.answers.values() for count in Counter(answers).values())
        return cls(len(said), sum(not one.replied_at for one in said), doubled, disordered)

    def __str__(self) -> str:
        found = [
            f"{count} {name}"
            for name, count in (("lost", self.lost), ("doubled", self.doubled), ("out of order", self.disordered))
            if count
        ]
        return (", ".join(found) or "0") + f" of {self.said}"


async def twice(slack: Slack, questions: Questions, count: int, quiet: float) -> Outcome:
    """Each event comes twice."""
    said = await say_all(slack, questions, count, 50, deliveries=2)
    await answered(slack, said, quiet)
    await slack.deliveries.idle()
    await asyncio.sleep(1)  # for answers too many
    return Outcome.of(slack, said)


async def bursts(slack: Slack, questions: Questions, count: int, quiet: float) -> Outcome:
    """Twenty messages at once in one conversation, while the Web API takes 100 ms, more or less."""
    slack.delay = 0.1
    said = [slack.ask(number // 20, next(questions)) for number in range(count)]
    await answered(slack, said, quiet)
    return Outcome.of(slack, said)


async def refused(slack: Slack, questions: Questions, count: int, quiet: float) -> Outcome:
    """5 % of the posts get 429."""
    slack.faults = Faults(rate_limited=0.05)
    said = await say_all(slack, questions, count, 50)
    await answered(slack, said, quiet)
    return Outcome.of(slack, said)


async def dropped(slack: Slack, questions: Questions, count: int, quiet: float) -> Outcome:
    """2 % of the posts are taken, and then the connection breaks."""
    slack.faults = Faults(dropped=0.02)
    said = await say_all(slack, questions, count, 50)
    await answered(slack, said, quiet)
    await asyncio.sleep(2)  # for second attempts
    return Outcome.of(slack, said)


async def killed(
    slack: Slack, questions: Questions, count: int, quiet: float, kill: Callable[[], Awaitable[None]]
) -> Outcome:
    """The bot is killed three times with -9, and started again at once."""
    seconds = count / 100
    saying = asyncio.create_task(say_all(slack, questions, count, 100))
    for _ in range(3):
        await asyncio.sleep(seconds / 4)
        await kill()
    said = await saying
    await answered(slack, said, quiet)
    return Outcome.of(slack, said)
