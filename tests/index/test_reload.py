"""A reload: what it builds, what it refuses, and what it leaves as it was."""

from __future__ import annotations

import asyncio
import dataclasses
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from knowledge.embeddings import Vectors
from knowledge.errors import NoSuchVersion, ReloadBusy, ReloadRefused, SourceError
from knowledge.index import KnowledgeBase, Progress
from knowledge.index.store import Store
from knowledge.sources.pages.cache import CachedPage, PageCache
from tests.index.conftest import OpenBase
from tests.index.faq import WordEmbedder, generation, numbered, write_faq


async def test_a_first_reload_serves_what_the_file_says(open_base: OpenBase, tmp_path: Path) -> None:
    base = await open_base()
    with pytest.raises(NoSuchVersion, match="kb reload"):
        await base.search("What about my voucher?")

    report = await base.reload(write_faq(tmp_path / "faq.jsonl", generation(1)))

    assert report.version == "v1"
    assert len(report.difference.added) == len(generation(1))
    result = await base.search("What about my voucher?")
    assert (result.version, result.hits[0].entry.id) == ("v1", "voucher")
    assert base.status().entries == len(generation(1))


async def test_an_unchanged_faq_makes_no_version(open_base: OpenBase, tmp_path: Path) -> None:
    base = await open_base()
    faq = write_faq(tmp_path / "faq.jsonl", generation(1))
    await base.reload(faq)

    report = await base.reload(faq)

    assert not report.changed
    assert report.difference.empty
    assert [version.name for version in await base.versions()] == ["v1"]


async def test_reloading_the_same_faq_never_doubles_an_entry(open_base: OpenBase, tmp_path: Path) -> None:
    base = await open_base()
    faq = write_faq(tmp_path / "faq.jsonl", generation(1))
    await base.reload(faq)
    await base.reload(faq, force=True)

    result = await base.search("What about my voucher?", limit=50)

    ids = [hit.entry.id for hit in result.hits]
    assert result.version == "v2"
    assert len(ids) == len(set(ids))


async def test_only_changed_texts_are_embedded(open_base: OpenBase, tmp_path: Path) -> None:
    model = WordEmbedder()
    base = await open_base(model)
    rows = generation(1)
    await base.reload(write_faq(tmp_path / "faq.jsonl", rows))
    model.embedded.clear()

    rows[0]["answer"] = "Everything is different."
    rows[1]["tags"] = ["new-tag"]  # no text of it changed
    report = await base.reload(write_faq(tmp_path / "faq.jsonl", rows))

    assert report.difference.changed == (rows[0]["id"], rows[1]["id"])
    assert report.embedded == 1
    assert [text for text in model.embedded if "different" in text] == model.embedded[:1]
    result = await base.search(rows[1]["question"], tags=["new-tag"])
    assert [hit.entry.id for hit in result.hits] == [rows[1]["id"]]


async def test_another_model_means_a_full_build_and_never_meets_the_old_vectors(
    open_base: OpenBase, tmp_path: Path
) -> None:
    faq = write_faq(tmp_path / "faq.jsonl", generation(1))
    old = await open_base(WordEmbedder("old", 64))
    await old.reload(faq)
    # A process that is started with another model, of other dimensions even.
    new = await open_base(WordEmbedder("new", 32))
    assert new.status().version == ""

    report = await new.ensure(faq)

    assert report
    assert report.reused == 0
    assert new.status().model == "new"
    assert (await new.search("What about my voucher?")).hits[0].entry.id == "voucher"
    # The old process has no such model: it goes on serving, and says why it can't follow.
    await old.refresh()
    assert (await old.search("What about my voucher?")).version == "v1"
    assert "new" in old.status().problem


