"""Who is at the desk: who said so, or did something there lately. Offers go by it; claims do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.clock import Clock
from core.messages import Person
from core.store.redis import Client, Script, call

PRESENT = "concierge:{desk}:present"
"""Sorted set: person -> until when (ms) they count as present."""
AWAY = "concierge:{desk}:away"
"""Sorted set: person -> until when (ms) what they do doesn't make them present."""
OFFERED = "concierge:{desk}:offered"
"""Sorted set: person -> when (ms) something was last offered to them."""
NAMES = "concierge:{desk}:names"
"""Hash: person -> display name."""

SEEN = """
-- Somebody did something at the desk, or said whether they are there.
-- KEYS  1 present  2 away  3 names
-- ARGV  1 person  2 name  3 now  4 until  5 'here', 'away', or '' for doing something
-- returns 1 when they count as present now, else 0
local person, now, said = ARGV[1], tonumber(ARGV[3]), ARGV[5]
if ARGV[2] ~= '' then redis.call('HSET', KEYS[3], person, ARGV[2]) end
if said == 'away' then
  redis.call('ZREM', KEYS[1], person)
  redis.call('ZADD', KEYS[2], ARGV[4], person)
  return 0
end
if said == 'here' then redis.call('ZREM', KEYS[2], person) end
if tonumber(redis.call('ZSCORE', KEYS[2], person) or '0') > now then return 0 end
if tonumber(redis.call('ZSCORE', KEYS[1], person) or '0') < tonumber(ARGV[4]) then
  redis.call('ZADD', KEYS[1], ARGV[4], person)
end
return 1
"""

CHOOSE = """
-- Of some people choose who is present and has the least to do; among equals, whose last offer is longest ago.
-- KEYS  1 present  2 offered    ARGV  1 now  then person, load, person, load…
-- returns the person, to whom something was offered now; '' when none of them is present
local best, least, last = '', nil, nil
for i = 2, #ARGV, 2 do
  if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[i]) or '0') > tonumber(ARGV[1]) then
    local load, before = tonumber(ARGV[i + 1]), tonumber(redis.call('ZSCORE', KEYS[2], ARGV[i]) or '0')
    if not least or load < least or (load == least and before < last) then
      best, least, last = ARGV[i], load, before
    end
  end
end
if best ~= '' then redis.call('ZADD', KEYS[2], ARGV[1], best) end
return best
"""

_SEEN = Script(SEEN)
_CHOOSE = Script(CHOOSE)


@dataclass(frozen=True, slots=True)
class Presence:
    """Presence in one Redis."""

    redis: Client
    """Where it is kept."""
    clock: Clock
    """Time."""
    here_for: float
    """Seconds for which a word about it holds."""
    active_for: float
    """Seconds for which doing something counts."""

    async def acted(self, person: Person) -> None:
        """A colleague did something at the desk. Raises StoreUnavailable."""
        await self._seen(person, self.active_for, "")

    async def here(self, person: Person) -> None:
        """A colleague says that they are there. Raises StoreUnavailable."""
        await self._seen(person, self.here_for, "here")

    async def away(self, person: Person) -> None:
        """A colleague says that they are not. Raises StoreUnavailable."""
        await self._seen(person, self.here_for, "away")

    async def _seen(self, person: Person, seconds: float, said: str) -> None:
        now = self._now()
        until = now + int(seconds * 1000)
        await _SEEN(self.redis, [PRESENT, AWAY, NAMES], person.key, person.name, now, until, said)

    async def said_away(self, person: Person) -> bool:
        """Whether they said so, and not long ago. Raises StoreUnavailable."""
        return float(await call(self.redis.zscore(AWAY, person.key)) or 0) > self._now()

    async def present(self) -> list[Person]:
        """Everybody who is, by key. Raises StoreUnavailable."""
        keys = await call(self.redis.zrangebyscore(PRESENT, f"({self._now()}", "+inf"))
        return [await self._person(key.decode()) for key in sorted(keys)]

    async def choose(self, loads: Mapping[str, int]) -> Person | None:
        """Of the persons (keys) with so much to do each, whose turn it is; None when none of them is present.

        Raises StoreUnavailable.
        """
        pairs = [part for person, load in sorted(loads.items()) for part in (person, load)]
        chosen = (await _CHOOSE(self.redis, [PRESENT, OFFERED], self._now(), *pairs)).decode()
        return await self._person(chosen) if chosen else None

    async def name_of(self, person: str) -> str:
        """The display name of a person (key) who was seen at the desk, or "". Raises StoreUnavailable."""
        name = await call(self.redis.hget(NAMES, person))
        return name.decode() if name else ""

    async def _person(self, key: str) -> Person:
        platform, _, own = key.partition(":")
        return Person(platform, own, await self.name_of(key))

    def _now(self) -> int:
        return int(self.clock.now() * 1000)
