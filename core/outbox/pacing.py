"""Rate limits of channels: wait as long as the platform asked, then go gently for a while."""

from __future__ import annotations

from core.clock import Clock
from core.messages import Address


class ChannelGate:
    """Knows which channels asked to wait.

    Channels are unlimited until one answers "too many requests"; it is then left alone for as long as it asked, and
    gets one post a second for ten seconds more (Slack's rule for a channel). In this process only: others learn the
    same from their own first refusal.
    """

    def __init__(self, clock: Clock, interval: float = 1.0, gentle: float = 10.0) -> None:
        self._clock, self._interval, self._gentle = clock, interval, gentle
        self._next: dict[tuple[str, str], float] = {}
        self._until: dict[tuple[str, str], float] = {}

    def hold(self, to: Address, seconds: float) -> None:
        """The platform asked to wait."""
        now, key = self._clock.now(), (to.platform, to.channel)
        self._next[key] = max(self._next.get(key, 0.0), now + seconds)
        self._until[key] = now + seconds + self._gentle

    def delay(self, to: Address) -> float:
        """Seconds until the channel may be posted to; 0 takes its turn now."""
        key = (to.platform, to.channel)
        if key not in self._until:
            return 0.0
        now = self._clock.now()
        if now >= self._until[key]:
            del self._until[key], self._next[key]
            return 0.0
        wait = self._next[key] - now
        if wait <= 0:
            self._next[key] = now + self._interval
        return max(0.0, wait)
