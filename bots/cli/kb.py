"""`concierge kb`: the knowledge base from the command line.

Exit status: 0 it held, 1 it did not (refused, busy, errors found), 2 wrong use or nothing to work with.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bots.cli import kb_quality, kb_watch
from bots.cli.kb_session import AsJson, Source, fail, history_session, session

if TYPE_CHECKING:
    from core.settings import Settings
    from knowledge.index import EntryChange, History, KnowledgeBase, Progress, ReloadReport, VersionInfo
    from knowledge.search import SearchResult

app = typer.Typer(
    name="kb",
    help="The FAQ: check, reload, search, compare, roll back, evaluate.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command(epilog="Example: concierge kb reload faq/")
def reload(
    path: Source = None,
    force: Annotated[
        bool, typer.Option("--force", help="Let it serve though it fails its tests; build anew what is unchanged.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Stay, and reload whenever the files change.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring the index up to date with the files, test it, and let it serve in every running process."""

    async def work(base: KnowledgeBase, settings: Settings) -> None:
        source = path or settings.knowledge_path

        async def once() -> None:
            with nullcontext() if as_json else _ProgressBar() as bar:
                report = await base.reload(source, force=force, progress=bar)
            if as_json:
                _print_json(report)
            else:
                _show_report(report)

        await (kb_watch.watch(source, once) if watch else once())

    session(work)


@app.command(epilog='Example: concierge kb search "How do I get my money back?" --audience vip')
def search(
    question: Annotated[str, typer.Argument(help="What a customer might ask.")],
    audience: Annotated[str, typer.Option(help="Who asks: everyone, vip or staff.")] = "everyone",
    tag: Annotated[list[str] | None, typer.Option(help="Only entries with this tag; may be repeated.")] = None,
    language: Annotated[str, typer.Option(help="Only entries in this language (en, es, …).")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many entries to show.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Show what the bot finds for a question, and what it would do with it."""
    if audience not in ("everyone", "vip", "staff"):
        fail(f"--audience {audience} is not one of everyone, vip, staff", 2)

    async def work(base: KnowledgeBase, _: Settings) -> None:
        result = await base.search(question, audience=audience, tags=tag or (), language=language, limit=limit)
        if as_json:
            _print_json(result)
        else:
            _show_result(result)

    session(work)


@app.command(epilog="Example: concierge kb diff faq/")
def diff(path: Source = None, as_json: AsJson = False) -> None:
    """Show what a reload would add, change and remove."""

    async def work(base: KnowledgeBase, settings: Settings) -> None:
        difference, changes = await base.diff(path or settings.knowledge_path)
        if as_json:
            entries = [dataclasses.asdict(change) for change in changes]
            _print_json(dataclasses.asdict(difference) | {"entries": entries})
            return
        for change in changes:
            typer.echo(_in_line(change))
        typer.echo(str(difference))

    session(work)


@app.command(epilog="Example: concierge kb versions")
def versions(as_json: AsJson = False) -> None:
    """List the versions that can serve; the one that does is marked."""

    async def work(history: History) -> None:
        listed = await history.versions()
        if as_json:
            _print_json({"versions": [_described(version) for version in listed]})
            return
        for version in listed:
            typer.echo(
                f"{'*' if version.active else ' '} {version.name:<5} {version.created:%Y-%m-%d %H:%M:%S} UTC  "
                f"{version.entries} entries, {version.model}, from {version.source}, by {version.built_by}"
            )
        if not listed:
            typer.echo("There is no version yet. Run: concierge kb reload")

    history_session(work)


@app.command(epilog="Example: concierge kb rollback v12")
def rollback(
    version: Annotated[str | None, typer.Argument(help="Its name from `kb versions`; else the one before.")] = None,
    as_json: AsJson = False,
) -> None:
    """Let an older version serve again, in every running process within a second."""
    number = _number(version) if version else None

    async def work(history: History) -> None:
        target = await history.rollback(number)
        if as_json:
            _print_json(_described(target) | {"active": True})
        else:
            typer.echo(f"{target.name} serves: {target.entries} entries. The next reload serves the files again.")

    history_session(work)


app.command("check", epilog="Example: concierge kb check faq/ --sarif > faq.sarif")(kb_quality.check)
app.command("eval", epilog="Example: concierge kb eval golden.csv --knowledge faq/ --plot coverage.png")(
    kb_quality.evaluate
)


class _ProgressBar:
    """A rich progress bar that is fed with the steps of a reload."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        self._bar = Bar(
            TextColumn("{task.description:<8}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task("read", total=None, rate="")

    def __enter__(self) -> Callable[[Progress], None]:
        self._bar.start()
        return self._show

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def _show(self, step: Progress) -> None:
        if not step.done:
            self._bar.reset(self._task, description=step.stage, total=step.total or None, rate="")
        rate = f"{step.rate:.0f}/s" if step.rate else ""
        self._bar.update(self._task, completed=step.done, total=step.total or None, rate=rate)


def _show_report(report: ReloadReport) -> None:
    for failure in report.failures:
        typer.echo(f"forced although: {failure}", err=True)
    if report.changed:
        typer.echo(f"{report.version} serves: {report.difference}.")
        typer.echo(
            f"{report.embedded} texts embedded, {report.reused} taken over, {report.tests} test questions, "
            f"{report.seconds:.1f} s."
        )
    else:
        typer.echo(f"Nothing changed: {report.version} goes on serving ({report.difference.unchanged} entries).")
    _show_problems(report)


def _show_problems(report: ReloadReport) -> None:
    """Errors one by one, since what has one is left out or wrong; of the rest, how many."""
    errors = [problem for problem in report.problems if problem.severity == "error"]
    for problem in errors:
        typer.echo(str(problem), err=True)
    if others := len(report.problems) - len(errors):
        typer.echo(f"{others} more things to look at: concierge kb check", err=True)


def _show_result(result: SearchResult) -> None:
    meaning = {
        "answer": "would answer with the first",
        "suggest": "would ask which is meant",
        "unknown": "would refuse",
    }
    typer.echo(f"{result.version}: {meaning[str(result.outcome)]} (confidence {result.confidence:.2f})")
    for place, hit in enumerate(result.hits, 1):
        typer.echo(f"{place}. {hit.entry.question}  [{hit.entry.id}]  similarity {hit.similarity:.2f}")
        if hit.passage:
            typer.echo(f"   {' '.join(hit.passage.split())[:200]}")


def _in_line(change: EntryChange) -> str:
    """`+` a new entry, `-` one that goes, `~` one that changes: what was asked, what is asked now, and what else."""
    if not change.before:
        return f"+ {change.after}  [{change.id}]"
    if not change.after:
        return f"- {change.before}  [{change.id}]"
    if "question" in change.parts:
        return f"~ {change.before} -> {change.after}  [{change.id}] {', '.join(change.parts)}"
    return f"~ {change.after}  [{change.id}] {', '.join(change.parts)}"


def _number(version: str) -> int:
    digits = version.removeprefix("v")
    if not digits.isdecimal():
        fail(f"{version} is not a version; `concierge kb versions` lists them", 2)
    return int(digits)


def _described(version: VersionInfo) -> dict[str, Any]:
    return {"name": version.name} | dataclasses.asdict(version)


def _print_json(value: Any) -> None:
    content = dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else value
    typer.echo(json.dumps(content, default=str, ensure_ascii=False, indent=2))