async def test_a_process_follows_to_a_version_of_another_model_it_can_load(
    open_base: OpenBase, tmp_path: Path, minilm: object
) -> None:
    faq = write_faq(tmp_path / "faq.jsonl", generation(1))
    old, new = await open_base(WordEmbedder()), await open_base(minilm)
    await old.reload(faq)

    await new.reload(faq)
    await old.refresh()

    assert old.status().model == new.status().model == "all-MiniLM-L6-v2-int8-dynamic-2"
    assert (await old.search("something about my voucher")).hits[0].entry.id == "voucher"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("faq.json", '{"question": "half a fi', "faq.json"),
        ("faq.yaml", "- question: [unclosed", "faq.yaml"),
        ("faq.csv", "question,answer\n", "no entries"),
    ],
)
async def test_a_broken_file_changes_nothing_and_is_named(
    open_base: OpenBase, tmp_path: Path, name: str, content: str, says: str
) -> None:
    base = await open_base()
    write_faq(tmp_path / "faq" / "good.jsonl", generation(1))
    await base.reload(tmp_path / "faq")
    before = sorted(Store.open(data_dir=tmp_path / "data").collections())

    (tmp_path / "faq" / "good.jsonl").unlink()
    (tmp_path / "faq" / name).write_text(content)
    with pytest.raises((ReloadRefused, SourceError), match=says):
        await base.reload(tmp_path / "faq")
    with pytest.raises((ReloadRefused, SourceError), match=says):
        await base.reload(tmp_path / "faq", force=True)

    assert (await base.search("What about my voucher?")).version == "v1"
    assert sorted(Store.open(data_dir=tmp_path / "data").collections()) == before


async def test_a_question_without_an_answer_is_left_out_and_reported(open_base: OpenBase, tmp_path: Path) -> None:
    base = await open_base()
    folder = tmp_path / "faq"
    write_faq(folder / "good.jsonl", generation(1))
    (folder / "more.yaml").write_text("- question: What is new?\n- question: Is it free?\n  answer: Yes.\n")

    report = await base.reload(folder)

    assert "is-it-free" in report.difference.added
    assert len(report.difference.added) == len(generation(1)) + 1
    assert [
        (problem.path, problem.line, problem.code) for problem in report.problems if problem.severity == "error"
    ] == [("more.yaml", 1, "no-answer")]


async def test_listed_pages_are_part_of_the_faq(tmp_path: Path) -> None:
    folder, cache = tmp_path / "faq", PageCache(tmp_path / "pages")
    url = "https://help.invalid/faq.md"  # it can't be reached, so its last copy is used
    write_faq(folder / "faq.jsonl", generation(1))
    (folder / "pages.txt").write_text(f"{url}\n")
    base = KnowledgeBase(Store.open(data_dir=tmp_path / "data"), WordEmbedder(), tmp_path / "pages")

    with pytest.raises(ReloadRefused, match="never fetched"):
        await base.reload(folder)
    cache.put(CachedPage(url, url, "markdown", "", "", ""), b"# FAQ\n\n## Do you ship to the moon?\n\nNot yet.\n")
    report = await base.reload(folder)

    assert "do-you-ship-to-the-moon" in report.difference.added
    assert "page-stale" in {problem.code for problem in report.problems}
    await base.aclose()


async def test_a_missing_faq_says_what_to_do(open_base: OpenBase, tmp_path: Path) -> None:
    base = await open_base()

    with pytest.raises(SourceError, match="KNOWLEDGE_PATH"):
        await base.ensure(tmp_path / "nowhere")


async def test_a_faq_that_shrinks_needs_force(open_base: OpenBase, tmp_path: Path) -> None:
    base = await open_base()
    await base.reload(write_faq(tmp_path / "faq.jsonl", generation(1)))
    faq = write_faq(tmp_path / "faq.jsonl", generation(1)[:10])

    with pytest.raises(ReloadRefused, match=r"to 10 entries.*--force"):
        await base.reload(faq)
    assert base.status().version == "v1"

    report = await base.reload(faq, force=True)
    assert report.changed
    assert any("shrink" in failure for failure in report.failures)
    assert base.status().entries == 10


