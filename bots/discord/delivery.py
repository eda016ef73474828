"""Posts to Discord: send, edit, delete, and find out what became of an earlier attempt."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Literal

import discord

from bots.discord.failures import mapped
from bots.discord.files import Downloaded, Files
from bots.discord.markdown import to_markdown
from bots.discord.marker import mark_of, nonce_of, without_mark
from bots.discord.places import target
from bots.discord.rendering import render
from bots.discord.wording import THREAD_NAME
from core.messages import Address
from core.posts import Post

Session = Callable[[], Awaitable[discord.Client]]
"""A client that is logged in."""

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, THREAD_EXISTS = 10003, 10008, 160004
"""Discord's error codes (Discord API, "JSON Error Codes")."""
ARCHIVED_AFTER: Literal[10080] = 10080
"""Minutes without a message until Discord archives a thread of ours; writing in it brings it back."""
LOOK_BACK = 100
"""Messages of the history in which `find` looks."""
REMEMBERED = 5000
"""Nonces whose message is remembered."""
NOTHING = Downloaded((), ())


class Delivery:
    """Sends through one client; every error is a DeliveryError of the core."""

    def __init__(self, session: Session, files: Files, *, timeout: float, staff_role: str = "") -> None:
        self._session = session
        self._files = files
        self._timeout = timeout
        self._staff_role = staff_role
        self._sent: OrderedDict[str, str] = OrderedDict()
        self._roles: dict[str, bool] = {}

    async def send(self, post: Post) -> str:
        """Send a new message, opening the thread that it belongs to when there is none; returns its id."""
        async with mapped(self._timeout):
            client = await self._session()
            mention = await self._mention(client, post)
            files = await self._files.download(post.content.files) if post.content.files else NOTHING
            try:
                message = await self._create(client, post, mention, files)
            except discord.NotFound as error:
                if error.code != UNKNOWN_CHANNEL or not post.to.thread:
                    raise
                await self._open_thread(client, post.to)
                message = await self._create(client, post, mention, files)
            self.noticed(nonce_of(post.id), message.id)
            return str(message.id)

    async def edit(self, post: Post, message_id: str) -> None:
        """Show the content in an earlier message."""
        async with mapped(self._timeout, repeatable=True):
            client = await self._session()
            parts = render(post.content, post.of or post.id)  # files stay as they were
            await self._message(client, post.to, message_id).edit(
                content=parts.content,
                embed=parts.embed,
                view=parts.view,
                allowed_mentions=parts.mentions,
            )

    async def delete(self, post: Post, message_id: str) -> None:
        """Remove an earlier message; one that is gone already is fine."""
        async with mapped(self._timeout, repeatable=True):
            client = await self._session()
            try:
                await self._message(client, post.to, message_id).delete()
            except discord.NotFound as error:
                if error.code not in (UNKNOWN_MESSAGE, UNKNOWN_CHANNEL):
                    raise

    async def find(self, post: Post) -> str | None:
        """The id of the message that the post became, or None: by its nonce here, by its mark in the history."""
        if known := self._sent.get(nonce_of(post.id)):
            return known
        async with mapped(self._timeout, repeatable=True):
            client = await self._session()
            where = client.get_partial_messageable(target(post.to))
            mark = mark_of(post.id)
            try:
                async for message in where.history(limit=LOOK_BACK):
                    if client.user and message.author.id == client.user.id and message.content.endswith(mark):
                        return str(message.id)
            except discord.NotFound as error:
                if error.code != UNKNOWN_CHANNEL or not post.to.thread:
                    raise
            return None

    def noticed(self, nonce: str, message_id: int) -> None:
        """Remember a message of ours, as the gateway or an answer shows it."""
        self._sent[nonce] = str(message_id)
        self._sent.move_to_end(nonce)
        while len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)

    async def _create(self, client: discord.Client, post: Post, mention: str, files: Downloaded) -> discord.Message:
        parts = render(post.content, post.id, mention=mention, links=files.left)
        return await client.get_partial_messageable(target(post.to)).send(
            parts.content,
            embed=parts.embed or discord.utils.MISSING,
            view=parts.view or discord.utils.MISSING,
            files=files.uploads(),
            nonce=nonce_of(post.id),  # discord.py adds enforce_nonce
            allowed_mentions=parts.mentions,
            suppress_embeds=parts.embed is None,
        )

    async def _open_thread(self, client: discord.Client, where: Address) -> None:
        """Open the thread whose id is its first message's; somebody else may do so at the same time."""
        parent = client.get_partial_messageable(int(where.channel))
        first = await parent.fetch_message(int(where.thread))
        try:
            await client.http.start_thread_with_message(
                parent.id, first.id, name=_thread_name(first, client.user), auto_archive_duration=ARCHIVED_AFTER
            )
        except discord.HTTPException as error:
            if error.code != THREAD_EXISTS:
                raise

    async def _mention(self, client: discord.Client, post: Post) -> str:
        """Discord's form of whom a page notifies."""
        wanted = post.content.mention.removeprefix("discord:").strip("<@>! ")
        if not wanted:
            return ""
        if wanted in ("here", "everyone"):
            return f"@{wanted}"
        number = wanted.removeprefix("role:").removeprefix("&")
        if number != wanted or number == self._staff_role or await self._is_role(client, post.to, number):
            return f"<@&{int(number)}>"
        return f"<@{int(number)}>"

    async def _is_role(self, client: discord.Client, where: Address, number: str) -> bool:
        """Whether an id is a role of the server in which `where` is; when Discord won't say, it is a person."""
        if number not in self._roles:
            try:
                channel = await client.fetch_channel(int(where.channel))
                if not isinstance(channel, discord.abc.GuildChannel):
                    return False
                roles = await (await client.fetch_guild(channel.guild.id, with_counts=False)).fetch_roles()
            except discord.HTTPException:
                return False
            self._roles[number] = any(str(role.id) == number for role in roles)
        return self._roles[number]

    def _message(self, client: discord.Client, where: Address, message_id: str) -> discord.PartialMessage:
        return client.get_partial_messageable(target(where)).get_partial_message(int(message_id))


def _thread_name(first: discord.Message, me: discord.ClientUser | None) -> str:
    """What a thread is about: the card's title, or the question without the mention of the bot."""
    if first.embeds and first.embeds[0].title:
        return first.embeds[0].title[:90]
    names = {("@", str(user.id)): f"@{user.display_name}" for user in first.mentions}
    if me is not None:
        names[("@", str(me.id))] = ""
    return " ".join(to_markdown(without_mark(first.content), names).split())[:90] or THREAD_NAME
