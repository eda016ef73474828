"""Files on their way through: fetched from where they lie, uploaded to where the post goes."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import aiohttp

from bots.slack import wording
from bots.slack.api import Api
from bots.slack.errors import CALL_ERRORS
from bots.slack.outgoing_text import escape
from core.errors import DeliveryError, PlatformUnavailable, Rejected
from core.messages import Attachment
from core.posts import Post

Fetch = Callable[[Attachment, int], Awaitable[bytes]]
"""Gives the content of a file of another platform, of at most so many bytes. Raises DeliveryError."""
MAX_BYTES = 25 * 2**20
"""A larger file is passed on as a line that names it."""
BUDGET = 5.0
"""Seconds for all files of one post: the text must still leave within the attempt."""
_REMEMBERED = 1000

log = logging.getLogger(__name__)


class Files:
    """Downloads with the bot's token from Slack only; uploads by Slack's external upload flow."""

    def __init__(self, api: Api, api_url: str, *, elsewhere: Fetch | None = None) -> None:
        """`elsewhere` fetches what does not lie at Slack; without it such a file is fetched without credentials."""
        self._api, self._elsewhere = api, elsewhere
        self._own = urlsplit(api_url)
        self._shared: OrderedDict[str, list[str]] = OrderedDict()

    def owns(self, url: str) -> bool:
        """Whether a file lies at Slack, and the token may go there."""
        parts = urlsplit(url)
        if parts.scheme == "https" and (parts.hostname or "").endswith(".slack.com"):
            return True
        return (parts.scheme, parts.netloc) == (self._own.scheme, self._own.netloc)

    async def fetch(self, file: Attachment, largest: int = MAX_BYTES) -> bytes:
        """The content, of at most `largest` bytes. Raises Rejected (too large, gone) or PlatformUnavailable."""
        if file.size > largest:
            raise Rejected(f"{file.name} is larger than {largest} bytes")
        own = self.owns(file.url)
        if not own and self._elsewhere is not None:
            return await self._elsewhere(file, largest)
        headers = {"Authorization": f"Bearer {self._api.client.token}"} if own else {}
        try:
            async with self._api.session.get(file.url, headers=headers, allow_redirects=not own) as response:
                if response.status != 200 or (own and _is_sign_in(response, file)):
                    raise Rejected(f"{file.name} can't be fetched (status {response.status})")
                content = bytearray()
                async for chunk in response.content.iter_chunked(2**16):
                    content += chunk
                    if len(content) > largest:
                        raise Rejected(f"{file.name} is larger than {largest} bytes")
                return bytes(content)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise PlatformUnavailable(f"{file.name} can't be fetched ({type(error).__name__})") from error

    async def share(self, post: Post) -> list[str]:
        """Upload the files of `post` to where it goes; returns a line for each one that could not be passed on.

        A repeated attempt of this process uploads nothing twice. After a crash between upload and message the files
        can come twice: rather that than not at all.
        """
        if post.id not in self._shared:
            lines: list[str] = []
            done: set[str] = set()
            try:
                async with asyncio.timeout(BUDGET):
                    for file in post.content.files:
                        if not await self._share(file, post):
                            lines.append(_line(file))
                        done.add(file.url)
            except TimeoutError:
                lines += [_line(file) for file in post.content.files if file.url not in done]
            self._shared[post.id] = lines
            if len(self._shared) > _REMEMBERED:
                self._shared.popitem(last=False)
        return self._shared[post.id]

    async def _share(self, file: Attachment, post: Post) -> bool:
        try:
            content = await self.fetch(file)
            await self._api.client.files_upload_v2(
                filename=file.name,
                title=file.name,
                content=content,
                channel=post.to.channel,
                thread_ts=post.to.thread or None,
            )
        except (DeliveryError, *CALL_ERRORS) as error:
            log.warning("a file of post %s was not passed on: %s", post.id, error)
            return False
        return True


def _is_sign_in(response: aiohttp.ClientResponse, file: Attachment) -> bool:
    """Slack answers a wrong token with its sign-in page and status 200."""
    return response.content_type == "text/html" and not file.media_type.startswith("text/html")


def _line(file: Attachment) -> str:
    return escape(wording.FILE_NOT_RELAYED.format(name=file.name, url=file.url))
