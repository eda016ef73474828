"""`concierge kb check` and `concierge kb eval`: is the FAQ sound, and does search find what it should?"""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bots.cli.kb_session import AsJson, Source, fail, session, settings

if TYPE_CHECKING:
    from core.settings import Settings
    from knowledge.index import KnowledgeBase
    from knowledge.search import Searcher
    from knowledge.sources import Problem

PHRASES_STAY = "A running bot keeps the phrases from before; one that starts refuses them."


def check(
    path: Source = None,
    as_json: AsJson = False,
    sarif: Annotated[bool, typer.Option("--sarif", help="Print SARIF 2.1.0, for a pull request.")] = False,
    meaning: Annotated[bool, typer.Option(help="Compare questions by meaning too (needs the embedding model).")] = True,
) -> None:
    """Show everything wrong or doubtful in the files, with line and what to do. Exit status 1 when there are errors."""
    configured = settings()
    from knowledge.check import as_json as rendered_json
    from knowledge.check import as_sarif, as_text
    from knowledge.check import check as find_problems
    from knowledge.embeddings import load_embedder
    from knowledge.errors import KnowledgeError
    from knowledge.sources import load_source

    try:
        source = path or configured.knowledge_path
        reading = asyncio.run(load_source(source, page_cache=configured.data_dir / "pages"))
        embedder = load_embedder(configured.embedding_model) if meaning else None
        problems = find_problems(reading, today=date.today(), embed=embedder.embed if embedder else None)
        problems = (*_of_phrases(source), *problems)
    except KnowledgeError as error:
        fail(str(error), 2)
    if sarif:
        typer.echo(as_sarif(problems))
    elif as_json:
        typer.echo(rendered_json(problems, reading))
    else:
        typer.echo(as_text(problems, reading))
    if not reading.complete or any(problem.severity == "error" for problem in problems):
        raise typer.Exit(1)


def _of_phrases(source: Path) -> tuple[Problem, ...]:
    """What is wrong with the phrases beside the FAQ."""
    from core.routing.phrases import PhrasesError, load_phrases
    from knowledge.sources import Problem
    from knowledge.sources.problems import Severity

    try:
        load_phrases(source if source.is_dir() else source.parent)
    except PhrasesError as error:
        return (Problem(Severity.ERROR, "phrases", error.path.name, error.line, error.problem, PHRASES_STAY),)
    return ()


def evaluate(
    questions: Annotated[Path, typer.Argument(help="CSV `question,expected`, or JSONL with `history` too.")],
    knowledge: Annotated[
        Path | None, typer.Option(help="An FAQ to search instead of the index, which is left alone.")
    ] = None,
    audience: Annotated[str, typer.Option(help="Who asks: everyone, vip or staff.")] = "everyone",
    as_json: AsJson = False,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="Draw precision against coverage (needs matplotlib).")
    ] = None,
) -> None:
    """Measure search and confidence on questions whose answers are known."""
    if audience not in ("everyone", "vip", "staff"):
        fail(f"--audience {audience} is not one of everyone, vip, staff", 2)

    async def with_index(base: KnowledgeBase, _: Settings) -> None:
        _evaluate(base.searcher, questions, audience, as_json, plot)

    if knowledge is None:
        session(with_index)
        return
    configured = settings()
    from knowledge.errors import KnowledgeError

    try:
        _evaluate(_in_memory(knowledge, configured.embedding_model), questions, audience, as_json, plot)
    except KnowledgeError as error:
        fail(str(error), 2)


def _in_memory(path: Path, embedding_model: str) -> Searcher:
    """Search over the files as they are, without an index."""
    from knowledge.embeddings import load_embedder
    from knowledge.errors import SourceError
    from knowledge.search import Searcher, snapshot_in_memory
    from knowledge.sources import read_source

    reading = read_source(path)
    for problem in reading.errors:
        typer.echo(str(problem), err=True)
    if not reading.entries:
        raise SourceError(str(path), "holds no FAQ entry. Write at least one question with its answer.")
    embedder = load_embedder(embedding_model)
    return Searcher(snapshot_in_memory(reading.entries, embedder), embedder)


def _evaluate(searcher: Searcher, questions: Path, audience: str, as_json: bool, plot: Path | None) -> None:
    from knowledge.search import evaluation

    asked = evaluation.read_questions(questions)
    result = evaluation.evaluate(asked, searcher, threshold=searcher.threshold, audience=audience)
    typer.echo(json.dumps(evaluation.as_json(result), indent=2) if as_json else evaluation.as_text(result))
    if plot is not None:
        try:
            evaluation.plot(result, plot)
        except ImportError:
            fail("--plot needs matplotlib. Install the extra: pip install 'concierge[plots]'", 2)
        except (OSError, ValueError) as error:
            fail(f"--plot {plot} can't be written: {error}", 2)
