"""Web pages as a source: `pages.txt` lists them, `fetch_pages` caches them, `read_source` reads the cache."""

from knowledge.sources.pages.fetching import FetchLimits, fetch_pages

__all__ = ["FetchLimits", "fetch_pages"]
