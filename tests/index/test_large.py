"""A large FAQ of which little changes: a second segment instead of writing everything again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.index.snapshot import load
from knowledge.index.store import Store
from knowledge.search import units_of
from tests.index.conftest import OpenBase
from tests.index.faq import WordEmbedder, numbered, write_faq

COUNT = 1_100  # two units each: above the size from which segments are extended


@pytest.fixture
def faq(tmp_path: Path) -> Path:
    return tmp_path / "faq.jsonl"


async def test_a_small_change_extends_the_base_and_is_the_same_as_a_full_build(open_base: OpenBase, faq: Path) -> None:
    model = WordEmbedder(dimensions=128)
    base = await open_base(model)
    await base.reload(write_faq(faq, numbered(COUNT)))
    model.embedded.clear()

    report = await base.reload(write_faq(faq, numbered(COUNT, changed=range(100, 110), removed=(5, 6))))
    await base.reload(faq, force=True)

    assert report.embedded == 10
    store = Store.open(data_dir=faq.parent / "data")
    extended, rebuilt = (load(store, version) for version in (await base.versions())[-2:])
    assert [len(version.info.segments) for version in (extended, rebuilt)] == [2, 1]
    assert extended.entries == rebuilt.entries
    units = [unit.id for entry in extended.entries for unit in units_of(entry)]
    np.testing.assert_allclose(extended.dense.vectors(units), rebuilt.dense.vectors(units), atol=1e-6)


async def test_what_was_deleted_or_replaced_is_never_found_again(open_base: OpenBase, faq: Path) -> None:
    base = await open_base(WordEmbedder(dimensions=128))
    await base.reload(write_faq(faq, numbered(COUNT)))
    await base.reload(write_faq(faq, numbered(COUNT, changed=[50], removed=[7])))

    for question in (numbered(COUNT)[7]["question"], numbered(COUNT)[50]["question"]):
        result = await base.search(question, limit=20)
        answers = {hit.entry.id: hit.entry.answer for hit in result.hits}
        assert "e7" not in answers
        assert "moved" in answers.get("e50", "moved")
    # Put back, it is found again, once.
    await base.reload(write_faq(faq, numbered(COUNT)))
    for number in (7, 50):
        result = await base.search(numbered(COUNT)[number]["question"], limit=20)
        assert [hit.entry.id for hit in result.hits].count(f"e{number}") == 1
        assert "moved" not in result.hits[0].entry.answer


async def test_many_small_changes_are_written_together_at_last(open_base: OpenBase, faq: Path) -> None:
    base = await open_base(WordEmbedder(dimensions=128))
    await base.reload(write_faq(faq, numbered(COUNT)))
    segments = []
    for upper in (60, 120, 180):
        # Forced: what the gate says of made-up words is not the point here.
        await base.reload(write_faq(faq, numbered(COUNT, changed=range(upper))), force=True)
        segments.append(len((await base.versions())[-1].segments))

    # Ten percent of the base is 220 units, of which 120 changed entries have 240.
    assert segments == [2, 1, 2]
    assert (await base.versions())[-1].units == 2 * COUNT


async def test_a_narrow_filter_finds_its_entry_however_far_away(open_base: OpenBase, faq: Path) -> None:
    base = await open_base(WordEmbedder(dimensions=128))
    rows = numbered(COUNT)
    rows[700]["tags"] = ["rare"]
    await base.reload(write_faq(faq, rows))

    result = await base.search(rows[3]["question"], tags=["rare"])

    assert [hit.entry.id for hit in result.hits] == ["e700"]
