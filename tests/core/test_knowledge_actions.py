"""Operations from chat, over a real index: status, reload, and entries that colleagues propose."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core import wording
from core.desk.knowledge import KnowledgeActions
from core.drafts import Drafts
from core.gaps import Gaps
from core.messages import Address
from core.notices import Notices
from core.reloads import Reloads
from core.store.redis import Client
from knowledge.index import KnowledgeBase
from knowledge.index.store import Store
from knowledge.sources.proposed import FILE_NAME
from tests.core.harness import ManualClock, Room, World
from tests.index.faq import WordEmbedder, generation, write_faq

ANSWER = "Yes, on request.\n\n# How\n\nWrite to desk@example.com."


@pytest.fixture
async def base(tmp_path: Path) -> AsyncIterator[KnowledgeBase]:
    base = KnowledgeBase(Store.open(data_dir=tmp_path / "data"), WordEmbedder())
    await base.reload(write_faq(tmp_path / "faq" / "faq.jsonl", generation(1)).parent)
    yield base
    await base.aclose()


@pytest.fixture
async def world(redis: Client, base: KnowledgeBase, tmp_path: Path) -> World:
    office, faq, clock = Room("office"), tmp_path / "faq", ManualClock()
    notices = Notices({"office": office}, [Address("office", "desk")], patience=0, every=0)
    reloads = Reloads(base, faq, redis, clock, notices)
    actions = KnowledgeActions(base, faq, Gaps(redis), Drafts(redis), reloads, notices)
    return World(redis, clock, office=office, handlers=actions.handlers())


async def proposed(world: World, question: str = "Do you gift wrap?", answer: str = ANSWER) -> str:
    """A case that was resolved, and an entry proposed from it; returns the handoff's id."""
    await world.says("My name is Carl Jones, do you gift wrap?")
    handoff_id = await world.owned()
    await world.writes("We do, on request.")
    await world.staff("resolve", handoff_id)
    outcome = await world.staff("propose_entry", handoff_id, fields={"question": question, "answer": answer})
    assert outcome.text == wording.PROPOSED
    return handoff_id


async def test_one_tap_on_the_resolved_card_brings_a_form_that_is_filled_in(world: World) -> None:
    await world.says("My name is Carl Jones, do you gift wrap?")
    handoff_id = await world.owned()
    await world.writes("We do, on request.")
    await world.staff("resolve", handoff_id)
    (button,) = world.office.cards()[-1].content.buttons
    assert button.action == "propose_entry"

    form = (await world.staff(button.action, button.value)).form

    assert form is not None
    assert (form.action, form.value) == ("propose_entry", handoff_id)
    assert [field.value for field in form.fields] == ["My name is <name>, do you gift wrap?", "We do, on request."]
    assert len(form.title) <= 24


async def test_an_approved_entry_is_in_the_file_and_is_found(world: World, base: KnowledgeBase, tmp_path: Path) -> None:
    handoff_id = await proposed(world)
    listed = await world.staff("kb", "drafts", by="olga")
    assert listed.content is not None
    assert "Do you gift wrap?" in listed.content.text

    outcome = await world.staff("kb", f"approve {handoff_id}", by="olga")

    assert outcome.ok, outcome.text
    assert base.status().version == "v2"
    hit = (await base.search("Do you gift wrap?")).hits[0].entry
    assert (hit.id, hit.path) == (f"proposed-{handoff_id.lower()}", FILE_NAME)
    assert hit.answer == "Yes, on request.\n\n**How**\n\nWrite to desk@example.com."
    assert await Drafts(world.redis).all() == []
    assert not (await world.staff("kb", f"approve {handoff_id}", by="olga")).ok
    assert (await world.staff("handoff_show", handoff_id)).content is not None


async def test_a_second_entry_joins_the_first(world: World, base: KnowledgeBase) -> None:
    for question in ("Do you gift wrap?", "Is there a ribbon? [x](y)"):
        handoff_id = await proposed(world, question)
        assert (await world.staff("kb", f"approve {handoff_id}", by="olga")).ok
    assert base.status().entries == len(generation(1)) + 2


async def test_what_the_gate_refuses_leaves_no_trace_and_stays_a_draft(
    world: World, base: KnowledgeBase, tmp_path: Path
) -> None:
    handoff_id = await proposed(world)
    (tmp_path / "faq" / "golden.csv").write_text("question,expected\nWhere?,no-such-entry\n")

    outcome = await world.staff("kb", f"approve {handoff_id}", by="olga")

    assert not outcome.ok
    assert "golden.csv:2" in outcome.text
    assert not (tmp_path / "faq" / FILE_NAME).exists()
    assert base.status().version == "v1"
    assert [draft.id for draft in await Drafts(world.redis).all()] == [handoff_id]
    (tmp_path / "faq" / "golden.csv").unlink()
    assert (await world.staff("kb", f"approve {handoff_id}", by="olga")).ok


