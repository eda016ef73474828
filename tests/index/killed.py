"""Reloads in processes of their own that kill themselves (SIGKILL) at one of their writes to Chroma.

    python killed.py DATA_DIR FAQ      for each line N of standard input, reloads in a new process that dies before its
                                       write number N; prints the status: -9, or 0 when there were fewer writes

A store that counts is handed to the reload: nothing in the product knows of this.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import chromadb  # noqa: F401 - for the processes that are forked

from knowledge.index.reload import reload
from knowledge.index.store import Store
from tests.index.faq import WordEmbedder


class MortalStore(Store):
    """A store whose process does not survive its n-th write."""

    writes_left = 0

    def _mortal(self, method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def call(*args: Any, **kwargs: Any) -> Any:
            if self.writes_left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            self.writes_left -= 1
            return method(*args, **kwargs)

        return call

    def die_before_write(self, number: int) -> None:
        self.writes_left = number
        for name in ("create", "rename", "delete", "add"):
            setattr(self, name, self._mortal(getattr(self, name)))


def reload_until(data_dir: Path, faq: Path, step: int) -> None:
    store = MortalStore.open(data_dir=data_dir)
    assert isinstance(store, MortalStore)
    store.die_before_write(step)
    reload(store, faq, WordEmbedder(), serving=None, force=False, listener=lambda _: None)


if __name__ == "__main__":
    # Chroma is imported, not opened: a process forked here starts where it would take a second to get to.
    for line in sys.stdin:
        if (child := os.fork()) == 0:
            reload_until(Path(sys.argv[1]), Path(sys.argv[2]), int(line))
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
