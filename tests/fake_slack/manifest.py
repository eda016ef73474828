"""The app as its manifest declares it: the fake grants and delivers exactly that."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

PATH = Path(__file__).parents[2] / "bots" / "slack" / "manifest.yaml"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The parts of an app manifest that decide what Slack allows."""

    scopes: frozenset[str]
    events: frozenset[str]
    commands: frozenset[str]

    @classmethod
    def load(cls, path: Path = PATH) -> Manifest:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        return cls(
            frozenset(raw["oauth_config"]["scopes"]["bot"]),
            frozenset(raw["settings"]["event_subscriptions"]["bot_events"]),
            frozenset(command["command"] for command in raw["features"]["slash_commands"]),
        )
