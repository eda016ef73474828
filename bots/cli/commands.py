"""Every command, mounted. What a command needs is imported when it runs: `--help` must not wait."""

from __future__ import annotations

from typing import Annotated

import typer

from bots.cli import gaps, handoff, inbox, kb, operations, route, run, vip

app = typer.Typer(
    name="concierge",
    help="A support bot for Slack and Discord: an FAQ answers the routine, a human comes for everyone who asks.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"concierge {version('concierge')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


app.command(name="run", epilog="Example: concierge run slack console")(run.run)
app.command(name="chat", epilog="Example: concierge chat --as ada")(run.chat)
kb.app.command(name="gaps", epilog="Example: concierge kb gaps --export gaps.json")(gaps.gaps)
app.add_typer(kb.app, name="kb")
app.add_typer(route.app, name="route")
app.add_typer(handoff.app, name="handoff")
app.add_typer(vip.app, name="vip")
app.add_typer(inbox.app, name="inbox")
app.command(name="doctor", epilog="Example: concierge doctor --page")(operations.doctor)
app.command(name="forget", epilog="Example: concierge forget slack:U024BE7LH")(operations.forget)
