"""`/kb reload` at the wire: one message at the desk is edited while it goes on, and ends with what came of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import pytest

from bots.discord.platform import DiscordPlatform
from bots.slack.platform import SlackPlatform
from core.access.roles import Role
from core.clock import SystemClock
from core.desk.knowledge import KnowledgeActions
from core.drafts import Drafts
from core.errors import Refused
from core.gaps import Gaps
from core.handoff.machine import Actor
from core.messages import Action, Address
from core.notices import Notices
from core.platform import ActionOutcome, Platform
from core.reloads import Reloads
from core.store.redis import connect
from core.store.server import EmbeddedRedis
from knowledge.embeddings import Vectors
from knowledge.index import KnowledgeBase
from knowledge.index.store import Store
from tests.contract.doors import RecordingDoor
from tests.contract.driver import eventually
from tests.discord.gateway import TOKEN, WireDiscord
from tests.fake_slack.server import FakeSlack
from tests.fake_slack.workspace import COLLEAGUE, DESK
from tests.index.faq import WordEmbedder, numbered, write_faq

COUNT = 300
"""Entries, of two texts each: three steps of embedding."""


class HeldEmbedder(WordEmbedder):
    """Embeds a step of a reload when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.held = False
        self.steps = threading.Semaphore(0)

    def embed(self, texts: Sequence[str]) -> Vectors:
        if self.held and texts[0].startswith("Where"):  # of the FAQ
            assert self.steps.acquire(timeout=30), "the test never let it go on"
        return super().embed(texts)


class OperationsDoor(RecordingDoor):
    """Hands `/kb reload` to the operations, as the desk does for whoever may."""

    def __init__(self) -> None:
        super().__init__()
        self.operations: KnowledgeActions | None = None
        self.outcomes: list[ActionOutcome] = []

    async def act(self, action: Action) -> ActionOutcome:
        assert (action.name, action.value) == ("kb", "reload")
        assert self.operations is not None
        try:
            outcome = await self.operations.reload(action, Actor(action.person, frozenset({Role.OPS})))
        except Refused as refused:
            outcome = ActionOutcome(text=str(refused), ok=False)
        self.outcomes.append(outcome)
        return outcome


class Desk(Protocol):
    """What a colleague at a platform's desk does and sees."""

    platform: Platform
    place: Address

    def reload(self) -> None: ...
    def messages(self) -> list[tuple[str, str]]: ...


class SlackDesk:
    def __init__(self, slack: FakeSlack, platform: SlackPlatform) -> None:
        self.slack, self.platform, self.place = slack, platform, Address("slack", DESK)

    def reload(self) -> None:
        self.slack.interactions.command(COLLEAGUE, DESK, "/kb", "reload")

    def messages(self) -> list[tuple[str, str]]:
        return [(post["ts"], str(post)) for post in self.slack.posts(DESK)]


class DiscordDesk:
    def __init__(self, wire: WireDiscord, platform: DiscordPlatform, channel: int, colleague: int) -> None:
        self.wire, self.platform, self.place = wire, platform, Address("discord", str(channel))
        self._channel, self._colleague = channel, colleague

    def reload(self) -> None:
        self.wire.commands(self._channel, self._colleague, "kb", "reload")

    def messages(self) -> list[tuple[str, str]]:
        return [(str(message.id), str(message.content)) for message in self.wire.bot_messages(self._channel)]


@asynccontextmanager
async def slack_desk(door: OperationsDoor) -> AsyncIterator[Desk]:
    async with FakeSlack() as slack:
        platform = SlackPlatform(
            bot_token=slack.bot_token, app_token=slack.app_token, api_url=slack.api_url, desk_channel=DESK
        )
        async with listening(platform, door):
            await slack.sockets.connected(1)
            yield SlackDesk(slack, platform)
    assert slack.violations == []