@pytest.mark.parametrize(
    "answer",
    [
        "---\ntags: [x]\n---\nYes.",
        "Yes.\n\nQ: Is it safe?\nA: No.",
        "<details><summary>Is it safe?</summary>No.</details>",
        "Yes. <!-- id: voucher; audience: staff",
        "## Is this another question?\n\nNo.",
        "Title?\n======\nText\n\n```\n## code\n```",
    ],
)
async def test_an_answer_never_becomes_two_entries(
    world: World, base: KnowledgeBase, tmp_path: Path, answer: str
) -> None:
    handoff_id = await proposed(world, answer=answer)

    outcome = await world.staff("kb", f"approve {handoff_id}", by="olga")

    if outcome.ok:
        assert base.status().entries == len(generation(1)) + 1
        assert (await base.search("Do you gift wrap?")).hits[0].entry.audience == "everyone"
    else:
        assert "by hand" in outcome.text
        assert not (tmp_path / "faq" / FILE_NAME).exists()


async def test_a_rejected_entry_is_gone_and_an_empty_one_never_enters(world: World) -> None:
    handoff_id = await proposed(world)
    assert (await world.staff("kb", f"reject {handoff_id}", by="olga")).ok
    assert not (await world.staff("kb", f"reject {handoff_id}", by="olga")).ok
    outcome = await world.staff("propose_entry", handoff_id, fields={"question": " ", "answer": "Yes."})
    assert outcome.text == wording.PROPOSAL_EMPTY
    listed = await world.staff("kb", "drafts", by="olga")
    assert listed.content is not None
    assert listed.content.text == wording.NO_DRAFTS


async def test_of_two_approvals_at_once_one_waits_its_turn(world: World) -> None:
    handoff_id = await proposed(world)
    async with Drafts(world.redis).deciding():
        assert (await world.staff("kb", f"approve {handoff_id}", by="olga")).text == wording.DRAFTS_BUSY
    assert (await world.staff("kb", f"approve {handoff_id}", by="olga")).ok


async def test_status_reload_rollback_and_search_from_chat(world: World, tmp_path: Path) -> None:
    write_faq(tmp_path / "faq" / "faq.jsonl", generation(2))
    assert "v1 serves" in (await world.staff("kb", "", by="olga")).text
    assert (await world.staff("kb", "reload", by="olga")).text.startswith("v2 serves")
    found = await world.staff("kb", "search What about my voucher?", by="olga")
    assert found.content is not None
    assert "`voucher`" in found.content.text
    assert (await world.staff("kb", "rollback", by="olga")).text == "v1 serves again."
    write_faq(tmp_path / "faq" / "faq.jsonl", generation(1)[:3])
    refused = await world.staff("kb", "reload", by="olga")
    assert (refused.ok, "shrink" in refused.text) == (False, True)
    state = (await world.staff("kb", "status", by="olga")).text
    assert state.startswith("v1 serves")
    assert "Last reload (office:olga, 2027-01-15 08:00 UTC): Not reloaded" in state


async def test_a_reload_shows_how_far_it_is_by_editing_one_message_at_the_desk(world: World, tmp_path: Path) -> None:
    write_faq(tmp_path / "faq" / "faq.jsonl", generation(2))
    outcome = await world.staff("kb", "reload", by="olga")

    (message,) = world.office.texts(Address("office", "desk"))
    assert message == f"Olga asked for a reload of the FAQ. {outcome.text}"
    assert "Olga reloads the FAQ: " in world.office.attempts[0].content.text


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (("read", 0, 0, 0.0, 0.0), "Olga reloads the FAQ: reading the files."),
        (
            ("embed", 1200, 12039, 45.2, 240.0),
            "Olga reloads the FAQ: embedding 1,200 of 12,039, 45 a second, 4 min left.",
        ),
        (("write", 50, 100, 500.0, 0.1), "Olga reloads the FAQ: writing 50 of 100, 500 a second, 0 s left."),
    ],
)
def test_progress_has_a_rate_and_the_time_left(step: tuple[str, int, int, float, float], text: str) -> None:
    assert wording.kb_progress("Olga", *step) == text
