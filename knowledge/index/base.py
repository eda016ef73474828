"""The knowledge base of a running process: searches one version, follows the pointer, reloads."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import ParamSpec, Self, TypeVar, Unpack

from knowledge.embeddings import Embedder, Vectors, load_embedder
from knowledge.errors import IndexUnavailable, KnowledgeError, NoSuchVersion, ReloadBusy
from knowledge.index import reload as reloading
from knowledge.index.catalogue import Catalogue
from knowledge.index.history import History
from knowledge.index.plan import Difference, EntryChange, compare, fingerprint
from knowledge.index.reports import Progress, ProgressListener, ReloadReport, Status, VersionInfo
from knowledge.index.snapshot import Serving, load
from knowledge.index.store import Store
from knowledge.index.versions import Versions, utc_now
from knowledge.search import Searcher, SearchResult, Wanted

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

FOLLOW_EVERY = 0.25
"""Seconds between two looks at the pointer."""
SEARCHES = 2
"""Threads that search large FAQs: they mostly need the interpreter's lock, more would only wait for it."""


class KnowledgeBase:
    """What answers questions. Open it with `await KnowledgeBase.open(...)`, close it with `aclose()`.

    A search runs from start to end on the version that it began with, whatever is switched meanwhile.
    """

    def __init__(self, store: Store, embedder: Embedder, page_cache: Path | None = None) -> None:
        """For `open`. The store is closed by `aclose`; `page_cache` is the folder of fetched pages."""
        self._store = store
        self._page_cache = page_cache
        self._history = History(store)
        self._versions = Versions(store)
        self._embedder = embedder
        self._embedders = {embedder.name: embedder}
        self._serving: Serving | None = None
        self._loaded_at: datetime | None = None
        self._problem = ""
        self._sequence = -1
        self._refreshing = asyncio.Lock()
        self._follower: asyncio.Task[None] | None = None
        # Threads of their own: a reload in the default executor must not keep searches waiting.
        self._threads = ThreadPoolExecutor(SEARCHES, thread_name_prefix="search")

    @classmethod
    async def open(cls, *, data_dir: Path | str, chroma_url: str = "", embedding_model: str = "") -> Self:
        """Open the index and load the version that serves, if there is one.

        data_dir: where the embedded index and copies of web pages live. chroma_url: a Chroma server instead.
        embedding_model: see `load_embedder`. Raises IndexUnavailable or EmbeddingError, with what to do.
        """
        embedder = asyncio.to_thread(load_embedder, embedding_model)
        opening = asyncio.to_thread(Store.open, data_dir=Path(data_dir), chroma_url=chroma_url)
        opened, model = await asyncio.gather(opening, embedder, return_exceptions=True)
        if isinstance(opened, BaseException):
            raise opened
        if isinstance(model, BaseException):
            await asyncio.to_thread(opened.close)
            raise model
        base = cls(opened, model, Path(data_dir) / "pages")
        try:
            await base.refresh()
        except BaseException:
            await base.aclose()
            raise
        return base

    async def ensure(
        self, path: Path | str, *, progress: Callable[[Progress], None] | None = None
    ) -> ReloadReport | None:
        """Serve the FAQ at `path`: reload unless its content is what the index serves; None when nothing was loaded.

        After a rollback the files are newer than what serves on purpose: then nothing is loaded either. When another
        process is loading already, wait for it. While an older version serves, a refusal is logged rather than raised.
        While nothing serves, a version that fails test questions is better than none: it is loaded, and the failures
        are logged. Raises as `reload` does when nothing serves and nothing can be loaded.
        """
        while True:
            try:
                if await asyncio.to_thread(self._leave_alone, Path(path)):
                    return None
                report = await self.reload(path, force=self._serving is None, progress=progress)
            except ReloadBusy:
                await asyncio.sleep(FOLLOW_EVERY)
                await self.refresh()
            except KnowledgeError as error:
                if self._serving is None:
                    raise
                log.warning("the FAQ at %s is not loaded, %s goes on serving: %s", path, self.status().version, error)
                return None
            else:
                for failure in report.failures:
                    log.warning("loaded although a test failed: %s", failure)
                return report

    async def search(self, query: str, **wanted: Unpack[Wanted]) -> SearchResult:
        """Find the entries that answer `query`, best first.

        Raises NoSuchVersion while nothing has been loaded, EmbeddingError or IndexUnavailable when those fail.
        """
        if self._serving is None:
            await self.refresh()
        return await self.searcher.search_beside(self._threads, query, **wanted)

    async def embed(self, texts: list[str]) -> Vectors:
        """Vectors of texts by the model of this base, shape (texts, dimensions), of length 1."""
        return await asyncio.to_thread(self._embedder.embed, texts)

    async def reload(
        self, path: Path | str, *, force: bool = False, progress: Callable[[Progress], None] | None = None
    ) -> ReloadReport:
        """Bring the index up to date with `path`, test the result and let it serve, in every process.

        force: let it serve though it did not pass the gate. progress: called on the event loop.
        Raises SourceError, ReloadRefused (with the reasons), ReloadBusy, EmbeddingError or IndexUnavailable; then
        nothing has changed.
        """
        serving = self._serving.loaded if self._serving else None
        report, fresh = await asyncio.to_thread(
            reloading.reload,
            self._store,
            Path(path),
            self._embedder,
            serving=serving,
            force=force,
            listener=self._on_loop(progress),
            page_cache=self._page_cache,
        )
        await self.refresh(fresh)
        return report

    async def reload_changed(
        self, path: Path | str, *, progress: Callable[[Progress], None] | None = None
    ) -> ReloadReport | None:
        """As `reload`, for reloads that nobody decided on: None when the files are what serves, or served before a
        rollback and have not changed since."""
        if await asyncio.to_thread(self._leave_alone, Path(path)):
            return None
        return await self.reload(path, progress=progress)

    async def diff(self, path: Path | str) -> tuple[Difference, tuple[EntryChange, ...]]:
        """What a reload of `path` would change, in numbers and entry by entry."""

        def compared() -> tuple[Difference, tuple[EntryChange, ...]]:
            source = reloading.read(Path(path), self._page_cache)
            active = self._versions.read().active
            return compare(load(self._store, active).entries if active else (), source.entries)

        return await asyncio.to_thread(compared)

    async def versions(self) -> tuple[VersionInfo, ...]:
        """The versions that can serve, oldest first."""
        return await self._history.versions()

    async def rollback(self, version: int | None = None) -> VersionInfo:
        """Let an older version serve again, in every process; without a number, the one before.

        Raises NoSuchVersion, or ReloadBusy while a reload runs.
        """
        target = await self._history.rollback(version)
        await self.refresh()
        return target

    @property
    def version(self) -> str:
        """Name of the version that a search would run on now, "" while there is none. Costs nothing."""
        return self._serving.loaded.info.name if self._serving else ""

    @property
    def searcher(self) -> Searcher:
        """What searches the version that serves, for work off the event loop; raises NoSuchVersion while none does."""
        if self._serving is None:
            raise NoSuchVersion(self._problem or "no FAQ has been loaded yet. Run: concierge kb reload")
        return self._serving.searcher

    def status(self) -> Status:
        """What this process serves."""
        if self._serving is None:
            return Status("", 0, 0, self._embedder.name, "", None, None, self._problem)
        info = self._serving.loaded.info
        return Status(
            info.name, info.entries, info.units, info.model, info.source, info.created, self._loaded_at, self._problem
        )

    async def refresh(self, ready: Serving | None = None) -> None:
        """Look at the pointer once, and load the version that it names unless it is loaded, or `ready` is it.

        Raises when Chroma fails; a version that can't be loaded is noted in `status().problem`, and the old one goes
        on serving.
        """
        async with self._refreshing:
            catalogue = await asyncio.to_thread(self._versions.read)
            if catalogue.pointer.sequence == self._sequence and not self._problem:
                return
            active = catalogue.active
            if active is None:
                self._problem = f"v{catalogue.pointer.version} is missing" if catalogue.pointer.version else ""
                return
            if self._serving is None or self._serving.loaded.info.number != active.number:
                try:
                    if ready and ready.loaded.info.number == active.number:
                        self._serving = ready
                    else:
                        self._serving = await asyncio.to_thread(self._load, active)
                except KnowledgeError as error:
                    self._problem = f"{active.name} can't be loaded: {error}"
                    log.warning("%s", self._problem)
                    return
                self._loaded_at = utc_now()
                log.info("serving %s of the FAQ: %d entries", active.name, active.entries)
            self._sequence, self._problem = catalogue.pointer.sequence, ""

    def follow(self) -> asyncio.Task[None]:
        """Follow the pointer until `aclose`, so that a switch made anywhere is served here within a second."""
        if self._follower is None:
            self._follower = asyncio.create_task(self._follow(), name="follow the knowledge base")
        return self._follower

    async def aclose(self) -> None:
        """Stop following and close the index. Searches that run are waited for."""
        if self._follower:
            self._follower.cancel()
            await asyncio.gather(self._follower, return_exceptions=True)
        await asyncio.to_thread(self._threads.shutdown)
        await asyncio.to_thread(self._store.close)

    async def _follow(self) -> None:
        failing = False
        seen: tuple[int, ...] | None = None
        while True:
            stamp = self._store.stamp()
            try:
                if stamp is None or stamp != seen or self._problem:
                    await self.refresh()
                seen, failing = stamp, False
            except IndexUnavailable as error:
                if not failing:
                    log.warning("can't follow the knowledge base: %s", error)
                failing = True
            await asyncio.sleep(FOLLOW_EVERY)

    def _load(self, info: VersionInfo) -> Serving:
        loaded = load(self._store, info)
        # The version may have been built by another model than this process was started with.
        if info.model not in self._embedders:
            self._embedders[info.model] = load_embedder(info.model)
        embedder = self._embedders[info.model]
        return Serving(loaded, embedder, Searcher(loaded, embedder))

    def _leave_alone(self, path: Path) -> bool:
        """Whether there is nothing to load from `path`."""
        catalogue = self._versions.read()
        if catalogue.active is None:
            return False
        entries = reloading.read(path, self._page_cache).entries
        if reloading.up_to_date(catalogue, entries, self._embedder):
            return True
        if not _was_rolled_back(catalogue, fingerprint(entries), self._embedder.name):
            return False
        log.warning("serving %s, to which the FAQ was rolled back; reload to serve the files", catalogue.active.name)
        return True

    def _on_loop(self, progress: Callable[[Progress], None] | None) -> ProgressListener:
        if progress is None:
            return lambda _: None
        loop = asyncio.get_running_loop()

        def listen(step: Progress) -> None:
            loop.call_soon_threadsafe(progress, step)

        return listen


def _was_rolled_back(catalogue: Catalogue, content: str, model: str) -> bool:
    """Whether this content served before somebody rolled it back."""
    if len(catalogue.pointers) < 2 or catalogue.pointer.reason != "rollback":
        return False
    left = catalogue.pointers[-2].version
    return any(
        version.number == left and version.fingerprint == content and version.model == model
        for version in catalogue.versions
    )
