"""The detector on real customers' sentences. They stay outside the project: set EVAL_DATA to the folder that has them.

`handoff_dev.csv` is split by a hash of the text; the half named "held" was not read while the grammar was written.
"""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from core.routing import HumanRequestDetector
from core.routing.evaluation import Labelled, RoutingReport, evaluate

DATA = Path(os.environ.get("EVAL_DATA", "/nonexistent"))
HERE = Path(__file__).parent
pytestmark = pytest.mark.skipif(
    not (DATA / "handoff_dev.csv").exists(), reason="EVAL_DATA does not name the folder with the public evaluation data"
)


def read(name: str) -> list[tuple[int, dict[str, str]]]:
    with (DATA / name).open(newline="", encoding="utf-8") as file:
        return list(enumerate(csv.DictReader(file), start=2))


def half(text: str) -> str:
    return "held" if int(hashlib.sha256(text.strip().lower().encode()).hexdigest(), 16) % 2 else "dev"


def numbers(name: str) -> dict[str, set[int]]:
    """Row numbers per file, from a list of ours: `file: 1 2 3`; `#` begins a comment."""
    found: dict[str, set[int]] = {}
    for line in (HERE / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            file, _, rows = line.partition(":")
            found.setdefault(file, set()).update(map(int, rows.split()))
    return found


@pytest.fixture(scope="module")
def detector() -> HumanRequestDetector:
    return HumanRequestDetector()


def measure(rows: Iterable[tuple[int, dict[str, str]]], detector: HumanRequestDetector) -> RoutingReport:
    labelled = [Labelled(r["text"], r["label"] == "human", n) for n, r in rows if r["label"] != "grey"]
    return evaluate(labelled, detector)


@pytest.mark.parametrize("source", ["bitext", "RasaHQ"])
@pytest.mark.parametrize("part", ["dev", "all"])
def test_bitext_and_rasa(detector: HumanRequestDetector, source: str, part: str) -> None:
    rows = [(n, r) for n, r in read("handoff_dev.csv") if r["source"].startswith(source)]
    report = measure([(n, r) for n, r in rows if part == "all" or half(r["text"]) == part], detector)
    assert report.precision >= 0.97
    assert report.recall >= 0.97


def test_hint3(detector: HumanRequestDetector) -> None:
    rows = [(n, r) for n, r in read("handoff_dev.csv") if r["source"].startswith("hint3")]
    assert measure(rows, detector).precision >= 0.95
    explicit = numbers("hint3_explicit_rows.txt")["handoff_dev.csv"]
    assert measure([(n, r) for n, r in rows if n in explicit], detector).recall >= 0.95


@pytest.mark.parametrize("name", ["banking77_train.csv", "banking77_oos_dev.csv", "clinc150_dev.csv"])
def test_false_pages_where_hardly_anybody_asks(detector: HumanRequestDetector, name: str) -> None:
    rows = read(name)
    truly = numbers("rows_that_ask.txt").get(name, set())
    pages = [n for n, r in rows if n not in truly and detector.detect(r["text"]).wants_human]
    assert len(pages) <= 2 * len(rows) / 1_000, pages
