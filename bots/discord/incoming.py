"""Messages, edits and deletions of Discord as `IncomingMessage`."""

from __future__ import annotations

from dataclasses import dataclass

import discord

from bots.discord.markdown import to_markdown
from bots.discord.places import NAME
from core.messages import Address, Attachment, IncomingMessage, MessageKind, Person

WRITTEN = (discord.MessageType.default, discord.MessageType.reply)
THREADLESS = (discord.VoiceChannel, discord.StageChannel)


@dataclass(frozen=True, slots=True)
class Self:
    """Who the bot is, as far as translating needs it."""

    user_id: int
    """The bot's user."""
    desk: str
    """Id of the desk channel, or ""."""


def person(user: discord.abc.User) -> Person:
    """A user or member as `Person`."""
    return Person(NAME, str(user.id), user.display_name)


def is_written(message: discord.Message, me: Self) -> bool:
    """A person wrote it: no bot, no webhook, no system message."""
    return not (
        message.author.bot
        or message.author.id == me.user_id
        or message.webhook_id is not None
        or message.type not in WRITTEN
    )


def is_direct(message: discord.Message, place: Address) -> bool:
    """Written in a direct message. (In a history read without the gateway, threads don't know their server either.)"""
    return message.guild is None and not place.thread


def mentions_bot(message: discord.Message, me: Self) -> bool:
    """It mentions the bot or the bot's own role."""
    own_role = message.guild.self_role if message.guild else None
    return any(user.id == me.user_id for user in message.mentions) or (
        own_role is not None and own_role in message.role_mentions
    )


def conversation_of(message: discord.Message, place: Address, me: Self) -> tuple[Address, bool] | None:
    """(conversation, addressed) of a message written at `place`; None when people talk among themselves.

    A mention in a channel opens a thread on the message. At the desk a thread belongs to the staff, so nothing in it is
    addressed to the bot; an answer to a card outside its thread counts as written in the thread.
    """
    if is_direct(message, place):
        return place, True
    addressed = mentions_bot(message, me)
    if place.thread:
        return place, addressed and place.channel != me.desk
    answered = message.reference
    if place.channel == me.desk and answered is not None and answered.message_id is not None:
        original = answered.resolved
        if isinstance(original, discord.Message) and original.author.id == me.user_id:
            return Address(NAME, place.channel, str(answered.message_id)), False
    if not addressed:
        return None
    if isinstance(message.channel, THREADLESS):
        return place, True
    return Address(NAME, place.channel, str(message.id)), True


def written(
    message: discord.Message, place: Address, me: Self, *, kind: MessageKind = MessageKind.TEXT
) -> IncomingMessage | None:
    """A new (or, with `kind` EDITED, an edited) message; None when it is not for us."""
    if not is_written(message, me):
        return None
    where = conversation_of(message, place, me)
    if where is None:
        return None
    event_id = event_id_of(message.channel.id, message.id)
    if kind is MessageKind.EDITED:
        if message.edited_at is None:
            return None  # Discord added a link preview; nobody edited anything
        event_id = f"{event_id}/edited/{message.edited_at.timestamp():.3f}"
    conversation, addressed = where
    return IncomingMessage(
        event_id=event_id,
        conversation=conversation,
        author=person(message.author),
        text=_text(message, me),
        kind=kind,
        addressed=addressed,
        message_id=str(message.id),
        files=tuple(
            Attachment(file.filename, file.url, file.content_type or "", file.size) for file in _attachments(message)
        ),
        sent_at=message.created_at.timestamp(),
    )


def deleted(
    message_id: int, channel_id: int, conversation: Address, author: Person, addressed: bool
) -> IncomingMessage:
    """A deletion. Discord does not say who wrote the message: `author` is what is remembered, or nobody."""
    return IncomingMessage(
        event_id=f"{event_id_of(channel_id, message_id)}/deleted",
        conversation=conversation,
        author=author,
        kind=MessageKind.DELETED,
        addressed=addressed,
        message_id=str(message_id),
    )


def event_id_of(channel_id: int, message_id: int) -> str:
    """The event id of a message: the same live, replayed after RESUME, and read from the history."""
    return f"{NAME}/{channel_id}/{message_id}"


def _attachments(message: discord.Message) -> list[discord.Attachment]:
    return [*message.attachments, *(file for part in message.message_snapshots for file in part.attachments)]


def _text(message: discord.Message, me: Self) -> str:
    names = {("@", str(user.id)): f"@{user.display_name}" for user in message.mentions}
    names |= {("@&", str(role.id)): f"@{role.name}" for role in message.role_mentions}
    names |= {("#", str(channel.id)): f"#{channel.name}" for channel in message.channel_mentions}
    names[("@", str(me.user_id))] = ""
    if message.guild is not None and message.guild.self_role is not None:
        names[("@&", str(message.guild.self_role.id))] = ""
    parts = [to_markdown(message.content, names)]
    for forwarded in message.message_snapshots:
        quoted = to_markdown(forwarded.content, names)
        parts += ["> " + quoted.replace("\n", "\n> ")] if quoted else []
    parts += [f"[{sticker.name}]" for sticker in message.stickers]
    if message.poll is not None:
        parts.append(f"[{message.poll.question}]")
    return "\n".join(part for part in parts if part)
