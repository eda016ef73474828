"""Chroma, embedded or as a server: the one place where it is called and where its exceptions are mapped.

Beyond storing vectors, Chroma is asked for one thing on which versions rest: creating a collection under a name that
exists fails, and of two processes that try at once exactly one succeeds. The embedded database and the server both
guarantee it (a unique index in their system database).
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

import numpy as np

from knowledge.embeddings import Vectors
from knowledge.errors import IndexUnavailable, KnowledgeError, NoSuchVersion
from knowledge.index.mirror import Mirrors

if TYPE_CHECKING:
    import httpx
    from chromadb.api import ClientAPI
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection
    from chromadb.config import Settings

Metadata = Mapping[str, str | int | float | bool]

HNSW: CreateHNSWConfiguration = {"space": "cosine", "ef_construction": 32, "ef_search": 256, "max_neighbors": 8}
"""For whoever asks Chroma directly; our own search compares with every vector. A denser graph would only slow down a
full load, of which Chroma's default made up a tenth (the benchmark states the recall of this one)."""

PATIENCE = 60.0
"""Seconds for which a Chroma server may keep an answer waiting; writing a large batch takes some. The vendor's client
would wait for ever."""
_CONNECT_WITHIN = 5.0

PREFIX = "concierge-"
"""Of every collection that is ours: a Chroma server may hold others'."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A collection, as it is listed."""

    id: str
    """Given by Chroma, and never again: a name may be free and taken again, an id not."""
    metadata: dict[str, Any]
    """What it is described with."""


class NameTaken(KnowledgeError):
    """A collection of that name exists: somebody else was first."""


@contextmanager
def calling_chroma(what: str) -> Iterator[None]:
    """Map whatever Chroma raises; `what` says in a few words what was being done."""
    from chromadb.errors import NotFoundError

    try:
        yield
    except KnowledgeError:
        raise
    except NotFoundError as error:
        raise NoSuchVersion(f"can't {what}: it is not in the index (any more)") from error
    except Exception as error:
        # Chroma raises its own errors, ValueError, httpx's errors and errors of its Rust core for one cause.
        raise IndexUnavailable(f"can't {what}: {_first_line(error)}") from error


_DATABASE = "chroma.sqlite3"
_SETTLED = 1_000_000_000
"""Nanoseconds after which another write has another time."""


