"""Settings: every one documented, wrong ones named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.errors import ConfigurationError
from core.policy import load_policy
from core.settings import Settings, load_settings

ROOT = Path(__file__).parents[2]


def test_env_example_lists_every_setting_and_no_other() -> None:
    listed = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE)
    assert sorted(listed) == sorted(name.upper() for name in Settings.model_fields)


def test_a_copied_example_means_the_defaults(tmp_path: Path) -> None:
    copied = tmp_path / ".env"
    copied.write_text((ROOT / ".env.example").read_text())
    assert load_settings(_env_file=copied) == load_settings(_env_file=None)


@pytest.mark.parametrize(
    ("wrong", "names"),
    [
        ({"http_port": "many"}, "HTTP_PORT"),
        ({"log_level": "LOUD"}, "LOG_LEVEL"),
        ({"staff_users": "U123"}, "slack:U123"),
    ],
)
def test_a_wrong_setting_is_named(wrong: dict[str, str], names: str) -> None:
    with pytest.raises(ConfigurationError, match=names):
        load_settings(_env_file=None, **wrong)


def test_lists_are_split_at_commas() -> None:
    assert load_settings(_env_file=None, vip_users="slack:U1, discord:2,").vip_users == ("slack:U1", "discord:2")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("hours: {timezone: Mars/Base}", "hours.timezone"),
        ("hours: {open: {mon: '9-17'}}", "hours.open.mon"),
        ("hours: {open: {monday: '09:00-17:00'}}", "monday"),
        ("desk: {first_reply: soon}", "desk.first_reply"),
        ("desk: {first_reply: 5m, colour: red}", "desk.colour"),
        ("ladders: {default: [{after: 5m, to: [desk]}]}", "first rung"),
        ("vip: {default: maybe}", "vip.default"),
        ("desk: [", "policy.yaml:1"),
    ],
)
def test_a_wrong_policy_names_file_and_field(tmp_path: Path, text: str, names: str) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load_policy(path)
    assert names in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_policy_overrides_only_what_it_names(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text("limits: {messages: 5}\ndesk: {canned: {hi: Hello}}\n")
    policy, default = load_policy(path), load_policy()
    assert (policy.limits.messages, policy.limits.window) == (5, default.limits.window)
    assert policy.desk.canned == {"hi": "Hello"}
    assert policy.ladders == default.ladders
