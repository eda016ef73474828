"""Names of everything that is kept in Redis.

Every conversation belongs to one of `SHARDS` shards, and every key of a shard carries its hash tag: a script that
touches a lane, a conversation, its timers and its outbox at once is atomic on one node, also in Redis Cluster.
"""

from __future__ import annotations

import zlib

from core.messages import Address

SHARDS = 16
"""How many hash tags share the conversations. Fixed: changing it would lose track of what is stored."""

WAKE = "concierge:wake"
"""Pub/sub channel: `in <shard>` when a lane became ready, `out <shard> <platform>` when a post did."""


def shard_of(conversation: str) -> int:
    """The shard, 0 to SHARDS - 1, of a conversation key."""
    return zlib.crc32(conversation.encode()) % SHARDS


class Shard:
    """The keys of one shard. Lanes are named by conversation key; outgoing lanes also by platform."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.prefix = f"concierge:{{{number:02d}}}:"
        self.ready = self.prefix + "ready"
        """Sorted set: lane -> due time (ms) of its next message."""
        self.leased = self.prefix + "leased"
        """Sorted set: lane -> time (ms) at which its lease runs out."""
        self.lease = self.prefix + "lease"
        """Hash: lane -> fencing token of its holder."""
        self.tries = self.prefix + "tries"
        """Hash: lane -> how often its first message was taken without being settled."""
        self.fence = self.prefix + "fence"
        """Counter that fencing tokens come from."""
        self.timers = self.prefix + "timers"
        """Sorted set: `conversation\\nname` -> due time (ms)."""
        self.queue = self.prefix + "queue"
        """Sorted set: conversation with an open handoff -> order in the queue (lower is earlier)."""
        self.open = self.prefix + "open"
        """Sorted set: conversation -> time (ms) of its last message; what catching up looks at."""
        self.dead = self.prefix + "dead"
        """Hash: event id -> message that was set aside, with the reason."""
        self.gaps = self.prefix + "gaps"
        """List: questions that the FAQ did not settle, JSON, oldest first."""
        self.handoffs = self.prefix + "handoffs"
        """Hash: handoff id -> conversation."""
        self.serial = self.prefix + "serial"
        """Counter that handoff ids come from."""

    def seen(self, event_id: str) -> str:
        """String with a life of 26 hours: this event was accepted."""
        return f"{self.prefix}seen:{event_id}"

    def lane(self, conversation: str) -> str:
        """List: accepted messages, oldest first."""
        return f"{self.prefix}lane:{conversation}"

    def rate(self, conversation: str) -> str:
        """Counter of messages in the current window."""
        return f"{self.prefix}rate:{conversation}"

    def conversation(self, conversation: str) -> str:
        """Hash: `version`, `epoch`, `floor` (bot posts of an older epoch are dropped), `doc` (JSON), `last_of`."""
        return f"{self.prefix}conv:{conversation}"

    def turns(self, conversation: str) -> str:
        """List: what was said, oldest first, JSON."""
        return f"{self.prefix}turns:{conversation}"

    def record(self, handoff_id: str) -> str:
        """List: history of a handoff, append-only, JSON."""
        return f"{self.prefix}record:{handoff_id}"

    def refs(self, conversation: str) -> str:
        """Hash: post id -> platform message id; event id -> post id of its relay."""
        return f"{self.prefix}refs:{conversation}"

    def out(self, platform: str, conversation: str) -> str:
        """List: posts to deliver, oldest first (see OUT_TAKE for their form)."""
        return f"{self.prefix}out:{platform}:{conversation}"

    def out_ready(self, platform: str) -> str:
        """As `ready`, for outgoing lanes; urgent posts have their due time moved far into the past."""
        return f"{self.prefix}out-ready:{platform}"

    def out_leased(self, platform: str) -> str:
        """As `leased`, for outgoing lanes."""
        return f"{self.prefix}out-leased:{platform}"

    def out_lease(self, platform: str) -> str:
        """As `lease`, for outgoing lanes."""
        return f"{self.prefix}out-lease:{platform}"

    def out_tries(self, platform: str) -> str:
        """As `tries`, for outgoing lanes."""
        return f"{self.prefix}out-tries:{platform}"


_ALL = tuple(Shard(number) for number in range(SHARDS))


def shards() -> tuple[Shard, ...]:
    """Every shard."""
    return _ALL


def shard(conversation: str) -> Shard:
    """The shard of a conversation key."""
    return _ALL[shard_of(conversation)]


def handoff_shard(handoff_id: str) -> Shard:
    """The shard of a handoff, which its id tells: `H<shard, hex>-<serial>`. Raises ValueError for anything else."""
    if len(handoff_id) < 4 or handoff_id[0] not in "Hh" or handoff_id[2] != "-":
        raise ValueError(f"not a handoff id: {handoff_id!r}")
    return _ALL[int(handoff_id[1], 16)]


def last_of(desk: Address | None) -> str:
    """Field of a conversation's hash: id of the last message accepted of the customer, or at a desk's thread."""
    return f"last:{desk.platform}" if desk else "last"


def catching_up(platform: str) -> str:
    """String: somebody reads back what was missed on this platform, and has not finished."""
    return f"concierge:catching-up:{platform}"


def desk_thread(platform: str, channel: str, thread: str) -> str:
    """String: the conversation that is served from this desk thread. In no shard: it is read to find the lane."""
    return f"concierge:desk:{platform}/{channel}/{thread}"
