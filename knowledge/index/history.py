"""The versions that can serve, and the way back to one of them. Needs neither a model nor a loaded version."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Self

from knowledge.errors import NoSuchVersion
from knowledge.index.reports import VersionInfo
from knowledge.index.store import Store
from knowledge.index.versions import Versions


class History:
    """Lists versions and moves the pointer. Open it with `await History.open(...)`, close it with `aclose()`."""

    def __init__(self, store: Store) -> None:
        """The store is closed by `aclose`."""
        self._store = store
        self._versions = Versions(store)

    @classmethod
    async def open(cls, *, data_dir: Path | str, chroma_url: str = "") -> Self:
        """Open the index; the arguments are those of `KnowledgeBase.open`. Raises IndexUnavailable."""
        return cls(await asyncio.to_thread(Store.open, data_dir=Path(data_dir), chroma_url=chroma_url))

    async def versions(self) -> tuple[VersionInfo, ...]:
        """The versions that can serve, oldest first."""
        return (await asyncio.to_thread(self._versions.read)).versions

    async def rollback(self, version: int | None = None) -> VersionInfo:
        """Let an older version serve again, in every process; without a number, the one before.

        Raises NoSuchVersion, or ReloadBusy while a reload runs.
        """
        return await asyncio.to_thread(self._roll_back, version)

    async def aclose(self) -> None:
        """Close the index."""
        await asyncio.to_thread(self._store.close)

    def _roll_back(self, number: int | None) -> VersionInfo:
        catalogue = self._versions.read()
        self._versions.refuse_while_building(catalogue)
        current = catalogue.pointer.version
        if number is None:
            older = [version for version in catalogue.versions if version.number < current]
            if not older:
                raise NoSuchVersion("there is no older version to roll back to")
            number = older[-1].number
        target = catalogue.version(number)
        if target.number != current:
            self._versions.move(catalogue.pointer, target.number, "rollback")
        return target
