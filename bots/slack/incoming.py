"""Slack's events -> `IncomingMessage`.

Conversations: a direct message is one conversation, threads in it included, so that a claim silences the bot in all of
it. In channels and group messages a conversation is a thread: the one in which the bot is mentioned, or the one that
its answer opens under the mention.
A message and its `app_mention` have the same event id: `slack/<channel>/<ts>`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bots.slack.incoming_text import mentions, to_markdown
from core.messages import Address, Attachment, IncomingMessage, MessageKind, Person

PLATFORM = "slack"
EVENTS = ("app_mention", "message")
"""Event types that are understood; every other one is ignored."""
_WRITTEN = (None, "file_share", "thread_broadcast", "me_message")
"""Subtypes of `message` with which somebody says something."""


class Translator:
    """Translates the events of one app."""

    def __init__(self, *, bot_user: str, desk_channel: str, name_of: Callable[[str], str]) -> None:
        """`bot_user` is the app's own user id; `name_of` gives a display name at once, or ""."""
        self._bot, self._desk, self._name_of = bot_user, desk_channel, name_of

    def message(self, event: dict[str, Any]) -> IncomingMessage | None:
        """The message of an event, or None when it is none of our business (other apps, own posts, channel talk)."""
        if event.get("type") not in EVENTS:
            return None
        subtype = event.get("subtype")
        if subtype == "message_changed":
            return self._changed(event)
        if subtype == "message_deleted":
            return self._deleted(event["channel"], event.get("previous_message") or {}, event["deleted_ts"])
        if subtype in _WRITTEN and self._by_person(event):
            return self.written(event["channel"], event)
        return None

    def written(self, channel: str, message: dict[str, Any]) -> IncomingMessage | None:
        """What somebody wrote in `channel`: an event, or a message as the history gives it."""
        if message.get("subtype") not in _WRITTEN or not self._by_person(message):
            return None
        ts, raw = message["ts"], message.get("text") or ""
        direct = is_direct(channel)
        mentioned = not direct and mentions(raw, self._bot)
        if not direct and not mentioned and message.get("thread_ts") in (None, ts):
            return None  # people talking in a channel
        thread = message.get("thread_ts")
        return IncomingMessage(
            event_id=f"{PLATFORM}/{channel}/{ts}",
            conversation=conversation(channel, ts, thread),
            author=self.person(message["user"]),
            text=to_markdown(raw, bot=self._bot, name_of=self._name_of),
            addressed=direct or (mentioned and not self._at_desk(channel, ts, thread)),
            message_id=ts,
            files=_files(message),
            sent_at=float(ts),
        )

    def person(self, user: str, name: str = "") -> Person:
        """A user of the workspace."""
        return Person(PLATFORM, user, self._name_of(user) or name)

    def _at_desk(self, channel: str, ts: str, thread: str | None) -> bool:
        return channel == self._desk and thread not in (None, ts)

    def _by_person(self, message: dict[str, Any]) -> bool:
        user = message.get("user")
        return bool(user) and user not in (self._bot, "USLACKBOT") and not message.get("bot_id")

    def _changed(self, event: dict[str, Any]) -> IncomingMessage | None:
        message, before, channel = event["message"], event.get("previous_message") or {}, event["channel"]
        if message.get("subtype") == "tombstone":  # deleted, but its thread goes on
            return self._deleted(channel, before, message["ts"])
        if not self._by_person(message) or message.get("subtype") not in _WRITTEN:
            return None
        if message.get("text") == before.get("text") and _files(message) == _files(before):
            return None  # a link preview, a new reply: nothing that somebody wrote
        ts, raw = message["ts"], message.get("text") or ""
        edited = (message.get("edited") or {}).get("ts") or event.get("event_ts") or event["ts"]
        thread = message.get("thread_ts")
        mentioned = mentions(raw, self._bot) and not self._at_desk(channel, ts, thread)
        return IncomingMessage(
            event_id=f"{PLATFORM}/{channel}/{ts}/edited/{edited}",
            conversation=conversation(channel, ts, thread),
            author=self.person(message["user"]),
            text=to_markdown(raw, bot=self._bot, name_of=self._name_of),
            kind=MessageKind.EDITED,
            addressed=is_direct(channel) or mentioned,
            message_id=ts,
            files=_files(message),
            sent_at=float(edited),
        )

    def _deleted(self, channel: str, before: dict[str, Any], ts: str) -> IncomingMessage | None:
        if not self._by_person(before):
            return None
        return IncomingMessage(
            event_id=f"{PLATFORM}/{channel}/{ts}/deleted",
            conversation=conversation(channel, ts, before.get("thread_ts")),
            author=self.person(before["user"]),
            kind=MessageKind.DELETED,
            addressed=is_direct(channel),
            message_id=ts,
        )


def is_direct(channel: str) -> bool:
    """Whether the id is one of a direct message between one person and the bot."""
    return channel.startswith("D")


def conversation(channel: str, ts: str, thread: str | None) -> Address:
    """The conversation to which the message `ts` belongs (see the module's docstring)."""
    return Address(PLATFORM, channel) if is_direct(channel) else Address(PLATFORM, channel, thread or ts)


def _files(message: dict[str, Any]) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(
            name=file.get("name") or file.get("title") or file["id"],
            url=file.get("url_private_download") or file["url_private"],
            media_type=file.get("mimetype") or "",
            size=int(file.get("size") or 0),
        )
        for file in message.get("files") or ()
        if file.get("url_private")
    )
