"""Precision against coverage, with the threshold marked. Needs matplotlib (the `plots` extra)."""

from __future__ import annotations

from pathlib import Path

from knowledge.search.evaluation.measure import Evaluation


def curve(evaluation: Evaluation) -> tuple[list[float], list[float]]:
    """Share of all questions answered, and precision of those, as the threshold falls from 1 to 0."""
    coverage, precision = [], []
    right = 0
    ranked = sorted((item for item in evaluation.judged if item.found), key=lambda item: -item.confidence)
    for count, item in enumerate(ranked, start=1):
        right += item.found[0] in item.question.expected
        last_of_its_confidence = count == len(ranked) or ranked[count].confidence < item.confidence
        if last_of_its_confidence:
            coverage.append(count / evaluation.questions)
            precision.append(right / count)
    return coverage, precision


def plot(evaluation: Evaluation, path: Path) -> None:
    """Draw the curve into an image file (PNG, SVG or PDF by its ending). Raises ImportError without matplotlib."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    coverage, precision = curve(evaluation)
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.plot(coverage, precision, color="#2563eb")
    if evaluation.answered and evaluation.answered_precision is not None:
        axes.plot(
            [evaluation.answered],
            [evaluation.answered_precision],
            "o",
            color="#dc2626",
            label=f"threshold {evaluation.threshold:.2f}: {evaluation.answered_precision:.0%} right"
            f" of {evaluation.answered:.0%} answered",
        )
        axes.legend(loc="lower left")
    axes.set(xlabel="share of questions answered", ylabel="share of those right", xlim=(0, 1), ylim=(0, 1.02))
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120)
