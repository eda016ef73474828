"""Paging beyond chat: PagerDuty, Opsgenie, SMS, e-mail, webhooks…, through Apprise.

To the outbox it is one more platform: pages are durable, retried with backoff, and never sent twice knowingly.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence

import apprise

from core.errors import PlatformUnavailable, Rejected
from core.handoff.sayer import PAGER
from core.platform import FrontDoor, Limits, Platform
from core.policy import Policy
from core.posts import Post

log = logging.getLogger(__name__)


class Pager(Platform):
    """Sends pages to groups of Apprise URLs; the channel of a post's address names the group."""

    name = PAGER
    limits = Limits(text=1000, send_timeout=8.0)

    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        self._groups = {name: tuple(urls) for name, urls in groups.items()}

    async def listen(self, door: FrontDoor) -> None:
        """Nothing comes in."""
        await asyncio.Event().wait()

    async def send(self, post: Post) -> str:
        """Notify every URL of the group. Raises PlatformUnavailable when any of them failed."""
        urls = self._groups.get(post.to.channel, ())
        if not urls:
            return ""
        notifier = apprise.Apprise()
        for url in urls:
            if not notifier.add(url):
                raise Rejected(f"PAGE_URLS: {_masked(url)} is not an address that Apprise knows")
        if not await notifier.async_notify(body=post.content.text, title="Concierge"):
            raise PlatformUnavailable(f"not every address of {post.to.channel} could be notified")
        return post.id

    async def check(self) -> Sequence[str]:
        """Addresses that reach nobody."""
        found = []
        for name, urls in self._groups.items():
            for url in urls:
                if not apprise.Apprise.instantiate(url):
                    found.append(f"page addresses {name}: {_masked(url)} is not an address that Apprise knows")
        return found


def pager_for(page_urls: Sequence[str], policy: Policy) -> Pager:
    """The pager of a configuration: PAGE_URLS, and the addresses that stand in the ladders themselves."""
    groups: dict[str, Sequence[str]] = {"urls": page_urls}
    for name, rungs in policy.ladders.items():
        for number, rung in enumerate(rungs):
            own = [target for target in rung.to if "://" in target]
            if own:
                groups[f"rung-{name}-{number}"] = own
    return Pager(groups)


def _masked(url: str) -> str:
    """The scheme only: addresses hold secrets."""
    return url.partition("://")[0] + "://…"
