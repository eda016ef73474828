from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from knowledge.entries import Entry
from knowledge.errors import SourceError
from knowledge.search import Hit, Outcome, Searcher, SearchResult
from knowledge.search.evaluation import Question, as_json, as_text, evaluate, plot, read_questions
from knowledge.search.evaluation.plot import curve


class Scripted:
    """A search that finds what the question says: "a,b 0.9" finds a and b, answered when above one half."""

    def __init__(self) -> None:
        self.histories: list[Sequence[str]] = []

    def search(
        self, query: str, *, audience: str = "everyone", history: Sequence[str] = (), limit: int = 5
    ) -> SearchResult:
        self.histories.append(history)
        ids, confidence = query.split()
        hits = tuple(Hit(Entry(name, name, name), "", 0, 0) for name in ids.split(",") if name != "-")
        outcome = Outcome.ANSWER if float(confidence) > 0.5 else Outcome.SUGGEST
        return SearchResult(query, "v", hits[:limit], float(confidence), outcome)


def asked(text: str, *expected: str) -> Question:
    return Question(text, frozenset(expected))


QUESTIONS = (
    asked("a,b 0.9", "a"),  # right
    asked("b,a 0.8", "a"),  # wrong, found second
    asked("c,d 0.3", "c"),  # right, but not answered
    asked("x,y,z,c 0.7", "c", "y"),  # wrong, found second
    asked("- 0.0", "d"),  # not found
    asked("a 0.6"),  # answered out of scope
    asked("a 0.4"),  # refused
)


def test_figures_by_hand():
    result = as_json(evaluate(QUESTIONS, Scripted(), threshold=0.5))
    latency = result.pop("latency_ms")
    assert set(latency) == {"p50", "p95"}
    # Classes: a a c (x's truth is the least expected id, c) d, refused, refused
    assert result == {
        "questions": 7,
        "hit_at_1": 0.4,
        "hit_at_3": 0.8,
        "hit_at_5": 0.8,
        "mrr": pytest.approx((1 + 0.5 + 1 + 0.5 + 0) / 5),
        "in_scope_accuracy": 0.2,
        "refusal_recall": 0.5,
        "mcc": pytest.approx(_mcc("aaccd--", "ab-x-a-"), abs=1e-4),
        "answered": pytest.approx(4 / 7, abs=1e-4),
        "answered_precision": 0.25,
        "threshold": 0.5,
    }


def _mcc(truth: str, guess: str) -> float:
    """The definition: Pearson correlation of the two indicator matrices."""
    names = sorted(set(truth + guess))
    total = len(truth)
    t = [[name == item for name in names] for item in truth]
    g = [[name == item for name in names] for item in guess]

    def cov(one: list[list[bool]], two: list[list[bool]]) -> float:
        value = 0.0
        for k in range(len(names)):
            mean1, mean2 = sum(r[k] for r in one) / total, sum(r[k] for r in two) / total
            value += sum((a[k] - mean1) * (b[k] - mean2) for a, b in zip(one, two, strict=True))
        return value

    return cov(t, g) / (cov(t, t) * cov(g, g)) ** 0.5


def test_perfect_search_has_mcc_one_and_a_share_of_nothing_is_none():
    perfect = evaluate([asked("a 0.9", "a"), asked("b 0.9", "b"), asked("- 0.1")], Scripted(), threshold=0.5)
    assert perfect.mcc == pytest.approx(1)
    assert perfect.in_scope_accuracy == perfect.refusal_recall == perfect.answered_precision == 1
    only_outside = evaluate([asked("a 0.1")], Scripted(), threshold=0.5)
    assert (only_outside.hit_at_1, only_outside.mrr, only_outside.answered_precision) == (None, None, None)
    assert only_outside.answered == 0


def test_history_is_searched_with():
    scripted = Scripted()
    evaluate([Question("a 0.9", frozenset("a"), ("earlier",))], scripted, threshold=0.5)
    assert scripted.histories == [("earlier",)]


def test_the_report_names_the_mistakes_surest_first():
    text = as_text(evaluate(QUESTIONS, Scripted(), threshold=0.5))
    assert "Wrong: 5" in text
    assert text.index("answered b, expected a") < text.index("answered x, expected c or y")
    assert "answered a, expected a refusal" in text


def test_the_curve_falls_to_everything_answered(tmp_path: Path):
    evaluation = evaluate(QUESTIONS, Scripted(), threshold=0.5)
    coverage, precision = curve(evaluation)
    assert coverage == pytest.approx([1 / 7, 2 / 7, 3 / 7, 4 / 7, 5 / 7, 6 / 7])
    assert precision == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 2 / 6])
    plot(evaluation, tmp_path / "curve.png")
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")


def test_csv_and_jsonl_say_the_same(tmp_path: Path):
    (tmp_path / "q.csv").write_text('\ufeffQuestion,expected\n"where, when?",a|b\nrefuse me,\n\n', "utf-8")
    (tmp_path / "q.jsonl").write_text(
        '{"question": "where, when?", "expected": ["a", "b"]}\n\n{"question": "refuse me", "expected": ""}\n', "utf-8"
    )
    assert read_questions(tmp_path / "q.csv") == read_questions(tmp_path / "q.jsonl")
    assert read_questions(tmp_path / "q.csv")[0] == asked("where, when?", "a", "b")


def test_jsonl_history_keeps_what_the_customer_said(tmp_path: Path):
    (tmp_path / "q.jsonl").write_text(
        '{"question": "and that?", "expected": "a", "history": ["one", {"role": "assistant", "content": "no"},'
        ' {"role": "user", "content": "two"}]}',
        "utf-8",
    )
    assert read_questions(tmp_path / "q.jsonl")[0].history == ("one", "two")


@pytest.mark.parametrize(
    ("name", "content", "line", "says"),
    [
        ("q.csv", "text,label\na,b\n", 1, "question,expected"),
        ("q.csv", "question,expected\na,b\n,c\n", 3, "no question"),
        ("q.csv", "", 1, "question,expected"),
        ("q.csv", "question,expected\n", None, "no questions"),
        ("q.jsonl", '{"question": "a"}\n{"question": \n', 2, "JSON"),
        ("q.jsonl", '{"question": 3}\n', 1, "question"),
        ("q.jsonl", '{"question": "a", "expected": {"b": 1}}\n', 1, "expected"),
        ("q.jsonl", '{"question": "a", "history": "b"}\n', 1, "history"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(tmp_path: Path, name: str, content: str, line: int | None, says: str):
    path = tmp_path / name
    path.write_text(content, "utf-8")
    with pytest.raises(SourceError) as caught:
        read_questions(path)
    assert caught.value.line == line
    assert says in str(caught.value)


def test_a_missing_or_binary_file_is_refused(tmp_path: Path):
    (tmp_path / "q.csv").write_bytes(b"question,expected\n\xff\xfe,a\n")
    for name in ("q.csv", "none.csv"):
        with pytest.raises(SourceError):
            read_questions(tmp_path / name)


def test_the_real_search_is_measured(searcher: Searcher):
    questions = [asked("when do you open", "opening-hours"), asked("who invented the telephone")]
    evaluation = evaluate(questions, searcher, threshold=searcher.threshold)
    assert evaluation.hit_at_1 == 1
    assert evaluation.refusal_recall == 1
    assert 0 < evaluation.latency_ms.p50 <= evaluation.latency_ms.p95
