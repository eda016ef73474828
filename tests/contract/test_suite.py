"""The contract suite can't be weakened quietly."""

from __future__ import annotations

import inspect

from tests.contract import test_contract
from tests.contract.driver import Driver
from tests.contract.registry import EXPECTED, drivers


def test_every_platform_is_there() -> None:
    assert sorted(drivers()) == sorted(EXPECTED)


def test_every_driver_runs_every_contract_test(collected: set[tuple[str, str]]) -> None:
    tests = {name for name, _ in inspect.getmembers(test_contract, inspect.isfunction) if name.startswith("test_")}
    assert len(tests) >= 16, "contract tests were removed"
    missing = {(test, name) for test in tests for name in drivers()} - collected
    assert not missing


def test_contract_tests_ask_nothing_but_the_driver() -> None:
    for name, test in inspect.getmembers(test_contract, inspect.isfunction):
        if name.startswith("test_"):
            assert list(inspect.signature(test).parameters) == ["driver"], name
            assert not getattr(test, "pytestmark", []), f"{name} is marked"


def test_drivers_play_the_platform_and_leave_the_helpers_alone() -> None:
    for name, made in drivers().items():
        assert issubclass(made, Driver), name
        assert made.until_shown is Driver.until_shown, f"{name} replaces until_shown"
