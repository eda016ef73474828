"""`concierge route`: how the bot tells who wants a human.

Exit status: 0 it held, 1 a limit was missed, 2 wrong use.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from core.routing.evaluation import RoutingReport

# The core is imported inside the command: `--help` must not wait for it.

app = typer.Typer(
    name="route",
    help="Who gets a human: measure it on labelled sentences.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def _route() -> None:
    """Who gets a human: measure it on labelled sentences."""


@app.command("eval", epilog="Example: concierge route eval sentences.csv --phrases faq/phrases.yaml")
def evaluate_file(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.csv", help="CSV with the columns text,label (human, other, grey).")
    ],
    phrases: Annotated[
        Path | None,
        typer.Option("--phrases", help="A phrases.yaml, or the folder that holds it; shows its effect."),
    ] = None,
    minimum: Annotated[
        float, typer.Option("--min", min=0.0, max=1.0, help="Exit 1 when precision or recall is below this.")
    ] = 0.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Print precision, recall, F1, a confusion table and every misread sentence."""
    from core.errors import ConfigurationError
    from core.routing.evaluation import evaluate, read_rows
    from core.routing.human_request import HumanRequestDetector
    from core.routing.phrases import load_phrases

    try:
        rows = read_rows(file)
        own = load_phrases(phrases) if phrases else None
    except ConfigurationError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from None
    if not rows:
        typer.echo(f"error: {file}: no row with the label human or other; nothing to measure", err=True)
        raise typer.Exit(2)
    report = evaluate(rows, HumanRequestDetector(own))
    before = evaluate(rows, HumanRequestDetector()) if own else None
    if as_json:
        found = _as_dict(report)
        if before is not None:
            found["without_phrases"] = {"precision": before.precision, "recall": before.recall, "f1": before.f1}
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _print(report, before)
    raise typer.Exit(0 if min(report.precision, report.recall) >= minimum else 1)


def _as_dict(report: RoutingReport) -> dict[str, object]:
    p50, p95, slowest = report.latency_ms
    return {
        "precision": report.precision,
        "recall": report.recall,
        "f1": report.f1,
        "rows": report.true_positives + report.false_positives + report.false_negatives + report.true_negatives,
        "confusion": {
            "human_as_human": report.true_positives,
            "human_as_other": report.false_negatives,
            "other_as_human": report.false_positives,
            "other_as_other": report.true_negatives,
        },
        "misread": [
            {
                "line": m.row.line,
                "text": m.row.text,
                "label": "human" if m.row.human else "other",
                "read_as": m.verdict.kind.value,
                "evidence": m.verdict.evidence,
                "score": m.verdict.score,
            }
            for m in report.misread
        ],
        "latency_ms": {"p50": p50, "p95": p95, "max": slowest},
    }


def _print(report: RoutingReport, before: RoutingReport | None) -> None:
    typer.echo(f"precision {_change(report.precision, before.precision if before else None)}")
    typer.echo(f"recall    {_change(report.recall, before.recall if before else None)}")
    typer.echo(f"F1        {_change(report.f1, before.f1 if before else None)}")
    typer.echo("")
    typer.echo("                 read as human   read as other")
    typer.echo(f"label human      {report.true_positives:>13}   {report.false_negatives:>13}")
    typer.echo(f"label other      {report.false_positives:>13}   {report.true_negatives:>13}")
    p50, p95, slowest = report.latency_ms
    typer.echo(f"\nper sentence: p50 {p50:.2f} ms, p95 {p95:.2f} ms, longest {slowest:.2f} ms")
    for title, human in (("missed requests", True), ("taken for requests", False)):
        these = [m for m in report.misread if m.row.human is human]
        if these:
            typer.echo(f"\n{title} ({len(these)}):")
        for m in these:
            because = f"  <- {m.verdict.evidence!r}" if m.verdict.evidence else ""
            typer.echo(f"  line {m.row.line}: {' '.join(m.row.text.split())[:300]}{because}")


def _change(now: float, before: float | None) -> str:
    return f"{now:.4f}" if before is None else f"{now:.4f}  (without the phrases {before:.4f})"
