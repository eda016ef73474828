"""SIGTERM in the middle of work: gone within ten seconds, nothing lost, and the next start answers the rest."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.chaos.test_slack import FAQ, QUESTIONS, replies
from tests.rig import Rig, served, until

CONVERSATIONS = 30
LEAVES_WITHIN = 10.0
"""Seconds from SIGTERM to the end of the process."""


class SilentModel:
    """A chat model that takes requests and never answers, until it is `away`: then it answers 500."""

    def __init__(self) -> None:
        self.asked = 0
        self._away = asyncio.Event()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        async def answer(_: web.Request) -> web.Response:
            self.asked += 1
            await self._away.wait()
            return web.Response(status=500)

        async with served("/v1/{path:.*}", answer) as place:
            yield f"http://{place}/v1"
            self._away.set()

    def go_away(self) -> None:
        self._away.set()


@pytest.mark.slow
async def test_sigterm_with_work_in_flight(tmp_path: Path) -> None:
    faq = tmp_path / "faq.md"
    faq.write_text(FAQ)
    model = SilentModel()
    async with Rig(tmp_path / "rig", faq=faq) as rig, model.serving() as url:
        bot = await rig.bot(CHAT_MODEL_URL=url)
        await rig.control("config", ordered=True)
        await rig.control("faults", latency=1.0)
        channels = [(await rig.control("dm", user=f"U{n:04d}"))["channel"] for n in range(CONVERSATIONS)]
        said: dict[str, list[str]] = {channel: [] for channel in channels}

        async def everybody_says(texts: tuple[str, ...]) -> None:
            for number, channel in enumerate(channels):
                text = texts[number % len(texts)]
                sent = await rig.control("say", user="U" + channel[1:], channel=channel, text=text)
                said[channel].append(sent["ts"])

        await everybody_says(("thanks", QUESTIONS[0]))  # the first are being delivered, the others being written
        await until(lambda: model.asked)
        await everybody_says(QUESTIONS[:3])
        began = time.monotonic()
        status = await bot.terminate(patience=60)
        took = time.monotonic() - began
        answered = {channel: replies(await rig.posts(channel), channel) for channel in channels}
        left = sum(len(set(said[channel]) - set(answered[channel])) for channel in channels)
        print(f"SIGTERM: gone after {took:.1f} s; {left} messages left for the next start")
        assert status == 0
        assert left, "nothing was under way: the test proves nothing"
        assert took < LEAVES_WITHIN

        model.go_away()
        await rig.control("faults", latency=0.0)
        await rig.started(bot)

        async def all_answered() -> bool:
            await rig.control("retry")
            return all([set(replies(await rig.posts(channel), channel)) >= set(said[channel]) for channel in channels])

        await until(all_answered, every=0.5)
        for channel in channels:
            seen = replies(await rig.posts(channel), channel)
            assert [ts for ts, count in Counter(seen).items() if count > 1] == []
            assert seen == said[channel]
        assert (await rig.state())["violations"] == []
