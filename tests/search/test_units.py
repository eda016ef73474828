from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.entries import Entry
from knowledge.search import units_of
from knowledge.search.plain import plain_text
from knowledge.search.units import PASSAGE_WORDS, passages_of


def test_question_then_alternates_then_passages_each_leading_back():
    units = units_of(Entry("e#1", "How?", "So. " * 300, ("In what way?", " ", "By what means?")))
    assert [unit.kind for unit in units[:4]] == ["question", "alternate", "alternate", "answer"]
    assert {unit.entry_id for unit in units} == {"e#1"}
    assert len({unit.id for unit in units}) == len(units)
    assert all(unit.id.rpartition("#")[0] == "e#1" for unit in units)


def test_a_passage_is_embedded_with_its_question_and_shown_without():
    (passage,) = [unit for unit in units_of(Entry("e", "How?", "**Like** [this](http://x.example).")) if unit.passage]
    assert passage.text == "How?\nLike this."
    assert passage.passage == "Like this."


def test_addresses_in_angle_brackets_stay():
    text = "See <https://shop.example/help?a=b_c#d>, mail <help@shop.example> or <tel:+123>; <b>not</b> <Br/>this."
    assert plain_text(text) == "See https://shop.example/help?a=b_c#d, mail help@shop.example or tel:+123; not this."


def test_an_entry_without_an_answer_has_no_passage():
    assert [unit.kind for unit in units_of(Entry("e", "How?", "  \n"))] == ["question"]


@given(st.lists(st.text(st.characters(categories=("L", "P", "Zs")), max_size=400), max_size=8))
def test_passages_keep_every_character_and_stay_short(paragraphs: list[str]):
    text = "\n".join(paragraphs)
    passages = passages_of(text)
    assert "".join("".join(passages).split()) == "".join(text.split())
    assert all(len(passage.split()) <= 2 * PASSAGE_WORDS for passage in passages)


def test_a_long_run_without_spaces_is_cut():
    assert max(map(len, passages_of("語" * 20_000))) < 2000


def test_plain_text_is_what_a_reader_sees():
    markdown = (
        "## Steps\n\n1. Open **Plans** → [the page](https://x.example/a_b)\n- `code_name` and snake_case\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n```\nkeep me\n```\n![logo](x.png)<br>{: .note}\n> quoted"
    )
    assert plain_text(markdown).split("\n") == [
        "Steps",
        "Open Plans → the page",
        "code_name and snake_case",
        "a b",
        "1 2",
        "keep me",
        "logo",
        "quoted",
    ]
