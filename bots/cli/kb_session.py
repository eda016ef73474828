"""What the commands of `concierge kb` share: settings, an open knowledge base, and errors as one line and a status.

The knowledge layer is imported inside the functions: `--help` must not wait for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from core.settings import Settings
    from knowledge.index import History, KnowledgeBase

Source = Annotated[
    Path | None, typer.Argument(metavar="[PATH]", help="The FAQ, a file or a folder.", show_default="KNOWLEDGE_PATH")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]


def settings() -> Settings:
    """The settings of this process; ends the command when they are wrong."""
    from core.errors import ConfigurationError
    from core.settings import load_settings

    # On the handler too: a library that sets its own logger to DEBUG does not pass it either.
    handler = logging.StreamHandler()
    handler.setLevel(logging.WARNING)
    logging.basicConfig(level=logging.WARNING, format="%(message)s", handlers=[handler])
    try:
        return load_settings()
    except ConfigurationError as error:
        fail(str(error), 2)


def session(work: Callable[[KnowledgeBase, Settings], Awaitable[None]]) -> None:
    """Open the knowledge base that the settings name, work on it, close it; errors end the command."""
    configured = settings()
    from knowledge.index import KnowledgeBase

    async def opened() -> None:
        base = await KnowledgeBase.open(
            data_dir=configured.data_dir,
            chroma_url=configured.chroma_url,
            embedding_model=configured.embedding_model,
        )
        try:
            await work(base, configured)
        finally:
            await base.aclose()

    _run(opened)


def history_session(work: Callable[[History], Awaitable[None]]) -> None:
    """As `session`, for what needs no more than the list of versions: nothing is loaded."""
    configured = settings()
    from knowledge.index import History

    async def opened() -> None:
        history = await History.open(data_dir=configured.data_dir, chroma_url=configured.chroma_url)
        try:
            await work(history)
        finally:
            await history.aclose()

    _run(opened)


def _run(opened: Callable[[], Coroutine[None, None, None]]) -> None:
    from knowledge.errors import KnowledgeError, ReloadBusy, ReloadRefused

    try:
        asyncio.run(opened())
    except ReloadRefused as error:
        for reason in error.reasons:
            typer.echo(reason, err=True)
        fail("Nothing was changed; what served goes on serving.", 1)
    except ReloadBusy as error:
        fail(str(error), 1)
    except KnowledgeError as error:
        fail(str(error), 2)
    except KeyboardInterrupt:
        fail("Interrupted; what served goes on serving.", 1)


def fail(message: str, status: int) -> NoReturn:
    """End the command with one line and an exit status."""
    typer.echo(message, err=True)
    raise typer.Exit(status)
