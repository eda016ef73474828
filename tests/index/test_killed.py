"""kill -9 at every write of a reload: the old version serves (or the new one whole), and the next reload cleans up."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from knowledge.index.store import Store
from tests.index.conftest import OpenBase
from tests.index.faq import TOPICS, generation, write_faq

SCRIPT = Path(__file__).parent / "killed.py"


async def test_a_reload_killed_at_any_write_leaves_a_whole_version_serving(open_base: OpenBase, tmp_path: Path) -> None:
    base = await open_base()
    faq = tmp_path / "faq.jsonl"
    number = 1
    await base.reload(write_faq(faq, generation(number)))
    served = {1: 1}  # version -> generation
    step = 0
    pipes = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE}
    process = await asyncio.create_subprocess_exec(sys.executable, SCRIPT, tmp_path / "data", faq, **pipes)
    assert process.stdin
    assert process.stdout

    while True:
        number += 1
        write_faq(faq, generation(number))
        process.stdin.write(f"{step}\n".encode())
        status = int(await asyncio.wait_for(process.stdout.readline(), 60))
        await base.refresh()
        result = await base.search("What about my voucher?", limit=50)
        version = int(result.version.removeprefix("v"))
        content = served.setdefault(version, number)
        assert len(result.hits) == len(TOPICS) + 1
        assert all(hit.entry.answer.endswith(f"generation {content}.") for hit in result.hits)
        assert not base.status().problem
        if status == 0:
            break
        assert status == -signal.SIGKILL
        step += 1

    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), 60) == 0
    assert step >= 8  # build, vectors, manifest, complete, pointer, and what is cleaned up
    assert base.status().version == result.version
    assert content == number  # the one that was not killed serves
    # Nothing half-built is left.
    versions = await base.versions()
    names = set(Store.open(data_dir=tmp_path / "data").collections())
    assert not [name for name in names if "build" in name]
    assert {name for name in names if "-base-" in name} == {name for v in versions for name in v.segments}
