"""Real processes, killed between any two rungs: each rung pages once, and none after a colleague has taken over."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import pytest
from aiohttp import web

from core.store.keys import shards
from core.store.redis import connect
from tests.fake_slack.workspace import COLLEAGUE, DESK
from tests.rig import Process, Rig, served, until

POLICY = """
limits: {messages: 0}
fallback: Call 123
ladder_end: 20m
ladders:
  default:
    - {after: 0s, to: [desk]}
    - {after: 3m, to: [here]}
    - {after: 10m, to: [urls]}
    - {after: 15m, to: ["slack:U0BOSS"]}
"""
FAQ = "# How do I get a refund?\n\nAsk the shop.\n"


class Phone:
    """Where PAGE_URLS leads to: keeps what it is sent."""

    def __init__(self) -> None:
        self.pages: list[dict[str, Any]] = []

    @asynccontextmanager
    async def ringing(self) -> AsyncIterator[str]:
        async def ring(request: web.Request) -> web.Response:
            self.pages.append(await request.json())
            return web.json_response({})

        async with served("/{path:.*}", ring) as place:
            yield f"json://{place}/"


class Night:
    """A desk, a phone, a clock to move, and a bot that is killed."""

    def __init__(self, rig: Rig, phone: Phone, page_url: str) -> None:
        self.rig, self.phone = rig, phone
        self._offset = rig.folder / "offset"
        self.moves_to(minute=0)
        policy = rig.folder / "ladder.yaml"
        policy.write_text(POLICY)
        settings = rig.env(POLICY_PATH=str(policy), PAGE_URLS=page_url, STAFF_USERS=f"slack:{COLLEAGUE}")
        command = [sys.executable, "-m", "tests.chaos.moved", str(self._offset)]
        self.bot = Process(command, rig.folder / "bot.log", settings)
        self.rig.bots.append(self.bot)
        self.store = connect(rig.redis_url)

    @classmethod
    @asynccontextmanager
    async def at(cls, folder: Path) -> AsyncIterator[Self]:
        faq, phone = folder / "faq.md", Phone()
        faq.write_text(FAQ)
        async with Rig(folder / "rig", faq=faq) as rig, phone.ringing() as url:
            night = cls(rig, phone, url)
            try:
                await rig.started(night.bot)
                yield night
            finally:
                await night.store.aclose()

    async def asks_for_a_human(self, user: str) -> str:
        """A customer writes; returns the ts of the card."""
        before = len(await self.cards())
        channel = (await self.rig.control("dm", user=user))["channel"]
        await self.rig.control("say", user=user, channel=channel, text="human please")
        await until(lambda: self._more_cards(before))
        return str((await self.cards())[-1]["ts"])

    async def _more_cards(self, before: int) -> bool:
        return len(await self.cards()) > before

    async def cards(self) -> list[dict[str, Any]]:
        """Pages have a button to claim, too, but mention somebody."""
        desk = [post for post in await self.rig.posts(DESK) if not post["text"].startswith("<")]
        return [post for post in desk if "Claim" in str(post) or "Resolve" in str(post)]

    async def pages(self) -> dict[str, int]:
        """How often each rung has paged."""
        desk = await self.rig.posts(DESK)
        return {
            "desk": len(await self.cards()),
            "here": sum("<!here>" in str(post["text"]) for post in desk),
            "urls": len(self.phone.pages),
            "boss": sum("<@U0BOSS>" in str(post["text"]) for post in desk),
        }

    async def paged(self, **wanted: int) -> None:
        """Wait for pages, and until nothing is being handled or delivered."""

        async def quiet() -> bool:
            pages = await self.pages()
            if any(pages[rung] < count for rung, count in wanted.items()):
                return False
            keys = [
                key for home in shards() for key in (home.leased, home.out_leased("slack"), home.out_leased("pager"))
            ]
            return not any([await self.store.zcard(key) for key in keys])

        await until(quiet, every=0.1)

    def moves_to(self, minute: float) -> None:
        """The clock is moved to so many minutes after the night began, in one step: the bot may be reading it."""
        written = self._offset.with_suffix(".new")
        written.write_text(str(minute * 60))
        written.replace(self._offset)

    async def dies_until(self, minute: float) -> None:
        """kill -9; it comes back so many minutes after the night began."""
        await self.bot.kill()
        self.moves_to(minute)
        await self.rig.started(self.bot)


@pytest.mark.slow
async def test_each_rung_pages_once_though_the_bot_is_killed_before_each(tmp_path: Path) -> None:
    async with Night.at(tmp_path) as night:
        await night.asks_for_a_human("U0001")
        await night.paged(desk=1)
        assert await night.pages() == {"desk": 1, "here": 0, "urls": 0, "boss": 0}
        await night.dies_until(minute=4)
        await night.paged(here=1)
        assert await night.pages() == {"desk": 1, "here": 1, "urls": 0, "boss": 0}
        await night.dies_until(minute=11)
        await night.paged(urls=1)
        assert await night.pages() == {"desk": 1, "here": 1, "urls": 1, "boss": 0}
        await night.dies_until(minute=16)
        await night.paged(boss=1)
        await night.dies_until(minute=21)

        async def told_the_truth() -> bool:
            return any("Call 123" in str(post) for post in await night.rig.posts("D0001"))

        await until(told_the_truth)
        night.moves_to(minute=60)
        await night.asks_for_a_human("U0002")  # whose card comes after whatever was still to come
        await night.paged(desk=2)
        assert await night.pages() == {"desk": 2, "here": 1, "urls": 1, "boss": 1}


@pytest.mark.slow
async def test_after_the_acknowledgement_no_rung_pages_whoever_dies(tmp_path: Path) -> None:
    async with Night.at(tmp_path) as night:
        card = await night.asks_for_a_human("U0001")
        night.moves_to(minute=4)
        await night.paged(desk=1, here=1)
        await night.rig.control("press", user=COLLEAGUE, channel_id=DESK, ts=card, label="Claim")

        async def joined() -> bool:
            return any("has joined" in str(post) for post in await night.rig.posts("D0001"))

        await until(joined)
        await night.rig.control("say", user=COLLEAGUE, channel=DESK, text="Hello", thread_ts=card)

        async def relayed() -> bool:
            return any("Hello" in str(post) for post in await night.rig.posts("D0001"))

        await until(relayed)
        await night.asks_for_a_human("U0002")  # nobody claims this one: it shows that the clock runs
        await night.dies_until(minute=8)
        await night.paged(here=2)
        await night.dies_until(minute=16)
        await night.paged(urls=1)
        night.moves_to(minute=22)
        await night.paged(boss=1)
        assert await night.pages() == {"desk": 2, "here": 2, "urls": 1, "boss": 1}
        assert "U0002" in str(await night.rig.posts(DESK))
