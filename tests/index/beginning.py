"""Processes that all begin to build a version at the same moment; prints what came of each.

python beginning.py DATA_DIR COUNT     prints `ready` for each; begins at the first line of its standard input; the
                                       processes live until that is closed
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import chromadb  # noqa: F401  here, so that the processes made below need not load it one by one

from knowledge.errors import ReloadBusy
from knowledge.index.store import Store
from knowledge.index.versions import Versions


def begin(data_dir: Path, start: int, over: int) -> None:
    versions = Versions(Store.open(data_dir=data_dir))
    say("ready")
    os.read(start, 1)
    try:
        say(f"builds {versions.begin().number}")
    except ReloadBusy:
        say("busy")
    os.read(over, 1)


def say(line: str) -> None:
    """In one piece: the processes share the pipe."""
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


def main(data_dir: Path, count: int) -> None:
    start, starter = os.pipe()
    over, ending = os.pipe()
    for _ in range(count):
        if os.fork() == 0:
            os.close(ending)
            begin(data_dir, start, over)
            os._exit(0)
    sys.stdin.readline()
    os.write(starter, b"." * count)
    sys.stdin.read()
    os.close(ending)
    sys.exit(any(os.wait()[1] for _ in range(count)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
