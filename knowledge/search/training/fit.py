"""Fit the numbers of ranking and confidence, and show how they hold on data sets that were left out.

    EVAL_DATA=<folder> python -m knowledge.search.training.fit [--check] [--cache FOLDER]

Writes `coefficients.json` and `offtopic.npz` beside the search. With --check nothing is written: each family of
practice FAQs is measured with numbers fitted on all the others, on questions of the half that is never fitted on.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from knowledge.embeddings import Vectors, load_embedder
from knowledge.search.coefficients import Coefficients, answers, threshold
from knowledge.search.confidence import probabilities
from knowledge.search.offtopic import VECTORS, offtopic_sentences
from knowledge.search.training.fitting import confidence_rows, fit_confidence, fit_ranking
from knowledge.search.training.observe import Observed, observe
from knowledge.search.training.practice import Part, practice_faqs
from knowledge.search.training.remembered import RememberedOnDisk

ANSWER_FROM, ANSWER_FROM_FEW, IN_SCOPE_FROM_MANY, SUGGEST_FROM = 0.3, 0.4, 0.33, 0.07
"""Thresholds, chosen over the left-out families in the table that --check prints; see `coefficients.answers`."""
HERE = Path(__file__).parents[1]


def main() -> int:
    """Run the fit; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="leave each family out in turn; write nothing")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "concierge-eval")
    options = parser.parse_args()
    data = os.environ.get("EVAL_DATA")
    if not data:
        sys.stderr.write("EVAL_DATA must name the folder with the public data sets.\n")
        return 2
    embedder = RememberedOnDisk(load_embedder(""), options.cache / "vectors.npz")
    offtopic = embedder.embed(offtopic_sentences())
    faqs = _observe_all(Path(data), "fit", embedder, offtopic)
    if options.check:
        _check(faqs, _observe_all(Path(data), "test", embedder, offtopic))
    else:
        _write(_fit(faqs), embedder.name, offtopic)
    return 0


def _observe_all(data: Path, part: Part, embedder: RememberedOnDisk, offtopic: Vectors) -> list[Observed]:
    faqs = []
    for faq in practice_faqs(data, part, embedder):
        faqs.append(observe(faq, embedder, offtopic))
        sys.stderr.write(f"{part}: {faq.name}, {len(faq.entries)} entries, {len(faq.questions)} questions\n")
        embedder.save()
    return faqs


def _fit(faqs: Sequence[Observed]) -> Coefficients:
    ranking = fit_ranking(faqs)
    thresholds = (ANSWER_FROM, ANSWER_FROM_FEW, IN_SCOPE_FROM_MANY, SUGGEST_FROM)
    return Coefficients(ranking, *fit_confidence(faqs, ranking), *thresholds)


def _check(fitted_on: Sequence[Observed], tested_on: Sequence[Observed]) -> None:
    say = sys.stdout.write
    say(f"{'left out':34}{'hit@1':>7}   in-scope accuracy / out-of-scope recall / precision, answered from\n")
    levels = (0.2, 0.3, 0.4, 0.5)
    say(" " * 45 + f"{'the default':<20}" + "".join(f"{level:<16}" for level in levels) + "\n")
    for family in dict.fromkeys(faq.family for faq in tested_on):
        fitted = _fit([faq for faq in fitted_on if faq.family != family])
        for faq in tested_on:
            if faq.family == family:
                rows, right, inside = confidence_rows(faq, fitted.ranking)
                pairs = [probabilities(row, fitted) for row in rows]
                chance = np.array([confidence for confidence, _ in pairs])
                say(f"{faq.name:34}{right[inside].mean():7.3f}   ")
                say(f"  {threshold(fitted, faq.traits):.2f}")
                default = np.array([answers(fitted, faq.traits, *pair) for pair in pairs])
                for given in (default, *(chance >= level for level in levels)):
                    figures = (
                        (given & right).sum() / max(inside.sum(), 1),
                        (~given & ~inside).sum() / max((~inside).sum(), 1),
                        (given & right).sum() / max(given.sum(), 1),
                    )
                    say(" " + "/".join(f"{figure:.2f}" for figure in figures) + " ")
                say("\n")


def _write(fitted: Coefficients, model: str, offtopic: Vectors) -> None:
    plain = {name: _plain(value) for name, value in asdict(fitted).items()}
    (HERE / "coefficients.json").write_text(json.dumps(plain) + "\n", encoding="utf-8")
    sentences = np.array(offtopic_sentences())
    np.savez_compressed(HERE / VECTORS, model=model, sentences=sentences, vectors=offtopic.astype(np.float16))


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        return np.round(value.astype(float), 5).tolist()
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return round(value, 5) if isinstance(value, float) else value


if __name__ == "__main__":
    raise SystemExit(main())
