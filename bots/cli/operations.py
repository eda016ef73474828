"""`concierge doctor` and `concierge forget`."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Annotated

import typer

from bots.cli.office import Somebody, operator, with_engine

if TYPE_CHECKING:
    from core.engine import Engine


def doctor(
    page: Annotated[bool, typer.Option("--page", help="Send a test page to every address of PAGE_URLS.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Look for what would keep a human from being reached: tokens, permissions, channels, ladders, pages."""
    import json

    from bots.doctor import examine
    from core.settings import load_settings

    problems = asyncio.run(examine(load_settings(), page=page))
    if as_json:
        typer.echo(json.dumps({"problems": problems}, ensure_ascii=False))
    else:
        for problem in problems:
            typer.echo(f"- {problem}")
        typer.echo("Everything is in order." if not problems else f"{len(problems)} to look at.")
    if problems:
        raise typer.Exit(1)


def forget(
    person: Somebody,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase the conversations of a person: what was said, states, histories of handoffs."""
    from core.conversation import RecordLine

    if not yes:
        typer.confirm(f"Erase everything that {person} wrote and was told?", abort=True)

    async def work(engine: Engine) -> int:
        count = await engine.conversations.forget(person)
        at = time.time()
        await engine.audit.write(RecordLine(at=at, who=operator().key, what="forget", why=f"{count} conversations"))
        return count

    typer.echo(f"Erased {with_engine(work)} conversations.")
