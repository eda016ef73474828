"""The core, put together: what a process with a Redis, a knowledge base and platforms does with them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.access.audit import Audit
from core.access.names import Names
from core.access.roles import Access, Groups, Roster
from core.access.vips import Lookup, VipList, Vips
from core.answering.answerer import Answerer
from core.clock import Clock
from core.conversation import RecordLine
from core.desk.actions import Desk, Handler
from core.desk.handoffs import HandoffActions
from core.desk.inbox import InboxActions
from core.desk.presence import PresenceActions
from core.desk.proposals import ProposalActions
from core.desk.replying import ReplyActions
from core.desk.vips import VipActions
from core.door import Door
from core.drafts import Drafts
from core.endings import end
from core.gaps import Gaps
from core.handling.briefing import Briefings
from core.handling.buttons import CustomerButtons
from core.handling.corrections import Corrections
from core.handling.customer import CustomerMessages
from core.handling.failures import DeliveryFailures, explanation
from core.handling.replies import Replies
from core.handling.staff import StaffMessages
from core.handling.timers import Timers
from core.handling.typing import TypingSign
from core.handling.worker import Worker
from core.handoff.assignment import Assignment
from core.handoff.manager import HandoffManager
from core.handoff.presence import Presence
from core.inbox.catchup import CatchUp
from core.inbox.inbox import Inbox, RateLimit, SetAsides
from core.inbox.lanes import LaneRunner, Lanes
from core.messages import Address
from core.outbox.delivery import Deliverer
from core.outbox.outbox import Outbox
from core.platform import Limits, Platform
from core.policy import Policy
from core.routing.phrases import Phrases
from core.routing.route import Router, Routing, RoutingPolicy
from core.store.conversations import Conversations
from core.store.keys import shards
from core.store.redis import Client
from core.store.wake import listen

log = logging.getLogger(__name__)

STOP_WITHIN = 6.0
"""Seconds that shutting down may take, platforms not counted."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the engine works with; made by the composition root, which also closes it."""

    redis: Client
    """Everything durable."""
    clock: Clock
    """Time."""
    policy: Policy
    """The policy of the desk."""
    roster: Roster
    """Who has which role."""
    platforms: Mapping[str, Platform]
    """By name, the pager included."""
    desks: tuple[Address, ...]
    """Desk channels."""
    answerer: Answerer
    """The chain."""
    router: Routing
    """Who gets a human."""
    vip_users: frozenset[str] = frozenset()
    """VIPs by setting."""
    vip_groups: frozenset[str] = frozenset()
    """Groups of VIPs by setting."""
    vip_lookup: Lookup | None = None
    """Asks another system for VIPs."""
    handlers: Mapping[str, Handler] = field(default_factory=dict)
    """Further actions (operations), by name."""


