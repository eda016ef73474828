from __future__ import annotations

import numpy as np
import pytest

from knowledge.search.lexical import K1, TABLE, B, LexicalIndex
from knowledge.search.words import MAX_CHARACTERS, fold, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Can't LOG-IN", ["cant", "log", "in"]),
        ("Refunds, policies & classes", ["refund", "policy", "classe"]),
        ("Überweisung café", ["uberweisung", "cafe"]),
        ("bus this is", ["bus", "this", "is"]),
        ("退款政策", ["退款", "款政", "政策"]),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]):
    assert words(text) == expected


def test_very_long_text_is_cut():
    assert len(fold("a" * 1_000_000)) == MAX_CHARACTERS


@pytest.fixture
def index() -> LexicalIndex:
    return LexicalIndex(
        [words(text) for text in ("return the bicycle", "delivery of the bicycle bicycle", "opening hours", "")]
    )


def test_scores_are_bm25(index: LexicalIndex):
    length = np.array([3, 5, 2, 0])
    idf = np.log(1 + (4 - 2 + 0.5) / (2 + 0.5))
    tf = np.array([1, 2, 0, 0])
    expected = idf * tf / (tf + K1 * (1 - B + B * length / length.mean()))
    assert index.look_up(["bicycle"]).scores() == pytest.approx(expected, rel=1e-5)
    bm25, _ = index.look_up(["bicycle", "bicycle"]).matches(np.array([1, 3]))
    assert bm25 == pytest.approx(expected[[1, 3]], rel=1e-5)


@pytest.mark.parametrize("entries", [30, 1100])
def test_words_give_the_same_whether_kept_as_a_table_or_looked_for(entries: int):
    documents = [[f"only{number}", "all", *["some"] * (number % 3)] for number in range(entries)]
    assert (entries * (entries + 2) > TABLE) == (entries > 1000)
    index, rows = LexicalIndex(documents), np.array([1, 2, 3, entries - 1])
    lengths = np.array([len(words) for words in documents])
    expected, weights = np.zeros(entries), {}
    for word in ("some", "only2"):
        times = np.array([words.count(word) for words in documents])
        idf = np.log(1 + (entries - (times > 0).sum() + 0.5) / ((times > 0).sum() + 0.5))
        weights[word] = idf
        expected += idf * times / (times + K1 * (1 - B + B * lengths / lengths.mean()))
    said = index.look_up(["some", "only2", "missing", "some"])
    bm25, covered = said.matches(rows)
    assert bm25 == pytest.approx(expected[rows], rel=1e-5)
    assert said.scores()[rows] == pytest.approx(expected[rows], rel=1e-5)
    both, total = weights["some"] + weights["only2"], said.weight
    assert total == pytest.approx(both + np.log(1 + (entries + 0.5) / 0.5), rel=1e-5)
    assert covered == pytest.approx([weights["some"] / total, both / total, 0, covered[3]], rel=1e-5)
    assert said.unknown == pytest.approx(1 - both / total, rel=1e-5)


def test_coverage_weighs_rare_words_more(index: LexicalIndex):
    _, covered = index.look_up(["the", "opening"]).matches(np.arange(4))
    assert covered[2] > covered[0] > 0
    assert covered[3] == 0
    assert covered[2] + covered[0] == pytest.approx(1)
    assert index.look_up(["opening", "submarine"]).unknown > 0.5


def test_misspelt_words_find_the_word_of_the_faq(index: LexicalIndex):
    assert index.repair(["bycicle", "delivry", "retrun", "hour", "cat", "submarine"]) == {
        "bycicle": "bicycle",
        "delivry": "delivery",
        "retrun": "return",
    }


def test_no_words_at_all():
    empty = LexicalIndex([words(""), words("?!")])
    said = empty.look_up(["anything"])
    assert said.scores().tolist() == [0, 0]
    assert [found.tolist() for found in said.matches(np.arange(2))] == [[0, 0], [0, 0]]
    assert said.unknown == 1
    assert empty.look_up([]).unknown == 0
    assert empty.repair(["anything"]) == {}
