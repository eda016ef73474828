"""How well answers written by a real model hold to the FAQ, judged by a checker that shares no code with the verifier.

    python -m tests.eval.grounding [--questions 200] [--budget 120] [--knowledge PATH] [--url URL --model NAME]
                                   [--minutes 60] [--json]

Without --url it serves SmolLM2-135M-Instruct itself (see tests/answering/llama_server.py). It asks the FAQ's own
alternates, so that nearly every question gets past the gate and reaches the model. Exit status 1 when a single sentence
was sent with a number, date, amount, name or link that its cited entry lacks.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import time
from collections import Counter
from contextlib import nullcontext
from pathlib import Path

from core.answering import Answer, Answerer, AnswerKind, Question, load_model
from knowledge.entries import Entry
from knowledge.sources import read_source
from tests.answering import llama_server
from tests.answering.faq import SAMPLE, SearchInMemory
from tests.answering.independent import cited_sentences, inventions


def questions_of(entries: tuple[Entry, ...], count: int) -> list[str]:
    """Up to `count` questions, spread over all entries: first one of each, then a second of each…"""
    ways = [[*entry.alternates, entry.question] for entry in entries if entry.audience == "everyone"]
    rounds = [way[turn] for turn in range(max(map(len, ways), default=0)) for way in ways if turn < len(way)]
    return rounds[:count]


async def run(
    url: str, name: str, entries: tuple[Entry, ...], count: int, budget: float, minutes: float
) -> list[tuple[str, Answer]]:
    """Ask, one after the other, for at most `minutes`; prints how far it is to stderr."""
    answerer = Answerer(SearchInMemory(entries), load_model(name, url), budget)
    found = []
    started = time.monotonic()
    for number, text in enumerate(questions_of(entries, count), 1):
        found.append((text, await answerer.answer(Question(text))))
        if time.monotonic() - started > 60 * minutes:
            break
        print(f"\r{number} asked, {time.monotonic() - started:.0f} s", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return found


def report(answers: list[tuple[str, Answer]], entries: tuple[Entry, ...]) -> dict[str, object]:
    """The figures, with every generated answer."""
    by_id = {entry.id: entry for entry in entries}
    written = [(text, answer) for text, answer in answers if answer.generated]
    wrong = [problem for _, answer in written for problem in inventions(answer, by_id)]
    return {
        "questions": len(answers),
        "kinds": dict(Counter(answer.kind.value for _, answer in answers)),
        "generated": len(written),
        "quoted": sum(answer.kind is AnswerKind.ANSWER and not answer.generated for _, answer in answers),
        "sentences_sent": sum(len(cited_sentences(answer)) for _, answer in written),
        "inventions": wrong,
        "tokens_in": sum(answer.tokens_in for _, answer in answers),
        "tokens_out": sum(answer.tokens_out for _, answer in answers),
        "examples": [{"question": text, "answer": answer.text} for text, answer in written],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--budget", type=float, default=120.0, help="seconds per answer; a slow machine needs many")
    parser.add_argument("--minutes", type=float, default=60.0, help="stop asking after so long, and report")
    parser.add_argument("--knowledge", type=Path, default=SAMPLE)
    parser.add_argument("--url", default="", help="base URL of an OpenAI-compatible server")
    parser.add_argument("--model", default="smollm2")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    if not args.url and (reason := llama_server.missing()):
        print(reason, file=sys.stderr)
        return 2
    entries = read_source(args.knowledge).entries
    with nullcontext(args.url) if args.url else llama_server.serving() as url:
        answers = asyncio.run(run(url, args.model, entries, args.questions, args.budget, args.minutes))
    figures = report(answers, entries)
    if args.json:
        print(json.dumps(figures, ensure_ascii=False, indent=2))
    else:
        for name, value in figures.items():
            print(f"{name}: {value}" if not isinstance(value, list) else f"{name}: {len(value)}")
        for problem in wrong if isinstance(wrong := figures["inventions"], list) else ():
            print(f"  {problem}")
        for _, answer in [pair for pair in answers if pair[1].generated][:8]:
            print(f"\n{answer.text}\n  -- {', '.join(source.title for source in answer.sources)}")
    return 1 if figures["inventions"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
