"""The operators' phrases change while the product runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.driver import eventually
from tests.e2e.conftest import Start
from tests.fake_slack.reading import words
from tests.fake_slack.server import FakeSlack
from tests.fake_slack.workspace import CUSTOMER, CUSTOMER_DM, DESK


async def test_a_mistake_is_told_at_the_desk_and_the_right_file_is_used(
    slack: FakeSlack, start: Start, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="core.routing.followed")
    await start("slack", slack_desk_channel=DESK)

    async def desk() -> list[str]:
        return [words(post) for post in slack.posts(DESK)]

    path = tmp_path / "phrases.yaml"
    path.write_text("human:\n  - {the butler}\n", "utf-8")
    (told,) = await eventually(desk, bool)
    assert f"{path.name}:2" in told
    assert "the ones before stay" in told
    path.write_text("human:\n  - the butler*\n", "utf-8")

    async def read_again() -> bool:
        return "was read again" in caplog.text

    await eventually(read_again, bool)
    slack.say(CUSTOMER, CUSTOMER_DM, "the butler, if you please")
    await eventually(desk, lambda posts: any("asked for a human: 'the butler" in post for post in posts))
