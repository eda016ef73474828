"""`concierge kb reload --watch`: what authors see while they write."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.cli.kb_watch import changes_of, watch
from knowledge.errors import ReloadBusy, ReloadRefused, SourceError
from tests.contract.driver import eventually


class Watched:
    """Watches a folder with the real file system; counts reloads, which fail as told."""

    def __init__(self, path: Path) -> None:
        self.path, self.reloads = path, 0
        self.errors: list[Exception] = []

    async def reload(self) -> None:
        self.reloads += 1
        if self.errors:
            raise self.errors.pop(0)

    async def reloaded(self, at_least: int) -> None:
        async def look() -> int:
            return self.reloads

        await eventually(look, lambda count: count >= at_least)


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    (tmp_path / "faq").mkdir()
    (tmp_path / "faq" / "faq.md").write_text("# FAQ")
    watched = Watched(tmp_path / "faq")
    task = asyncio.create_task(watch(watched.path, watched.reload))
    await watched.reloaded(1)
    yield watched
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_every_change_reloads_and_what_editors_leave_behind_does_not(watched: Watched) -> None:
    (watched.path / ".faq.md.swp").write_text("x")
    (watched.path / "faq.md~").write_text("x")
    (watched.path / "faq.md").write_text("# FAQ\n\n## New?\n\nYes.")
    await watched.reloaded(2)
    (watched.path / "es").mkdir()
    (watched.path / "es" / "faq.md").write_text("# FAQ")
    await watched.reloaded(3)
    (watched.path / "faq.md").unlink()
    await watched.reloaded(4)


async def test_a_refusal_is_told_and_watching_goes_on(watched: Watched, capsys: pytest.CaptureFixture[str]) -> None:
    watched.errors = [ReloadRefused(("golden question 1", "golden question 2"))]
    (watched.path / "faq.md").write_text("# Bad")
    await watched.reloaded(2)
    watched.errors = [SourceError("faq.md", "is not UTF-8", 3)]
    (watched.path / "faq.md").write_text("# Worse")
    await watched.reloaded(3)
    (watched.path / "faq.md").write_text("# Good")
    await watched.reloaded(4)
    told = capsys.readouterr().err
    assert "golden question 1\ngolden question 2\nNothing was changed" in told
    assert "faq.md:3: is not UTF-8" in told


async def test_a_single_file_that_editors_replace_goes_on_being_watched(tmp_path: Path) -> None:
    file = tmp_path / "faq.md"
    file.write_text("# One")
    seen = 0

    async def count() -> None:
        nonlocal seen
        async for _ in changes_of(file):
            seen += 1

    async def look() -> int:
        return seen

    task = asyncio.create_task(count())
    await asyncio.sleep(0)
    for number in (1, 2):
        (tmp_path / "other.md").write_text(str(number))
        (tmp_path / "scratch").write_text(f"# {number}")
        (tmp_path / "scratch").rename(file)
        await eventually(look, lambda count, number=number: count == number)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_what_changes_during_a_reload_is_read_by_the_next() -> None:
    going_on, changes = asyncio.Event(), asyncio.Queue[int]()
    reloads = 0

    async def reload() -> None:
        nonlocal reloads
        reloads += 1
        if reloads == 2:
            await going_on.wait()

    async def told() -> AsyncIterator[object]:
        while (change := await changes.get()) >= 0:
            yield change

    async def look() -> int:
        return reloads

    task = asyncio.create_task(watch(Path(), reload, told()))
    changes.put_nowait(1)
    await eventually(look, lambda count: count == 2)
    for change in (2, 3, -1):
        changes.put_nowait(change)
    await eventually(lambda: _size(changes), lambda size: size == 0)
    going_on.set()
    await task
    assert reloads == 3, "two changes during a reload are one reload"


async def test_while_another_process_reloads_it_waits() -> None:
    errors: list[Exception] = [ReloadBusy("a reload is running already"), ReloadBusy("still")]
    done: list[bool] = []

    async def reload() -> None:
        if errors:
            raise errors.pop()
        done.append(True)

    async def nothing() -> AsyncIterator[object]:
        return
        yield

    await watch(Path(), reload, nothing(), retry=0)
    assert done == [True]


async def test_nothing_to_watch_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        await watch(tmp_path / "faq", Watched(tmp_path).reload)


async def _size(queue: asyncio.Queue[int]) -> int:
    return queue.qsize()
