"""`concierge route eval`: figures, misread sentences, exit status, and a fast start."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bots.cli.route import app
from core.routing import HumanRequestDetector
from core.routing.evaluation import Labelled, evaluate

ROWS = (
    "text,label,source\n"
    "human please,human,x\n"
    "where is my parcel,other,x\n"
    '"the butler, quickly",human,x\n'
    "an agent please,other,x\n"
    "contact,grey,x\n"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text(ROWS, "utf-8")
    return path


def test_counts_and_shares() -> None:
    report = evaluate(
        [Labelled("human please", True), Labelled("hello", True), Labelled("agent!", False), Labelled("hi", False)],
        HumanRequestDetector(),
    )
    counts = (report.true_positives, report.false_positives, report.false_negatives, report.true_negatives)
    assert counts == (1, 1, 1, 1)
    assert (report.precision, report.recall, report.f1) == (0.5, 0.5, 0.5)
    assert [m.row.text for m in report.misread] == ["hello", "agent!"]


def test_nothing_asked_and_nothing_found_is_perfect() -> None:
    report = evaluate([Labelled("hello", False)], HumanRequestDetector())
    assert (report.precision, report.recall) == (1.0, 1.0)


def test_json(file: Path) -> None:
    result = CliRunner().invoke(app, ["eval", str(file), "--json"])
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert (found["precision"], found["recall"], found["f1"], found["rows"]) == (0.5, 0.5, 0.5, 4)
    assert found["confusion"] == {
        "human_as_human": 1, "human_as_other": 1, "other_as_human": 1, "other_as_other": 1,
    }  # fmt: skip
    assert [(m["line"], m["label"]) for m in found["misread"]] == [(4, "human"), (5, "other")]


def test_text_shows_the_misread_sentences(file: Path) -> None:
    result = CliRunner().invoke(app, ["eval", str(file)])
    assert "precision 0.5000" in result.stdout
    assert "line 4: the butler, quickly" in result.stdout
    assert "line 5: an agent please  <- 'an agent please'" in result.stdout


def test_phrases_show_their_effect(file: Path, tmp_path: Path) -> None:
    (tmp_path / "phrases.yaml").write_text("human: [the butler]\nnot_human: [an agent]\n", "utf-8")
    result = CliRunner().invoke(app, ["eval", str(file), "--phrases", str(tmp_path)])
    assert "precision 1.0000  (without the phrases 0.5000)" in result.stdout
    as_json = CliRunner().invoke(app, ["eval", str(file), "--phrases", str(tmp_path), "--json"])
    assert json.loads(as_json.stdout)["without_phrases"]["f1"] == 0.5


@pytest.mark.parametrize(("minimum", "status"), [("0.5", 0), ("0.9", 1)])
def test_a_missed_minimum_is_exit_status_1(file: Path, minimum: str, status: int) -> None:
    assert CliRunner().invoke(app, ["eval", str(file), "--min", minimum]).exit_code == status


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"text,kind\nhello,other\n", ":1: no column label"),
        (b"", ":1: no column text and label"),
        (b"text,label\nhello,person\n", ":2: label is 'person'; use human, other, grey"),
        (b"text,label\n\xff,other\n", "can't be read as CSV"),
        (b"text,label\nhello,grey\n", "nothing to measure"),
    ],
)
def test_wrong_files_are_exit_status_2_with_what_to_do(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(content)
    result = CliRunner().invoke(app, ["eval", str(path)])
    assert result.exit_code == 2
    assert says in result.stderr


def test_a_missing_file_and_a_broken_phrases_file_are_exit_status_2(file: Path, tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["eval", str(tmp_path / "none.csv")]).exit_code == 2
    broken = tmp_path / "phrases.yaml"
    broken.write_text("human: yes\n", "utf-8")
    result = CliRunner().invoke(app, ["eval", str(file), "--phrases", str(broken)])
    assert result.exit_code == 2
    assert f"{broken}:1: expected a list" in result.stderr


def test_it_starts_without_the_heavy_libraries(file: Path) -> None:
    code = (
        "import sys; from bots.cli.route import app\n"
        f"try: app(['eval', {str(file)!r}, '--json'])\n"
        "except SystemExit: pass\n"
        "heavy = {'langchain', 'langchain_core', 'chromadb', 'slack_bolt', 'discord', 'nicegui', 'numpy'}\n"
        "print('HEAVY', sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "HEAVY []" in done.stdout
