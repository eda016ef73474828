"""A small working FAQ for tests of the chain: found by shared words, no embeddings."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from knowledge.entries import Entry
from knowledge.errors import KnowledgeError
from knowledge.search import Hit, Outcome, SearchResult
from knowledge.search.followup import readings
from knowledge.search.ports import may_see

REFUNDS = Entry(
    "refunds",
    "How long does a refund take?",
    "Refunds arrive within **5 business days** after the merchant confirms the return.\n\n"
    "If you paid with Apple Pay, it can take up to 10 days. See [returns](https://pay.example/returns).",
    source="refunds.md#how-long",
)
DEVICES = Entry(
    "devices",
    "How do I remove a device?",
    "1. Open **Settings**.\n2. Choose *Devices*.\n3. Tap Remove.\n\nThe device is signed out within 10 minutes.",
    source="https://pay.example/devices",
)
FEES = Entry(
    "fees",
    "What is the late fee?",
    "The late fee is $7. The minimum purchase is $35. You can't change the card after March 5, 2026.",
)
LOUNGE = Entry("lounge", "Where is the lounge?", "The lounge is behind gate 12.", audience="vip")
MANUAL = Entry(
    "manual", "How do staff reverse a fee?", "Reverse the fee in the ledger under code R2.", audience="staff"
)
EMPTY = Entry("empty", "What is a zebra?", "")
ENTRIES = (REFUNDS, DEVICES, FEES, LOUNGE, MANUAL, EMPTY)


class ListedSearch:
    """The `Search` port over a few entries: confidence is the share of the entry's question that the query has."""

    def __init__(self, entries: Sequence[Entry] = ENTRIES) -> None:
        self.entries = tuple(entries)
        self.version = "v1"
        self.queries: list[str] = []
        self.problem: KnowledgeError | None = None

    async def search(
        self,
        query: str,
        *,
        audience: str = "everyone",
        tags: Collection[str] = (),
        language: str = "",
        history: Sequence[str] = (),
        limit: int = 5,
    ) -> SearchResult:
        query = " ".join((*readings(query, history)[0].thread, query))
        self.queries.append(query)
        if self.problem:
            raise self.problem
        asked = _words(query)
        rated = [
            (len(asked & _words(entry.question)) / len(_words(entry.question)), entry)
            for entry in self.entries
            if may_see(audience, entry)
        ]
        rated.sort(key=lambda pair: -pair[0])
        hits = tuple(Hit(entry, entry.answer[:80], score, score) for score, entry in rated[:limit] if score > 0)
        confidence = hits[0].score if hits else 0.0
        outcome = Outcome.ANSWER if confidence >= 0.6 else Outcome.SUGGEST if confidence >= 0.3 else Outcome.UNKNOWN
        return SearchResult(query, self.version, hits, confidence, outcome)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))
