"""What the FAQ did not answer: kept as it happens, grouped by meaning when somebody asks."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.messages import Person
from core.privacy import mask
from core.store.keys import shards
from core.store.redis import Client, call

SAME = 0.72
"""Cosine from which two questions are taken to mean the same."""
MASKED = 1000
"""Characters of a question that are looked at: masking a very long number costs the square of its length."""
EXAMPLES = 5
"""Questions that a group shows."""

Embed = Callable[[list[str]], Awaitable[NDArray[np.float32]]]
"""Texts to vectors of length 1, shape (texts, dimensions)."""


class GapKind(StrEnum):
    """What went wrong."""

    UNKNOWN = "unknown"
    """Not answered."""
    UNSURE = "unsure"
    """Suggestions only."""
    UNHELPFUL = "unhelpful"
    """Answered, and marked as not helpful."""
    HUMAN = "human"
    """It ended with a human."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One question that the FAQ did not settle."""

    at: float
    """Seconds since the epoch."""
    question: str
    """Masked."""
    kind: GapKind
    """What went wrong."""
    entry: str = ""
    """Id of the entry that came nearest, or that did not help."""


@dataclass(frozen=True, slots=True)
class GapGroup:
    """Questions that mean the same."""

    count: int
    """How many."""
    last: float
    """When the latest was asked."""
    kinds: dict[str, int]
    """How often what went wrong."""
    examples: tuple[str, ...]
    """The latest, each once."""
    entries: tuple[str, ...]
    """Entries that came nearest, most frequent first."""


def gap_json(at: float, question: str, kind: GapKind, entry: str = "", by: Person | None = None) -> str:
    """A gap as it is kept: masked, the customer's own name too, before it is written."""
    names = (by.name,) if by is not None else ()
    return json.dumps(asdict(Gap(at, mask(question[:MASKED], names)[:500], kind, entry)), ensure_ascii=False)


class Gaps:
    """The gaps in one Redis."""

    def __init__(self, client: Client) -> None:
        self._redis = client

    async def all(self) -> list[Gap]:
        """Every gap that is kept, oldest first."""
        found: list[Gap] = []
        for home in shards():
            for raw in await call(self._redis.lrange(home.gaps, 0, -1)):
                fields = json.loads(raw)
                found.append(Gap(fields["at"], fields["question"], GapKind(fields["kind"]), fields["entry"]))
        return sorted(found, key=lambda gap: gap.at)

    async def grouped(self, embed: Embed) -> list[GapGroup]:
        """Gaps by meaning, the biggest group first, then the newest."""
        return await group(await self.all(), embed)


async def group(gaps: Sequence[Gap], embed: Embed) -> list[GapGroup]:
    """Group by leader: a question joins the first group whose leader means the same, the latest questions leading."""
    if not gaps:
        return []
    latest = sorted(gaps, key=lambda gap: -gap.at)
    texts = list(dict.fromkeys(gap.question for gap in latest))
    vectors = await embed(texts)
    leaders: list[int] = []
    of_text: dict[str, int] = {}
    for number, text in enumerate(texts):
        if leaders:
            near = vectors[leaders] @ vectors[number]
            best = int(near.argmax())
            if near[best] >= SAME:
                of_text[text] = best
                continue
        of_text[text] = len(leaders)
        leaders.append(number)
    members: list[list[Gap]] = [[] for _ in leaders]
    for gap in latest:
        members[of_text[gap.question]].append(gap)
    return sorted(map(_summary, members), key=lambda found: (-found.count, -found.last))


def _summary(members: Sequence[Gap]) -> GapGroup:
    kinds: dict[str, int] = {}
    entries: dict[str, int] = {}
    for gap in members:
        kinds[gap.kind] = kinds.get(gap.kind, 0) + 1
        if gap.entry:
            entries[gap.entry] = entries.get(gap.entry, 0) + 1
    return GapGroup(
        count=len(members),
        last=members[0].at,
        kinds=kinds,
        examples=tuple(dict.fromkeys(gap.question for gap in members))[:EXAMPLES],
        entries=tuple(sorted(entries, key=lambda entry: -entries[entry]))[:3],
    )
