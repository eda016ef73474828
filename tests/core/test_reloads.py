"""Reloads that nobody sits beside: on schedule and over the webhook, over a real index and a real Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.access.audit import Audit
from core.errors import Rejected
from core.messages import Address
from core.notices import Notices
from core.posts import Post
from core.reloads import DUE, Reloads
from core.store.redis import Client
from knowledge.index import KnowledgeBase
from knowledge.index.store import Store
from tests.contract.driver import eventually
from tests.core.harness import ManualClock, Room
from tests.index.faq import WordEmbedder, generation, write_faq

DESK = Address("office", "desk")


class Process:
    """What one process has of it."""

    def __init__(self, base: KnowledgeBase, faq: Path, redis: Client) -> None:
        self.base, self.faq, self.office = base, faq, Room("office")
        notices = Notices({"office": self.office}, [DESK])
        self.reloads = Reloads(base, faq / "faq.jsonl", redis, ManualClock(), notices)

    def write(self, number: int, entries: int = 100) -> None:
        write_faq(self.faq / "faq.jsonl", generation(number)[:entries])

    async def serves(self, version: str) -> None:
        async def look() -> str:
            await self.base.refresh()
            return self.base.version

        await eventually(look, lambda seen: seen == version)

    async def told(self, *words: str) -> None:
        async def look() -> list[str]:
            return self.office.texts(DESK)

        await eventually(look, lambda texts: any(all(word in text for word in words) for text in texts))


async def started(tmp_path: Path, redis: Client) -> AsyncIterator[Process]:
    base = KnowledgeBase(Store.open(data_dir=tmp_path / "data"), WordEmbedder())
    process = Process(base, tmp_path / "faq", redis)
    await base.refresh()
    yield process
    await process.reloads.stop()
    await base.aclose()


@pytest.fixture
async def process(tmp_path: Path, redis: Client) -> AsyncIterator[Process]:
    async for process in started(tmp_path, redis):
        process.write(1)
        await process.base.reload(process.faq / "faq.jsonl")
        yield process


@pytest.fixture
async def other(process: Process, tmp_path: Path, redis: Client) -> AsyncIterator[Process]:
    async for other in started(tmp_path, redis):
        yield other


async def test_the_schedule_serves_what_changed_and_writes_it_into_the_trail(process: Process, redis: Client) -> None:
    process.write(2)
    process.reloads.start(0.05)
    await process.serves("v2")
    process.write(3)
    last = await eventually(process.reloads.last, lambda last: last is not None and last.text.startswith("v3 serves"))
    await eventually(Audit(redis).read, lambda lines: len(lines) == 2)
    await process.reloads.stop()
    assert {(line.who, line.what) for line in await Audit(redis).read()} == {("schedule", "kb_reload")}
    assert last is not None
    assert (last.by, last.ok) == ("schedule", True)


async def test_of_two_processes_one_reloads_on_schedule(process: Process, other: Process, redis: Client) -> None:
    await redis.set(DUE, "1", px=200)  # both wait for the same moment
    for one in (process, other):
        one.reloads.start(3600)
    process.write(2)
    await other.serves("v2")
    process.write(3)
    await process.serves("v2")
    await eventually(Audit(redis).read, lambda lines: len(lines) == 1)
    assert 3_000_000 < await redis.pttl(DUE) <= 3_600_000


async def test_the_schedule_leaves_a_rollback_alone_until_files_change(process: Process, redis: Client) -> None:
    process.write(2)
    await process.base.reload(process.faq / "faq.jsonl")
    await process.base.rollback()
    assert await process.base.reload_changed(process.faq / "faq.jsonl") is None
    process.reloads.start(0.05)
    await redis.delete(DUE)
    await asyncio.sleep(0.01)
    assert process.base.version == "v1"
    process.write(3)
    await process.serves("v3")


async def test_a_failure_is_told_at_the_desk_once_for_every_cause(process: Process) -> None:
    process.write(2, entries=3)
    process.reloads.request()
    await process.told("Not reloaded", "shrink from 27 to 3")
    for _ in range(2):
        process.reloads.request()
        await eventually(lambda: _running(process), lambda running: not running)
    assert len(process.office.texts(DESK)) == 1
    assert process.base.version == "v1"

    process.write(2, entries=4)
    process.reloads.request()
    await process.told("shrink from 27 to 4")
    process.write(2)
    process.reloads.request()
    await process.serves("v2")


async def test_a_desk_that_takes_no_notice_does_not_hold_up_reloads(process: Process) -> None:
    process.office.failures = [Rejected("not in channel")]
    process.write(2, entries=3)
    process.reloads.request()
    await eventually(lambda: _running(process), lambda running: not running)
    process.write(2)
    process.reloads.request()
    await process.serves("v2")


async def test_a_request_during_a_reload_gets_a_reload_of_its_own(process: Process) -> None:
    process.write(2)
    process.reloads.request()
    assert process.reloads.running
    process.write(3)
    process.reloads.request()
    process.reloads.request()
    await eventually(lambda: _running(process), lambda running: not running)
    assert (await process.base.search("What about my voucher?")).hits[0].entry.answer == "The voucher of generation 3."


async def test_progress_is_one_message_that_is_edited_and_none_when_it_was_quick() -> None:
    office = Room("office")
    quick = Notices({"office": office}, [DESK], patience=60).ongoing("office")
    quick.show("reading")
    await quick.end("done")
    assert office.texts(DESK) == []

    slow = Notices({"office": office}, [DESK], patience=0, every=0).ongoing("elsewhere")
    for text in ("reading", "embedding 1 of 2", "embedding 2 of 2"):
        slow.show(text)
        await eventually(lambda: _texts(office), lambda texts, text=text: texts == [text])
    await slow.end("done")
    assert office.texts(DESK) == ["done"]


async def test_a_desk_that_refuses_the_first_message_is_tried_again() -> None:
    office = Room("office", failures=[Rejected("no"), None])
    notice = Notices({"office": office}, [DESK], patience=0, every=0).ongoing("office")
    notice.show("reading")
    await eventually(lambda: _attempts(office), lambda attempts: len(attempts) == 1)
    notice.show("writing")
    await eventually(lambda: _texts(office), lambda texts: texts == ["writing"])
    await notice.end("done")
    assert office.texts(DESK) == ["done"]


async def _running(process: Process) -> bool:
    return process.reloads.running


async def _texts(room: Room) -> list[str]:
    return room.texts(DESK)


async def _attempts(room: Room) -> list[Post]:
    return room.attempts
