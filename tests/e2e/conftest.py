"""The whole product in this process: real SDKs over a fake Slack and a Discord at the wire, real Redis and Chroma."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from bots.app import App
from core.settings import load_settings
from tests.discord.gateway import TOKEN, WireDiscord
from tests.fake_slack.server import FakeSlack
from tests.fake_slack.workspace import COLLEAGUE

FAQ = """# How do I get a refund?

Ask the shop; the money takes three days.

# What is my limit?

Your limit is shown under Account.
"""

Start = Callable[..., Awaitable[App]]


@pytest.fixture
async def start(tmp_path: Path, slack: FakeSlack, discord: WireDiscord) -> AsyncIterator[Start]:
    """Starts the product on the platforms that are named, with further settings."""
    faq = tmp_path / "faq.md"
    faq.write_text(FAQ)
    async with AsyncExitStack() as stack:

        async def run(*platforms: str, **settings: Any) -> App:
            known = {
                "data_dir": tmp_path / "data",
                "knowledge_path": faq,
                "slack_bot_token": slack.bot_token,
                "slack_app_token": slack.app_token,
                "slack_api_url": slack.api_url,
                "discord_token": TOKEN,
                "staff_users": (f"slack:{COLLEAGUE}",),
            }
            app = App(load_settings(_env_file=None, **(known | settings)), platforms)
            await stack.enter_async_context(app)
            if "slack" in platforms:
                await slack.sockets.connected(1)
            if "discord" in platforms:
                await discord.until(lambda wire: wire.identified)
            return app

        yield run
