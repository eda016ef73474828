"""What the fake Slack remembers: people, places, messages, files, modals."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from typing import Any

from tests.fake_slack.errors import Refusal

BOT_USER = "U0BOT"
BOT_ID = "B0BOT"
TEAM = "T0TEAM"
APP = "A0APP"
CUSTOMER = "U0CUSTOMER"
COLLEAGUE = "U0COLLEAGUE"
CUSTOMER_DM = "D0CUSTOMER"
COLLEAGUE_DM = "D0COLLEAGUE"
DESK = "C0DESK"
LOBBY = "C0LOBBY"
STAFF_GROUP = "S0STAFF"


@dataclass(slots=True)
class Channel:
    """A place with its messages."""

    id: str
    name: str
    kind: str
    """`im`, `mpim`, `channel` or `group`."""
    user: str = ""
    """The other one of an `im`."""
    is_member: bool = True
    is_archived: bool = False
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By ts, oldest first."""


@dataclass
class Workspace:
    """One workspace with our app, a customer, a colleague, a desk channel and a lobby."""

    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    views: dict[str, dict[str, Any]] = field(default_factory=dict)
    ephemerals: list[dict[str, Any]] = field(default_factory=list)
    """What only one person saw: {channel, user, text, blocks…}."""
    statuses: list[dict[str, Any]] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _last_ts: int = 0

    def __post_init__(self) -> None:
        self.add_user(BOT_USER, "concierge", is_bot=True)
        self.add_user(CUSTOMER, "Casey Customer")
        self.add_user(COLLEAGUE, "Cory Colleague")
        self.add_dm(CUSTOMER_DM, CUSTOMER)
        self.add_dm(COLLEAGUE_DM, COLLEAGUE)
        self.channels[DESK] = Channel(DESK, "support-desk", "channel")
        self.channels[LOBBY] = Channel(LOBBY, "lobby", "channel")
        self.groups[STAFF_GROUP] = [COLLEAGUE]

    def add_user(self, user_id: str, name: str, *, is_bot: bool = False) -> None:
        profile = {"display_name": name, "real_name": name}
        self.users[user_id] = {"id": user_id, "name": name.lower(), "is_bot": is_bot, "profile": profile}

    def add_dm(self, channel_id: str, user_id: str) -> None:
        """A direct message between the bot and somebody."""
        if user_id not in self.users:
            self.add_user(user_id, user_id.title())
        self.channels[channel_id] = Channel(channel_id, "", "im", user_id)

    def new_ts(self) -> str:
        """A message id: seconds.microseconds, unique and rising."""
        self._last_ts = max(self._last_ts + 1, time.time_ns() // 1000)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        return f"{prefix}{next(self._numbers):08d}"

    def channel(self, channel_id: Any) -> Channel:
        """Raises Refusal("channel_not_found")."""
        try:
            return self.channels[channel_id]
        except (KeyError, TypeError):
            raise Refusal("channel_not_found") from None

    def post(self, channel: Channel, message: dict[str, Any]) -> dict[str, Any]:
        """Store a new message under a new ts, and count it in its thread."""
        message = {"type": "message", **message, "ts": self.new_ts()}
        message["received_at"] = time.time()
        thread = message.get("thread_ts")
        if thread is not None:
            parent = channel.messages.get(thread)
            if parent is None:
                raise Refusal("thread_not_found")
            parent["thread_ts"] = thread
            parent["reply_count"] = parent.get("reply_count", 0) + 1
        channel.messages[message["ts"]] = message
        return message

    def message(self, channel: Channel, ts: Any) -> dict[str, Any]:
        """Raises Refusal("message_not_found")."""
        try:
            return channel.messages[ts]
        except (KeyError, TypeError):
            raise Refusal("message_not_found") from None
