"""The whole product as a process of its own, with nothing but a folder: what `concierge run console` starts."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

PATIENCE = 120.0
"""Seconds until a start is given up."""


@contextlib.contextmanager
def running(folder: Path, **settings: str) -> Iterator[str]:
    """Start it with its data in `folder`, yield the address of its page, and end it with SIGTERM."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME", "LANG", "TZ") if name in os.environ
    }
    environment |= {"DATA_DIR": str(folder / "data"), "HTTP_PORT": str(port), **settings}
    command = [str(Path(sys.executable).parent / "concierge"), "run", "console"]
    said = folder / "output.txt"
    with (
        said.open("w") as output,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT) as process,
    ):
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(process, address, said)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def _wait(process: subprocess.Popen[bytes], address: str, said: Path) -> None:
    """Wait until the page is served; fails with what the process said when it ends or takes too long instead."""
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(urllib.error.URLError, ConnectionError), urllib.request.urlopen(address, timeout=5):
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    how = "did not begin to serve" if process.returncode is None else f"ended with status {process.returncode}"
    raise RuntimeError(f"concierge run console {how}:\n{said.read_text()}")
