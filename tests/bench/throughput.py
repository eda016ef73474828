"""The whole path of `make bench`: a signed Slack event over HTTP until its answer is posted, beside two baselines.

    python tests/bench/throughput.py [--seconds 8] [--faults 1] [--only NAME…]

This process is Slack and its customers (`tests/fake_slack`, `tests/bench/load.py`); every bot is a process of its own,
and all of them share the machine with it. Answers come from the sample FAQ. "New" questions differ in their text, so
that each is embedded; "repeated" ones are asked again and again, as in support.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import socket
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[2]))

from core.routing.route import Action, Router, RoutingContext
from core.store.server import EmbeddedRedis, running_pid
from knowledge.sources import read_source
from tests.bench.load import (
    Outcome,
    Slack,
    Times,
    bursts,
    closed_loop,
    dropped,
    killed,
    open_loop,
    percentiles,
    refused,
    twice,
)
from tests.bench.redis_steps import redis_steps
from tests.rig import Process, bot_settings, until

ROOT = Path(__file__).parents[2]
FAQ = ROOT / "knowledge" / "sample"
AT_ONCE = 32
ROUNDS = 4
"""In which the bots take turns at full speed."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def routine_questions() -> list[str]:
    """Questions of the FAQ that call for no human: those would measure the desk."""
    router = Router()
    context = RoutingContext()
    return [
        entry.question
        for entry in read_source(FAQ).entries
        if router.route(entry.question, context).action is Action.ANSWER
    ]


def repeated(questions: list[str]) -> Iterator[str]:
    return itertools.cycle(questions[:30])


def new(questions: list[str]) -> Iterator[str]:
    """Every text is different, and asks for the same."""
    for number, question in zip(itertools.count(1), itertools.cycle(questions), strict=False):
        yield f"Hello, order {number}: {question}"


@dataclass(eq=False)
class Bot:
    """One row of the table: processes that answer at one URL."""

    name: str
    folder: Path
    echo: bool
    quiet: float
    """Seconds without an answer after which what is missing counts as lost: longer where something comes back."""
    port: int = field(default_factory=free_port)
    processes: list[Process] = field(default_factory=list)

    async def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.slack = Slack(f"http://127.0.0.1:{self.port}/slack/events", echo=self.echo)
        await self.slack.start()
        self.processes = self.make()
        await asyncio.gather(*(self.up(process) for process in self.processes))

    def make(self) -> list[Process]:
        """Its processes, not started; the first one listens."""
        raise NotImplementedError

    async def up(self, process: Process) -> None:
        """Start, and wait until it is ready."""
        await process.start()

        def listens() -> bool:
            assert process.running, process.log.read_text(errors="replace")[-2000:]
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0

        await until(listens)

    async def kill(self) -> None:
        """kill -9 the process that listens, and start it again."""
        await self.processes[0].kill()
        await self.up(self.processes[0])

    async def stop(self) -> None:
        for process in self.processes:
            await process.kill()
        await self.slack.stop()

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        spent = [psutil.Process(process.pid).cpu_times() for process in self.processes]
        return sum(one.user + one.system for one in spent)

    def redis_cpu(self) -> float:
        """The same of its Redis, where it has one."""
        return 0.0

    def env(self) -> dict[str, str]:
        return bot_settings(self.folder, self.slack.url, faq=FAQ, http_port=self.port)


@dataclass(eq=False)
class Baseline(Bot):
    script: str = ""

    def make(self) -> list[Process]:
        command = [sys.executable, str(ROOT / "tests" / "bench" / self.script), "--port", str(self.port)]
        return [Process(command, self.folder / "log", self.env())]


@dataclass(eq=False)
class Concierge(Bot):
    workers: int = 1

    async def start(self) -> None:
        self.redis = EmbeddedRedis(self.folder / "store")
        self.redis_url = await self.redis.start()
        await super().start()

    def make(self) -> list[Process]:
        command = [sys.executable, "-m", "bots", "run", "slack", "--role"]
        return [
            Process([*command, "worker" if number else "all"], self.folder / f"bot-{number}.log", self.env())
            for number in range(self.workers)
        ]

    async def up(self, process: Process) -> None:
        before = process.log.read_text(errors="replace").count("is ready") if process.log.exists() else 0
        await process.start()

        def ready() -> bool:
            assert process.running, process.log.read_text(errors="replace")[-2000:]
            return process.says("is ready", before + 1)

        await until(ready)

    def env(self) -> dict[str, str]:
        return super().env() | {"REDIS_URL": self.redis_url, "LOG_LEVEL": "WARNING"}

    def redis_cpu(self) -> float:
        pid = running_pid(self.folder / "store")
        spent = psutil.Process(pid).cpu_times()
        return float(spent.user + spent.system)

    async def stop(self) -> None:
        await super().stop()
        await self.redis.stop()


Row = dict[str, str]


def load_average() -> str:
    return f"{os.getloadavg()[0]:.1f}"


@dataclass(slots=True)
class Tally:
    """What a bot did in all rounds of a closed loop."""

    count: int = 0
    """Messages that were answered."""
    seconds: float = 0.0
    cpu: float = 0.0
    """Seconds of its processes."""
    redis: float = 0.0
    """Seconds of its Redis."""

    def row(self, label: str, redis: bool) -> Row:
        each = 1000 / max(1, self.count)
        spent = f"{self.cpu * each:.1f} ms" + (f" +{self.redis * each:.1f} Redis" if redis else "")
        return {f"closed loop, {label}": f"{self.count / self.seconds:.0f}/s", f"CPU, {label}": spent}


