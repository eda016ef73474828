"""The same index on a Chroma server: nothing but an address is needed to load everything from another host."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from knowledge.errors import IndexUnavailable
from knowledge.index import KnowledgeBase
from knowledge.index.store import Store
from tests.index.faq import WordEmbedder, generation, write_faq


@pytest.fixture
async def chroma_url(tmp_path: Path) -> AsyncIterator[str]:
    """A real server on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    server = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("chroma"), "run", "--path", tmp_path / "server", "--port", str(port),
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip

    async def answers() -> None:
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                await writer.wait_closed()
                return

    try:
        await asyncio.wait_for(answers(), 30)
        yield f"http://127.0.0.1:{port}"
    finally:
        if server.returncode is None:
            server.kill()
        await server.wait()


@pytest.fixture
async def hosts(chroma_url: str, tmp_path: Path) -> AsyncIterator[tuple[KnowledgeBase, KnowledgeBase]]:
    """Two hosts: nothing in common but the server."""
    one, other = (
        KnowledgeBase(Store.open(data_dir=tmp_path / name, chroma_url=chroma_url), WordEmbedder()) for name in "ab"
    )
    yield one, other
    await one.aclose()
    await other.aclose()


async def test_two_hosts_share_versions_pointer_and_rollback(
    hosts: tuple[KnowledgeBase, KnowledgeBase], tmp_path: Path
) -> None:
    one, other = hosts
    faq = tmp_path / "faq.jsonl"
    await one.reload(write_faq(faq, generation(1)))
    await other.refresh()
    assert (await other.search("What about my voucher?")).hits[0].entry.id == "voucher"

    await other.reload(write_faq(faq, generation(2)))
    await one.refresh()
    assert "generation 2" in (await one.search("What about my voucher?")).hits[0].entry.answer

    await one.rollback()
    await other.refresh()
    assert other.status().version == "v1"


async def test_a_server_that_goes_away_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(IndexUnavailable, match="CHROMA_URL"):
        await KnowledgeBase.open(data_dir=tmp_path, chroma_url="http://127.0.0.1:9")
    with pytest.raises(IndexUnavailable, match="http://host:8000"):
        await KnowledgeBase.open(data_dir=tmp_path, chroma_url="chroma.example.com")


class Line:
    """A line to a server that goes dead when told: what is sent is taken, and nothing comes back."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.dead = False
        self._server: asyncio.Server | None = None
        self.url = ""

    async def __aenter__(self) -> Line:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        await asyncio.gather(self._carry(reader, far_writer, back=False), self._carry(far_reader, writer, back=True))

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, back: bool) -> None:
        try:
            while data := await source.read(65536):
                if not (self.dead and back):
                    target.write(data)
                    await target.drain()
        except ConnectionError:
            pass
        finally:
            target.close()


async def test_a_server_that_goes_silent_is_given_up_after_a_while(chroma_url: str, tmp_path: Path) -> None:
    async with Line(int(chroma_url.rpartition(":")[2])) as line:
        store = await asyncio.to_thread(Store.open, data_dir=tmp_path / "a", chroma_url=line.url, patience=1)
        base = KnowledgeBase(store, WordEmbedder())
        await base.reload(write_faq(tmp_path / "faq.jsonl", generation(1)))
        line.dead = True

        with pytest.raises(IndexUnavailable, match="timed out"):
            await base.refresh()
        with pytest.raises(IndexUnavailable, match=r"does not answer: timed out.*CHROMA_URL"):
            await asyncio.to_thread(Store.open, data_dir=tmp_path / "b", chroma_url=line.url, patience=0.2)
        assert (await base.search("What about my voucher?")).hits[0].entry.id == "voucher", "what is loaded serves"

        line.dead = False
        await base.refresh()
        await base.aclose()
