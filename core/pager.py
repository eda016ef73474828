"""Paging beyond chat: PagerDuty, Opsgenie, SMS, e-mail, webhooks…, through Apprise.

To the outbox it is one more platform: pages are durable, and retried with backoff. As long as this process lives, each
address takes a page once, whatever happens at the others; after a restart a page that is not done is sent to all again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import apprise

from core.errors import PlatformUnavailable, Rejected
from core.handoff.sayer import PAGER
from core.platform import FrontDoor, Limits, Platform
from core.policy import Policy
from core.posts import Post

log = logging.getLogger(__name__)

TRIES = 8
"""Attempts, over about two minutes, after which an address that fails no longer holds up later pages."""
REMEMBERED = 1000
"""Pages of which is known who took them."""
MARGIN = 1.0
"""Seconds before the outbox gives up waiting at which we do: then it is known who took the page so far."""


@dataclass(slots=True)
class _Page:
    """How far one page is."""

    tries: int = 0
    calls: dict[str, asyncio.Task[bool]] = field(default_factory=dict)
    """By address: being called, or has taken it."""


class Pager(Platform):
    """Sends pages to groups of Apprise URLs; the channel of a post's address names the group."""

    name = PAGER
    limits = Limits(text=1000, send_timeout=8.0)

    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        self._groups = {name: tuple(urls) for name, urls in groups.items()}
        self._pages: OrderedDict[str, _Page] = OrderedDict()

    async def listen(self, door: FrontDoor) -> None:
        """Nothing comes in."""
        await asyncio.Event().wait()

    async def send(self, post: Post) -> str:
        """Call every address of the group that has not taken the page yet.

        Raises PlatformUnavailable while any of them fails, and Rejected when that has gone on for long enough, or when
        none of them is an address.
        """
        urls = self._groups.get(post.to.channel, ())
        if not urls:
            return ""
        known = {url: target for url in urls if (target := apprise.Apprise.instantiate(url))}
        if wrong := [_masked(url) for url in urls if url not in known]:
            log.error("page addresses %s: not known to Apprise: %s", post.to.channel, ", ".join(wrong))
        if not known:
            raise Rejected(f"no address of {post.to.channel} is one that Apprise knows")
        page = self._page(post.id)
        page.tries += 1
        for url, target in known.items():
            if url not in page.calls:
                page.calls[url] = asyncio.create_task(_call(target, post.content.text))
        await asyncio.wait(page.calls.values(), timeout=self.limits.send_timeout - MARGIN)
        failed = [url for url, call in page.calls.items() if call.done() and not call.result()]
        for url in failed:
            del page.calls[url]
        if failed or not all(call.done() for call in page.calls.values()):
            names = ", ".join(_masked(url) for url in failed) or "some"
            why = f"of {len(known)} addresses of {post.to.channel}, {names} could not be called"
            raise (PlatformUnavailable if page.tries < TRIES else Rejected)(why)
        return post.id

    def _page(self, post_id: str) -> _Page:
        page = self._pages.setdefault(post_id, _Page())
        self._pages.move_to_end(post_id)
        while len(self._pages) > REMEMBERED:
            self._pages.popitem(last=False)
        return page

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups that have addresses."""
        return tuple(name for name, urls in self._groups.items() if urls)

    async def check(self) -> Sequence[str]:
        """Addresses that reach nobody."""
        found = []
        for name, urls in self._groups.items():
            for url in urls:
                if not apprise.Apprise.instantiate(url):
                    found.append(f"page addresses {name}: {_masked(url)} is not an address that Apprise knows")
        return found

    async def aclose(self) -> None:
        calls = [call for page in self._pages.values() for call in page.calls.values()]
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)


async def _call(target: apprise.NotifyBase, text: str) -> bool:
    """Whether an address took a page; what a plugin raises counts as not."""
    try:
        return bool(await target.async_notify(body=text, title="Concierge"))
    except Exception:
        log.exception("a page address failed")
        return False


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
