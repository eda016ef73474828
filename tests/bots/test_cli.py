"""Wrong use of commands is told before anything is opened."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bots.cli.commands import app


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))


def concierge(*words: str) -> Result:
    result = CliRunner().invoke(app, list(words))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_the_version() -> None:
    result = concierge("--version")
    assert (result.exit_code, result.output) == (0, f"concierge {importlib.metadata.version('concierge')}\n")


@pytest.mark.parametrize(
    "words", [["vip", "add", "bob"], ["vip", "remove", "bob"], ["forget", "bob", "--yes"], ["vip", "add", "slack:"]]
)
def test_a_person_is_named_with_the_platform(words: list[str], tmp_path: Path) -> None:
    result = concierge(*words)
    assert result.exit_code == 2
    assert "slack:U…" in result.output
    assert not (tmp_path / "data").exists(), "nothing was opened"
