"""Fetches the listed pages: only what changed, one request per host at a time, within limits, obeying robots.txt."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import aiohttp

from knowledge.sources.names import format_of
from knowledge.sources.pages.cache import CachedPage, PageCache
from knowledge.sources.pages.guard import PrivateAddress, PublicResolver, is_public_host
from knowledge.sources.pages.listing import is_web_address, listed_pages, pages_file
from knowledge.sources.problems import Problem, ProblemLog

USER_AGENT = "Concierge-FAQ/0.1 (reads help pages that its operator listed)"

_TYPES = {
    "text/html": "html", "application/xhtml+xml": "html", "text/markdown": "markdown", "text/x-markdown": "markdown",
    "text/csv": "csv", "application/json": "json", "application/yaml": "yaml", "text/yaml": "yaml",
    "application/x-yaml": "yaml", "application/pdf": "document", "text/x-rst": "rst",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What a fetch may cost."""

    page_bytes: int = 5_000_000
    """Largest page, after decompression."""
    page_seconds: float = 20.0
    """Longest time for one page, redirects included."""
    redirects: int = 5
    """Most redirects followed."""
    at_once: int = 4
    """Hosts that are asked at the same time."""


class _Refused(Exception):
    """A page that can't be had, with the sentence for the author."""

    def __init__(self, message: str, *, gone: bool = False) -> None:
        super().__init__(message)
        self.gone = gone


async def fetch_pages(
    source: Path | str, cache: Path | str, *, limits: FetchLimits | None = None, allow_private: bool = False
) -> tuple[Problem, ...]:
    """Brings the pages that `source` lists into the folder `cache`; without a list it does nothing.

    A page that can't be fetched keeps its last copy (a warning); one that the server says is gone loses it (an
    error). Private addresses are refused unless `allow_private`, for a help centre inside the company.
    """
    file = pages_file(Path(source))
    if file is None:
        return ()
    log = ProblemLog(file.name)
    pages = await asyncio.to_thread(listed_pages, file, log)
    fetcher = _Fetcher(PageCache(Path(cache)), limits or FetchLimits(), allow_private)
    by_host: dict[str, list[str]] = defaultdict(list)
    for url in pages:
        by_host[urlsplit(url).netloc.lower()].append(url)
    turns = asyncio.Semaphore(fetcher.limits.at_once)
    connector = aiohttp.TCPConnector(resolver=None if allow_private else PublicResolver())
    async with aiohttp.ClientSession(
        connector=connector,
        headers={"User-Agent": USER_AGENT},
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=fetcher.limits.page_seconds),
    ) as session:

        async def one_host(urls: list[str]) -> None:
            async with turns:
                for url in urls:
                    await _report(fetcher, session, url, pages[url], log)

        await asyncio.gather(*(one_host(urls) for urls in by_host.values()))
    return tuple(sorted(log.problems, key=lambda problem: problem.line))


async def _report(fetcher: _Fetcher, session: aiohttp.ClientSession, url: str, line: int, log: ProblemLog) -> None:
    try:
        async with asyncio.timeout(fetcher.limits.page_seconds):
            await fetcher.fetch(session, url)
        return
    except _Refused as error:
        reason, gone = str(error), error.gone
    except TimeoutError:
        reason, gone = f"did not answer within {fetcher.limits.page_seconds:g} seconds", False
    except (aiohttp.ClientError, OSError, ValueError) as error:
        private = isinstance(error.__cause__ or error, PrivateAddress) or isinstance(error.__context__, PrivateAddress)
        reason, gone = "leads to a private network" if private else f"can't be fetched ({error})"[:200], False
    if gone or fetcher.cache.get(url) is None:
        fetcher.cache.drop(url)
        log.error("page", f"{url} {reason}.", "Put the address right, or delete the line.", line)
    else:
        log.warning("page-stale", f"{url} {reason}; the last copy is used.", "Look whether the page still works.", line)


class _Fetcher:
    def __init__(self, cache: PageCache, limits: FetchLimits, allow_private: bool) -> None:
        self.cache, self.limits = cache, limits
        self._allow_private = allow_private
        self._robots: dict[str, RobotFileParser] = {}

    async def fetch(self, session: aiohttp.ClientSession, url: str) -> None:
        """Puts the page into the cache if it is new or has changed. Raises _Refused."""
        known = self.cache.get(url)
        headers = {}
        if known and known.etag:
            headers["If-None-Match"] = known.etag
        elif known and known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        target = url
        for _ in range(self.limits.redirects + 1):
            self._check(target)
            await self._obey_robots(session, target)
            async with session.get(target, headers=headers, allow_redirects=False) as answer:
                if answer.status in (301, 302, 303, 307, 308) and "Location" in answer.headers:
                    target = urljoin(target, answer.headers["Location"])
                    continue
                if answer.status == 304 and known:
                    return
                if answer.status in (404, 410):
                    raise _Refused(f"is gone ({answer.status})", gone=True)
                if answer.status != 200:
                    raise _Refused(f"answered with status {answer.status}")
                kind = _TYPES.get(answer.content_type) or format_of(urlsplit(target).path)
                if not kind:
                    raise _Refused(f"is of a kind that is not read ({answer.content_type})")
                body = await self._body(answer)
                page = CachedPage(
                    url,
                    target,
                    kind,
                    answer.headers.get("ETag", ""),
                    answer.headers.get("Last-Modified", ""),
                    answer.charset or "",
                )
                await asyncio.to_thread(self.cache.put, page, body)
                return
        raise _Refused(f"redirects more than {self.limits.redirects} times")

    def _check(self, url: str) -> None:
        if not is_web_address(url):
            raise _Refused("redirects to something that is no web address")
        if not self._allow_private and not is_public_host(urlsplit(url).hostname or ""):
            raise _Refused("leads to a private network")

    async def _body(self, answer: aiohttp.ClientResponse) -> bytes:
        parts: list[bytes] = []
        size = 0
        async for part in answer.content.iter_chunked(65_536):
            size += len(part)
            if size > self.limits.page_bytes:
                raise _Refused(f"is larger than {self.limits.page_bytes:,} bytes")
            parts.append(part)
        return b"".join(parts)

    async def _obey_robots(self, session: aiohttp.ClientSession, url: str) -> None:
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self._robots:
            rules = RobotFileParser()
            rules.parse([])
            try:
                async with session.get(f"{host}/robots.txt", allow_redirects=False) as answer:
                    if answer.status == 200:
                        text = (await answer.content.read(200_000)).decode("utf-8", "replace")
                        rules.parse(text.splitlines())
            except (aiohttp.ClientError, TimeoutError):
                pass  # no rules to be had: the page itself will say whether the host is there
            self._robots[host] = rules
        if not self._robots[host].can_fetch(USER_AGENT, url):
            raise _Refused("may not be fetched, says the site's robots.txt")
