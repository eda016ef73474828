"""Files on their way to Discord: downloaded, or left as a line with a link."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import aiohttp
import discord

from core.messages import Attachment

log = logging.getLogger(__name__)

LARGEST = 10 * 1024 * 1024
"""Bytes of one file that a bot may upload to a server without boosts (Discord API, "Uploading Files")."""
MOST = 10
"""Files of one message."""
PATIENCE = 4.0
"""Seconds for all downloads of a message; the rest of the time to send belongs to the upload."""

Fetch = Callable[[Attachment, int], Awaitable[bytes]]
"""Reads a file of at most so many bytes. Whatever it raises leaves the file as a link."""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """What became of the files of a post."""

    taken: tuple[tuple[str, bytes], ...]
    """(name, content) of those to upload."""
    left: tuple[Attachment, ...]
    """Those to show as a link."""

    def uploads(self) -> list[discord.File]:
        """Fresh file objects: discord.py closes them after every try."""
        return [discord.File(io.BytesIO(content), filename=name) for name, content in self.taken]


class Files:
    """Downloads attachments, with `fetch` where it is given and anonymously otherwise."""

    def __init__(self, fetch: Fetch | None = None) -> None:
        self._fetch = fetch or self._get
        self._session: aiohttp.ClientSession | None = None

    async def download(self, files: Sequence[Attachment]) -> Downloaded:
        """Fetch what can be fetched; never raises."""
        wanted = files[:MOST]
        contents = await asyncio.gather(*(self._one(file) for file in wanted))
        return Downloaded(
            taken=tuple((file.name, data) for file, data in zip(wanted, contents, strict=True) if data is not None),
            left=(*(file for file, data in zip(wanted, contents, strict=True) if data is None), *files[MOST:]),
        )

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _one(self, file: Attachment) -> bytes | None:
        if file.size > LARGEST:
            return None
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._fetch(file, LARGEST)
        except Exception as error:
            log.warning("file %r is passed on as a link: %s", file.name, error or type(error).__name__)
            return None

    async def _get(self, file: Attachment, largest: int) -> bytes:
        if self._session is None:
            self._session = aiohttp.ClientSession(raise_for_status=True)
        async with self._session.get(file.url) as answer:
            content = await answer.content.read(largest + 1)
            while len(content) <= largest and (more := await answer.content.read(largest + 1 - len(content))):
                content += more
            if len(content) > largest:
                raise ValueError(f"larger than {largest} bytes")
            return content
