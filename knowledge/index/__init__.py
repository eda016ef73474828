"""The index: versions of the FAQ in Chroma, one of which serves.

    entries --> plan (what changed) --> build (embed it, write a new version) --> gate (test it) --> switch

A version never changes once built; a reload builds the next one beside it and moves one pointer. `KnowledgeBase` is
what the rest of the program holds; `History` is enough to list versions and to roll back.
"""

from knowledge.index.base import KnowledgeBase
from knowledge.index.golden import GoldenQuestion, read_golden
from knowledge.index.history import History
from knowledge.index.plan import Difference, EntryChange
from knowledge.index.reports import Progress, ReloadReport, Status, VersionInfo

__all__ = [
    "Difference",
    "EntryChange",
    "GoldenQuestion",
    "History",
    "KnowledgeBase",
    "Progress",
    "ReloadReport",
    "Status",
    "VersionInfo",
    "read_golden",
]
