"""The main job at the wire: in Slack, and between Slack and Discord."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.contract.driver import eventually
from tests.discord.gateway import WireDiscord
from tests.e2e.conftest import Start
from tests.fake_slack.server import FakeSlack
from tests.fake_slack.workspace import COLLEAGUE, CUSTOMER, CUSTOMER_DM, DESK

REFUND = "Ask the shop; the money takes three days."


class SlackSide:
    """What can be seen and done in the fake Slack."""

    def __init__(self, slack: FakeSlack) -> None:
        self.slack = slack

    async def shows(self, channel: str, holds: Callable[[str], bool], thread: str | None = None) -> dict[str, Any]:
        """Wait for a message of the bot whose text, blocks included, holds something."""

        async def look() -> list[dict[str, Any]]:
            return [post for post in self.slack.posts(channel, thread) if holds(str(post))]

        return (await eventually(look, bool))[-1]

    async def card(self, *words: str) -> dict[str, Any]:
        return await self.shows(DESK, lambda text: all(word in text for word in words))


async def test_in_slack_from_the_question_to_a_human_and_back(slack: FakeSlack, start: Start) -> None:
    await start("slack", slack_desk_channel=DESK)
    side = SlackSide(slack)
    slack.say(CUSTOMER, CUSTOMER_DM, "How do I get a refund?")
    answer = await side.shows(CUSTOMER_DM, lambda text: REFUND in text)
    assert "How do I get a refund?" in str(answer), "the source is named"

    slack.interactions.press(CUSTOMER, CUSTOMER_DM, answer["ts"], "Talk to a human")
    card = await side.card("waiting for a human")
    await side.shows(CUSTOMER_DM, lambda text: "asked for a human" in text)

    slack.interactions.press(COLLEAGUE, DESK, card["ts"], "Claim")
    await side.shows(CUSTOMER_DM, lambda text: "has joined" in text)
    slack.say(COLLEAGUE, DESK, "Hello, how can I help?", thread_ts=card["ts"])
    await side.shows(CUSTOMER_DM, lambda text: "Hello, how can I help?" in text)
    answers = len(slack.posts(CUSTOMER_DM))
    slack.say(CUSTOMER, CUSTOMER_DM, "What is my limit?")
    await side.shows(DESK, lambda text: "What is my limit?" in text, card["ts"])
    assert len(slack.posts(CUSTOMER_DM)) == answers, "the bot is silent"

    slack.interactions.press(COLLEAGUE, DESK, card["ts"], "Resolve")
    await side.shows(CUSTOMER_DM, lambda text: "closed this conversation" in text)
    slack.say(CUSTOMER, CUSTOMER_DM, "What is my limit?")
    await side.shows(CUSTOMER_DM, lambda text: "Your limit is shown under Account." in text)


async def test_a_discord_customer_is_served_from_slack(slack: FakeSlack, discord: WireDiscord, start: Start) -> None:
    await start("slack", "discord", slack_desk_channel=DESK)
    side, world = SlackSide(slack), discord.backend
    guild = world.create_guild("Acme")
    cleo = world.make_user("cleo")
    world.add_member(guild.id, cleo.id, announce=False)
    dm = world.get_dm_channel(cleo.id).id

    async def cleo_reads(text: str) -> None:
        async def look() -> bool:
            return any(text in str(message.content) for message in discord.bot_messages(dm))

        await eventually(look, bool)

    discord.says(dm, cleo.id, "human please")
    card = await side.card("waiting for a human", "cleo")
    slack.interactions.press(COLLEAGUE, DESK, card["ts"], "Claim")
    await cleo_reads("has joined")
    said = slack.say(COLLEAGUE, DESK, "Which order is it?", thread_ts=card["ts"])
    await cleo_reads("Which order is it?")
    slack.edit(DESK, said["ts"], "Which *order number* is it?")
    await cleo_reads("order number")
    discord.says(dm, cleo.id, "Number 7 <!channel>")
    relayed = await side.shows(DESK, lambda text: "Number 7" in text, card["ts"])
    assert "<!channel>" not in str(relayed)
    slack.say(COLLEAGUE, DESK, "", thread_ts=card["ts"], files=[("invoice.txt", b"seven", "text/plain")])

    async def files() -> list[Any]:
        return [file for message in discord.bot_messages(dm) for file in message.attachments]

    assert await eventually(files, bool)
    slack.interactions.press(COLLEAGUE, DESK, card["ts"], "Resolve")
    await cleo_reads("closed this conversation")


async def test_a_slack_customer_is_served_from_discord(slack: FakeSlack, discord: WireDiscord, start: Start) -> None:
    world = discord.backend
    guild = world.create_guild("Acme")
    desk = world.create_channel(guild.id, "desk")
    sam = world.make_user("sam")
    world.add_member(guild.id, sam.id, announce=False)
    await start("slack", "discord", discord_desk_channel=str(desk.id), staff_users=(f"discord:{sam.id}",))
    side = SlackSide(slack)
    slack.say(CUSTOMER, CUSTOMER_DM, "human please")

    async def cards() -> list[Any]:
        return [message for message in discord.bot_messages(desk.id) if message.embeds and message.components]

    (card,) = await eventually(cards, bool)
    discord.presses(card, sam.id, "Claim")
    await side.shows(CUSTOMER_DM, lambda text: "has joined" in text)
    thread = await eventually(lambda: _thread(discord, card.id), bool)
    discord.says(thread, sam.id, "Hello from Discord")
    await side.shows(CUSTOMER_DM, lambda text: "Hello from Discord" in text)
    slack.say(CUSTOMER, CUSTOMER_DM, "Hello back")

    async def relayed() -> bool:
        return any("Hello back" in str(message.content) for message in discord.bot_messages(thread))

    assert await eventually(relayed, bool)


async def _thread(discord: WireDiscord, card: int) -> int:
    """The thread on a card (it has the card's id), once it is there."""
    return card if card in discord.backend.channels else 0
