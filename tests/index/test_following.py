"""Switches are seen by every process, without a gap and without a mixture."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from pathlib import Path

import pytest

from knowledge.errors import ReloadRefused, SourceError
from tests.index.conftest import OpenBase
from tests.index.faq import TOPICS, generation, write_faq

SCRIPT = Path(__file__).parent / "following.py"
QUESTION = "What about my voucher and the special offer?"


def _generation_of(answers: list[list[str]]) -> int:
    """The one generation that all answers are of; the whole of it."""
    numbers = {re.search(r"generation (\d+)", answer)[1] for _, answer in answers}  # type: ignore[index]
    assert len(numbers) == 1, f"a mixture: {numbers}"
    (number,) = numbers
    assert {name for name, _ in answers} == {*TOPICS, f"only-{number}"}
    return int(number)


async def test_four_clients_in_two_processes_through_twenty_reloads_of_which_five_are_bad(
    open_base: OpenBase, tmp_path: Path
) -> None:
    faq = tmp_path / "faq" / "faq.jsonl"
    base = await open_base()
    await base.reload(write_faq(faq, generation(0)))
    served = {"v1": 0}
    switched: list[tuple[float, int]] = [(0.0, 0)]  # when which generation was in service, by this process' word
    seen: list[tuple[float, str, int]] = []  # began, version, generation
    done = asyncio.Event()

    async def client() -> None:
        while not done.is_set():
            began = time.monotonic()
            result = await base.search(QUESTION, limit=50)
            answers = [[hit.entry.id, hit.entry.answer] for hit in result.hits]
            seen.append((began, result.version, _generation_of(answers)))
            await asyncio.sleep(0.06)

    clients = [asyncio.create_task(client()) for _ in range(2)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, SCRIPT, tmp_path / "data", QUESTION,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 24,
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    lines = [await asyncio.wait_for(process.stdout.readline(), 60)]  # it is up

    async def collect() -> None:
        assert process.stdout
        while line := await process.stdout.readline():
            lines.append(line)

    collecting = asyncio.create_task(collect())

    async def until_the_other_process_serves(version: str) -> None:
        while f'"{version}"'.encode() not in lines[-1]:
            await asyncio.sleep(0.01)

    for number in range(1, 21):
        if number % 4 == 0:  # a broken file; half the FAQ; a golden set that fails
            bad = {
                4: lambda: faq.write_text('{"id": "half a line'),
                8: lambda: write_faq(faq, generation(8)[:10]),
                12: lambda: faq.with_name("golden.csv").write_text("question,expected\nWhere?,gone\n"),
                16: lambda: faq.unlink(),
                20: lambda: write_faq(faq, []),
            }
            bad[number]()
            with pytest.raises((ReloadRefused, SourceError)):
                await base.reload(faq.parent)
            faq.with_name("golden.csv").unlink(missing_ok=True)
            continue
        report = await base.reload(write_faq(faq, generation(number)).parent)
        served[report.version] = number
        switched.append((time.monotonic(), number))
        await asyncio.wait_for(until_the_other_process_serves(report.version), 10)
    done.set()
    await asyncio.gather(*clients)  # a failed query would raise here
    process.stdin.close()
    await asyncio.wait_for(collecting, 10)
    assert await process.wait() == 0

    assert len(served) == 16
    for began, version, number in seen:
        assert served[version] == number
        # Nothing deleted is found by a search that began after the switch.
        assert number >= max(generation for at, generation in switched if at <= began)
    elsewhere = [json.loads(line) for line in lines]
    assert len(elsewhere) > 30
    versions = []
    for line in elsewhere:
        assert served[line["version"]] == _generation_of(line["answers"])
        versions.append(int(line["version"].removeprefix("v")))
    assert versions == sorted(versions)
    assert versions[-1] == 16


async def test_a_search_ends_on_the_version_on_which_it_began(open_base: OpenBase, tmp_path: Path) -> None:
    faq = tmp_path / "faq.jsonl"
    slow, fast = await open_base(), await open_base()
    await fast.reload(write_faq(faq, generation(1)))
    await slow.refresh()
    for number in range(2, 6):
        await fast.reload(write_faq(faq, generation(number)))

    # A process that was suspended for four reloads still holds its version whole ...
    result = await slow.search(QUESTION, limit=50)
    assert result.version == "v1"
    assert _generation_of([[hit.entry.id, hit.entry.answer] for hit in result.hits]) == 1
    # ... until it looks again.
    await slow.refresh()
    assert (await slow.search(QUESTION)).version == "v5"


async def test_a_follower_loads_what_is_switched_elsewhere(open_base: OpenBase, tmp_path: Path) -> None:
    faq = tmp_path / "faq.jsonl"
    one, other = await open_base(), await open_base()
    await one.reload(write_faq(faq, generation(1)))
    task = other.follow()

    async def until(version: str) -> None:
        while other.status().version != version:
            await asyncio.sleep(0.01)

    await asyncio.wait_for(until("v1"), 10)
    await one.reload(write_faq(faq, generation(2)))
    await asyncio.wait_for(until("v2"), 10)
    await one.rollback()
    await asyncio.wait_for(until("v1"), 10)
    assert other.follow() is task
