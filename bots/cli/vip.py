"""`concierge vip`: the list of VIPs that staff keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bots.cli.office import Somebody, act, print_json, with_engine

if TYPE_CHECKING:
    from core.engine import Engine

app = typer.Typer(
    name="vip", help="VIPs: they reach a human without asking.", no_args_is_help=True, rich_markup_mode=None
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]


@app.command(name="list", epilog="Example: concierge vip list --json")
def list_(as_json: AsJson = False) -> None:
    """Everybody on the list. VIP_USERS and VIP_GROUPS may name more."""
    if not as_json:
        act("vip_list", "")
        return

    async def work(engine: Engine) -> dict[str, str]:
        return await engine.vip_list.all()

    print_json(with_engine(work))


@app.command(epilog='Example: concierge vip add slack:U024BE7LH "gold contract"')
def add(
    person: Somebody, why: Annotated[str, typer.Argument(help="For the card.")] = "", as_json: AsJson = False
) -> None:
    """Put somebody on the list."""
    act("vip_add", f"{person} {why}".strip(), as_json)


@app.command(epilog="Example: concierge vip remove slack:U024BE7LH")
def remove(person: Somebody, as_json: AsJson = False) -> None:
    """Take somebody off the list."""
    act("vip_remove", person, as_json)