class Store:
    """An open Chroma. Every method blocks; all may be called from several threads."""

    def __init__(self, client: ClientAPI, mirrors: Mirrors, folder: Path | None = None) -> None:
        """folder: of the embedded database."""
        self._client = client
        self._folder = folder
        self.mirrors = mirrors
        """Local copies of large segments."""
        with calling_chroma("ask Chroma for its limits"):
            self.max_batch = client.get_max_batch_size()

    @classmethod
    def open(cls, *, data_dir: Path, chroma_url: str = "", patience: float = PATIENCE) -> Store:
        """Open the server at `chroma_url`, or the embedded database in `data_dir`/chroma when it is "".

        patience: seconds, see `PATIENCE`. Raises IndexUnavailable with what to do.
        """
        import chromadb
        from chromadb.config import Settings

        settings = Settings(anonymized_telemetry=False)
        mirrors = Mirrors(data_dir / "vectors")
        if not chroma_url:
            folder = data_dir / "chroma"
            try:
                folder.mkdir(parents=True, exist_ok=True)
                # Chroma makes its tables without a lock: of processes that open a new index at once all but one fail.
                with (folder / "open.lock").open("w") as lock:
                    fcntl.flock(lock, fcntl.LOCK_EX)
                    return cls(chromadb.PersistentClient(str(folder), settings=settings), mirrors, folder)
            except OSError as error:
                raise IndexUnavailable(f"can't write to {folder}: {error.strerror}. Check DATA_DIR.") from error
            except IndexUnavailable:
                raise
            except Exception as error:
                raise IndexUnavailable(
                    f"the index in {folder} can't be opened: {_first_line(error)}. "
                    "Move the folder away and reload to build it anew."
                ) from error
        url = urlsplit(chroma_url)
        if url.scheme not in ("http", "https") or not url.hostname:
            raise IndexUnavailable(f"CHROMA_URL={chroma_url} is not an address. Write http://host:8000.")
        try:
            return cls(_connect(url, settings, patience), mirrors)
        except Exception as error:
            raise IndexUnavailable(
                f"Chroma at {url.scheme}://{url.hostname}:{url.port or ''} does not answer: {_first_line(error)} "
                "Check CHROMA_URL and that the server runs."
            ) from error

    def stamp(self) -> tuple[int, ...] | None:
        """What every write to the embedded database changes, for a few microseconds instead of a query.

        None when only reading tells: on a server, and within a second of a write, since times of files are coarse.
        """
        if self._folder is None:
            return None
        times = []
        for name in (_DATABASE, f"{_DATABASE}-wal"):
            with suppress(OSError):
                times.append((self._folder / name).stat().st_mtime_ns)
        return tuple(times) if times and max(times) < time.time_ns() - _SETTLED else None

    def collections(self) -> dict[str, Stored]:
        """Every collection of ours, by name."""
        found: dict[str, Stored] = {}
        with calling_chroma("list the versions"):
            page = 1000
            for offset in range(0, 1_000_000, page):
                collections = self._client.list_collections(limit=page, offset=offset)
                for collection in collections:
                    if collection.name.startswith(PREFIX):
                        found[collection.name] = Stored(str(collection.id), dict(collection.metadata or {}))
                if len(collections) < page:
                    break
        return found

    def create(self, name: str, metadata: Metadata) -> Collection:
        """Create a collection; raises NameTaken when it exists, whoever made it and however close the race was."""
        with calling_chroma(f"create {name}"):
            try:
                return self._client.create_collection(
                    name, metadata=dict(metadata), embedding_function=None, configuration={"hnsw": HNSW}
                )
            except Exception as error:
                # The kind of exception differs between the embedded database and the server.
                if "already exists" in str(error):
                    raise NameTaken(f"{name} exists") from error
                raise

    def get(self, name: str) -> Collection:
        """Open a collection; raises NoSuchVersion when there is none of that name."""
        with calling_chroma(f"open {name}"):
            return self._client.get_collection(name, embedding_function=None)

    def rename(self, collection: Collection, name: str, metadata: Metadata) -> None:
        """Give a collection this name and metadata in one step; raises NoSuchVersion when it was deleted.

        Also for new metadata under the same name: Chroma says nothing when only the metadata of a deleted collection
        is changed.
        """
        with calling_chroma(f"rename to {name}"):
            collection.modify(name=name, metadata=dict(metadata))

    def delete(self, name: str) -> bool:
        """Delete a collection; False when there was none of that name."""
        try:
            with calling_chroma(f"delete {name}"):
                self._client.delete_collection(name)
        except NoSuchVersion:
            return False
        return True

    def add(self, collection: Collection, ids: Sequence[str], vectors: Vectors, metadatas: Sequence[Metadata]) -> None:
        """Add records, in batches that Chroma takes; `metadatas` is empty or has one for each."""
        with calling_chroma(f"write to {collection.name}"):
            for start in range(0, len(ids), self.max_batch):
                part = slice(start, start + self.max_batch)
                collection.add(
                    ids=list(ids[part]),
                    embeddings=vectors[part],
                    metadatas=[dict(metadata) for metadata in metadatas[part]] or None,
                )

    def close(self) -> None:
        """Release the database's files or the connection."""
        with calling_chroma("close Chroma"):
            # The client of a server leaves its connections open when it is closed (chromadb 1.5).
            sessions = _sessions(self._client)
            self._client.close()  # type: ignore[attr-defined]
            for session in sessions:
                session.close()


def _connect(url: SplitResult, settings: Settings, patience: float) -> ClientAPI:
    """The client of a server, which gives up on an answer after `patience` seconds."""
    import chromadb
    import httpx

    secure = url.scheme == "https"
    port = url.port or (443 if secure else 8000)
    # A token is written before the host: https://token@host.
    headers = {"Authorization": f"Bearer {url.username}"} if url.username else {}
    timeout = httpx.Timeout(patience, connect=min(patience, _CONNECT_WITHIN))
    # The vendor's client asks the server several things while it is made, without a limit: a server that does not
    # answer is found out before.
    host = f"[{url.hostname}]" if ":" in str(url.hostname) else url.hostname
    httpx.get(f"{url.scheme}://{host}:{port}/api/v2/heartbeat", headers=headers, timeout=timeout)
    client = chromadb.HttpClient(host=str(url.hostname), port=port, ssl=secure, headers=headers, settings=settings)
    for session in _sessions(client):
        session.timeout = timeout
    return client


def _sessions(client: ClientAPI) -> list[httpx.Client]:
    """The HTTP clients behind the client of a server: its own and that of the administrative one inside it. Chroma
    offers no other way to them. The embedded database has none."""
    parts = (client, getattr(client, "_admin_client", None))
    found = [getattr(getattr(part, "_server", None), "_session", None) for part in parts]
    return [session for session in found if session is not None]


def fetch_all(collection: Collection, batch: int = 2000) -> tuple[list[str], Vectors]:
    """Read every record of a collection: ids, and vectors with one row each."""
    ids: list[str] = []
    rows: list[Vectors] = []
    with calling_chroma(f"read {collection.name}"):
        for offset in range(0, collection.count(), batch):
            answer = collection.get(limit=batch, offset=offset, include=["embeddings"])
            ids += answer["ids"]
            rows.append(np.asarray(answer["embeddings"], dtype=np.float32))
    return ids, np.vstack(rows) if rows else np.zeros((0, 0), np.float32)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]
