"""A lane stays with whoever works on it, however long that takes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from core.endings import end
from core.inbox.lanes import LEASE, LaneRunner, Lanes, Work
from core.messages import Address
from core.outbox.outbox import Outbox
from core.posts import Content, Post, Speaker
from core.store.conversations import Step
from core.store.keys import shard, shards
from core.store.redis import call
from tests.contract.driver import eventually
from tests.core.harness import World


async def test_a_lane_is_not_lost_while_its_message_is_being_handled(world: World) -> None:
    home, lanes = shard("chat/carl"), Lanes(world.redis, world.clock)
    begun, may_end = asyncio.Event(), asyncio.Event()
    handled: list[str] = []

    async def handle(work: Work) -> bool:
        handled.append(work.message.text)
        begun.set()
        await may_end.wait()
        return await world.engine._worker.handle(work)

    async def leased_until() -> float:
        return float(await call(world.redis.zscore(home.leased, "chat/carl")) or 0) / 1000

    runner = LaneRunner(lanes, handle, renew_every=0.005)
    running = asyncio.create_task(runner.run())
    await world.hand_in("How do I get a refund?")
    runner.hint(home.number)
    await begun.wait()
    for _ in range(10):  # five leases long
        world.clock.move(LEASE / 2)
        await eventually(leased_until, lambda until: until >= world.clock.now() + LEASE - 0.01)
        assert await lanes.take(home) is None, "another worker would answer it a second time"
    await world.hand_in("When are you open?")  # between the last look and the end
    may_end.set()
    await eventually(lambda: asyncio.sleep(0, len(handled)), lambda count: count == 2)
    await runner.stop(5)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await world.engine.drain()
    assert world.reads() == ["Ask the shop; the money takes 3 days.", "From 9 to 5."]


async def test_nothing_of_a_runner_goes_on_when_a_cancellation_is_lost(world: World) -> None:
    class Deaf(Lanes):
        async def shared(self) -> bool:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:  # as in wait_for before Python 3.12, with which redis-py sends
                looked.set()
            return False

    looked = asyncio.Event()
    runner = LaneRunner(Deaf(world.redis, world.clock), world.engine._worker.handle, renew_every=0.005)
    running = asyncio.create_task(runner.run())
    await eventually(runner.reserve, bool)
    await runner.stop(1)
    await end([running])
    assert looked.is_set()
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "leases"]


async def test_what_is_due_elsewhere_is_seen_to_while_one_shard_is_busy(world: World) -> None:
    where = Address("chat", "quiet")
    busy = next(home for home in shards() if home is not shard(where.key))
    handled: list[str] = []

    async def handle(work: Work) -> bool:
        handled.append(work.message.action)
        return await world.engine._worker.handle(work)

    runner = LaneRunner(Lanes(world.redis, world.clock), handle, poll=0.05)
    running = asyncio.create_task(runner.run())
    now = world.clock.now()
    await world.engine.conversations.apply(Step(where, now, timers={"remind:H1-1": now}))

    async def wake_the_other() -> bool:
        runner.hint(busy.number)
        return bool(handled)

    try:
        await eventually(wake_the_other, bool)
    finally:
        await runner.stop(5)
        await end([running])
    assert handled == ["remind:H1-1"]


async def test_what_is_due_elsewhere_is_seen_to_in_a_flood_that_never_lets_up(world: World) -> None:
    where = Address("chat", "quiet")
    busy = next(home for home in shards() if home is not shard(where.key))
    flood = [name for name in map(str, range(1000)) if shard(f"chat/{name}") is busy][:2]
    handled: list[str] = []

    async def handle(work: Work) -> bool:
        handled.append(work.message.action)
        if not any(handled) and len(handled) < 2000:  # one more for each that is done
            await world.hand_in("When are you open?", by=work.conversation.address.channel)
        return await world.engine._worker.handle(work)

    runner = LaneRunner(Lanes(world.redis, world.clock), handle, concurrency=1, poll=0.05)
    now = world.clock.now()
    for name in flood:
        await world.hand_in("When are you open?", by=name)
    running = asyncio.create_task(runner.run())
    await eventually(lambda: asyncio.sleep(0, handled), bool)
    await world.engine.conversations.apply(Step(where, now, timers={"remind:H1-1": now}))  # nobody is told
    try:
        await eventually(lambda: asyncio.sleep(0, any(handled) or len(handled) >= 2000), bool)
    finally:
        await runner.stop(5)
        await end([running])
    assert "remind:H1-1" in handled


async def test_what_came_a_moment_after_the_takers_clock_is_not_left_behind(world: World) -> None:
    home, lanes = shard("chat/carl"), Lanes(world.redis, world.clock)
    other = next(name for name in map(str, range(1000)) if shard(f"chat/{name}") is home)
    await world.hand_in("When are you open?")
    world.clock.move(0.01)
    await world.hand_in("And on Sunday?", by=other)  # by another process, while a worker's TAKE was on its way
    world.clock.move(-0.01)
    work = await lanes.take(home)
    assert work is not None
    assert work.others, "nobody was told of it, as others waited"


async def test_a_post_that_came_a_moment_after_the_takers_clock_is_not_left_behind(world: World) -> None:
    home, outbox = shard("chat/carl"), Outbox(world.redis, world.clock)
    other = next(name for name in map(str, range(1000)) if shard(f"chat/{name}") is home)
    for name in ("carl", other):
        where = Address("chat", name)
        post = Post(f"p-{name}", where, Content(text="Hello", speaker=Speaker.SYSTEM))
        await world.engine.conversations.apply(Step(where, world.clock.now(), posts=(post,)))
        world.clock.move(0.01)
    world.clock.move(-0.02)
    parcel = await outbox.take(home, "chat")
    assert parcel is not None
    assert parcel.post.id == "p-carl"
    assert parcel.others


async def test_a_timer_that_is_due_goes_before_a_message_that_just_came(world: World) -> None:
    lent: list[object] = []

    class OneHand:
        async def reserve(self) -> bool:
            return True

        def release(self) -> None:
            pass

        def begin(self, lane: Sequence[object]) -> None:
            lent.append(lane)

    now, home = world.clock.now(), shard("chat/carl")
    await world.engine.conversations.apply(Step(Address("chat", "carl"), now, timers={"remind:H1-1": now}))
    world.engine.inbox.hand_to(OneHand())
    other = next(name for name in map(str, range(1000)) if shard(f"chat/{name}") is home)
    await world.hand_in("When are you open?", by=other)
    assert lent == [], "who takes what has waited longest looks at the timers first"
    lanes = Lanes(world.redis, world.clock)
    works = [await lanes.take(home), await lanes.take(home)]
    assert {work.message.action or work.message.text for work in works if work} == {"remind:H1-1", "When are you open?"}
    await world.hand_in("And on Sunday?", by=f"{other}")
    assert lent == [], "the lane is lent already"
