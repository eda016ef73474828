"""Inbox and outbox against a model: whatever dies, whenever, each accepted message is answered once and in order."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Coroutine, Sequence
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from core.errors import Ambiguous, LeaseLost, PlatformUnavailable, RateLimited, Rejected, StoreUnavailable
from core.inbox.lanes import LEASE, Lanes, Work, work_of
from core.messages import Address, IncomingMessage
from core.outbox.outbox import Parcel, parcel_of
from core.platform import Receipt
from core.policy import load_policy
from core.store.codec import POST
from core.store.keys import shards
from core.store.redis import Client
from tests.core.breaking import BreakingRedis, How, Killed, Plan
from tests.core.harness import World, patient

T = TypeVar("T")
POLICY = patient(load_policy())
CUSTOMERS = ("ann", "bob", "cy")
TEXTS = ("How do I get a refund?", "When are you open?", "What is my limit?", "zebra xylophone", "hello")
BROKEN = (StoreUnavailable, LeaseLost, Killed)

customers = st.sampled_from(CUSTOMERS)
plans = st.none() | st.builds(Plan, st.integers(1, 4), st.sampled_from(list(How)))
seconds = st.sampled_from([0.5, 3.0, LEASE + 1, 11.0, 70.0])


class Arrived(Ambiguous):
    """The platform took the post, and the connection broke before it said so."""

    arrived = True


FAILURES = {
    "none": lambda: None,
    "rate limited": lambda: RateLimited(3.0),
    "away": lambda: PlatformUnavailable("502"),
    "ambiguous, arrived": lambda: Arrived("timeout"),
    "ambiguous, not arrived": lambda: Ambiguous("timeout"),
    "rejected": lambda: Rejected("too old"),
    "killed before": lambda: Killed(),
    "killed after": lambda: Killed(arrived=True),
}


class Hands:
    """Takes whatever it is lent, and leaves it to the test; has a hand free when the test says so."""

    def __init__(self) -> None:
        self.free = False
        self.reserved = 0
        self.lent: list[Work | Parcel] = []

    async def reserve(self, platform: str = "") -> bool:
        self.reserved += self.free
        return self.free

    def release(self, platform: str = "") -> None:
        self.reserved -= 1

    def begin(self, lane: Sequence[Any], now: float | None = None) -> None:
        self.reserved -= 1
        self.lent.append(work_of(lane) if now is None else parcel_of(lane, now))


class InboxAndOutbox(RuleBasedStateMachine):
    """The steps of accepting, handling and delivering in any order, each of which may break."""

    url: ClassVar[str]
    reached: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.redis = BreakingRedis.from_url(self.url)
        self.run(self.redis.flushall())
        self.world = World(self.redis, policy=POLICY)
        self.lanes = Lanes(self.redis, self.world.clock)
        self.accepted: dict[str, list[str]] = defaultdict(list)
        self.delivered: list[IncomingMessage] = []
        self.unacknowledged: list[IncomingMessage] = []
        self.rejected = 0
        self.stalled: list[Work] = []
        self.held: list[Parcel] = []
        self.taken: dict[str, int] = {}
        self.hands = Hands()
        self.equip()

    def equip(self) -> None:
        self.world.engine.inbox.hand_to(self.hands)
        self.world.engine.conversations.hand_to(self.hands)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    # --- coming in

    @rule(
        customer=customers, texts=st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3), plan=plans,
        free=st.booleans(),
    )  # fmt: skip
    def write(self, customer: str, texts: list[str], plan: Plan | None, free: bool) -> None:
        self.hands.free = free
        for text in texts:
            self.hand_in(self.world.message(text, by=customer), plan)
            plan = None

    @precondition(lambda self: self.unacknowledged)
    @rule(plan=plans)
    def deliver_again_what_was_not_acknowledged(self, plan: Plan | None) -> None:
        self.hand_in(self.unacknowledged.pop(0), plan)

    @precondition(lambda self: self.delivered)
    @rule(data=st.data())
    def deliver_again_what_was_acknowledged(self, data: st.DataObject) -> None:
        message = data.draw(st.sampled_from(self.delivered))
        assert self.run(self.world.engine.door.receive(message)) is Receipt.DUPLICATE
        self.reached["duplicate"] += 1

    def hand_in(self, message: IncomingMessage, plan: Plan | None) -> None:
        self.redis.arm(plan)
        lane = self.accepted[message.author.id]
        try:
            receipt = self.run(self.world.engine.door.receive(message))
        except BROKEN:
            self.unacknowledged.append(message)  # the platform was told nothing
            if plan is not None and plan.how.took_effect and message.event_id not in lane:
                lane.append(message.event_id)
            self.reached["not acknowledged"] += 1
        else:
            assert (receipt is Receipt.DUPLICATE) == (message.event_id in lane)
            if receipt is Receipt.ACCEPTED:
                lane.append(message.event_id)
            self.delivered.append(message)
        self.redis.arm(None)
        self.keep_what_was_lent()

    def keep_what_was_lent(self) -> None:
        assert self.hands.reserved == 0, "a hand was neither given back nor used"
        for lane in self.hands.lent:
            if isinstance(lane, Work):
                self.taken[lane.conversation.address.key] = lane.token
                self.stalled.append(lane)
                self.reached["lent a lane"] += 1
            else:
                self.held.append(lane)
                self.reached["lent a post"] += 1
        self.hands.lent.clear()

    # --- handling

    async def take(self) -> Work | None:
        for home in shards():
            if (work := await self.lanes.take(home)) is not None:
                self.taken[work.conversation.address.key] = work.token
                return work
        return None

    @rule(plan=plans, dies_on_the_way=st.booleans(), free=st.booleans())
    def handle(self, plan: Plan | None, dies_on_the_way: bool, free: bool) -> None:
        self.hands.free = free

        async def once() -> None:
            if not dies_on_the_way:
                work = await self.take()
                self.redis.arm(plan)
            else:  # the take itself may break, its lease taken or not
                self.redis.arm(plan)
                work = await self.take()
            if work is not None:
                await self.world.engine._worker.handle(work)

        self.attempt(once())

    @precondition(lambda self: len(self.stalled) < 2)
    @rule()
    def stall(self) -> None:
        if (work := self.run(self.take())) is not None:
            self.stalled.append(work)

    @precondition(lambda self: self.stalled)
    @rule()
    def wake_up(self) -> None:
        """A worker that slept commits: with its lease taken over, nothing of it may be kept."""
        work = self.stalled.pop(0)
        if self.taken[work.conversation.address.key] == work.token:
            self.attempt(self.world.engine._worker.handle(work))
            return
        before = self.run(self.everything())
        with pytest.raises(LeaseLost):
            self.run(self.world.engine._worker.handle(work))
        assert self.run(self.everything()) == before
        self.reached["stalled and too late"] += 1

    @rule(customer=customers)
    def oversleep(self, customer: str) -> None:
        """The usual way to be too late: another worker has handled it meanwhile."""
        self.hand_in(self.world.message("When are you open?", by=customer), None)
        if (work := self.run(self.take())) is None:
            return
        self.world.clock.move(LEASE + 1)
        while (other := self.run(self.take())) is not None:
            self.run(self.world.engine._worker.handle(other))
        self.stalled.insert(0, work)
        self.wake_up()

    async def everything(self) -> dict[bytes, bytes | None]:
        return {key: await self.redis.dump(key) for key in sorted(await self.redis.keys("concierge:{*"))}

    # --- going out

    async def parcel(self) -> Parcel | None:
        for home in shards():
            if (parcel := await self.world.engine.outbox.take(home, "chat")) is not None:
                return parcel
        return None

    @rule(customer=customers, failures=st.lists(st.sampled_from(sorted(FAILURES)), min_size=3, max_size=8))
    def write_and_deliver(self, customer: str, failures: list[str]) -> None:
        """The usual way, with whatever the platform comes up with."""
        for failure in failures:
            self.hand_in(self.world.message("When are you open?", by=customer), None)
            self.deliver(failure, None)

    @rule(failure=st.sampled_from(sorted(FAILURES)), plan=plans)
    def deliver(self, failure: str, plan: Plan | None) -> None:
        async def once() -> None:
            if (parcel := await self.parcel()) is None:
                while (work := await self.take()) is not None:
                    await self.world.engine._worker.handle(work)
                parcel = await self.parcel()
            if parcel is None:
                return
            attempts = len(self.world.chat.attempts)
            self.world.chat.failures = [FAILURES[failure]()]
            self.redis.arm(plan)
            try:
                await self.world.engine._deliverer.deliver(parcel)
            finally:
                self.world.chat.failures = []
                self.reached[failure] += len(self.world.chat.attempts) - attempts

        self.attempt(once())

    @precondition(lambda self: len(self.held) < 2)
    @rule()
    def hold_a_post(self) -> None:
        if (parcel := self.run(self.parcel())) is not None:
            self.held.append(parcel)

    @precondition(lambda self: self.held)
    @rule()
    def let_go_of_the_post(self) -> None:
        self.attempt(self.world.engine._deliverer.deliver(self.held.pop(0)))

    # --- around

    @rule(seconds=seconds)
    def time_passes(self, seconds: float) -> None:
        self.world.clock.move(seconds)

    @rule()
    def another_process(self) -> None:
        self.world.engine = self.world.another_engine()
        self.equip()

    def attempt(self, work: Coroutine[Any, Any, Any]) -> None:
        try:
            self.run(work)
        except BROKEN as error:
            self.reached[type(error).__name__] += 1
        finally:
            self.redis.arm(None)
            self.keep_what_was_lent()

    def teardown(self) -> None:
        try:
            self.hands.free = False
            while self.unacknowledged:
                self.hand_in(self.unacknowledged.pop(0), None)
            quiet = 0
            while quiet < 2:  # what waits for a lease or a retry comes within 70 seconds
                self.world.clock.move(70.0)
                quiet = 0 if self.run(self.world.engine.drain()) else quiet + 1
            self.judge()
        finally:
            self.run(self.redis.aclose())
            self.loop.close()

    def judge(self) -> None:
        shown = [item.post for item in self.world.chat.shown]
        assert not [post for post, count in Counter(p.id for p in shown).items() if count > 1], "sent twice"
        refused: dict[str, set[str]] = defaultdict(set)
        for item in self.run(self.all_aside()):
            if item.what == "post" and item.event_id.endswith("!"):  # the explanation was refused too
                refused[item.conversation].add(POST.validate_json(item.payload).reply_to)
        for customer, events in self.accepted.items():
            address = Address("chat", customer)
            answered = [post.reply_to for post in shown if post.to == address]
            expected = [event for event in events if event not in refused[address.key]]
            assert answered == expected, "every accepted message answered or explained once, in order"

    async def all_aside(self) -> list[Any]:
        return [item async for item in self.world.engine.set_asides.list()]


def test_whatever_breaks_each_message_is_answered_once_and_in_order(redis_url: str) -> None:
    class Here(InboxAndOutbox):
        url = redis_url
        reached: ClassVar[Counter[str]] = Counter()

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=50, stateful_step_count=40, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    missing = {
        *(name for name in FAILURES if name != "none"),
        "duplicate",
        "not acknowledged",
        "stalled and too late",
        "Killed",
        "lent a lane",
        "lent a post",
    } - set(Here.reached)
    assert not missing, f"never happened, so nothing was shown about it: {missing}; {Here.reached}"


@pytest.mark.parametrize("how", list(How))
@pytest.mark.parametrize("at", range(1, 7))
async def test_a_break_at_any_command_on_the_way_to_a_human_pages_once(
    redis: Client, redis_url: str, how: How, at: int
) -> None:
    breaking = BreakingRedis.from_url(redis_url)
    try:
        world = World(breaking)
        message = world.message("human please")
        breaking.arm(Plan(at, how))
        for _ in range(4):
            try:
                await world.engine.door.receive(message)
                await world.engine.drain()
            except BROKEN:
                world.engine = world.another_engine()
            world.clock.move(70.0)
        assert len(world.office.cards()) == 1
        assert len([text for text in world.reads() if "asked for a human" in text]) == 1
    finally:
        await breaking.aclose()


async def test_a_flood_of_one_customer_holds_up_nobody_else(world: World) -> None:
    for _ in range(200):
        await world.hand_in("When are you open?", by="flood")
    await world.hand_in("What is my limit?", by="calm")
    lanes = Lanes(world.redis, world.clock)
    handled = []
    for _ in range(4):  # what a few free workers take next
        for home in shards():
            if (work := await lanes.take(home)) is not None:
                handled.append(work.conversation.address.channel)
    assert sorted(handled) == ["calm", "flood"], "one lease per conversation, and the calm one has its own"
