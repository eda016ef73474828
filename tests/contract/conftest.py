"""Runs every contract test over every driver, and sees to it that none is left out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Generator
from pathlib import Path

import pytest

from tests.contract.doors import RecordingDoor
from tests.contract.driver import Driver
from tests.contract.registry import drivers

HERE = Path(__file__).parent
LONGEST = 30.0
"""Seconds after which a driver that neither starts nor stops has failed."""
COLLECTED = pytest.StashKey[set[tuple[str, str]]]()


@pytest.fixture(params=sorted(drivers()))
async def driver(request: pytest.FixtureRequest) -> AsyncIterator[Driver]:
    """A started driver, one per platform."""
    made = drivers()[request.param]()
    try:
        async with asyncio.timeout(LONGEST):
            await made.start(RecordingDoor())
        yield made
    finally:
        async with asyncio.timeout(LONGEST):
            await made.stop()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Remember which test runs over which driver before anything is deselected."""
    config.stash[COLLECTED] = {
        (item.originalname, item.callspec.params["driver"])
        for item in items
        if isinstance(item, pytest.Function) and item.path == HERE / "test_contract.py" and hasattr(item, "callspec")
    }


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A contract test that is skipped or expected to fail has failed."""
    report = yield
    if item.path.parent == HERE and (report.skipped or hasattr(report, "wasxfail")):
        report.outcome = "failed"
        report.longrepr = f"{item.name}: contract tests may be neither skipped nor expected to fail"
        if hasattr(report, "wasxfail"):
            del report.wasxfail
    return report


@pytest.fixture
def collected(request: pytest.FixtureRequest) -> set[tuple[str, str]]:
    """(test, driver) pairs of this run."""
    return request.config.stash[COLLECTED]
