"""The three forms in which problems are shown."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from knowledge.check import as_json, as_sarif, as_text, check
from knowledge.sources import Problem, SourceReading, read_source


@pytest.fixture
def reading(tmp_path: Path) -> SourceReading:
    (tmp_path / "my faq.md").write_text("# FAQ\n\n## Why?\n\nTODO “x”\n\n## Where?\n\n## When?\n\nNow.\n")
    (tmp_path / "bad.json").write_text("[")
    return read_source(tmp_path)


@pytest.fixture
def problems(reading: SourceReading) -> tuple[Problem, ...]:
    return check(reading, today=date(2026, 11, 21))


def test_text_names_file_line_and_what_to_do(reading: SourceReading, problems: tuple[Problem, ...]) -> None:
    text = as_text(problems, reading)
    assert "my faq.md:7: error: “Where?” has no answer. [no-answer]\n    Write the answer" in text
    assert text.endswith("2 entries in 1 file: 3 errors, no warnings, 1 note.")


def test_json_round_trips(reading: SourceReading, problems: tuple[Problem, ...]) -> None:
    data = json.loads(as_json(problems, reading))
    assert data["counts"] == {"error": 3, "warning": 0, "note": 1}
    assert (data["entries"], data["complete"]) == (2, False)
    assert {(file["path"], file["outcome"]) for file in data["files"]} == {
        ("bad.json", "failed"),
        ("my faq.md", "read"),
    }
    assert {(problem["code"], problem["line"]) for problem in data["problems"]} == {
        ("unreadable", 1),
        ("no-answer", 7),
        ("placeholder", 5),
        ("no-alternates", 3),
    }


def test_sarif_is_what_code_hosts_accept(problems: tuple[Problem, ...]) -> None:
    log = json.loads(as_sarif(problems, prefix="docs/kb"))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(run["results"]) == len(problems)
    for result, problem in zip(run["results"], problems, strict=True):
        assert rules[result["ruleIndex"]] == result["ruleId"] == problem.code
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"].startswith(problem.message)
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] in ("docs/kb/my%20faq.md", "docs/kb/bad.json")
        assert place["region"]["startLine"] >= 1


def test_sarif_fingerprints_survive_moved_lines(tmp_path: Path) -> None:
    def fingerprints(text: str) -> list[str]:
        (tmp_path / "a.md").write_text(text)
        log = json.loads(as_sarif(check(read_source(tmp_path), today=date(2026, 1, 1))))
        return [result["partialFingerprints"]["problem/v1"] for result in log["runs"][0]["results"]]

    assert fingerprints("# FAQ\n\n## Why?\n") == fingerprints("# FAQ\n\n\n\n## Why?\n")
