"""What was said in the console: one log per channel, kept in Redis so that any process can deliver into it.

A message is named by the id of the post (or event) that it came from, so writing it twice changes nothing. Every change
gets a revision number; a page asks for what is newer than the last one it has seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from core.messages import Person
from core.posts import Content
from core.store.redis import Client, Script, call

RETENTION = 30 * 24 * 3600
"""Seconds after its last change for which a channel is kept."""

CAP = 1000
"""Messages kept per channel; those whose last change is oldest go first."""

WAKE = "concierge:console:wake"
"""Pub/sub channel: `rows <channel>` when a channel changed, `typing <address key>` while a reply is written."""

APPEND = """
-- Write a message unless it is there; one that nobody has accepted yet may be written again.
-- KEYS  1 messages  2 contents  3 revisions  4 counter  5 unheard
-- ARGV  1 message id  2 message, JSON  3 content, JSON  4 cap  5 retention  6 wake channel  7 wake message
--       8 channel when nobody has accepted it yet, else ''
-- returns 1 written, 0 it was there
local there = redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1
if there and redis.call('HEXISTS', KEYS[5], ARGV[1]) == 0 then return 0 end
local revision = redis.call('INCR', KEYS[4])
if not there then redis.call('HSET', KEYS[1], ARGV[1], revision .. ' ' .. ARGV[2]) end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
redis.call('ZADD', KEYS[3], revision, ARGV[1])
if ARGV[8] ~= '' then redis.call('HSET', KEYS[5], ARGV[1], ARGV[8]) end
local over = redis.call('ZCARD', KEYS[3]) - tonumber(ARGV[4])
if over > 0 then
  for _, id in ipairs(redis.call('ZRANGE', KEYS[3], 0, over - 1)) do
    redis.call('ZREM', KEYS[3], id)
    redis.call('HDEL', KEYS[1], id)
    redis.call('HDEL', KEYS[2], id)
    redis.call('HDEL', KEYS[5], id)
  end
