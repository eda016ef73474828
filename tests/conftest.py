"""The platforms at the wire, for whoever talks to them through the real SDKs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # loaded where it is used: most tests need neither
    from tests.discord.gateway import WireDiscord
    from tests.fake_slack.server import FakeSlack


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    """A strict Slack; the test fails when the app did something that Slack would not take."""
    from tests.fake_slack.server import FakeSlack

    async with FakeSlack() as running:
        yield running
    assert running.violations == []


@pytest.fixture
async def discord() -> AsyncIterator[WireDiscord]:
    """A Discord on a local port to which discord.py is pointed."""
    from tests.discord.gateway import WireDiscord

    wire = WireDiscord()
    await wire.start()
    with wire.pointed_at():
        yield wire
    await wire.stop()
    assert wire.unknown == []
