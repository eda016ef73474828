"""A way into a running deployment for commands: its Redis and the core's parts, without platforms or FAQ."""

from __future__ import annotations

import asyncio
import getpass
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

if TYPE_CHECKING:
    from core.engine import Engine
    from core.messages import Person
    from core.platform import ActionOutcome

# The core is imported inside the functions: `--help` must not wait for it.

T = TypeVar("T")


def _named(person: str) -> str:
    platform, _, name = person.partition(":")
    if not (platform and name):
        raise typer.BadParameter(f"{person!r} does not say on which platform; write slack:U… or discord:…")
    return person


Somebody = Annotated[str, typer.Argument(metavar="PERSON", help="slack:U…, discord:…", callback=_named)]
"""A customer, by platform and id."""


def operator() -> Person:
    """Who sits at the shell."""
    from core.messages import Person

    return Person("shell", getpass.getuser(), getpass.getuser())


def with_engine(work: Callable[[Engine], Awaitable[T]]) -> T:
    """Run something against the deployment that the settings describe. Raises ConciergeError."""

    async def go() -> T:
        from bots.app import App
        from bots.platforms import configured
        from core.settings import load_settings

        settings = load_settings()
        app = App(settings, configured(settings))
        async with app.office() as engine:
            return await work(engine)

    return asyncio.run(go())


def act(name: str, value: str, as_json: bool = False) -> None:
    """Carry out an action of the registry from the shell, and print what came of it. Exits 1 when it did not hold.

    Whoever has a shell on the machine, with the settings and the data, may do everything; the trail names them.
    """
    from core.access.roles import Role
    from core.messages import Action, Address

    granted = frozenset({Role.STAFF, Role.LEAD, Role.OPS})

    async def work(engine: Engine) -> ActionOutcome:
        person = operator()
        event_id = f"shell/{name}/{asyncio.get_running_loop().time()}"
        return await engine.desk.act(
            Action(event_id, name, person, Address("shell", person.id), value), granted=granted
        )

    outcome = with_engine(work)
    text = outcome.text or (outcome.content.text if outcome.content else "")
    if as_json:
        typer.echo(json.dumps({"ok": outcome.ok, "text": text}, ensure_ascii=False))
    else:
        typer.echo(text or "Done.", err=not outcome.ok)
    if not outcome.ok:
        raise typer.Exit(1)


def print_json(value: Any) -> None:
    """For programs."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