end
for i = 1, 4 do redis.call('EXPIRE', KEYS[i], ARGV[5]) end
redis.call('PUBLISH', ARGV[6], ARGV[7])
return 1
"""

CHANGE = """
-- Give a message other content, or mark it as accepted.
-- KEYS  1 messages  2 contents  3 revisions  4 counter  5 unheard
-- ARGV  1 message id  2 content, JSON ('': as it is)  3 retention  4 wake channel  5 wake message
-- returns 1 changed, 0 there is no such message
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
if ARGV[2] ~= '' then redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
elseif redis.call('HDEL', KEYS[5], ARGV[1]) == 0 then return 1 end
redis.call('ZADD', KEYS[3], redis.call('INCR', KEYS[4]), ARGV[1])
for i = 1, 4 do redis.call('EXPIRE', KEYS[i], ARGV[3]) end
redis.call('PUBLISH', ARGV[4], ARGV[5])
return 1
"""

READ = """
-- What changed after a revision, in the order of the changes.
-- KEYS  1 messages  2 contents  3 revisions  4 unheard    ARGV  1 revision
-- returns [id, revision, message, content, '1' when nobody accepted it yet, …]
local found = redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. ARGV[1], '+inf', 'WITHSCORES')
local reply = {}
for i = 1, #found, 2 do
  reply[#reply + 1] = found[i]
  reply[#reply + 1] = found[i + 1]
  reply[#reply + 1] = redis.call('HGET', KEYS[1], found[i])
  reply[#reply + 1] = redis.call('HGET', KEYS[2], found[i])
  reply[#reply + 1] = tostring(redis.call('HEXISTS', KEYS[4], found[i]))
end
return reply
"""

_append, _change, _read = Script(APPEND), Script(CHANGE), Script(READ)


@dataclass(frozen=True, slots=True)
class Message:
    """What never changes about a message in the console."""

    sent_at: float
    """Seconds since the Unix epoch."""
    thread: str = ""
    """Id of the message that it was written under, or ""."""
    author: Person | None = None
    """Who wrote it in a browser; None when the core delivered it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a message shows at the moment."""

    content: Content | None
    """Its content, or None when it was deleted."""
    edited: bool = False
    """It showed something else before."""


@dataclass(frozen=True, slots=True)
class Row:
    """One message as a page sees it."""

    id: str
    """Message id: the id of the post, or the event id of what was written in a browser."""
    place: int
    """Order in its channel."""
    revision: int
    """Number of its last change; higher is later."""
    message: Message
    """What never changes."""
    shown: Shown
    """What it shows."""
    unheard: bool = False
    """Written in a browser, and accepted by nobody yet."""


_message, _shown = TypeAdapter(Message), TypeAdapter(Shown)


class MessageLog:
    """The channels of the console in Redis. Every method raises StoreUnavailable."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def append(self, channel: str, message_id: str, message: Message, content: Content, *, unheard: bool) -> bool:
        """Write a message at the end of a channel; False when it was there already."""
        written = await _append(
            self._client,
            _keys(channel),
            message_id,
            _message.dump_json(message),
            _shown.dump_json(Shown(content)),
            CAP,
            RETENTION,
            WAKE,
            f"rows {channel}",
            channel if unheard else "",
        )
        return bool(written)

    async def accepted(self, channel: str, message_id: str) -> None:
        """The core has accepted a message that was written in a browser."""
        await _change(self._client, _keys(channel), message_id, "", RETENTION, WAKE, f"rows {channel}")

    async def change(self, channel: str, message_id: str, content: Content | None) -> bool:
        """Show other content, or None for nothing any more; False when there is no such message."""
        shown = _shown.dump_json(Shown(content, edited=True))
        done = await _change(self._client, _keys(channel), message_id, shown, RETENTION, WAKE, f"rows {channel}")
        return bool(done)

    async def holds(self, channel: str, message_id: str) -> bool:
        """Whether the message was written."""
        return bool(await call(self._client.hexists(_keys(channel)[0], message_id)))

    async def changed_after(self, channel: str, revision: int) -> Sequence[Row]:
        """What is new or different since a revision (0: everything), in the order of the changes."""
        messages, contents, revisions, _, unheard = _keys(channel)
        reply = await _read(self._client, (messages, contents, revisions, unheard), revision)
        parts = iter(reply)
        return [_row(*fields) for fields in zip(parts, parts, parts, parts, parts, strict=True)]

    async def unheard(self) -> Sequence[tuple[str, Row]]:
        """(channel, row) of what was written in a browser and accepted by nobody, oldest first in each channel."""
        waiting = await call(self._client.hgetall(_keys("")[4]))
        found: list[tuple[str, Row]] = []
        for channel in sorted({value.decode() for value in waiting.values()}):
            rows = [row for row in await self.changed_after(channel, 0) if row.unheard]
            found += [(channel, row) for row in sorted(rows, key=lambda row: row.place)]
        return found

    async def typing(self, where: str) -> None:
        """Tell the pages that a reply is being written at the address with this key."""
        await call(self._client.publish(WAKE, f"typing {where}"))


def _keys(channel: str) -> tuple[str, str, str, str, str]:
    """Keys of a channel; the whole console shares one hash tag, for its messages are few."""
    prefix = "concierge:{console}:"
    one = f"{prefix}{channel}:"
    return one + "messages", one + "contents", one + "revisions", one + "counter", prefix + "unheard"


def _row(message_id: bytes, revision: bytes, stored: bytes, content: bytes, unheard: bytes) -> Row:
    place, _, message = stored.partition(b" ")
    return Row(
        id=message_id.decode(),
        place=int(place),
        revision=int(revision),
        message=_message.validate_json(message),
        shown=_shown.validate_json(content),
        unheard=unheard == b"1",
    )
