"""The HTTP side: one server for whatever wants to be reached (the console page, Slack's events, webhooks)."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import uvicorn
from starlette.types import ASGIApp

from core.errors import ConfigurationError


class _Server(uvicorn.Server):
    def capture_signals(self) -> contextlib.AbstractContextManager[None]:  # type: ignore[override]
        return contextlib.nullcontext()  # the composition root decides what a signal means


class WebServer:
    """uvicorn inside our own event loop, without its signal handlers; started and stopped by the composition root."""

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        self._host, self._wanted_port = host, port
        config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=3)
        self._server = _Server(config)
        self._task: asyncio.Task[None] | None = None
        self.port = port
        """The port that is listened on (a free one was taken for 0)."""

    async def start(self) -> None:
        """Listen. Raises ConfigurationError when the port is taken or the address is not ours."""
        listener = socket.socket(socket.AF_INET6 if ":" in self._host else socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self._host, self._wanted_port))
        except OSError as error:
            listener.close()
            raise ConfigurationError(
                f"HTTP_PORT: can't listen on {self._host}:{self._wanted_port} ({error.strerror}). "
                "Stop what uses the port, or set HTTP_PORT to another one."
            ) from error
        self.port = int(listener.getsockname()[1])
        self._task = asyncio.create_task(self._serve(listener), name="web server")
        while not self._server.started:
            if self._task.done():
                self._task.result()
                raise ConfigurationError("the web server stopped while it started; see the log above")
            await asyncio.sleep(0.01)

    async def _serve(self, listener: socket.socket) -> None:
        with listener:
            await self._server.serve(sockets=[listener])

    async def stop(self) -> None:
        """Finish the requests in flight (3 s at most) and stop listening."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