async def test_a_golden_question_that_breaks_is_named_with_what_it_finds_now(
    open_base: OpenBase, tmp_path: Path, minilm: object
) -> None:
    base = await open_base(minilm)
    rows = [
        {"id": "refund", "question": "How do I get a refund?", "answer": "Open the order and choose Refund."},
        {"id": "login", "question": "I can't sign in to my account", "answer": "Reset your password in the app."},
        {"id": "parcel", "question": "Where is my parcel?", "answer": "See Orders, then Track."},
    ]
    folder = tmp_path / "faq"
    write_faq(folder / "faq.jsonl", rows)
    (folder / "golden.csv").write_text("question,expected\nHow do I get a refund?,refund\nWho won the war of 1812?,\n")
    report = await base.reload(folder)
    assert report.tests == 2

    rows[0] |= {"question": "Which colours are there?", "answer": "Red and blue."}
    write_faq(folder / "faq.jsonl", rows)
    with pytest.raises(ReloadRefused) as caught:
        await base.reload(folder)

    assert any(
        'golden question "How do I get a refund?" (line 2) wants refund, now' in reason
        for reason in caught.value.reasons
    )
    assert (await base.search("How do I get a refund?")).version == "v1"
    assert (await base.reload(folder, force=True)).failures == caught.value.reasons


async def test_a_golden_set_that_names_no_entry_is_refused(open_base: OpenBase, tmp_path: Path) -> None:
    base = await open_base()
    write_faq(tmp_path / "faq" / "faq.jsonl", generation(1))
    (tmp_path / "faq" / "golden.csv").write_text("question,expected\nWhere?,no-such-entry\n")

    with pytest.raises(ReloadRefused, match=r"golden\.csv:2: expects no-such-entry"):
        await base.reload(tmp_path / "faq")


async def test_an_faq_of_which_nothing_can_be_taken_is_refused_in_so_many_words(
    open_base: OpenBase, tmp_path: Path
) -> None:
    base = await open_base()
    faq = write_faq(tmp_path / "faq.jsonl", [{"question": "Where?", "answer": ""}])

    with pytest.raises(ReloadRefused) as refused:
        await base.reload(faq)
    first, second = refused.value.reasons
    assert first == f"{faq} holds no entry that could be taken"
    assert "faq.jsonl:1" in second


async def test_while_one_reload_runs_another_is_told_who_and_since_when(open_base: OpenBase, tmp_path: Path) -> None:
    class Slow(WordEmbedder):
        started, go_on = threading.Event(), threading.Event()

        def embed(self, texts: Sequence[str]) -> Vectors:
            self.started.set()
            assert self.go_on.wait(30)
            return super().embed(texts)

    faq = write_faq(tmp_path / "faq.jsonl", generation(1))
    model = Slow()
    first, second = await open_base(model), await open_base()
    running = asyncio.create_task(first.reload(faq))
    await asyncio.to_thread(model.started.wait, 30)

    with pytest.raises(ReloadBusy, match=r"@\S+:\d+ builds v1 since \d{4}-"):
        await second.reload(faq)
    with pytest.raises(ReloadBusy):
        await second.rollback(1)
    waiting = asyncio.create_task(second.ensure(faq))  # waits for the other instead
    model.go_on.set()

    assert (await running).version == "v1"
    assert await waiting is None
    assert second.status().version == "v1"


async def test_progress_names_every_stage_in_order_and_counts_to_the_end(open_base: OpenBase, tmp_path: Path) -> None:
    base = await open_base()
    steps: list[Progress] = []

    await base.reload(write_faq(tmp_path / "faq.jsonl", numbered(400)), progress=steps.append)

    stages = list(dict.fromkeys(step.stage for step in steps))
    assert stages == ["read", "compare", "embed", "write", "test", "switch", "clean"]
    embedding = [step for step in steps if step.stage == "embed" and step.done]
    assert [step.done for step in embedding] == sorted({step.done for step in embedding})
    assert embedding[-1].done == embedding[-1].total == 800
    assert embedding[0].rate > 0
    assert embedding[0].eta > 0


