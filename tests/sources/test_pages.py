"""Web pages: a real server, a real client, a cache on disk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from knowledge.sources import load_source, read_source
from knowledge.sources.pages import FetchLimits, fetch_pages
from knowledge.sources.pages.guard import is_public, is_public_host

PAGE = "<html><body><h2>Is it free?</h2><p>Yes.</p><h2>Is it new?</h2><p><a href='more'>No.</a></p></body></html>"


@dataclass
class Site:
    """A help centre that keeps count."""

    url: str = ""
    body: str = PAGE
    etag: str = '"v1"'
    status: int = 200
    robots: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def page(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path, request.headers.get("If-None-Match", "")))
        if self.status != 200:
            return web.Response(status=self.status)
        if request.headers.get("If-None-Match") == self.etag:
            return web.Response(status=304)
        return web.Response(text=self.body, content_type="text/html", headers={"ETag": self.etag})

    async def robots_txt(self, request: web.Request) -> web.Response:
        return web.Response(text=self.robots)

    async def away(self, request: web.Request) -> web.Response:
        raise web.HTTPFound(request.query["to"])


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    app = web.Application()
    app.add_routes(
        [
            web.get("/robots.txt", site.robots_txt),
            web.get("/away", site.away),
            web.get("/{tail:.*}", site.page),
        ]
    )
    runner = web.AppRunner(app)
    await runner.setup()
    server = web.TCPSite(runner, "127.0.0.1", 0)
    await server.start()
    site.url = server.name
    yield site
    await runner.cleanup()


@pytest.fixture
def folder(tmp_path: Path, site: Site) -> Path:
    folder = tmp_path / "faq"
    folder.mkdir()
    (folder / "pages.txt").write_text(f"# our help centre\n{site.url}/help/faq  # all of it\n")
    return folder


async def test_listed_pages_become_entries(folder: Path, tmp_path: Path, site: Site) -> None:
    (folder / "own.md").write_text("# Own\n\nText.\n")
    reading = await load_source(folder, page_cache=tmp_path / "cache", allow_private=True)
    assert not reading.errors
    assert [(entry.question, entry.path) for entry in reading.entries] == [
        ("Own", "own.md"),
        ("Is it free?", f"{site.url}/help/faq"),
        ("Is it new?", f"{site.url}/help/faq"),
    ]
    assert reading.entries[2].answer == f"[No.]({site.url}/help/more)"
    assert reading.counts[f"{site.url}/help/faq"] == 2


async def test_an_unchanged_page_is_not_sent_again(folder: Path, tmp_path: Path, site: Site) -> None:
    for _ in range(2):
        assert await fetch_pages(folder, tmp_path / "cache", allow_private=True) == ()
    assert site.asked == [("/help/faq", ""), ("/help/faq", '"v1"')]
    site.etag, site.body = '"v2"', PAGE.replace("Yes.", "Not now.")
    await fetch_pages(folder, tmp_path / "cache", allow_private=True)
    assert read_source(folder, page_cache=tmp_path / "cache").entries[0].answer == "Not now."


async def test_a_page_out_of_order_keeps_its_last_copy(folder: Path, tmp_path: Path, site: Site) -> None:
    cache = tmp_path / "cache"
    await fetch_pages(folder, cache, allow_private=True)
    site.status = 503
    (problem,) = await fetch_pages(folder, cache, allow_private=True)
    assert (problem.code, problem.severity, problem.line) == ("page-stale", "warning", 2)
    reading = read_source(folder, page_cache=cache)
    assert reading.complete
    assert len(reading.entries) == 2


async def test_a_page_that_is_gone_loses_its_copy(folder: Path, tmp_path: Path, site: Site) -> None:
    cache = tmp_path / "cache"
    await fetch_pages(folder, cache, allow_private=True)
    site.status = 404
    (problem,) = await fetch_pages(folder, cache, allow_private=True)
    assert (problem.code, problem.severity) == ("page", "error")
    reading = read_source(folder, page_cache=cache)
    assert not reading.complete
    assert not reading.entries


async def test_limits_and_robots(folder: Path, tmp_path: Path, site: Site) -> None:
    (problem,) = await fetch_pages(folder, tmp_path / "a", limits=FetchLimits(page_bytes=50), allow_private=True)
    assert "larger than 50 bytes" in problem.message
    site.robots = "User-agent: *\nDisallow: /help/\n"
    site.asked.clear()
    (problem,) = await fetch_pages(folder, tmp_path / "b", allow_private=True)
    assert "robots.txt" in problem.message
    assert site.asked == []


async def test_redirects_are_followed_and_counted(folder: Path, tmp_path: Path, site: Site) -> None:
    (folder / "pages.txt").write_text(f"{site.url}/away?to=/help/faq\n{site.url}/away?to=file:///etc/passwd\n")
    (problem,) = await fetch_pages(folder, tmp_path / "a", allow_private=True)
    assert (problem.line, "no web address" in problem.message) == (2, True)
    assert len(read_source(folder, page_cache=tmp_path / "a").entries) == 2
    (folder / "pages.txt").write_text(f"{site.url}/away?to=/help/faq\n")
    (problem,) = await fetch_pages(folder, tmp_path / "b", limits=FetchLimits(redirects=0), allow_private=True)
    assert "redirects more than 0 times" in problem.message


async def test_private_addresses_are_refused(folder: Path, tmp_path: Path, site: Site) -> None:
    port = site.url.rsplit(":", 1)[1]
    spellings = [f"127.0.0.1:{port}", f"localhost:{port}", f"2130706433:{port}", f"0x7f000001:{port}", f"[::1]:{port}"]
    (folder / "pages.txt").write_text("".join(f"http://{host}/help/faq\n" for host in spellings))
    problems = await fetch_pages(folder, tmp_path / "cache")
    assert [problem.line for problem in problems] == [1, 2, 3, 4, 5]
    assert all("private network" in problem.message for problem in problems), problems
    assert site.asked == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("10.0.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("fe80::1%eth0", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public
    assert is_public_host(f"[{address}]" if ":" in address else address) is public


def test_a_list_without_a_cache_is_not_complete(tmp_path: Path) -> None:
    (tmp_path / "pages.txt").write_text("https://help.example/faq\nftp://x\nhttps://user:secret@help.example/\n")
    reading = read_source(tmp_path)
    assert not reading.complete
    assert sorted(problem.code for problem in reading.errors) == ["address", "address", "page-missing"]
