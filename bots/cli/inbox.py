"""`concierge inbox`: messages and posts that could not be handled and were set aside."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bots.cli.office import operator, print_json, with_engine

if TYPE_CHECKING:
    from core.engine import Engine
    from core.inbox.inbox import SetAside

app = typer.Typer(name="inbox", help="Messages that were set aside.", no_args_is_help=True, rich_markup_mode=None)

Id = Annotated[str, typer.Argument(metavar="ID", help="As in the list.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]


@app.command(name="list", epilog="Example: concierge inbox list --json")
def list_(as_json: AsJson = False) -> None:
    """What was set aside, and why."""

    async def work(engine: Engine) -> list[SetAside]:
        return sorted([item async for item in engine.set_asides.list()], key=lambda item: item.at)

    found = with_engine(work)
    if as_json:
        print_json(
            [
                {"id": item.event_id, "what": item.what, "conversation": item.conversation, "why": item.why,
                 "at": item.at, "payload": item.payload}
                for item in found
            ]
        )  # fmt: skip
        return
    for item in found:
        at = datetime.fromtimestamp(item.at).astimezone().strftime("%Y-%m-%d %H:%M")
        typer.echo(f"{item.event_id}  {item.what} in {item.conversation}  {at}  {item.why}")
    if not found:
        typer.echo("Nothing was set aside.")


@app.command(epilog="Example: concierge inbox retry slack/D1/1700000000.000100")
def retry(event_id: Id) -> None:
    """Handle a message again."""
    _change("retry", event_id)


@app.command(epilog="Example: concierge inbox drop slack/D1/1700000000.000100")
def drop(event_id: Id) -> None:
    """Forget a message or a post."""
    _change("drop", event_id)


def _change(what: str, event_id: str) -> None:
    from core.conversation import RecordLine

    async def work(engine: Engine) -> bool:
        done = await (engine.set_asides.retry(event_id) if what == "retry" else engine.set_asides.drop(event_id))
        at = datetime.now().timestamp()
        await engine.audit.write(
            RecordLine(at=at, who=operator().key, what=f"inbox_{what}", why=event_id, allowed=done)
        )
        return done

    if not with_engine(work):
        typer.echo(f"concierge: there is no message {event_id!r} to {what}; see concierge inbox list", err=True)
        raise typer.Exit(1)
    typer.echo("Back in its lane." if what == "retry" else "Dropped.")
