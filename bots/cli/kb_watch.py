"""`concierge kb reload --watch`: reload whenever the files change, for authors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import typer

DEBOUNCE = 400
"""Milliseconds without a change after which a group of changes is complete: editors write a file in several steps."""
LONGEST = 5000
"""Milliseconds after which a group is complete although files go on changing."""
RETRY = 2.0
"""Seconds until a reload is tried again while another process reloads."""


async def watch(
    path: Path,
    reload: Callable[[], Awaitable[None]],
    changes: AsyncIterator[object] | None = None,
    retry: float = RETRY,
) -> None:
    """Call `reload` now and after every change below `path`, until cancelled or `changes` end.

    What is wrong with the FAQ is printed, and watching goes on; so it does while the index can't be reached.
    changes: yields after each group of changes; by default those of the file system. retry: seconds, see `RETRY`.
    Raises SourceError when there is nothing to watch.
    """
    from knowledge.errors import SourceError

    if not await asyncio.to_thread(path.exists):
        raise SourceError(str(path), "there is no such file or folder. Check KNOWLEDGE_PATH.")
    changed = asyncio.Event()

    async def listen() -> None:
        async for _ in changes if changes is not None else changes_of(path):
            changed.set()

    # Listening goes on during a reload: what changes meanwhile is read by the next.
    listening = asyncio.create_task(listen(), name="watch the FAQ")
    try:
        await asyncio.sleep(0)
        await _attempt(reload, retry)
        typer.echo(f"Watching {path}. Ctrl-C ends.", err=True)
        while not listening.done() or changed.is_set():
            waiting = asyncio.create_task(changed.wait())
            await asyncio.wait({waiting, listening}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            if changed.is_set():
                changed.clear()
                await _attempt(reload, retry)
        listening.result()
    finally:
        listening.cancel()


async def _attempt(reload: Callable[[], Awaitable[None]], retry: float) -> None:
    from knowledge.errors import KnowledgeError, ReloadBusy, ReloadRefused

    while True:
        try:
            await reload()
            return
        except ReloadBusy as error:
            typer.echo(f"{error}. Waiting.", err=True)
            await asyncio.sleep(retry)
        except ReloadRefused as error:
            for reason in error.reasons:
                typer.echo(reason, err=True)
            typer.echo("Nothing was changed; what served goes on serving. Correct the files to try again.", err=True)
            return
        except KnowledgeError as error:
            typer.echo(str(error), err=True)
            return


def changes_of(path: Path) -> AsyncIterator[object]:
    """Yields after every group of changes of the FAQ at `path`, a file or a folder, since it was first asked."""
    from watchfiles import Change, DefaultFilter, awatch

    folder = path.is_dir()

    class OfThisFaq(DefaultFilter):
        """Not what editors and version control leave beside the FAQ; of a single file's folder, that file only."""

        def __call__(self, change: Change, changed: str) -> bool:
            return super().__call__(change, changed) and (folder or Path(changed).name == path.name)

    # A single file is watched through its folder: editors replace a file by a new one of the same name.
    place = path if folder else path.parent
    return awatch(place, watch_filter=OfThisFaq(), step=DEBOUNCE, debounce=LONGEST)
