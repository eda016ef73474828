"""A reload in a process of its own that kills itself (SIGKILL) at one of its writes to Chroma.

    python killed.py DATA_DIR FAQ STEP      dies before write number STEP; exits 0 when it has fewer writes

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
        for name in ("create", "rename", "describe", "delete", "add"):
            setattr(self, name, self._mortal(getattr(self, name)))


if __name__ == "__main__":
    data_dir, faq, step = sys.argv[1:]
    store = MortalStore.open(data_dir=Path(data_dir))
    assert isinstance(store, MortalStore)
    store.die_before_write(int(step))
    reload(store, Path(faq), WordEmbedder(), serving=None, force=False, listener=lambda _: None)
