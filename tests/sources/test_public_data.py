"""Real FAQs of other people, counted by hand. They are not part of the project: EVAL_DATA says where they are."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from knowledge.sources import SourceReading, read_source

EVAL_DATA = os.environ.get("EVAL_DATA", "")
pytestmark = pytest.mark.skipif(not EVAL_DATA, reason="EVAL_DATA does not name the folder of public data sets")

COUNTED = {
    "lineageos_yaml/faq.yml": 29,
    "gc_infobase_csv/faq.csv": 26,
    "k8s_autoscaler_md/FAQ.md": 56,
    "syncthing_rst/faq-parts/general.rst": 7,
    "syncthing_rst/faq-parts/troubleshooting.rst": 12,
    "syncthing_rst/faq-parts/usage.rst": 18,
    "logingov_help_md/create-account/authentication-methods/backup-codes._en.md": 1,
    "logingov_help_md/verify-your-identity/overview._es.md": 4,
    "logingov_help_md/trouble-signing-in/why-is-my-account-locked._en.md": 1,
}


@pytest.fixture(scope="module")
def reading() -> SourceReading:
    return read_source(Path(EVAL_DATA) / "kb")


def test_everything_loads(reading: SourceReading) -> None:
    assert reading.complete
    assert not reading.errors
    read = [file for file in reading.files if file.outcome == "read"]
    assert len(read) == len(reading.files)
    # one page is nothing but a search box, in two languages; one file is nothing but includes
    assert sorted(file.path.rsplit("/", 1)[-1] for file in read if not file.entries) == [
        "faq.rst",
        "find-a-participating-post-office._en.md",
        "find-a-participating-post-office._es.md",
    ]


@pytest.mark.parametrize(("path", "count"), COUNTED.items())
def test_counts_by_hand(reading: SourceReading, path: str, count: int) -> None:
    assert reading.counts[path] == count


def test_languages_come_from_the_names(reading: SourceReading) -> None:
    login = [entry for entry in reading.entries if entry.path.startswith("logingov")]
    assert {entry.language for entry in login} == {"en", "es"}
    assert all(entry.path.endswith(f"_{entry.language}.md") for entry in login)
    assert Counter(entry.language for entry in reading.entries if entry.path.startswith("gc_")) == {"en": 13, "fr": 13}


def test_rows_of_the_larger_sets_load_as_they_are() -> None:
    for name, count in {"dstc9_faq_12k.jsonl": 12_039, "dtc_faq_documents.jsonl": 948, "bitext_faq_27.csv": 27}.items():
        reading = read_source(Path(EVAL_DATA) / name)
        assert len(reading.entries) == count
        assert reading.complete
        assert not reading.errors


def test_no_template_code_reaches_an_answer(reading: SourceReading) -> None:
    for entry in reading.entries:
        if entry.path.startswith("logingov"):
            assert "{%" not in entry.answer
            assert "{:" not in entry.answer
            assert "<div" not in entry.answer