@asynccontextmanager
async def discord_desk(door: OperationsDoor) -> AsyncIterator[Desk]:
    wire = WireDiscord()
    await wire.start()
    guild = wire.backend.create_guild("Acme")
    channel, colleague = wire.backend.create_channel(guild.id, "desk"), wire.backend.make_user("sam")
    wire.backend.add_member(guild.id, colleague.id, announce=False)
    with wire.pointed_at():
        platform = DiscordPlatform(TOKEN, desk_channel=str(channel.id), identify_interval=0.0)
        async with listening(platform, door):
            await wire.until(lambda now: now.identified and now.backend.commands[None])
            yield DiscordDesk(wire, platform, channel.id, colleague.id)
    await wire.stop()
    assert wire.unknown == []


@asynccontextmanager
async def listening(platform: Platform, door: OperationsDoor) -> AsyncIterator[None]:
    task = asyncio.create_task(platform.listen(door))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await platform.aclose()


@pytest.fixture
def model() -> HeldEmbedder:
    return HeldEmbedder()


@pytest.fixture
def door() -> OperationsDoor:
    return OperationsDoor()


@pytest.fixture(params=[slack_desk, discord_desk])
async def desk(request: pytest.FixtureRequest, door: OperationsDoor) -> AsyncIterator[Desk]:
    async with request.param(door) as made:
        yield made


@pytest.fixture
async def base(model: HeldEmbedder, desk: Desk, door: OperationsDoor, tmp_path: Path) -> AsyncIterator[KnowledgeBase]:
    """A small FAQ that serves, with the operations behind the door; what is loaded next is held up."""
    faq = write_faq(tmp_path / "faq" / "faq.jsonl", numbered(3)).parent
    base = KnowledgeBase(Store.open(data_dir=tmp_path / "data"), model)
    await base.reload(faq)
    model.held = True
    server = EmbeddedRedis(tmp_path / "redis")
    redis = connect(await server.start())
    notices = Notices({desk.place.platform: desk.platform}, [desk.place], patience=0, every=0.05)
    reloads = Reloads(base, faq, redis, SystemClock(), notices)
    door.operations = KnowledgeActions(base, faq, Gaps(redis), Drafts(redis), reloads, notices)
    yield base
    await redis.aclose()
    await server.stop()
    await base.aclose()


async def shown(desk: Desk, words: str) -> str:
    """Wait until the one message at the desk says this; its id."""

    async def look() -> list[tuple[str, str]]:
        return desk.messages()

    ((message_id, _),) = await eventually(look, lambda seen: any(words in text for _, text in seen))
    return message_id


async def outcome(door: OperationsDoor) -> ActionOutcome:
    """The only outcome, which the command has a moment after the last edit of its message."""

    async def look() -> list[ActionOutcome]:
        return door.outcomes

    (only,) = await eventually(look, bool)
    return only


async def test_one_message_is_edited_until_the_new_version_serves(
    desk: Desk, base: KnowledgeBase, model: HeldEmbedder, door: OperationsDoor, tmp_path: Path
) -> None:
    write_faq(tmp_path / "faq" / "faq.jsonl", numbered(COUNT))
    desk.reload()
    first = await shown(desk, "reloads the FAQ: embedding")
    model.steps.release()
    assert await shown(desk, "embedding 256 of 594") == first
    model.steps.release()
    assert await shown(desk, "embedding 512 of 594") == first
    model.steps.release()
    assert await shown(desk, "asked for a reload of the FAQ. v2 serves: 297 added, 0 changed, 0 removed") == first
    assert base.version == "v2"
    assert (await outcome(door)).ok


async def test_a_refusal_ends_the_message_with_its_reasons(
    desk: Desk, base: KnowledgeBase, model: HeldEmbedder, door: OperationsDoor, tmp_path: Path
) -> None:
    write_faq(tmp_path / "faq" / "faq.jsonl", numbered(30))
    (tmp_path / "faq" / "golden.csv").write_text("question,expected\nWho invented the zip fastener?,e7\n")
    desk.reload()
    first = await shown(desk, "reloads the FAQ: embedding")
    model.steps.release()
    assert await shown(desk, "Not reloaded, the old FAQ goes on serving") == first
    assert await shown(desk, "Who invented the zip fastener?") == first
    assert base.version == "v1"
    assert not (await outcome(door)).ok
