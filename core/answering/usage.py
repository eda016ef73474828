"""What the model costs."""

from __future__ import annotations

from dataclasses import dataclass

_CHARACTERS_PER_TOKEN = 4
"""For models that do not count: the common rule of thumb for English."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What the provider charges; in any one currency."""

    per_million_in: float = 0.0
    """For a million tokens read."""
    per_million_out: float = 0.0
    """For a million tokens written."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one or more calls."""

    tokens_in: int = 0
    """Read."""
    tokens_out: int = 0
    """Written."""
    calls: int = 0
    """How many calls."""

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.tokens_in + other.tokens_in, self.tokens_out + other.tokens_out, self.calls + other.calls)

    def cost(self, prices: Prices) -> float:
        """What they cost, in the currency of the prices."""
        return (self.tokens_in * prices.per_million_in + self.tokens_out * prices.per_million_out) / 1e6


NOTHING = Usage()
"""No call at all."""
FREE = Prices()
"""A model of one's own."""


def estimated(prompt: str, text: str) -> Usage:
    """The usage of one call whose model did not count its tokens."""
    return Usage(-(-len(prompt) // _CHARACTERS_PER_TOKEN), -(-len(text) // _CHARACTERS_PER_TOKEN), 1)
