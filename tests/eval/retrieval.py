"""Search against its baselines, in one table, on questions that its numbers were not fitted on.

    EVAL_DATA=<folder with the public data sets> python -m tests.eval.retrieval [--questions N] [--json]

Baselines: dense alone (cosine, best unit of an entry), BM25 alone (whole entries), and reciprocal rank fusion of the
two, equal weights, c = 60, as LangChain's EnsembleRetriever does it. Vectors are kept in a temporary folder, so a
second run is quick. Then: search time at 12,000 and 100,000 entries with nothing remembered. Exit status 1 when ours
is neither first nor tied (half a point) in hit@1 and MRR on any row.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from knowledge.embeddings import Vectors, load_embedder
from knowledge.entries import Entry
from knowledge.search import ExactIndex, MemorySnapshot, Searcher, snapshot_in_memory, units_of
from knowledge.search.corpus import Corpus
from knowledge.search.evaluation import Evaluation, Question, evaluate
from knowledge.search.training.practice import PracticeFaq, practice_faqs
from knowledge.search.training.remembered import RememberedOnDisk
from knowledge.search.words import words

TIED = 0.005
DEPTH = 10


def main() -> int:
    """Print the table; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=1000, help="at most so many per row (default 1000)")
    parser.add_argument("--only", default="", help="rows whose name contains this")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "concierge-eval")
    parser.add_argument("--no-speed", action="store_true", help="leave out the timing")
    parser.add_argument("--json", action="store_true", help="one JSON object per row")
    options = parser.parse_args()
    data = os.environ.get("EVAL_DATA")
    if not data:
        print("EVAL_DATA must name the folder with the public data sets.", file=sys.stderr)
        return 2
    embedder = RememberedOnDisk(load_embedder(""), options.cache / "vectors.npz")
    behind = []
    if not options.json:
        print(f"{'':34}{'hit@1':^28}  {'MRR':^28}  {'with the default threshold':^30}")
        print(f"{'':34}" + "   ours  dense   BM25    RRF  " * 2 + "  in scope  refused  precision")
    for faq in practice_faqs(Path(data), "test", embedder):
        if options.only in faq.name:
            ours, baselines = _measure(faq, options.questions, embedder)
            row = {"faq": faq.name, "entries": len(faq.entries), "questions": ours.questions}
            hits = [ours.hit_at_1 or 0.0, *(hit for hit, _ in baselines.values())]
            ranks = [ours.mrr or 0.0, *(rank for _, rank in baselines.values())]
            if hits[0] < max(hits) - TIED or ranks[0] < max(ranks) - TIED:
                behind.append(faq.name)
            gated = (ours.in_scope_accuracy, ours.refusal_recall, ours.answered_precision)
            if options.json:
                row |= {"hit_at_1": hits, "mrr": ranks, "hit_at_5": ours.hit_at_5, "gated": gated}
                print(json.dumps(row), flush=True)
            else:
                cells = "".join(f"{value:7.3f}" for value in hits) + "  " + "".join(f"{v:7.3f}" for v in ranks)
                gates = "".join("        -" if value is None else f"{value:9.3f}" for value in gated)
                print(f"{faq.name:34}{cells}  {gates}", flush=True)
    embedder.save()
    if not options.no_speed and not options.only:
        _speed(Path(data), embedder)
    if behind:
        print(f"Behind a baseline: {'; '.join(behind)}", file=sys.stderr)
    return 1 if behind else 0


