"""Real processes for chaos tests and benchmarks: a fake Slack, a Redis, and bots, each killed as easily as started."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Self

import aiohttp
from aiohttp import web

from core.store.server import EmbeddedRedis, running_pid

PATIENCE = 120.0
"""Seconds after which waiting for a condition is given up."""


async def until(condition: Callable[[], Any], patience: float = PATIENCE, every: float = 0.05) -> Any:
    """Wait until `condition` (plain or async) is true, and return what it returned. Raises TimeoutError."""
    async with asyncio.timeout(patience):
        while True:
            found = condition()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return found
            await asyncio.sleep(every)


class Process:
    """A child process whose output goes to a file."""

    def __init__(self, command: Sequence[str], log: Path, env: dict[str, str] | None = None) -> None:
        self.command, self.log, self.env = list(command), log, env
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> Self:
        with self.log.open("ab") as out:
            self._process = await asyncio.create_subprocess_exec(
                *self.command, stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out, env=self.env
            )
        return self

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    def says(self, text: str, times: int = 1) -> bool:
        """Whether its output holds a text so often."""
        return self.log.exists() and self.log.read_text(errors="replace").count(text) >= times

    async def kill(self) -> None:
        """kill -9, and reap."""
        if self.running:
            assert self._process is not None
            self._process.kill()
            await self._process.wait()

    async def terminate(self, patience: float = 20.0) -> int:
        """SIGTERM; returns the exit status."""
        assert self._process is not None
        if self.running:
            self._process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(patience):
            return await self._process.wait()


@contextlib.asynccontextmanager
async def served(path: str, answer: Callable[[web.Request], Awaitable[web.Response]]) -> AsyncIterator[str]:
    """A small web server of somebody else's: what is posted to `path` is answered; gives its address."""
    app = web.Application()
    app.router.add_post(path, answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def bot_settings(folder: Path, slack_url: str, *, faq: Path, http_port: int = 0) -> dict[str, str]:
    """The environment of a bot for the fake Slack at `slack_url`; writes its policy, which limits no customer.

    `http_port`: where it takes signed events; 0 uses Socket Mode.
    """
    known = {key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "LANG", "VIRTUAL_ENV"}}
    policy = folder / "policy.yaml"
    policy.write_text("limits: {messages: 0}\n")
    settings = {
        "SLACK_BOT_TOKEN": "xoxb-fake",
        "SLACK_API_URL": f"{slack_url}/api/",
        "SLACK_DESK_CHANNEL": "C0DESK",
        "DATA_DIR": str(folder / "data"),
        "KNOWLEDGE_PATH": str(faq),
        "POLICY_PATH": str(policy),
        "LOG_LEVEL": "INFO",
    }
    if http_port:
        settings |= {"SLACK_SIGNING_SECRET": "fake-signing-secret", "HTTP_PORT": str(http_port)}
    else:
        settings |= {"SLACK_APP_TOKEN": "xapp-fake"}
    return known | settings


class Rig:
    """A fake Slack and a Redis, and as many bots as wanted."""

    def __init__(self, folder: Path, *, faq: Path, http_port: int = 0) -> None:
        """`http_port`: where bots take signed events; 0 uses Socket Mode."""
        self.folder, self.faq, self.http_port = folder, faq, http_port
        self.redis = EmbeddedRedis(folder / "store")
        self.bots: list[Process] = []
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.redis_url = await self.redis.start()
        self._stack.push_async_callback(self.redis.stop)
        options = ["--retry-delays", "0.2,1,2,4,8,16,30"]
        if self.http_port:
            options += ["--events-url", f"http://127.0.0.1:{self.http_port}/slack/events"]
        log = self.folder / "slack.log"
        self.slack = await Process([sys.executable, "-m", "tests.fake_slack", *options], log).start()
        self._stack.push_async_callback(self.slack.kill)
        self.slack_url = (await until(lambda: log.read_text().strip())).splitlines()[0]
        self.http = await self._stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64))
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        for bot in self.bots:
            await bot.kill()
        await self._stack.aclose()

    def env(self, **changes: str) -> dict[str, str]:
        """The settings of a bot."""
        return bot_settings(self.folder, self.slack_url, faq=self.faq, http_port=self.http_port) | {
            "REDIS_URL": self.redis_url,
            **changes,
        }

    async def bot(self, *, role: str = "all", **changes: str) -> Process:
        """Start a bot, and wait until it is ready."""
        bot = Process(
            [sys.executable, "-m", "bots", "run", "slack", "--role", role],
            self.folder / f"bot-{len(self.bots)}.log",
            self.env(**changes),
        )
        self.bots.append(bot)
        await self.started(bot)
        return bot

    async def started(self, bot: Process) -> None:
        """Start (again), and wait until it is ready."""
        before = bot.log.read_text(errors="replace").count("Concierge is ready") if bot.log.exists() else 0
        await bot.start()

        def ready() -> bool:
            assert bot.running, bot.log.read_text(errors="replace")[-2000:]
            return bot.says("Concierge is ready", before + 1)

        await until(ready)

    async def kill_redis(self) -> None:
        """kill -9 of the server, and start it again on the same data."""
        pid = running_pid(self.folder / "store")
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await until(lambda: running_pid(self.folder / "store") != pid)
        await self.redis.start()

    async def control(self, what: str, **body: Any) -> dict[str, Any]:
        """Tell the fake Slack something; see tests/fake_slack/control.py."""
        async with self.http.post(f"{self.slack_url}/control/{what}", json=body) as response:
            response.raise_for_status()
            return dict(await response.json())

    async def state(self) -> dict[str, Any]:
        """Counts of the fake Slack."""
        async with self.http.get(f"{self.slack_url}/control/state") as response:
            return dict(await response.json())

    async def posts(self, channel: str) -> list[dict[str, Any]]:
        """The bot's messages in a channel, oldest first."""
        async with self.http.get(f"{self.slack_url}/control/posts", params={"channel": channel}) as response:
            return list((await response.json())["posts"])