class Engine:
    """Accepts, handles and delivers. `door` is there at once; `start` begins to work."""

    def __init__(self, around: Surroundings) -> None:
        redis, clock, policy = around.redis, around.clock, around.policy
        self._around = around
        self.conversations = Conversations(redis)
        self.inbox = Inbox(redis, clock, RateLimit(policy.limits.messages, policy.limits.window))
        self.set_asides = SetAsides(redis, self.inbox)
        self.outbox = Outbox(redis, clock)
        self.audit = Audit(redis)
        self.gaps = Gaps(redis)
        self.drafts = Drafts(redis)
        self.vip_list = VipList(redis, clock)
        groups = Groups(around.platforms, clock)
        self.access = Access(around.roster, groups)
        self.presence = presence = Presence(redis, clock, policy.desk.here_for, policy.desk.active_for)
        assignment = Assignment(presence, self.conversations, self.access, policy.desk.assignment, around.desks)
        self.handoffs = HandoffManager(redis, self.conversations, self.outbox, clock, policy, around.desks, assignment)
        vips = Vips(self.vip_list, around.vip_users, around.vip_groups, groups, policy.vip, clock, around.vip_lookup)
        names = Names(around.platforms, presence)
        handlers = {
            **HandoffActions(self.conversations, self.handoffs, self.access, names, presence, clock, policy).handlers(),
            **ReplyActions(
                self.conversations,
                self.handoffs,
                around.answerer,
                self.outbox,
                clock,
                policy,
                self._text_limit,
                self.set_asides,
            ).handlers(),
            **PresenceActions(presence, assignment).handlers(),
            **VipActions(self.vip_list).handlers(),
            **InboxActions(self.set_asides).handlers(),
            **ProposalActions(self.drafts, self.conversations, clock).handlers(),
            **around.handlers,
        }
        self.desk = Desk(self.access, self.audit, self.conversations, clock, presence, handlers)
        catch_up = CatchUp(redis, clock, self.conversations, around.desks)
        self.door = Door(self.inbox, self.outbox, self.conversations, self.desk, around.desks, catch_up)

        replies = Replies(self._text_limit)
        customers = CustomerMessages(
            around.router, around.answerer, self.handoffs, vips, replies, TypingSign(around.platforms), clock,
            self._text_limit,
        )  # fmt: skip
        self._briefings = Briefings(around.answerer, self.inbox)
        self._lanes = lanes = Lanes(redis, clock)
        self._worker = Worker(
            lanes, self.conversations, clock, replies,
            customers=customers,
            staff=StaffMessages(self.access, self.handoffs, presence, clock, self._text_limit),
            buttons=CustomerButtons(self.handoffs, replies, customers, clock),
            corrections=Corrections(self.access, self.conversations, self.handoffs, policy, self._text_limit),
            timers=Timers(self.handoffs, self._briefings, clock, policy),
        )  # fmt: skip
        self._runner = LaneRunner(lanes, self._worker.handle)
        self.inbox.hand_to(self._runner)
        failures = DeliveryFailures(self.conversations, self.handoffs, clock, policy)
        self._deliverer = Deliverer(self.outbox, around.platforms, clock, failures.handle, explanation)
        self.conversations.hand_to(self._deliverer)
        self._tasks: list[asyncio.Task[None]] = []

    def _text_limit(self, platform: str) -> int:
        known = self._around.platforms.get(platform)
        return (known.limits if known is not None else Limits()).text

    def heard(self, words: list[str]) -> None:
        """A wake-up from any process: `in <shard>`, `out <shard> <platform>` or `stop <conversation>`."""
        match words:
            case ["in", number]:
                self._runner.hint(int(number))
            case ["out", number, platform]:
                self._deliverer.hint(int(number), platform)
            case ["stop", *conversation]:
                self._runner.interrupt(" ".join(conversation))

    def start(self) -> None:
        """Begin to take messages and to deliver posts."""
        self._tasks = [
            asyncio.create_task(self._runner.run(), name="lanes"),
            asyncio.create_task(self._deliverer.run(), name="deliveries"),
            asyncio.create_task(listen(self._around.redis, self.heard), name="wake-ups"),
        ]

    @property
    def tasks(self) -> list[asyncio.Task[None]]:
        """What must go on for the process to be of use."""
        return self._tasks

    async def drain(self) -> int:
        """Handle and deliver everything that is due now, one after the other; returns how much that was.

        For whoever drives the engine by hand instead of calling `start`: tests, with a clock that they move.
        """
        done = 0
        for _ in range(1000):
            before = done
            for home in shards():
                while (work := await self._lanes.take(home)) is not None:
                    await self._worker.handle(work)
                    done += 1
                for platform in self._around.platforms:
                    while (parcel := await self.outbox.take(home, platform)) is not None:
                        await self._deliverer.deliver(parcel)
                        done += 1
            done += await self._briefings.finish()
            if done == before:
                return done
        raise RuntimeError("there is always more to do: something feeds itself")

    async def stop(self) -> None:
        """Take nothing more, finish or give back what is under way, deliver what is being delivered."""
        await self._runner.stop(STOP_WITHIN / 2)
        await self._briefings.stop()
        await self._deliverer.stop(STOP_WITHIN / 2)
        await end(self._tasks)

    async def note(self, what: str, why: str = "") -> None:
        """Write into the audit trail on behalf of Concierge itself."""
        await self.audit.write(RecordLine(at=self._around.clock.now(), who="concierge", what=what, why=why))


def router_for(policy: Policy, phrases: Phrases | None = None) -> Router:
    """The routing decision under a policy, with the operators' own phrases."""
    rules = policy.routing
    return Router(
        phrases=phrases,
        policy=RoutingPolicy(
            page_on=frozenset(rules.page_on),
            low_confidence_limit=rules.low_confidence_limit,
            repeats_limit=rules.repeats_limit,
        ),
    )
