"""A fresh installation whose processes all start at once, as a gateway and its workers do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from knowledge.index.store import Store


def test_a_new_index_is_opened_by_several_processes_at_once(tmp_path: Path) -> None:
    for attempt in range(3):
        script = Path(__file__).with_name("opening.py")
        command = [sys.executable, str(script), str(tmp_path / str(attempt)), "6"]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
        assert ran.stdout.splitlines() == ["opened, 0 versions"] * 6


def test_every_write_can_be_told_from_the_times_of_the_files(tmp_path: Path) -> None:
    def settle(ago: float) -> None:
        for file in (tmp_path / "chroma").glob("chroma.sqlite3*"):
            os.utime(file, times=(time.time() - ago,) * 2)

    store = Store.open(data_dir=tmp_path)
    settle(60)
    before = store.stamp()
    assert before is not None
    store.collections()
    assert store.stamp() == before, "reading is no write"
    store.create("concierge-active-00000001", {"version": "1"})
    assert store.stamp() is None, "a second write could follow within the same tick of the file's clock"
    settle(30)
    assert store.stamp() not in (None, before)
    store.close()
