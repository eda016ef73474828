"""Every driver that the contract suite runs over."""

from __future__ import annotations

import importlib
from pathlib import Path

from tests.contract.driver import Driver

EXPECTED = ("slack-socket", "slack-http", "discord", "console", "terminal")
"""Test ids that must all be there; `test_suite.py` fails when one is missing."""


def drivers() -> dict[str, type[Driver]]:
    """Driver classes by test id, from every module in `drivers/`."""
    found: dict[str, type[Driver]] = {}
    for path in sorted((Path(__file__).parent / "drivers").glob("*.py")):
        found.update(importlib.import_module(f"tests.contract.drivers.{path.stem}").DRIVERS)
    return found