async def test_roll_back_serves_the_old_answers_and_survives_a_restart(open_base: OpenBase, tmp_path: Path) -> None:
    base, other = await open_base(), await open_base()
    faq = tmp_path / "faq.jsonl"
    for number in (1, 2, 3):
        await base.reload(write_faq(faq, generation(number)))

    assert (await base.rollback()).name == "v2"
    assert "generation 2" in (await base.search("What about my voucher?")).hits[0].entry.answer
    assert (await base.rollback(1)).name == "v1"
    await other.refresh()
    assert other.status().version == "v1"

    # A restart does not undo it (the files are those that were rolled back), a changed file or a reload does.
    restarted = await open_base()
    assert await restarted.ensure(faq) is None or restarted.status().version == "v4"


async def test_after_a_roll_back_a_restart_leaves_the_files_alone_until_they_change(
    open_base: OpenBase, tmp_path: Path
) -> None:
    base = await open_base()
    faq = tmp_path / "faq.jsonl"
    for number in (1, 2):
        await base.reload(write_faq(faq, generation(number)))
    await base.rollback()

    assert await (await open_base()).ensure(faq) is None
    await base.refresh()
    assert base.status().version == "v1"

    report = await (await open_base()).ensure(write_faq(faq, generation(3)))
    assert report
    assert report.version == "v3"


async def test_an_unknown_version_is_refused_with_those_that_exist(open_base: OpenBase, tmp_path: Path) -> None:
    base = await open_base()
    with pytest.raises(NoSuchVersion):
        await base.rollback()
    await base.reload(write_faq(tmp_path / "faq.jsonl", generation(1)))

    with pytest.raises(NoSuchVersion, match="there is no version v7; there are: v1"):
        await base.rollback(7)
    with pytest.raises(NoSuchVersion, match="no older version"):
        await base.rollback()


async def test_diff_tells_what_a_reload_would_change(open_base: OpenBase, tmp_path: Path) -> None:
    base = await open_base()
    faq = tmp_path / "faq.jsonl"
    await base.reload(write_faq(faq, generation(1)))
    rows = generation(1)[1:]
    rows[0]["answer"] = "New."
    rows[1] |= {"question": "And now?", "tags": ["t"]}

    changes, entries = await base.diff(write_faq(faq, [*rows, {"id": "x", "question": "New?", "answer": "Yes."}]))

    first, second = rows[0]["id"], rows[1]["id"]
    assert (changes.added, changes.changed, changes.removed) == (("x",), (first, second), ("refund",))
    assert [dataclasses.astuple(entry) for entry in entries] == [
        ("x", "", "New?", ()),
        (first, rows[0]["question"], rows[0]["question"], ("answer",)),
        (second, f"What about my {second}?", "And now?", ("question", "tags")),
        ("refund", "What about my refund?", "", ()),
    ]
    assert (await base.versions())[-1].name == "v1"


async def test_questions_that_entries_share_do_not_refuse_an_faq(open_base: OpenBase, tmp_path: Path) -> None:
    base = await open_base()
    rows = [
        {"id": f"hotel-{number}", "question": "What time is check-in there?", "answer": f"At {number} o'clock."}
        for number in range(30)
    ]

    assert (await base.reload(write_faq(tmp_path / "faq.jsonl", rows))).changed


async def test_an_entry_for_staff_may_be_golden_and_answers_nobody_else(
    open_base: OpenBase, tmp_path: Path, minilm: object
) -> None:
    base = await open_base(minilm)
    rows = [
        *generation(1),
        {
            "id": "goodwill",
            "question": "How much goodwill may I grant?",
            "answer": "Up to $25 without asking a manager.",
            "audience": "staff",
        },
    ]
    write_faq(tmp_path / "faq" / "faq.jsonl", rows)
    (tmp_path / "faq" / "golden.csv").write_text("question,expected\nHow much goodwill may I grant?,goodwill\n")

    assert (await base.reload(tmp_path / "faq")).failures == ()
    for audience, found in (("everyone", False), ("vip", False), ("staff", True)):
        hits = (await base.search("How much goodwill may I grant?", audience=audience, limit=50)).hits
        assert ("goodwill" in [hit.entry.id for hit in hits]) is found
