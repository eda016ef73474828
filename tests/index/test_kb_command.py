"""`concierge kb`, as operations type it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bots.cli.kb import app
from tests.index.faq import generation, write_faq


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder without `.env`, its index in `data`, its FAQ in `faq`."""
    monkeypatch.chdir(tmp_path)
    for name in ("CHROMA_URL", "EMBEDDING_MODEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", "data")
    monkeypatch.setenv("KNOWLEDGE_PATH", "faq")
    write_faq(tmp_path / "faq" / "faq.jsonl", generation(1))
    return tmp_path


def kb(*words: str) -> Result:
    result = CliRunner().invoke(app, list(words))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def test_a_day_with_the_knowledge_base(folder: Path) -> None:
    assert "Run: concierge kb reload" in kb("versions").output
    assert kb("search", "voucher").exit_code == 2

    first = kb("reload")
    assert (first.exit_code, "v1 serves: 27 added" in first.output) == (0, True), first.output
    again = json.loads(kb("reload", "--json").output)
    assert (again["changed"], again["version"]) == (False, "v1")

    found = json.loads(kb("search", "What about my voucher?", "--json", "--limit", "3").output)
    assert found["hits"][0]["entry"]["id"] == "voucher"
    assert found["version"] == "v1"
    assert "[voucher]" in kb("search", "What about my voucher?").output

    write_faq(folder / "faq" / "faq.jsonl", generation(2))
    changes = json.loads(kb("diff", "--json").output)
    assert (changes["added"], changes["removed"], len(changes["changed"])) == (["only-2"], ["only-1"], 26)
    assert changes["entries"][0] == {
        "id": "only-2", "before": "", "after": "Special offer number 2?", "parts": []
    }  # fmt: skip
    lines = kb("diff").output.splitlines()
    assert lines[0] == "+ Special offer number 2?  [only-2]"
    assert "~ What about my voucher?  [voucher] answer" in lines
    assert lines[-2] == "- Special offer number 1?  [only-1]"
    assert kb("reload").exit_code == 0
    assert "generation 2" in kb("search", "What about my voucher?").output

    assert kb("rollback").output.startswith("v1 serves")
    listed = json.loads(kb("versions", "--json").output)["versions"]
    assert [(version["name"], version["active"]) for version in listed] == [("v1", True), ("v2", False)]
    assert kb("rollback", "v2").exit_code == 0


def test_going_back_needs_no_model(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (1, 2):
        write_faq(folder / "faq" / "faq.jsonl", generation(number))
        assert kb("reload").exit_code == 0
    monkeypatch.setenv("EMBEDDING_MODEL", "one-that-was-uninstalled")

    assert kb("reload").exit_code == 2
    assert kb("rollback").output.startswith("v1 serves")
    assert "* v1" in kb("versions").output


def test_a_question_that_is_put_otherwise_is_shown_before_and_after(folder: Path) -> None:
    assert kb("reload").exit_code == 0
    rows = generation(1)
    rows[0] |= {"question": "Is it new?"}
    write_faq(folder / "faq" / "faq.jsonl", rows)
    assert (
        kb("diff").output.splitlines()[0]
        == f"~ What about my {rows[0]['id']}? -> Is it new?  [{rows[0]['id']}] question"
    )


def test_check_reads_the_phrases_beside_the_faq_too(folder: Path) -> None:
    assert "phrases" not in kb("check", "--no-meaning").output
    (folder / "faq" / "phrases.yaml").write_text("human: [a clerk]\nhumans: [x]\n")
    result = kb("check", "--no-meaning")
    assert result.exit_code == 1
    assert result.output.startswith("phrases.yaml:2: error: unknown key 'humans'")


def test_a_refused_reload_is_status_1_and_says_why(folder: Path) -> None:
    assert kb("reload").exit_code == 0
    write_faq(folder / "faq" / "faq.jsonl", generation(1)[:5])

    result = kb("reload")

    assert result.exit_code == 1
    assert "from 27 to 5 entries" in result.output
    assert "goes on serving" in result.output
    assert kb("reload", "--force").exit_code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["reload", "nowhere"], "no such file"),
        (["rollback", "latest"], "not a version"),
        (["rollback", "v7"], "no version v7"),
        (["search", "hello", "--audience", "boss"], "everyone, vip, staff"),
        (["search"], "Missing argument"),
        (["unknown"], "No such command"),
    ],
)
def test_wrong_use_is_status_2_with_one_line(folder: Path, words: list[str], says: str) -> None:
    result = kb(*words)

    assert result.exit_code == 2
    assert says in result.output


def test_help_has_an_example_for_every_command_and_loads_no_heavy_library() -> None:
    for command in app.registered_commands:
        assert command.callback
        assert "Example: concierge kb " in kb(command.name or command.callback.__name__, "--help").output

    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, bots.cli.kb; print(*sys.modules)"],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    ).stdout.split()  # fmt: skip
    assert not {"chromadb", "onnxruntime", "langchain", "slack_bolt", "discord", "nicegui", "numpy"} & set(loaded)
