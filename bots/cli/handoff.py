"""`concierge handoff`: the queue and its handoffs from the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bots.cli.office import act, print_json, with_engine

if TYPE_CHECKING:
    from core.engine import Engine

app = typer.Typer(
    name="handoff",
    help="Open handoffs: who waits, who has them, what happened.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Id = Annotated[str, typer.Argument(metavar="ID", help="As in the list: H3-17.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]


@app.command(name="list", epilog="Example: concierge handoff list --json")
def list_(as_json: AsJson = False) -> None:
    """The queue: VIPs first, then by age."""
    if not as_json:
        act("handoffs", "")
        return

    async def work(engine: Engine) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = []
        for address in await engine.conversations.queue():
            state = await engine.conversations.load(address)
            if (handoff := state.handoff) is not None:
                rows.append(
                    {
                        "id": handoff.id, "state": state.mode.value, "customer": handoff.customer.key,
                        "reason": handoff.reason, "vip": handoff.vip, "requested_at": handoff.requested_at,
                        "owner": handoff.owner.key if handoff.owner else None,
                        "offered_to": handoff.offered.key if handoff.offered else None,
                        "snoozed_until": handoff.snoozed_until or None, "conversation": address.key,
                    }
                )  # fmt: skip
        return rows

    print_json(with_engine(work))


@app.command(epilog="Example: concierge handoff show H3-17")
def show(handoff_id: Id, as_json: AsJson = False) -> None:
    """The history of a handoff: who, what, when, why."""
    if not as_json:
        act("handoff_show", handoff_id)
        return

    async def work(engine: Engine) -> list[dict[str, object]]:
        return [
            {"at": line.at, "who": line.who, "what": line.what, "why": line.why, "detail": line.detail,
             "allowed": line.allowed}
            for line in await engine.conversations.record(handoff_id)
        ]  # fmt: skip

    print_json(with_engine(work))


@app.command(epilog="Example: concierge handoff claim H3-17")
def claim(handoff_id: Id, as_json: AsJson = False) -> None:
    """Take a waiting handoff, as the user of this shell."""
    act("claim", handoff_id, as_json)


@app.command(epilog="Example: concierge handoff release H3-17")
def release(handoff_id: Id, as_json: AsJson = False) -> None:
    """Put a handoff back into the queue."""
    act("release", handoff_id, as_json)


@app.command(epilog="Example: concierge handoff transfer H3-17 slack:U024BE7LH")
def transfer(
    handoff_id: Id,
    to: Annotated[str, typer.Argument(help="The colleague: slack:U…, discord:…")],
    as_json: AsJson = False,
) -> None:
    """Hand a handoff to a colleague."""
    act("transfer", f"{handoff_id} {to}", as_json)


@app.command(epilog='Example: concierge handoff resolve H3-17 --note "refunded"')
def resolve(
    handoff_id: Id, note: Annotated[str, typer.Option(help="What came of it.")] = "", as_json: AsJson = False
) -> None:
    """End a handoff; the bot answers again."""
    act("resolve", f"{handoff_id} {note}".strip(), as_json)
