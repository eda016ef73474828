"""Processes that all open a new index at the same moment, each saying what came of it: `opening.py DATA_DIR COUNT`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import chromadb  # noqa: F401  here, so that the processes made below need not load it one by one

from knowledge.errors import IndexUnavailable
from knowledge.index.store import Store


def main(data_dir: Path, count: int) -> None:
    start, starter = os.pipe()
    children = []
    for _ in range(count):
        if not (child := os.fork()):
            os.close(starter)
            os.read(start, 1)  # ends when the starter is closed
            try:
                said = f"opened, {len(Store.open(data_dir=data_dir).collections())} versions"
            except IndexUnavailable as error:
                said = str(error)
            os.write(sys.stdout.fileno(), f"{said}\n".encode())  # in one piece: they share the pipe
            os._exit(0)
        children.append(child)
    os.close(starter)
    for child in children:
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
