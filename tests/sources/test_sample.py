"""The sample FAQ keeps its promises: it is whole, spotless, and its golden questions name entries that exist."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import knowledge
from knowledge.check import check
from knowledge.sources import read_source

SAMPLE = Path(knowledge.__file__).parent / "sample"


def test_the_sample_is_spotless() -> None:
    reading = read_source(SAMPLE)
    assert reading.complete
    assert len(reading.entries) >= 70
    # the day it was written, so that the sample does not go stale while nobody changes it
    assert check(reading, today=date(2026, 11, 1)) == ()


def test_every_entry_has_an_id_of_its_own_wordings_tags_and_a_date() -> None:
    for entry in read_source(SAMPLE).entries:
        assert 2 <= len(entry.alternates) <= 4, entry.id
        assert len(entry.id) < 25
        assert entry.tags
        assert entry.updated
        assert entry.language == "en"


def test_every_audience_is_shown() -> None:
    assert {entry.audience for entry in read_source(SAMPLE).entries} == {"everyone", "vip", "staff"}


def test_golden_questions_name_entries_that_everyone_may_see() -> None:
    public = {entry.id for entry in read_source(SAMPLE).entries if entry.audience == "everyone"}
    with (SAMPLE / "golden.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    expected = [row["expected"].split("|") if row["expected"] else [] for row in rows]
    assert {id_ for ids in expected for id_ in ids} <= public
    assert sum(1 for ids in expected if ids) >= 35
    assert sum(1 for ids in expected if not ids) >= 5
    assert len({row["question"] for row in rows}) == len(rows)
