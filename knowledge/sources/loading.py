"""A whole source, for async callers: pages fetched, then everything read."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from knowledge.sources.pages.fetching import fetch_pages
from knowledge.sources.reader import read_source
from knowledge.sources.reading import SourceReading


async def load_source(
    path: Path | str, *, page_cache: Path | str, base_url: str = "", allow_private: bool = False
) -> SourceReading:
    """`read_source` after `fetch_pages`, with the problems of both. Raises SourceError if `path` does not exist."""
    problems = await fetch_pages(path, page_cache, allow_private=allow_private)
    reading = await asyncio.to_thread(read_source, path, base_url=base_url, page_cache=page_cache)
    return replace(reading, problems=problems + reading.problems)
