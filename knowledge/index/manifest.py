"""The entries of a version as Chroma keeps them, so that a process with only CHROMA_URL can load everything.

A version's manifest is a collection whose records carry JSON arrays of entries in their metadata, in order.
(Metadata rather than documents: Chroma builds a full-text index of documents, which nothing here searches.)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from knowledge.entries import Entry
from knowledge.errors import IndexUnavailable
from knowledge.index.store import Store, calling_chroma

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

_CHUNK_CHARACTERS = 60_000
"""Of JSON in one record: a server refuses requests of many megabytes."""


def write_entries(store: Store, collection: Collection, entries: Sequence[Entry]) -> None:
    """Write the entries of a version into its manifest."""
    chunks = list(_chunks(entries))
    # Every record of Chroma has a vector; these are never searched.
    vectors = np.ones((len(chunks), 1), np.float32)
    ids = [f"{number:08d}" for number in range(len(chunks))]
    step = 50
    for start in range(0, len(chunks), step):
        part = slice(start, start + step)
        store.add(collection, ids[part], vectors[part], [{"entries": chunk} for chunk in chunks[part]])


def read_entries(collection: Collection, expected: int) -> tuple[Entry, ...]:
    """Read the entries back; raises IndexUnavailable unless there are `expected` of them."""
    with calling_chroma(f"read {collection.name}"):
        answer = collection.get(include=["metadatas"])
    rows = sorted(zip(answer["ids"], answer["metadatas"] or [], strict=True))
    entries = tuple(_entry(row) for _, metadata in rows for row in json.loads(str(metadata["entries"])))
    if len(entries) != expected:
        raise IndexUnavailable(
            f"{collection.name} holds {len(entries)} entries instead of {expected}. Reload to build it anew."
        )
    return entries


def _chunks(entries: Iterable[Entry]) -> Iterable[str]:
    rows: list[str] = []
    size = 0
    for entry in entries:
        row = json.dumps(_row(entry), ensure_ascii=False, separators=(",", ":"))
        if rows and size + len(row) > _CHUNK_CHARACTERS:
            yield f"[{','.join(rows)}]"
            rows, size = [], 0
        rows.append(row)
        size += len(row)
    if rows:
        yield f"[{','.join(rows)}]"


def _row(entry: Entry) -> dict[str, Any]:
    row: dict[str, Any] = {"id": entry.id, "question": entry.question, "answer": entry.answer}
    for name in ("alternates", "tags", "audience", "language", "source", "path", "line"):
        if value := getattr(entry, name):
            row[name] = value
    if entry.updated:
        row["updated"] = entry.updated.isoformat()
    return row


def _entry(row: dict[str, Any]) -> Entry:
    updated = row.pop("updated", "")
    return Entry(
        **{
            **row,
            "alternates": tuple(row.get("alternates", ())),
            "tags": tuple(row.get("tags", ())),
            "updated": date.fromisoformat(updated) if updated else None,
        }
    )
