"""What a reload has to do: compare the entries that were read with those that serve."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.entries import Entry


@dataclass(frozen=True, slots=True)
class Difference:
    """Ids of the entries that differ between two versions, in the order of their FAQ."""

    added: tuple[str, ...]
    """Only in the new one."""
    changed: tuple[str, ...]
    """In both, with different content."""
    removed: tuple[str, ...]
    """Only in the old one."""
    unchanged: int
    """How many are the same."""

    @property
    def empty(self) -> bool:
        """Whether the two are equal."""
        return not (self.added or self.changed or self.removed)

    def __str__(self) -> str:
        return (
            f"{len(self.added)} added, {len(self.changed)} changed, {len(self.removed)} removed, "
            f"{self.unchanged} unchanged"
        )


@dataclass(frozen=True, slots=True)
class EntryChange:
    """What becomes of one entry."""

    id: str
    """Which."""
    before: str
    """Its question as it serves; "" for one that is new."""
    after: str
    """Its question as the files have it; "" for one that is removed."""
    parts: tuple[str, ...]
    """Names of the fields of a changed entry that differ; empty for the others."""


def compare(old: Sequence[Entry], new: Sequence[Entry]) -> tuple[Difference, tuple[EntryChange, ...]]:
    """The difference, and its entries: those that are new first, then changed, then removed."""
    found = difference(old, new)
    before, after = {entry.id: entry for entry in old}, {entry.id: entry for entry in new}
    added = [EntryChange(name, "", after[name].question, ()) for name in found.added]
    changed = [
        EntryChange(name, before[name].question, after[name].question, _parts(before[name], after[name]))
        for name in found.changed
    ]
    removed = [EntryChange(name, before[name].question, "", ()) for name in found.removed]
    return found, (*added, *changed, *removed)


def _parts(before: Entry, after: Entry) -> tuple[str, ...]:
    shown = ("question", "answer", "alternates", "tags", "audience", "language", "updated", "source")
    return tuple(part for part in shown if getattr(before, part) != getattr(after, part))


def difference(old: Sequence[Entry], new: Sequence[Entry]) -> Difference:
    """Compare by content hash; where an entry stands in its file does not count."""
    before = {entry.id: entry.content_hash for entry in old}
    after = {entry.id: entry.content_hash for entry in new}
    return Difference(
        added=tuple(name for name in after if name not in before),
        changed=tuple(name for name, content in after.items() if before.get(name, content) != content),
        removed=tuple(name for name in before if name not in after),
        unchanged=sum(before.get(name) == content for name, content in after.items()),
    )


def fingerprint(entries: Sequence[Entry]) -> str:
    """A hash of all entries, whatever their order: equal for equal content."""
    return hashlib.sha256("".join(sorted(entry.content_hash for entry in entries)).encode()).hexdigest()
