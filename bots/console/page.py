"""The page: who sits at this window, the two panes, and what keeps them up to date."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from fastapi import FastAPI, Request
from nicegui import Client, background_tasks, ui
from nicegui import app as nicegui_app
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from bots.console.chat import ChatPane
from bots.console.desk import DeskPane
from bots.console.elements import tag
from bots.console.people import colleague, customer
from bots.console.platform import ConsolePlatform
from bots.console.wakeups import Watch
from core.errors import StoreUnavailable

log = logging.getLogger(__name__)

ASSETS = Path(__file__).parent / "assets"

HEAD = """
<link rel="stylesheet" href="/assets/console.css">
<script defer src="/assets/console.js"></script>
<meta name="color-scheme" content="light dark">
"""

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",  # Vue compiles templates in the browser
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)
"""Content-Security-Policy: whatever a message holds, the browser fetches nothing from elsewhere."""

VIEWS = {"chat": "Chat", "desk": "Desk"}


def build(platform: ConsolePlatform, hosts: Sequence[str]) -> FastAPI:
    """The ASGI app that shows the console at `/`, for requests with one of these Host headers."""
    app = FastAPI(openapi_url=None)
    app.mount("/assets", StaticFiles(directory=ASSETS))

    async def root(person: str = "", colleague: str = "", view: str = "") -> None:
        await _Window(platform, person, colleague, view).open()

    ui.run_with(
        app,
        root=root,
        title="Concierge",
        favicon=ASSETS / "icon.svg",
        dark=None,
        tailwind=False,
        show_welcome_message=False,
        reconnect_timeout=10,
    )
    # on the page alone: other routes of the same server (Slack's events) are called by other names
    nicegui_app.add_middleware(BaseHTTPMiddleware, dispatch=_guard)
    nicegui_app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    return app


async def _guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call_next(request)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


class _Window:
    """One browser window."""

    def __init__(self, platform: ConsolePlatform, person: str, member: str, view: str) -> None:
        self._platform = platform
        self._view = view if view in VIEWS else "both"
        self._customer, self._colleague = customer(person), colleague(member)
        self._panes: list[ChatPane | DeskPane] = []

    async def open(self) -> None:
        """Build the page and keep it up to date while the window is open."""
        ui.add_head_html(HEAD)
        client = ui.context.client
        watch = Watch()
        with tag("div", "window").classes(f"view-{self._view}"):
            with tag("header", "masthead"):
                ui.html('<span class="mark" aria-hidden="true"></span>', sanitize=False)
                tag("h1", text="Concierge")
                tag("p", "tagline", text="Local console")
                if self._view == "both":
                    self._tabs()
            self._banner = tag("div", "banner", text="The message store does not answer. Reconnecting…")
            self._banner.props('role="alert"').set_visibility(False)
            with tag("main", "panes"):
                if self._view != "desk":
                    self._panes.append(ChatPane(self._platform, self._customer, watch))
                if self._view != "chat":
                    self._panes.append(DeskPane(self._platform, self._colleague, watch))
        await self._refresh()
        task = background_tasks.create(self._follow(watch, client), name="console window")
        client.on_delete(task.cancel)

    def _tabs(self) -> None:
        with tag("nav", "tabs").props('aria-label="View"'):
            for view, label in VIEWS.items():
                button = tag("button", text=label).props(f'type="button" data-show="{view}"')
                button.on("click", js_handler=f"() => showPane('{view}')")

    async def _follow(self, watch: Watch, client: Client) -> None:
        with self._platform.wakeups.joined(watch), client:
            watch.ring(channel="*")
            while True:
                channels, typing = await watch.next()
                for pane in self._panes:
                    for where in typing:
                        pane.typing(where)
                if channels:
                    await self._refresh(channels)

    async def _refresh(self, channels: set[str] | None = None) -> None:
        try:
            for pane in self._panes:
                if not channels or channels & {"*", pane.channel}:
                    await pane.refresh()
        except StoreUnavailable:
            self._banner.set_visibility(True)
            await asyncio.sleep(0)  # the wake-ups ring again when the store is back
        else:
            self._banner.set_visibility(False)
