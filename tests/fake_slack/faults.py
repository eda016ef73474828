"""What can go wrong on purpose."""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass
class Faults:
    """Faults of `chat.postMessage` (and `down`, `latency` of everything); shares are between 0 and 1."""

    rate_limited: float = 0.0
    """Share of posts that get 429 and are not taken."""
    retry_after: int = 1
    """Seconds that a 429 asks for."""
    dropped: float = 0.0
    """Share of posts that are taken, after which the connection breaks without an answer."""
    failed: float = 0.0
    """Share of posts that are taken and answered 502."""
    latency: float = 0.0
    """Seconds added to every answer."""
    down: bool = False
    """Every connection breaks before anything is taken."""
    channel_interval: float = 0.0
    """Seconds between two posts to one channel; quicker ones get 429 (Slack: about 1)."""
    script: list[str] = field(default_factory=list)
    """What happens to the next posts, one each: `ok`, `429`, `drop`, `502`, `hang`, or an error code of Slack's."""
    seed: int = 1
    _random: random.Random | None = None

    def draw(self) -> str:
        """What happens to this post."""
        if self.script:
            return self.script.pop(0)
        if not (self.rate_limited or self.dropped or self.failed):
            return "ok"
        self._random = self._random or random.Random(self.seed)
        chance = self._random.random()
        for name, share in (("429", self.rate_limited), ("drop", self.dropped), ("502", self.failed)):
            if chance < share:
                return name
            chance -= share
        return "ok"
