"""Pages through the real Apprise to a real web server: each address once, none held up by another."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest
from aiohttp import web

from core import wording
from core.errors import PlatformUnavailable, Rejected
from core.messages import Address
from core.outbox.delivery import SLOWEST_RETRY
from core.pager import TRIES, Pager
from core.policy import Rung, load_policy
from core.posts import Content, Post, Speaker
from core.store.redis import Client
from tests.core.harness import World, only, patient

pytestmark = pytest.mark.filterwarnings("ignore:'(imghdr|cgi|telnetlib)' is deprecated:DeprecationWarning")


@dataclass
class Phones:
    """A web server that takes pages as JSON; paths that are `down` answer 500."""

    port: int = 0
    rang: Counter[str] = field(default_factory=Counter)
    texts: list[str] = field(default_factory=list)
    down: set[str] = field(default_factory=set)

    async def take(self, request: web.Request) -> web.Response:
        name = request.path.strip("/")
        if name in self.down:
            return web.Response(status=500)
        self.rang[name] += 1
        self.texts.append((await request.json())["message"])
        return web.Response()

    def url(self, name: str) -> str:
        return f"json://127.0.0.1:{self.port}/{name}"


@pytest.fixture
async def phones() -> AsyncIterator[Phones]:
    phones = Phones()
    app = web.Application()
    app.router.add_post("/{name}", phones.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    phones.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    yield phones
    await runner.cleanup()


def call(post_id: str = "p1", group: str = "urls") -> Post:
    return Post(post_id, Address("pager", group), Content(text="Carl waits", speaker=Speaker.SYSTEM), page=True)


async def test_every_address_takes_a_page_once_whatever_fails(phones: Phones) -> None:
    pager = Pager({"urls": (phones.url("a"), phones.url("b"), "nonsense://x")})
    phones.down = {"b"}
    for _ in range(3):
        with pytest.raises(PlatformUnavailable, match="json://…"):
            await pager.send(call())
    phones.down.clear()
    assert await pager.send(call()) == "p1"
    assert phones.rang == {"a": 1, "b": 1}
    assert phones.texts == ["Carl waits", "Carl waits"]
    await pager.send(call("p2"))
    assert phones.rang == {"a": 2, "b": 2}
    await pager.aclose()


async def test_an_address_that_fails_for_long_is_given_up(phones: Phones) -> None:
    pager = Pager({"urls": (phones.url("a"), phones.url("b"))})
    phones.down = {"b"}
    for _ in range(TRIES - 1):
        with pytest.raises(PlatformUnavailable):
            await pager.send(call())
    with pytest.raises(Rejected):
        await pager.send(call())
    assert phones.rang == {"a": 1}
    await pager.aclose()


async def test_what_is_no_address_is_told_without_its_secrets() -> None:
    pager = Pager({"urls": ("pagerdutty://secret@x",)})
    (problem,) = await pager.check()
    assert "pagerdutty://…" in problem
    assert "secret" not in problem
    with pytest.raises(Rejected):
        await pager.send(call())


def world_of(redis: Client, pager: Pager) -> World:
    rungs = (Rung(0.0, ("desk",)), Rung(60.0, ("urls",)), Rung(600.0, ("urls",)))
    return World(redis, pager=pager, policy=replace(patient(load_policy()), ladders={"default": rungs, "vip": rungs}))


async def pass_time(world: World, seconds: float) -> None:
    world.clock.move(seconds)
    await world.engine.drain()


async def test_a_rung_rings_once_and_says_who_waits_and_why(phones: Phones, redis: Client) -> None:
    world = world_of(redis, Pager({"urls": (phones.url("a"),)}))
    handoff_id = await world.waiting()
    await pass_time(world, 61)
    world.engine = world.another_engine()
    await pass_time(world, 61)
    assert phones.rang == {"a": 1}
    text = only(phones.texts)
    assert "Carl" in text
    assert handoff_id in text
    await pass_time(world, 600)
    assert phones.rang == {"a": 2}


@pytest.mark.parametrize("ends", ["claim", "resolve", "cancel_wait", "claim, release and claim"])
async def test_no_phone_rings_after_the_end_of_the_wait_also_when_it_was_down_before(
    phones: Phones, redis: Client, ends: str
) -> None:
    world = world_of(redis, Pager({"urls": (phones.url("a"),)}))
    handoff_id = await world.waiting()
    phones.down = {"a"}
    await pass_time(world, 61)
    if ends == "cancel_wait":
        assert await world.presses("cancel_wait", handoff_id) == [wording.CANCELLED]
    else:
        for action in ends.replace(" and", ",").split(", "):
            assert (await world.staff(action, handoff_id)).ok
    phones.down.clear()
    for _ in range(10):
        await pass_time(world, SLOWEST_RETRY)
    assert phones.rang == {}


async def test_a_page_that_reaches_nobody_is_told_at_the_desk_and_the_ladder_goes_on(
    phones: Phones, redis: Client
) -> None:
    world = world_of(redis, Pager({"urls": (phones.url("a"),)}))
    handoff_id = await world.waiting()
    phones.down = {"a"}
    for _ in range(8):
        await pass_time(world, SLOWEST_RETRY)
    told = only([text for text in world.thread() if text.startswith(wording.page_failed(""))])
    assert "secret" not in told
    kept = [line for line in await world.engine.conversations.record(handoff_id) if line.what == "page_failed"]
    assert len(kept) == 1
    phones.down.clear()
    await pass_time(world, 600)
    assert phones.rang == {"a": 1}, "the next rung"
