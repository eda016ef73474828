"""Between a Slack desk and a Discord customer, at the wire: buttons that go, long words in pieces, edits, notes."""

from __future__ import annotations

from typing import Any

from bots.discord.marker import without_mark
from tests.contract.driver import eventually
from tests.discord.gateway import WireDiscord
from tests.e2e.conftest import Start
from tests.fake_slack.reading import words
from tests.fake_slack.server import FakeSlack
from tests.fake_slack.workspace import COLLEAGUE, DESK

LONG = " ".join(f"word{number}" for number in range(700))
"""More than three Discord messages hold."""


async def test_long_words_edits_and_notes_between_slack_and_discord(
    slack: FakeSlack, discord: WireDiscord, start: Start
) -> None:
    await start("slack", "discord", slack_desk_channel=DESK)
    world = discord.backend
    guild, cleo = world.create_guild("Acme"), world.make_user("cleo")
    world.add_member(guild.id, cleo.id, announce=False)
    dm = world.get_dm_channel(cleo.id).id

    def shown() -> list[Any]:
        return list(discord.bot_messages(dm))

    async def holds(condition: Any) -> None:
        async def look() -> bool:
            return bool(condition())

        await eventually(look, bool)

    def said() -> list[str]:
        """The words that the colleague's messages hold, in order."""
        return [
            word
            for message in shown()
            for word in without_mark(message.content).split()
            if word.startswith(("word", "other"))
        ]

    discord.says(dm, cleo.id, "human please")
    await holds(lambda: any(message.components for message in shown()))
    await holds(lambda: slack.posts(DESK))
    (card,) = slack.posts(DESK)
    slack.interactions.press(COLLEAGUE, DESK, card["ts"], "Claim")
    await holds(lambda: any("has joined" in str(message.content) for message in shown()))
    await holds(lambda: not any(message.components for message in shown()))

    root = card["ts"]
    long = slack.say(COLLEAGUE, DESK, LONG, thread_ts=root)
    await holds(lambda: said() == LONG.split())
    pieces = len(shown())
    shorter = LONG[: len(LONG) // 3].replace("word7 ", "other7 ").rsplit(" ", 1)[0]
    slack.edit(DESK, long["ts"], f"{shorter}\n// word that stays inside")
    await holds(lambda: said() == shorter.split())
    assert len(shown()) < pieces

    asked = discord.says(dm, cleo.id, "my code is 1234")
    await holds(lambda: any("1234" in words(post) for post in slack.posts(DESK, root)))
    slack.say(COLLEAGUE, DESK, "Which code?", thread_ts=root)
    await holds(lambda: any("Which code?" in str(message.content) for message in shown()))
    slack.interactions.press(COLLEAGUE, DESK, root, "Release")
    await holds(lambda: "1234" in words(slack.posts(DESK)[0]))
    discord.backend.delete_message(dm, asked.id)
    await holds(lambda: not any("1234" in words(post) for post in [*slack.posts(DESK), *slack.posts(DESK, root)]))
    await holds(lambda: "(message deleted)" in words(slack.posts(DESK)[0]))
