"""An evaluation for people and for programs."""

from __future__ import annotations

from typing import Any

from knowledge.search.evaluation.measure import Evaluation, Judged

SHOWN = 15
"""Misjudged questions that are listed."""


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """The figures as plain data; a share of nothing is null."""
    return {
        "questions": evaluation.questions,
        "hit_at_1": _rounded(evaluation.hit_at_1),
        "hit_at_3": _rounded(evaluation.hit_at_3),
        "hit_at_5": _rounded(evaluation.hit_at_5),
        "mrr": _rounded(evaluation.mrr),
        "in_scope_accuracy": _rounded(evaluation.in_scope_accuracy),
        "refusal_recall": _rounded(evaluation.refusal_recall),
        "mcc": _rounded(evaluation.mcc),
        "answered": _rounded(evaluation.answered),
        "answered_precision": _rounded(evaluation.answered_precision),
        "latency_ms": {"p50": _rounded(evaluation.latency_ms.p50), "p95": _rounded(evaluation.latency_ms.p95)},
        "threshold": evaluation.threshold,
    }


def as_text(evaluation: Evaluation) -> str:
    """The figures as lines, then the questions that went wrong, surest mistakes first."""
    lines = [f"{evaluation.questions} questions, answered from a confidence of {evaluation.threshold:.2f}", ""]
    for label, value in (
        ("hit@1", evaluation.hit_at_1),
        ("hit@3", evaluation.hit_at_3),
        ("hit@5", evaluation.hit_at_5),
        ("MRR", evaluation.mrr),
        ("in scope, answered right", evaluation.in_scope_accuracy),
        ("out of scope, refused", evaluation.refusal_recall),
        ("MCC", evaluation.mcc),
        ("answered", evaluation.answered),
        ("right when answered", evaluation.answered_precision),
    ):
        lines.append(f"  {label:<26}{'-' if value is None else f'{value:.3f}':>8}")
    latency = evaluation.latency_ms
    lines.append(f"  {'latency p50 / p95':<26}{latency.p50:>8.1f} / {latency.p95:.1f} ms")
    wrong = [item for item in evaluation.judged if not item.right]
    if wrong:
        wrong.sort(key=lambda item: (not item.answered, -item.confidence))
        lines += ["", f"Wrong: {len(wrong)}" + (f", of which {SHOWN}:" if len(wrong) > SHOWN else ":")]
        lines += [f"  {_mistake(item)}" for item in wrong[:SHOWN]]
    return "\n".join(lines)


def _mistake(item: Judged) -> str:
    got = f"answered {item.found[0]}" if item.answered else item.outcome.value
    wanted = " or ".join(sorted(item.question.expected)) or "a refusal"
    return f"{item.confidence:.2f}  {got}, expected {wanted}: {item.question.text[:100]}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
