"""A Redis for the console's tests, and a browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from core.store.redis import Client, connect
from core.store.server import EmbeddedRedis

expect.set_options(timeout=20_000)  # patience for a busy machine; nothing waits that long when it works

CHROMIUM = Path("/usr/bin/chromium")

SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server, shared by the tests."""
    server = EmbeddedRedis(tmp_path_factory.mktemp("console"))
    yield asyncio.run(server.start())
    asyncio.run(server.stop())


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Client]:
    """A connection to an empty store."""
    made = connect(redis_url)
    await made.flushall()
    yield made
    await made.aclose()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium that keeps nothing; tests that use it share a module's event loop."""
    if not CHROMIUM.exists():
        pytest.skip(f"needs {CHROMIUM} (apt install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        await browser.close()
