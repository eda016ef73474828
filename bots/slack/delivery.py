"""Posts -> Slack: send, edit, delete, and find what an earlier attempt left.

Every message carries its post's id as metadata. After an ambiguous attempt `find` reads the thread or channel back and
looks for it. What remains: a request that Slack takes only after `find` has looked, and a post of another process that
lies more than `HORIZON` or `PAGES` pages back.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from typing import Any

from slack_sdk.errors import SlackApiError

from bots.slack import wording
from bots.slack.api import Api
from bots.slack.errors import code_of, mapped
from bots.slack.files import Files
from bots.slack.rendering import display_name, render
from core.errors import Ambiguous, DeliveryError
from core.posts import Content, Post

EVENT_TYPE = "concierge_post"
HORIZON = 26 * 3600.0
"""Seconds that `find` looks back for an attempt of another process; as long as the inbox remembers event ids."""
SKEW = 120.0
"""Seconds by which Slack's clock may differ from ours."""
PAGES, PAGE = 10, 200
_REMEMBERED = 10_000
"""Post ids kept in memory; forgetting one costs a lookup, nothing else."""


class Delivery:
    """Carries out posts; keeps nothing that must survive a restart."""

    def __init__(self, api: Api, files: Files, *, timeout: float) -> None:
        """`timeout` is in seconds, for one attempt with everything that belongs to it."""
        self._api, self._files, self._timeout = api, files, timeout
        self._customize: bool | None = None
        self._doubtful: OrderedDict[str, float] = OrderedDict()
        self._refused: OrderedDict[str, float] = OrderedDict()

    async def send(self, post: Post) -> str:
        """See `Platform.send`."""
        started = time.time()
        try:
            async with asyncio.timeout(self._timeout):
                message_id = await self._send(post)
        except TimeoutError:
            self._remember(self._doubtful, post.id, started)
            raise Ambiguous(f"no answer from Slack within {self._timeout:g} s") from None
        except Ambiguous:
            self._remember(self._doubtful, post.id, started)
            raise
        except DeliveryError:
            self._remember(self._refused, post.id, started)
            raise
        except asyncio.CancelledError:  # given up by the caller: it may have arrived
            self._remember(self._doubtful, post.id, started)
            raise
        return message_id

    async def _send(self, post: Post) -> str:
        content = post.content
        lines = await self._files.share(post) if content.files else []
        name = display_name(content)
        arguments: dict[str, Any] = {
            "channel": post.to.channel,
            "thread_ts": post.to.thread or None,
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"id": post.id}},
        }
        if name and self._customize is not False:
            try:
                with mapped(creates=True):
                    return await self._post(arguments | _rendered(content, lines) | {"username": name})
            except DeliveryError as error:
                if code_of(error.__cause__ or error) != "missing_scope":
                    raise
                self._customize = False  # without chat:write.customize the name stands before the text
        with mapped(creates=True):
            return await self._post(arguments | _rendered(content, lines, prefix=name))

    async def _post(self, arguments: dict[str, Any]) -> str:
        # As the SDK's `chat_postMessage` does, which looks through blocks for objects of its own classes first.
        given = {name: value for name, value in arguments.items() if value is not None}
        return str((await self._api.client.api_call("chat.postMessage", json=given))["ts"])

    async def edit(self, post: Post, message_id: str) -> None:
        """See `Platform.edit`."""
        with mapped():
            name = display_name(post.content)
            prefix = name if name and not await self._can_customize() else ""
            await self._api.client.chat_update(
                channel=post.to.channel,
                ts=message_id,
                **_rendered(post.content, [], prefix=prefix),
                metadata={"event_type": EVENT_TYPE, "event_payload": {"id": post.of or post.id}},
            )

    async def delete(self, post: Post, message_id: str) -> None:
        """See `Platform.delete`; a message that is gone already is fine."""
        with mapped():
            try:
                await self._api.client.chat_delete(channel=post.to.channel, ts=message_id)
            except SlackApiError as error:
                if code_of(error) != "message_not_found":
                    raise

    async def find(self, post: Post) -> str | None:
        """See `Platform.find`."""
        if post.id in self._refused and post.id not in self._doubtful:
            return None  # Slack said no to every attempt of this process: nothing to look for
        known = self._doubtful.get(post.id)
        oldest = (known if known is not None else time.time() - HORIZON) - SKEW
        arguments: dict[str, Any] = {
            "channel": post.to.channel,
            "oldest": f"{oldest:.6f}",
            "limit": PAGE,
            "include_all_metadata": True,
        }
        for _ in range(PAGES):
            with mapped():
                if post.to.thread:
                    answer = await self._api.client.conversations_replies(ts=post.to.thread, **arguments)
                else:
                    answer = await self._api.client.conversations_history(**arguments)
            for message in answer["messages"]:
                metadata = message.get("metadata") or {}
                if metadata.get("event_type") == EVENT_TYPE and metadata["event_payload"].get("id") == post.id:
                    return str(message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
            arguments["cursor"] = cursor
        return None

    async def _can_customize(self) -> bool:
        if self._customize is None:
            answer = await self._api.client.auth_test()
            self._customize = "chat:write.customize" in str(answer.headers.get("X-OAuth-Scopes", "")).split(",")
        return self._customize

    @staticmethod
    def _remember(posts: OrderedDict[str, float], post_id: str, when: float) -> None:
        posts.setdefault(post_id, when)
        if len(posts) > _REMEMBERED:
            posts.popitem(last=False)


def _rendered(content: Content, lines: list[str], *, prefix: str = "") -> dict[str, Any]:
    arguments = render(content, prefix=prefix)
    if not content.text and not content.card and content.files and not lines:
        lines = [wording.FILES_FOLLOW]
    if lines:
        section = {"type": "section", "text": {"type": "mrkdwn", "text": "\n".join(lines)[:3000], "verbatim": True}}
        arguments["blocks"] = [*(arguments["blocks"] or []), section]
        if not content.text:
            arguments["text"] = section["text"]["text"]  # type: ignore[index]
    return arguments
