"""Models by name: what can be wrong with a name says what to do."""

import pytest

from core.answering import load_model
from core.answering.writer import Writer
from core.errors import ConfigurationError, ModelUnavailable


def test_no_name_is_no_model() -> None:
    assert load_model("", "") is None


@pytest.mark.parametrize("name", ["nonsense", "nobody:model", "anthropic:claude-x"])
def test_an_unknown_name_or_missing_package_says_what_to_do(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"CHAT_MODEL={name}: .*(CHAT_MODEL_URL|install)"):
        load_model(name)


def test_a_missing_key_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_ADMIN_KEY", raising=False)
    with pytest.raises(ConfigurationError, match="key"):
        load_model("openai:gpt-5-mini")


def test_a_url_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="CHAT_MODEL_URL"):
        load_model("m", "localhost:8000")


async def test_a_server_that_is_away_is_an_unavailable_model() -> None:
    model = load_model("openai:m", "http://127.0.0.1:9/v1")
    assert model is not None
    with pytest.raises(ModelUnavailable):
        await Writer("test", "be brief", "{text}", model).write(text="hi {there}").text()
