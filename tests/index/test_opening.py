"""A fresh installation whose processes all start at once, as a gateway and its workers do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_a_new_index_is_opened_by_several_processes_at_once(tmp_path: Path) -> None:
    for attempt in range(3):
        script = Path(__file__).with_name("opening.py")
        command = [sys.executable, str(script), str(tmp_path / str(attempt)), "6"]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
        assert ran.stdout.splitlines() == ["opened, 0 versions"] * 6
