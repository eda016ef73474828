"""Search: the entries that answer a question, and how sure that is.

`Searcher(snapshot, embedder).search(question)` returns a `SearchResult`.
"""

from knowledge.search.exact import ExactIndex, MemorySnapshot, snapshot_in_memory
from knowledge.search.ports import DenseIndex, Snapshot
from knowledge.search.results import Hit, Outcome, SearchResult
from knowledge.search.searcher import Searcher, Wanted
from knowledge.search.smalltalk import SmallTalk, small_talk
from knowledge.search.units import Unit, units_of

__all__ = [
    "DenseIndex",
    "ExactIndex",
    "Hit",
    "MemorySnapshot",
    "Outcome",
    "SearchResult",
    "Searcher",
    "SmallTalk",
    "Snapshot",
    "Unit",
    "Wanted",
    "small_talk",
    "snapshot_in_memory",
    "units_of",
]