async def at_full_speed(bots: dict[Bot, Iterator[str]], questions: list[str], seconds: float) -> dict[str, Row]:
    """Closed loops, of all bots in turns: a minute later a shared machine may be half as quick again."""
    rows: dict[str, Row] = {bot.name: {} for bot in bots}
    for bot, fresh in bots.items():
        await closed_loop(bot.slack, fresh, AT_ONCE, 1.5)  # first answers open connections
    for label in ("new", "repeated"):
        tallies = {bot: Tally() for bot in bots}
        for _ in range(ROUNDS):
            for bot, tally in tallies.items():
                asked = bots[bot] if label == "new" else repeated(questions)
                bot.slack.forget()
                cpu, redis = bot.cpu(), bot.redis_cpu()
                times = await closed_loop(bot.slack, asked, AT_ONCE, seconds / 2)
                tally.count, tally.seconds = tally.count + times.count, tally.seconds + times.seconds
                tally.cpu, tally.redis = tally.cpu + bot.cpu() - cpu, tally.redis + bot.redis_cpu() - redis
        for bot, tally in tallies.items():
            rows[bot.name] |= tally.row(label, isinstance(bot, Concierge))
    return rows


async def at_a_rate(bot: Bot, questions: list[str], seconds: float, fresh: Iterator[str]) -> Row:
    """How long acknowledgements and replies take."""
    row: Row = {}
    for rate, label, asked in ((20, "new", fresh), (100, "new", fresh), (100, "repeated", repeated(questions))):
        bot.slack.forget()
        times = await open_loop(bot.slack, asked, rate, seconds)
        row[f"{rate}/s {label}, ack"] = percentiles(times.acks)
        row[f"{rate}/s {label}, reply"] = percentiles(times.replies) + missing(times, rate, seconds)
    row["load"] = load_average()
    return row


def missing(times: Times, rate: float, seconds: float) -> str:
    lost = int(rate * seconds) - times.count
    return f" ({lost} lost)" if lost else ""


async def trouble(bot: Bot, fresh: Iterator[str], factor: float) -> Row:
    """The columns about faults."""
    row: Row = {}

    async def kills(slack: Slack, questions: Iterator[str], count: int, quiet: float) -> Outcome:
        return await killed(slack, questions, count, quiet, bot.kill)

    faults: tuple[tuple[str, Callable[..., Awaitable[Outcome]], int], ...] = (
        ("each twice", twice, 200),
        ("bursts of 20", bursts, 200),
        ("5 % get 429", refused, 300),
        ("2 % dropped", dropped, 300),
        ("3 x kill -9", kills, 1000),
    )
    for name, fault, count in faults:
        bot.slack.forget()
        row[name] = str(await fault(bot.slack, fresh, int(count * factor), bot.quiet))
    return row


def table(rows: dict[str, Row]) -> str:
    """Bots across, figures down: there are more figures than fit side by side."""
    names = list(dict.fromkeys(name for row in rows.values() for name in row))
    lines = [["", *rows], *([name, *(row.get(name, "") for row in rows.values())] for name in names)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)


async def measure(arguments: argparse.Namespace, folder: Path) -> None:
    questions = routine_questions()
    print(f"{len(questions)} routine questions, {os.cpu_count()} cores, load average {load_average()} at the start")
    print(f"our Redis steps for one message, one after the other: {await redis_steps(folder / 'steps')}", flush=True)
    common = {"echo": arguments.echo}
    bots: list[Bot] = [
        Concierge("Concierge", folder / "one", quiet=25.0, **common),
        Concierge("Concierge, 2 processes", folder / "two", quiet=25.0, workers=2, **common),
        Baseline("tutorial bot", folder / "tutorial", quiet=6.0, script="tutorial.py", **common),
        Baseline("Bolt echo", folder / "echo", quiet=6.0, script="echo.py", **common),
    ]
    running = {bot: new(questions) for bot in bots if not arguments.only or bot.name in arguments.only}
    async with AsyncExitStack() as stack:
        for bot in running:
            await bot.start()
            stack.push_async_callback(bot.stop)
        rows = await at_full_speed(running, questions, arguments.seconds)
        print(f"closed loops: done (load average {load_average()})", flush=True)
        for bot, fresh in running.items():
            rows[bot.name] |= await at_a_rate(bot, questions, arguments.seconds, fresh)
            if arguments.faults and not (isinstance(bot, Concierge) and bot.workers > 1):
                rows[bot.name] |= await trouble(bot, fresh, arguments.faults)
            rows[bot.name]["wrong calls"] = str(len(bot.slack.violations))
            print(f"{bot.name}: done (load average {load_average()})", flush=True)
    print()
    print(table(rows))
    print("\nack and reply: ms, p50/p95/p99. CPU: of the bot's processes, for one message.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=8, help="of each measurement of speed")
    parser.add_argument("--faults", type=float, default=1, help="1 for 200 to 1,000 messages each; 0 for none")
    parser.add_argument("--echo", action="store_true", help="deliver the bot's own posts as events too, as Slack does")
    parser.add_argument("--only", nargs="*", help="names of rows")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(arguments, Path(folder)))


if __name__ == "__main__":
    main()
