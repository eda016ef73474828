"""`kb check`: every kind of finding, on a file that has it and on one that hasn't."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge.check import CheckLimits, check
from knowledge.sources import Problem, read_source

TODAY = date(2026, 11, 21)
Check = Callable[..., tuple[Problem, ...]]


@pytest.fixture
def checked(tmp_path: Path) -> Check:
    """`checked({"faq.csv": "…"})` writes the files and checks them."""

    def write_and_check(files: dict[str, str], base_url: str = "", **options: object) -> tuple[Problem, ...]:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return check(read_source(tmp_path, base_url=base_url), today=TODAY, **options)  # type: ignore[arg-type]

    return write_and_check


def found(problems: tuple[Problem, ...], *without: str) -> list[tuple[str, str, int]]:
    """(code, path, line) of each problem, those about missing wordings left out."""
    return [(p.code, p.path, p.line) for p in problems if p.code not in ("no-alternates", *without)]


def test_contradictions_come_first(checked: Check) -> None:
    problems = checked(
        {
            "a.csv": "q,a\nWhat is the fee?,\nHow long is a trial?,14 days\n",
            "b.md": "# FAQ\n\n## How long is a TRIAL\n\n30 days\n\n## Why?\n\nTODO\n",
        }
    )
    assert found(problems) == [("contradiction", "b.md", 3), ("no-answer", "a.csv", 2), ("placeholder", "b.md", 9)]
    assert "a.csv:3" in problems[0].message


def test_rows_told_apart_by_a_column_do_not_contradict(checked: Check) -> None:
    table = "question,answer,entity\nIs breakfast included?,Yes,\n"
    assert (
        found(checked({"a.csv": table + "Is breakfast included?,No,Ritz\nIs breakfast included?,Never,Plaza\n"})) == []
    )
    assert found(checked({"a.csv": table + "Is breakfast included?,No,Ritz\nIs breakfast included?,Never,Ritz\n"})) == [
        ("contradiction", "a.csv", 4)
    ]


def test_other_languages_and_audiences_do_not_contradict(checked: Check) -> None:
    problems = checked(
        {"a.csv": "q,a,lang,audience\nOK?,Yes,en,\nOK?,Oui,fr,\nOK?,Always,en,vip\n"},
    )
    assert [(p.code, p.severity.value) for p in problems if p.code != "no-alternates"] == [("per-audience", "note")]


def test_a_copy_under_another_id(checked: Check) -> None:
    assert found(checked({"a.csv": "id,q,a\nx,One?,1\ny,One?,1\n"})) == [("duplicate", "a.csv", 3)]


@pytest.mark.parametrize(
    ("second", "code"),
    [
        ("How long does a delivery take,Five days", "near-duplicate"),
        ("How long does the delivery take?,3 days", "likely-contradiction"),
        ("How long do the deliverys take?,Until Monday", "near-duplicate"),
        ("How long does a delivery to Peru take?,Until Monday", None),
        ("How long does a pick-up take?,Five days", None),
    ],
)
def test_nearly_the_same_question(checked: Check, second: str, code: str | None) -> None:
    problems = checked({"a.csv": f"q,a\nHow long would delivery take?,5 days\n{second}\n"})
    assert found(problems) == ([(code, "a.csv", 3)] if code else [])


def test_a_wording_that_belongs_to_two_entries(checked: Check) -> None:
    problems = checked({"a.csv": "q,a,alternates\nCan I pay early?,Yes,pay now|pay soon\nCan I pay?,Yes!,Pay now!\n"})
    assert found(problems) == [("shared-alternate", "a.csv", 3)]


def embed_by_topic(texts: list[str]) -> NDArray[np.float32]:
    """A small model: one dimension per topic word."""
    topics = ("refund", "money back", "card", "address", "paris", "rome")
    same = {"money back": "refund", "paris": "card", "rome": "card"}
    rows = [
        [float(any(same.get(t, t) == topic for t in topics if t in text.lower())) for topic in topics] for text in texts
    ]
    return np.array(rows, dtype=np.float32) + 1e-3


def test_questions_that_mean_the_same(checked: Check) -> None:
    problems = checked(
        {
            "a.csv": "q,a,alternates\n"
            "When does the refund come?,3 days,\n"
            "When is my money back?,5 days,\n"
            "How do I use the card in Paris?,So,\n"
            "How do I use the card in Rome?,Thus,\n"
            "Where do I change my address?,Here,lost my card\n"
        },
        embed=embed_by_topic,
    )
    assert found(problems) == [("likely-contradiction", "a.csv", 3), ("stray-alternate", "a.csv", 6)]


def test_links_and_images(checked: Check) -> None:
    files = {
        "pay/faq.md": "# FAQ\n\n## Where?\n\n[ok](../other.md#the-second) [ok](../other) ![no](map.png)\n\n"
        "[gone](../gone.md)\n\n[anchor](../other.md#third) `[code](nowhere.md)`\n\n[empty]() [web](https://a.example/x) [bad](https:///x)\n"
        "\n## Why?\n\n[out](../../secret.md) [self](#where) [site](/help/x)\n",
        "other.md": "# Other\n\nText.\n\n## The *second*\n\nText.\n",
    }
    problems = checked(files)
    assert found(problems) == [
        ("empty-link", "pay/faq.md", 3),
        ("broken-image", "pay/faq.md", 5),
        ("broken-link", "pay/faq.md", 7),
        ("malformed-link", "pay/faq.md", 11),
        ("broken-link", "pay/faq.md", 15),
        ("broken-anchor", "pay/faq.md", 9),
        ("relative-link", "pay/faq.md", 3),
    ]
    with_base = {code for code, _, _ in found(checked(files, base_url="https://help.example/kb/"))}
    assert {"broken-link", "broken-image"} <= with_base
    assert "relative-link" not in with_base


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("TODO: ask legal", "placeholder"),
        ("Lorem ipsum dolor", "placeholder"),
        ("Call {{ phone }}.", "placeholder"),
        ("Hello %{name}", "placeholder"),
        ("Call [insert number].", "placeholder"),
        ("Call 555-XXX.", "placeholder"),
        ("Todo el mundo.", None),
        ("Write `{{ name }}` or `TODO`.", None),
        ("[your account](https://a.example)", None),
        ("x" * 3001, "too-long"),
        ("x" * 3000, None),
        ("The offer runs until 2026-03-31.", "expired"),
        ("The offer runs until 2027-03-31.", None),
    ],
)
def test_answers(checked: Check, answer: str, code: str | None) -> None:
    problems = checked({"a.md": f"# FAQ\n\n## Why?\n\n{answer}\n\n## Where?\n\nHere.\n"})
    assert [name for name, _, _ in found(problems)] == ([code] if code else [])


def test_dates(checked: Check) -> None:
    table = "q,a,updated\nOld?,x,2025-11-20\nFine?,x,2025-11-21\nLater?,x,2026-11-22\nWhen?,x,soon\n"
    assert sorted(found(checked({"a.csv": table}))) == [
        ("date", "a.csv", 5),
        ("future-date", "a.csv", 4),
        ("stale", "a.csv", 2),
    ]
    assert "stale" not in {p.code for p in checked({"a.csv": table}, limits=CheckLimits(stale_days=400))}


EN = "You can change the address in the settings, and it is used for all the orders that you place from then on."
ES = "Puede cambiar la dirección en los ajustes, y se usa para todos los pedidos que haga con su cuenta."


def test_languages(checked: Check) -> None:
    problems = checked({"a_en.csv": f'q,a\nA?,"{EN}"\nB?,"{ES}"\n'})
    assert found(problems) == [("language", "a_en.csv", 3)]
    rows = "".join(f'Question {n}?,"{EN} {n}"\n' for n in range(4))
    assert found(checked({"a_en.csv": "q,a\nA?,ok\n", "b.csv": f'q,a\n{rows}B?,"{ES}"\n'})) == [
        ("language-mix", "b.csv", 6)
    ]


def test_questions_in_one_wording_only(checked: Check) -> None:
    problems = checked({"a.csv": "q,a,alternates\nA?,x,b?\nC?,x,\n", "b.csv": "q,a\nD?,x\nE?,y\n"})
    assert [(p.code, p.path, p.line) for p in problems] == [
        ("no-alternates", "a.csv", 3),
        ("no-alternates", "b.csv", 2),
    ]


def test_an_faq_in_order_has_nothing_to_report(checked: Check) -> None:
    assert checked({"a.csv": "q,a,alternates\nCan I pay early?,Yes.,sooner?\nWhere do I pay?,Here.,place?\n"}) == ()
