"""Copies of pages on disk, with what is needed to ask whether they have changed."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CachedPage:
    """One page as it was last fetched."""

    url: str
    """The address in the list."""
    final_url: str
    """The address that answered, after redirects."""
    format: str
    """A format of `knowledge.sources.names.FORMATS`."""
    etag: str
    """`ETag` of the answer, or ""."""
    last_modified: str
    """`Last-Modified` of the answer, or ""."""
    charset: str
    """Character set that the server named, or ""."""


class PageCache:
    """A folder with two files per page. Writes are atomic: a page is the old one or the new one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, url: str) -> CachedPage | None:
        """What is known about a page; None if it was never fetched (or its files are damaged)."""
        try:
            page = CachedPage(**json.loads(self._file(url, "json").read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return page if page.url == url and self._file(url, "body").is_file() else None

    def body(self, url: str) -> bytes:
        """The page's bytes. Raises OSError if they are gone."""
        return self._file(url, "body").read_bytes()

    def put(self, page: CachedPage, body: bytes) -> None:
        """Keeps a page: first its bytes, then what says that they are there."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._file(page.url, "json").unlink(missing_ok=True)
        self._write(self._file(page.url, "body"), body)
        self._write(self._file(page.url, "json"), json.dumps(asdict(page)).encode())

    def drop(self, url: str) -> None:
        """Forgets a page."""
        for kind in ("json", "body"):
            self._file(url, kind).unlink(missing_ok=True)

    def _file(self, url: str, kind: str) -> Path:
        return self._folder / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.{kind}"

    def _write(self, file: Path, data: bytes) -> None:
        handle, name = tempfile.mkstemp(dir=self._folder)
        with os.fdopen(handle, "wb") as out:
            out.write(data)
        Path(name).replace(file)
