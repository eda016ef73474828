"""Lines of a blocking stream, read without blocking the event loop. Works for a keyboard, a pipe and a file."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from typing import TextIO


async def lines(stream: TextIO) -> AsyncIterator[str]:
    """Every line without its end, until the stream does.

    The reader is a daemon thread: it may sit in `readline` when the program ends, and must not hold that up.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[str | None] = asyncio.Queue()

    def hand_over(line: str | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody reads any more
            loop.call_soon_threadsafe(queue.put_nowait, line)

    def read() -> None:
        try:
            for line in iter(stream.readline, ""):
                hand_over(line.rstrip("\r\n"))
        except (OSError, ValueError):
            pass  # the stream was closed under the reader: that is its end
        hand_over(None)

    threading.Thread(target=read, name="terminal input", daemon=True).start()
    while (line := await queue.get()) is not None:
        yield line
