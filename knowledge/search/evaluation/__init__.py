"""How good search is on a list of questions: `read_questions`, `evaluate`, `as_text`, `as_json`, `plot`."""

from knowledge.search.evaluation.measure import Evaluation, Judged, Latency, evaluate
from knowledge.search.evaluation.plot import plot
from knowledge.search.evaluation.questions import Question, read_questions
from knowledge.search.evaluation.report import as_json, as_text

__all__ = [
    "Evaluation",
    "Judged",
    "Latency",
    "Question",
    "as_json",
    "as_text",
    "evaluate",
    "plot",
    "read_questions",
]
