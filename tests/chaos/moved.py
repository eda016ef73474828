"""The bot as a process whose clock a file moves: the seconds in it are added to the machine's time.

python -m tests.chaos.moved FILE
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from bots.app import App
from bots.cli.run import configure_logging
from core.settings import load_settings


class MovedClock:
    """Real time, and then some."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> float:
        return time.time() + float(self._file.read_text())


async def main(file: Path) -> None:
    configure_logging("INFO")
    app = App(load_settings(), ("slack",))
    await app.start(clock=MovedClock(file))
    try:
        print("Concierge is ready", flush=True)
        await app.run()
    finally:
        await app.stop()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