def _measure(
    faq: PracticeFaq, most: int, embedder: RememberedOnDisk
) -> tuple[Evaluation, dict[str, tuple[float, float]]]:
    """Ours, and (hit@1, MRR) of each baseline, on the same questions."""
    questions = faq.questions[:: max(1, -(-len(faq.questions) // most))]
    snapshot = snapshot_in_memory(faq.entries, embedder)
    searcher = Searcher(snapshot, embedder)
    ours = evaluate(questions, searcher, threshold=searcher.threshold)
    corpus = Corpus(snapshot)
    ranks: dict[str, list[float]] = {"dense": [], "bm25": [], "rrf": []}
    everything = np.arange(len(corpus.entries))
    for question in questions:
        if question.expected:
            cosines = corpus.vectors.matrix @ embedder.embed_query(question.text)
            dense = np.full(len(corpus.entries), -1.0, np.float32)
            np.maximum.at(dense, corpus.vectors.entry_of, cosines)
            lexical, _ = corpus.words_all.look_up(words(question.text)).matches(everything)
            fused = _reciprocal(dense) + _reciprocal(np.where(lexical > 0, lexical, -np.inf))
            for name, scores in (("dense", dense), ("bm25", lexical), ("rrf", fused)):
                ranks[name].append(_reciprocal_rank(scores, corpus.entries, question))
    return ours, {name: (float(np.mean(np.equal(r, 1))), float(np.mean(r))) for name, r in ranks.items()}


def _reciprocal(scores: Vectors, c: int = 60) -> Vectors:
    """Share of each entry in reciprocal rank fusion (Cormack et al., 2009); nothing for one that was not found."""
    order = np.argsort(-scores, kind="stable")
    shares = np.zeros(len(scores), np.float32)
    shares[order] = 1 / (c + 1 + np.arange(len(order)))
    return np.where(np.isfinite(scores), shares, 0.0)


def _reciprocal_rank(scores: Vectors, entries: Sequence[Entry], question: Question) -> float:
    """1 / place of the first expected entry, 0 below the tenth place, as for ours."""
    order = np.argsort(-scores, kind="stable")[:DEPTH]
    return next((1 / at for at, row in enumerate(order, 1) if entries[row].id in question.expected), 0.0)


def _speed(data: Path, embedder: RememberedOnDisk) -> None:
    """Time searches with the embedding of the query in it, nothing remembered."""
    with (data / "dstc9_faq_12k.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    entries = [Entry(row["id"], row["question"], row["answer"], tags=(row["domain"],)) for row in rows]
    named = [row["entity"].title() for row in rows if row["entity"]]
    queries = [f"does {name} {end}" for name, end in zip(named[::60], _ends(), strict=False)]
    model = load_embedder("")
    for copies in (1, 100_000 // len(entries) + 1):
        many = list(_copies(entries, copies))[: max(100_000, len(entries))] if copies > 1 else entries
        units = [unit for entry in many for unit in units_of(entry)]
        base = embedder.embed([unit.text for entry in entries for unit in units_of(entry)])
        noise = np.random.default_rng(0)
        matrix = np.vstack([base] * copies)[: len(units)].copy()
        matrix[len(base) :] += 0.02 * noise.standard_normal(matrix[len(base) :].shape, np.float32)
        matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
        index = ExactIndex([unit.id for unit in units], [unit.entry_id for unit in units], matrix)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        searcher = Searcher(MemorySnapshot("speed", tuple(many), index), model)
        built = time.perf_counter() - began
        evaluation = evaluate([Question(text, frozenset()) for text in queries], searcher, threshold=0)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(
            f"{len(many)} entries, {len(units)} units: search p50 {evaluation.latency_ms.p50:.1f} ms, "
            f"p95 {evaluation.latency_ms.p95:.1f} ms with the embedding; opened in {built:.1f} s, "
            f"{(after - before) / 1024:.0f} MB more at its peak"
        )


def _copies(entries: Sequence[Entry], copies: int) -> Iterator[Entry]:
    for number in range(copies):
        for entry in entries:
            yield replace(entry, id=f"{entry.id}-{number}") if number else entry


def _ends() -> list[str]:
    return [
        "have free parking for guests",
        "take reservations online",
        "allow pets in the rooms",
        "offer a vegan menu",
    ] * 60


if __name__ == "__main__":
    raise SystemExit(main())
