"""What passes between a customer and the desk: in as many posts as it takes, found again when it is edited or removed.

Under `relay:<message>:<platform>` the conversation remembers the posts that a message became, in order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.messages import Address, IncomingMessage
from core.posts import Content, Post, PostKind, Speaker
from core.text import shorten, split

INSIDE = "//"
"""Lines that begin with this stay inside."""
NAME = 80
"""Characters of a name that are shown."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where a message is passed on to."""

    to: Address
    """The customer's conversation, or a desk."""
    speaker: Speaker
    """CUSTOMER or COLLEAGUE: who says it."""
    limit: int
    """Characters that one message holds there."""
    under: str = ""
    """Id of the card whose thread it belongs in, or ""."""

    def ref(self, message: IncomingMessage) -> str:
        """Name under which the posts of a message are remembered."""
        return f"relay:{message.message_id}:{self.to.platform}"


def relay(message: IncomingMessage, text: str, way: Way) -> tuple[list[Post], Mapping[str, str]]:
    """The posts that pass a text on, files with the first, and what to remember of them."""
    side = "customer" if way.speaker is Speaker.COLLEAGUE else "desk"
    posts = [
        _post(message, f"{message.event_id}>{side}:{way.to.platform}:{number}", piece, way)
        for number, piece in enumerate(split(text, way.limit))
    ]
    posts[0] = replace(posts[0], content=replace(posts[0].content, files=message.files))
    return posts, {way.ref(message): _listed(posts)} if message.message_id else {}


def correct(
    message: IncomingMessage, text: str, known: Sequence[str], way: Way
) -> tuple[list[Post], Mapping[str, str]]:
    """The posts that make the pieces `known` (post ids) read `text`; "" takes them back.

    Pieces too many are removed, and missing ones are added behind.
    """
    pieces = split(text, way.limit) if text else []
    posts, kept = [], []
    for number, piece in enumerate(pieces):
        new = _post(message, f"{message.event_id}>correction:{way.to.platform}:{number}", piece, way)
        if number < len(known):
            new = replace(new, kind=PostKind.EDIT, of=known[number], under="")
        posts.append(new)
        kept.append(new.of or new.id)
    for number, of in enumerate(known[len(pieces) :], start=len(pieces)):
        gone = _post(message, f"{message.event_id}>correction:{way.to.platform}:{number}", "", way)
        posts.append(replace(gone, kind=PostKind.DELETE, of=of, under=""))
    return posts, {way.ref(message): "\n".join(kept)}


def remembered(ref: str) -> list[str]:
    """The post ids that a reference lists."""
    return ref.split("\n") if ref else []


def sides(text: str) -> tuple[str, str]:
    """Of what a colleague wrote: what goes to the customer, and what stays inside."""
    outside: list[str] = []
    inside: list[str] = []
    for line in text.split("\n"):
        if line.lstrip().startswith(INSIDE):
            inside.append(line.lstrip().removeprefix(INSIDE).strip())
        else:
            outside.append(line)
    return "\n".join(outside).strip(), "\n".join(inside).strip()


def _post(message: IncomingMessage, post_id: str, text: str, way: Way) -> Post:
    name = shorten(message.author.name or message.author.id, NAME)
    return Post(
        id=post_id, to=way.to, content=Content(text=text, speaker=way.speaker, author=name), under=way.under,
        reply_to=message.event_id, urgent=True,
    )  # fmt: skip


def _listed(posts: Sequence[Post]) -> str:
    return "\n".join(post.id for post in posts)
