"""What the FAQ did not settle: what is kept and when, masked, grouped by meaning, exported."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from bots.cli.commands import app
from core.gaps import Gap, GapKind, group
from core.privacy import mask
from tests.core.harness import World
from tests.index.faq import WordEmbedder

EVAL_DATA = os.environ.get("EVAL_DATA", "")


async def kinds(world: World) -> list[tuple[str, str, str]]:
    return [(gap.kind.value, gap.question, gap.entry) for gap in await world.engine.gaps.all()]


async def test_what_is_not_answered_is_kept_and_what_is_answered_is_not(world: World) -> None:
    await world.says("How do I get a refund?")
    assert await kinds(world) == []

    await world.says("Do zebras dream in colour, asks anna@example.com")

    assert [(kind, question) for kind, question, _ in await kinds(world)] == [
        ("unknown", "Do zebras dream in colour, asks <email>")
    ]


async def test_suggestions_alone_are_a_gap_that_names_the_nearest_entry(world: World) -> None:
    await world.says("what is the limit of zebras")
    assert await kinds(world) == [("unsure", "what is the limit of zebras", "limit")]


async def test_not_helpful_and_a_human_after_an_answer_are_gaps(world: World) -> None:
    await world.says("What is my limit?")
    await world.presses("not_helpful", "limit")
    assert await kinds(world) == [("unhelpful", "What is my limit?", "limit")]

    world.clock.move(5)
    await world.says("human please")

    assert (await kinds(world))[-1][:2] == ("human", "What is my limit?")


async def test_a_human_asked_for_at_once_and_a_vip_are_no_gaps(world: World) -> None:
    await world.says("human please")
    await world.says("What is my limit?", by="vera")
    assert await kinds(world) == []


async def test_a_message_delivered_twice_is_one_gap(world: World) -> None:
    for _ in range(2):
        await world.says("Do zebras dream in colour", event_id="again")
    assert len(await kinds(world)) == 1


async def by_words(texts: list[str]) -> NDArray[np.float32]:
    return WordEmbedder().embed(texts)


async def test_groups_are_by_meaning_the_biggest_first_then_the_newest() -> None:
    said = [
        (1, "where is my parcel", GapKind.UNKNOWN, ""),
        (2, "do you sell zebras", GapKind.UNKNOWN, ""),
        (3, "where is my parcel now", GapKind.HUMAN, "parcel"),
        (4, "where is my parcel", GapKind.UNKNOWN, "parcel"),
        (5, "opening hours on sunday", GapKind.UNSURE, "hours"),
    ]

    found = await group([Gap(*fields) for fields in said], by_words)

    assert [(one.count, one.last, one.examples[0]) for one in found] == [
        (3, 4, "where is my parcel"),
        (1, 5, "opening hours on sunday"),
        (1, 2, "do you sell zebras"),
    ]
    assert found[0].kinds == {"unknown": 2, "human": 1}
    assert found[0].examples == ("where is my parcel", "where is my parcel now")
    assert found[0].entries == ("parcel",)
    assert await group([], by_words) == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("My name is Anna Maria Smith, where is it?", "My name is <name>, where is it?"),
        ("I'm Anna Smith and I'm French", "I'm <name> and I'm French"),
        ("Mrs. O'Neil paid", "Mrs <name> paid"),
        ("Call me at +1 (555) 010-0199 please", "Call me at <number> please"),
        ("Card 4111 1111 1111 1111 was refused", "Card <number> was refused"),
        ("IBAN DE89 3704 0044 0532 0130 00?", "IBAN <iban>?"),
        ("from 10.0.0.17, see https://a.example/b?c=d", "from <ip>, see <link>"),
        ("my address is 12 Elm, Dover and it never came", "my address is <address> and it never came"),
        ("It went to 12 Old Mill Road instead", "It went to <address> instead"),
        ("zip code: 9021 AB", "zip code: <zip>"),
        ("Card 4111\u00a01111\u20131111 1111 was refused", "Card <number> was refused"),
        ("Mine is GB33BUKB20201555555555", "Mine is <iban>"),
        ("mine is gb33bukb20201555555555", "mine is <number>"),
        ("Write to anna (at) example (dot) com", "Write to <email>"),
        ("Where is order 4711?", "Where is order <number>?"),
        ("Order number: #ORD-2024-A1, please", "Order number: <number>, please"),
        ("my booking no. X7K92Q is gone", "my booking no. <number> is gone"),
        ("It is #A1029", "It is <number>"),
        ("Tracking says 1Z999AA10123456784", "Tracking says <number>"),
        ("ask @anna_s on Discord", "ask <name> on Discord"),
        ("Is it for iPhone15, MP3 and USB-C 3.2?", "Is it for iPhone15, MP3 and USB-C 3.2?"),
        ("Can I order 2 and return 1 order in 30 days?", "Can I order 2 and return 1 order in 30 days?"),
        ("Is case sensitivity an account setting?", "Is case sensitivity an account setting?"),
        ("Error 404 on page 12", "Error 404 on page 12"),
        ("Can I pay in 4 parts, 200 dollars each?", "Can I pay in 4 parts, 200 dollars each?"),
        ("Is this allowed on Sunday? I am in Ohio.", "Is this allowed on Sunday? I am in Ohio."),
    ],
)
def test_personal_data_is_masked_and_the_question_stays(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    ("name", "text", "masked"),
    [
        ("Anna Smith", "anna here, Anna Smith. Is it ANNA'S?", "<name> here, <name>. Is it <name>'S?"),
        ("Zoë Ünal-Berg", "I am zoë, or ünal-berg", "I am <name>, or <name>"),
        ("Will Page", "Will my page load? Will Page asks", "Will my page load? <name> asks"),
        ("Al", "Is Al there? Also", "Is Al there? Also"),
        ("mail", "Write to a.b@example.com", "Write to <email>"),
        ("name", "My name is Anna Smith", "My <name> is <name>"),
        ("c4rl_99 (sales)", "c4rl_99 (sales) asks", "<name> asks"),
        ("", "Nobody", "Nobody"),
        ("a|.*", "What is a|.* for?", "What is <name> for?"),
    ],
)
def test_the_name_under_which_somebody_writes_is_masked(name: str, text: str, masked: str) -> None:
    assert mask(text, [name]) == masked


async def test_gaps_do_not_keep_the_customers_own_name(world: World) -> None:
    await world.says("Does carl dream of zebras?")
    assert [question for _, question, _ in await kinds(world)] == ["Does <name> dream of zebras?"]


@pytest.mark.skipif(not EVAL_DATA, reason="EVAL_DATA does not name the folder of public data sets")
def test_numbers_and_addresses_of_the_public_set_are_masked() -> None:
    all_of, left = Counter[str](), Counter[str]()
    for line in (Path(EVAL_DATA) / "pii_dev.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        masked = mask(row["text"])
        for span in row["spans"]:
            all_of[span["type"]] += 1
            left[span["type"]] += span["value"] in masked
    exact = ("EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "US_SSN", "IP_ADDRESS", "DOMAIN_NAME")
    for kind in exact:
        assert all_of[kind]
        assert left[kind] <= 0.02 * all_of[kind], kind


def test_export_writes_every_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # no `.env`, and a data folder of its own
    monkeypatch.setenv("DATA_DIR", "data")
    monkeypatch.delenv("REDIS_URL", raising=False)

    result = CliRunner().invoke(app, ["kb", "gaps", "--export", "gaps.json"])

    assert result.exit_code == 0, result.output
    assert json.loads((tmp_path / "gaps.json").read_text()) == []


async def test_a_very_long_number_is_cut_before_it_is_masked(world: World) -> None:
    await world.says("Do zebras count " + "1" * 20_000)
    assert [question for _, question, _ in await kinds(world)] == ["Do zebras count <number>"]
