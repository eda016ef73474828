"""`concierge run` and `concierge chat`."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from collections.abc import Coroutine
from typing import Annotated, Any

import typer

from core.errors import ConfigurationError

log = logging.getLogger(__name__)

SWITCH = 0.0003
"""Seconds after which a thread that waits for the interpreter is given it. The event loop needs it all the time, the
threads that embed or load a FAQ for moments: with Python's 5 ms each would wait longer for the other than it works."""


def run(
    platforms: Annotated[
        list[str] | None,
        typer.Argument(help="slack, discord, console. Without any: those with tokens, else the console."),
    ] = None,
    role: Annotated[
        str, typer.Option(help="all, gateway (takes in) or worker (handles and delivers); any number of each.")
    ] = "all",
) -> None:
    """Start the bot."""
    from bots.app import ROLES
    from bots.platforms import PLATFORMS

    wanted = tuple(platforms or ())
    for name in wanted:
        if name not in PLATFORMS:
            raise ConfigurationError(f"{name!r} is not a platform; choose from {', '.join(PLATFORMS)}")
    if role not in ROLES:
        raise ConfigurationError(f"--role: {role!r} is not a role; choose from {', '.join(ROLES)}")
    _loop(_run(wanted, role))


async def _run(wanted: tuple[str, ...], role: str) -> None:
    from bots.app import App
    from core.settings import load_settings

    settings = load_settings()
    configure_logging(settings.log_level)
    async with App(settings, wanted, role) as app:
        where = f" at http://{settings.http_host}:{app.web.port}" if app.web is not None else ""
        typer.echo(f"Concierge is ready: {', '.join(app.wanted)}{where} (Ctrl-C stops it)")
        _spare_collector()
        await app.run()
        typer.echo("Stopping: finishing what is under way…")


def _spare_collector() -> None:
    """Look for cycles less often, and not in what is loaded by now: the FAQ and all modules stay."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 20)


def chat(
    person: Annotated[str, typer.Option("--as", help="Who you are: any name; grace is a VIP.")] = "you",
) -> None:
    """Talk to the bot in this terminal; handoffs appear on the console's desk."""
    _loop(_chat(person))


async def _chat(person: str) -> None:
    from bots.app import App
    from bots.terminal.platform import TerminalPlatform
    from core.settings import load_settings

    settings = load_settings()
    configure_logging("ERROR")
    app = App(settings, ("terminal", "console"), "all")
    await app.start(extra=(TerminalPlatform(person_id=person),), listen=("terminal",))
    try:
        await app.run()
    finally:
        await app.stop()


def configure_logging(level: str) -> None:
    """One line per event on standard error; libraries speak only of trouble."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in ("bots", "core", "knowledge"):
        logging.getLogger(name).setLevel(level)


def _loop(work: Coroutine[Any, Any, None]) -> None:
    """Run on uvloop where it is installed."""
    sys.setswitchinterval(SWITCH)
    try:
        from uvloop import new_event_loop
    except ImportError:
        new_event_loop = asyncio.new_event_loop  # type: ignore[assignment]
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(work)
