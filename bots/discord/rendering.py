"""Content to what a Discord message holds: text, an embed for a card, buttons.

Ordinary content and not Components V2: the push notification of a V2 message is empty (Discord API docs, issue 7854),
and a page that says nothing on a colleague's phone is not one.
"""

from __future__ import annotations

from dataclasses import dataclass

import discord

from bots.discord.components import buttons
from bots.discord.markdown import plain, to_discord, without_everybody
from bots.discord.marker import LENGTH, mark_of
from bots.discord.wording import CUSTOMER, MORE_FILES, SOURCE
from core.messages import Attachment
from core.posts import Card, Content, Source, Speaker
from core.wording import CARD_SUMMARY

MOST = 2000
"""Characters of a message's content (Discord API, "Create Message")."""
TEXT = 1600
"""Characters of `Content.text`: what is left of `MOST` for a name, sources and the mark."""
NAME = 60
"""Characters shown of a person's name."""

COLOURS = {
    "waiting": discord.Colour.orange(),
    "human": discord.Colour.green(),
    "snoozed": discord.Colour.blue(),
    "resolved": discord.Colour.light_grey(),
    "abandoned": discord.Colour.dark_grey(),
    "expired": discord.Colour.dark_grey(),
}
VIP_COLOUR = discord.Colour.red()
OUTSIDERS = {Speaker.CUSTOMER}


@dataclass(frozen=True, slots=True)
class Rendered:
    """The parts of a message, ready for `discord.abc.Messageable.send`."""

    content: str
    """At most 2,000 characters, marked."""
    embed: discord.Embed | None
    """The card."""
    view: discord.ui.View | None
    """The buttons."""
    mentions: discord.AllowedMentions
    """Whom it may notify: nobody, but for a page."""


def render(content: Content, post_id: str, *, mention: str = "", links: tuple[Attachment, ...] = ()) -> Rendered:
    """What `content` looks like as the message of the post `post_id`.

    `mention` is Discord's form of `content.mention` (`<@1>`, `<@&1>`, `@here`); `links` are files that could not be
    passed on and become lines. Raises ValueError when a button carries too much.
    """
    head = "\n".join(part for part in (mention, _name(content)) if part)
    tail = [*(_source(source) for source in content.sources), *(_file(file) for file in links)]
    text = to_discord(content.text, outsider=content.speaker in OUTSIDERS)
    mentions = _mentions(mention)
    if mentions.everyone:
        text = without_everybody(text)  # in code too: Discord and we may disagree on where it ends
    return Rendered(
        content=_fitted(head, text, tail) + mark_of(post_id),
        embed=_card(content.card) if content.card else None,
        view=buttons(content.buttons),
        mentions=mentions,
    )


def _name(content: Content) -> str:
    if not content.author or content.speaker not in (Speaker.COLLEAGUE, Speaker.CUSTOMER):
        return ""
    name = f"**{plain(content.author)[:NAME]}**"
    return f"{name} {CUSTOMER}" if content.speaker is Speaker.CUSTOMER else name


def _source(source: Source) -> str:
    title = plain(source.title)[:120]
    if source.location.startswith(("https://", "http://")) and " " not in source.location:
        return f"-# {SOURCE}: [{title}](<{source.location}>)"
    return f"-# {SOURCE}: {title}"


def _file(file: Attachment) -> str:
    return f"-# {MORE_FILES}: {plain(file.name)[:120]} <{file.url}>"


def _fitted(head: str, text: str, tail: list[str]) -> str:
    """All of it in one message; when it is too much, the tail gives way first."""
    room = MOST - LENGTH
    start = f"{head}\n{text}" if head else text
    kept = start[:room].rstrip()
    for line in tail:
        if len(kept) + 1 + len(line) <= room:
            kept = f"{kept}\n{line}" if kept else line
    return kept


def _mentions(mention: str) -> discord.AllowedMentions:
    number = mention.strip("<@&>")
    if mention.startswith("<@&"):
        return discord.AllowedMentions(everyone=False, users=False, roles=[discord.Object(int(number))])
    if mention.startswith("<@"):
        return discord.AllowedMentions(everyone=False, users=[discord.Object(int(number))], roles=False)
    if mention:
        return discord.AllowedMentions(everyone=True, users=False, roles=False)
    return discord.AllowedMentions.none()


def _card(card: Card) -> discord.Embed:
    """The card as an embed; its parts are clipped to 6,000 characters in all (Discord API, "Embed Limits")."""
    transcript = "\n".join(to_discord(line, outsider=True) for line in card.transcript)
    embed = discord.Embed(
        title=("⭐ " if card.vip else "") + plain(card.title)[:250],
        description=("…" + transcript[-1999:]) if len(transcript) > 2000 else transcript,
        colour=VIP_COLOUR if card.vip and card.state == "waiting" else COLOURS.get(card.state),
    )
    room = 2200
    for field in card.fields[:24]:
        value = to_discord(field.value, outsider=True)[: min(1024, room)] or "–"
        if room <= 0:
            break
        room -= len(value) + len(field.label)
        embed.add_field(name=field.label[:100], value=value, inline=len(value) <= 40)
    if card.summary:
        embed.add_field(name=CARD_SUMMARY, value=to_discord(card.summary, outsider=True)[:1000], inline=False)
    if card.draft:
        embed.add_field(name="Draft", value=to_discord(card.draft)[:1000], inline=False)
    embed.set_footer(text=f"{card.state} · {card.handoff_id}"[:200])
    return embed
