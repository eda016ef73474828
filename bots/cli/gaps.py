"""`concierge kb gaps`: what customers asked and the FAQ did not settle."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bots.cli.office import with_engine

if TYPE_CHECKING:
    from core.engine import Engine
    from core.gaps import GapGroup


def gaps(
    export: Annotated[Path | None, typer.Option(help="Write every group into this JSON file.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many groups to show.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Questions that were not answered, marked as unhelpful, or ended with a human; grouped by meaning."""
    from core.settings import load_settings
    from knowledge.embeddings import load_embedder

    async def work(engine: Engine) -> list[GapGroup]:
        embedder = await asyncio.to_thread(load_embedder, load_settings().embedding_model)
        return await engine.gaps.grouped(lambda texts: asyncio.to_thread(embedder.embed, texts))

    found = with_engine(work)
    rows = [asdict(group) for group in found]
    if export is not None:
        export.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", "utf-8")
        typer.echo(f"{len(rows)} groups written to {export}.")
    elif as_json:
        typer.echo(json.dumps(rows[:limit], ensure_ascii=False, indent=2))
    else:
        for group in found[:limit]:
            last = datetime.fromtimestamp(group.last).astimezone().strftime("%Y-%m-%d %H:%M")
            kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(group.kinds.items()))
            typer.echo(f"{group.count:4}  {group.examples[0]}  ({kinds}; last {last})")
            for example in group.examples[1:]:
                typer.echo(f"        {example}")
        if not found:
            typer.echo("No gaps: everything that was asked was answered.")
