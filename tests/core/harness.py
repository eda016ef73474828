"""What core tests are built from: a clock to move, chat rooms that keep what is posted, an engine over real Redis."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.access.roles import Roster
from core.access.vips import Lookup
from core.answering.answerer import BUDGET, Answerer
from core.desk.actions import Handler
from core.engine import Engine, Surroundings, router_for
from core.errors import DeliveryError
from core.messages import Action, Address, IncomingMessage, MessageKind, Person
from core.pager import Pager
from core.platform import ActionOutcome, FrontDoor, Platform, Receipt
from core.policy import Policy, RoutingRules, load_policy
from core.posts import Content, Post, Speaker
from core.routing.route import Router
from core.store.redis import Client
from knowledge.entries import Entry
from knowledge.search.results import Hit, Outcome, SearchResult

START = 1_800_000_000.0
"""A Friday, 08:00 UTC."""


ROSTER = Roster(
    staff=frozenset({"office:sam", "office:kim", "office:lea"}),
    leads=frozenset({"office:lea"}),
    ops=frozenset({"office:olga"}),
)
"""The people of the desk."""


class ManualClock:
    """Stands still until it is moved."""

    def __init__(self, now: float = START) -> None:
        self._now = now

    def now(self) -> float:
        return self._now

    def move(self, seconds: float) -> None:
        self._now += seconds


class SmallFaq:
    """A search over a handful of entries by shared words; counts its searches."""

    version = "v1"

    def __init__(self) -> None:
        self.entries = [
            Entry("refund", "How do I get a refund?", "Ask the shop; the money takes 3 days."),
            Entry("limit", "What is my limit?", "Your limit is shown under Account."),
            Entry("vip-lounge", "Where is the lounge?", "Second floor.", audience="vip"),
            Entry("hours", "When are you open?", "From 9 to 5."),
        ]
        self.searches = 0
        self.down: Exception | None = None

    async def search(
        self,
        query: str,
        *,
        history: Sequence[str] = (),
        audience: str = "everyone",
        tags: Collection[str] = (),
        language: str = "",
        limit: int = 5,
    ) -> SearchResult:
        self.searches += 1
        if self.down is not None:
            raise self.down
        asked = set(query.lower().strip("?!. ").split())
        visible = [e for e in self.entries if e.audience == "everyone" or e.audience == audience or audience == "staff"]

        def shared(entry: Entry) -> float:
            return len(asked & set(entry.question.lower().strip("?").split())) / max(1, len(asked))

        ranked = sorted(visible, key=shared, reverse=True)
        hits = tuple(Hit(entry=e, passage=e.answer, score=shared(e), similarity=shared(e)) for e in ranked[:limit])
        best = hits[0].score if hits else 0.0
        outcome = Outcome.ANSWER if best >= 0.6 else Outcome.SUGGEST if best >= 0.4 else Outcome.UNKNOWN
        return SearchResult(query, self.version, hits, best, outcome)


@dataclass
class Shown:
    """One message in a room."""

    id: str
    post: Post
    content: Content
    deleted: bool = False


@dataclass
class Room(Platform):
    """A platform that keeps what is posted, refuses what it is told to, and never forgets a message."""

    name: str
    groups: dict[str, frozenset[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """Display names by id."""
    shown: list[Shown] = field(default_factory=list)
    attempts: list[Post] = field(default_factory=list)
    edits: list[str] = field(default_factory=list)
    """Ids of messages that were edited, in order."""
    failures: list[DeliveryError | None] = field(default_factory=list)
    """What the next sends raise before (or, for Ambiguous, after) they take effect."""
    groups_down: DeliveryError | None = None
    before_send: Any = None

    async def listen(self, door: FrontDoor) -> None:
        raise NotImplementedError

    async def send(self, post: Post) -> str:
        self.attempts.append(post)
        if self.before_send is not None:
            await self.before_send(post)
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None and not getattr(failure, "arrived", False):
            raise failure
        message_id = f"{self.name}-{len(self.shown) + 1}"
        self.shown.append(Shown(message_id, post, post.content))
        if failure is not None:
            raise failure
        return message_id

    async def find(self, post: Post) -> str | None:
        return next((shown.id for shown in self.shown if shown.post.id == post.id), None)

    async def edit(self, post: Post, message_id: str) -> None:
        self.edits.append(message_id)
        self._at(message_id).content = post.content

    async def delete(self, post: Post, message_id: str) -> None:
        self._at(message_id).deleted = True

    async def groups_of(self, person: Person) -> frozenset[str]:
        if self.groups_down is not None:
            raise self.groups_down
        return self.groups.get(person.id, frozenset())

    async def name_of(self, person_id: str) -> str:
        if self.groups_down is not None:
            raise self.groups_down
        return self.names.get(person_id, "")

    def _at(self, message_id: str) -> Shown:
        return next(shown for shown in self.shown if shown.id == message_id)

    def texts(self, to: Address) -> list[str]:
        """What can be read at an address, in order."""
        return [s.content.text for s in self.shown if s.post.to == to and not s.deleted]

    def cards(self) -> list[Shown]:
        """The handoff cards."""
        return [s for s in self.shown if s.content.card is not None]


def patient(policy: Policy, messages: int = 0) -> Policy:
    """The policy with another rate limit, by default none: it is counted in real time."""
    return replace(policy, limits=replace(policy.limits, messages=messages))


_ROUTERS: dict[RoutingRules, Router] = {}


def _router(policy: Policy) -> Router:
    """One router for all worlds of the same rules: it is pure, and reading its lexicons takes a while."""
    if policy.routing not in _ROUTERS:
        _ROUTERS[policy.routing] = router_for(policy)
    return _ROUTERS[policy.routing]


@dataclass
class World:
    """An engine with a room of customers and a room with the desk."""

    redis: Client
    clock: ManualClock = field(default_factory=ManualClock)
    policy: Policy = field(default_factory=lambda: patient(load_policy()))
    chat: Room = field(default_factory=lambda: Room("chat"))
    office: Room = field(default_factory=lambda: Room("office"))
    faq: SmallFaq = field(default_factory=SmallFaq)
    model: Any = None
    budget: float = BUDGET
    vip_users: frozenset[str] = frozenset({"chat:vera"})
    vip_groups: frozenset[str] = frozenset()
    desks: tuple[Address, ...] = (Address("office", "desk"),)
    pager: Platform = field(default_factory=lambda: Pager({"urls": ()}))
    roster: Roster = ROSTER
    handlers: Mapping[str, Handler] = field(default_factory=dict)
    """Further actions, as the composition root adds them."""
    vip_lookup: Lookup | None = None

    def __post_init__(self) -> None:
        self.engine = self.another_engine()
        self.serial = itertools.count(1)

    def another_engine(self) -> Engine:
        """What a second process would have."""
        return Engine(
            Surroundings(
                redis=self.redis,
                clock=self.clock,
                policy=self.policy,
                roster=self.roster,
                platforms={"chat": self.chat, "office": self.office, self.pager.name: self.pager},
                desks=self.desks,
                answerer=Answerer(self.faq, self.model, self.budget),
                router=_router(self.policy),
                vip_users=self.vip_users,
                vip_groups=self.vip_groups,
                vip_lookup=self.vip_lookup,
                handlers=self.handlers,
            )
        )

    def message(self, text: str, *, by: str = "carl", event_id: str = "", **changes: Any) -> IncomingMessage:
        number = next(self.serial)
        message = IncomingMessage(
            event_id=event_id or f"chat/{by}/{number}",
            conversation=Address("chat", by),
            author=Person("chat", by, by.title()),
            text=text,
            message_id=f"m{number}",
        )
        return replace(message, **changes)

    async def hand_in(self, text: str, *, by: str = "carl", **changes: Any) -> Receipt:
        """A customer writes; nothing is handled yet."""
        return await self.engine.door.receive(self.message(text, by=by, **changes))

    async def says(self, text: str, *, by: str = "carl", **changes: Any) -> list[str]:
        """A customer writes, everything due happens; returns what the customer then reads anew."""
        before = len(self.reads(by))
        await self.hand_in(text, by=by, **changes)
        await self.engine.drain()
        return self.reads(by)[before:]

    def reads(self, by: str = "carl") -> list[str]:
        """All that a customer was sent."""
        return self.chat.texts(Address("chat", by))

    async def presses(self, action: str, value: str = "", *, by: str = "carl") -> list[str]:
        """A customer presses a button."""
        before = len(self.reads(by))
        number = next(self.serial)
        person = Person("chat", by, by.title())
        await self.engine.door.act(Action(f"press/{number}", action, person, Address("chat", by), value))
        await self.engine.drain()
        return self.reads(by)[before:]

    async def staff(self, action: str, value: str, *, by: str = "sam", fields: Any = None) -> ActionOutcome:
        """A colleague presses a button at the desk, and everything due happens."""
        outcome = await self.press_only(action, value, by=by, fields=fields)
        await self.engine.drain()
        return outcome

    async def press_only(self, action: str, value: str, *, by: str = "sam", fields: Any = None) -> ActionOutcome:
        """A colleague presses a button at the desk."""
        person = Person("office", by, by.title())
        number = next(self.serial)
        return await self.engine.door.act(
            Action(f"press/{number}", action, person, Address("office", "desk"), value, fields or {})
        )

    async def writes(self, text: str, *, by: str = "sam", card: Shown | None = None, **changes: Any) -> Receipt:
        """A colleague writes into the thread under a card (the last one)."""
        number = next(self.serial)
        thread = (card or self.office.cards()[-1]).id
        message = IncomingMessage(
            event_id=f"office/{number}",
            conversation=Address("office", "desk", thread),
            author=Person("office", by, by.title()),
            text=text,
            addressed=False,
            message_id=f"s{number}",
        )
        receipt = await self.engine.door.receive(replace(message, **changes))
        await self.engine.drain()
        return receipt

    async def handoff_id(self, by: str = "carl") -> str:
        """The open handoff of a customer."""
        state = await self.engine.conversations.load(Address("chat", by))
        assert state.handoff is not None, "there is no open handoff"
        return state.handoff.id

    async def waiting(self, by: str = "carl", text: str = "human please") -> str:
        """A customer who waits for a human; returns the handoff's id."""
        await self.says(text, by=by)
        return await self.handoff_id(by)

    async def owned(self, by: str = "carl", owner: str = "sam") -> str:
        """A customer whom a colleague looks after."""
        handoff_id = await self.waiting(by)
        outcome = await self.staff("claim", handoff_id, by=owner)
        assert outcome.ok, outcome.text
        return handoff_id

    def bot_posts(self, by: str = "carl") -> list[Post]:
        """What the bot said of its own."""
        return [
            s.post
            for s in self.chat.shown
            if s.post.to == Address("chat", by) and s.post.content.speaker is Speaker.BOT
        ]

    def thread(self, under: Shown | None = None) -> list[str]:
        """What stands in the thread under a card (the last one)."""
        card = under or self.office.cards()[-1]
        return self.office.texts(Address("office", "desk", card.id))


def edited(message: IncomingMessage, text: str) -> IncomingMessage:
    """The event of editing a message."""
    return replace(message, event_id=f"{message.event_id}/edited", kind=MessageKind.EDITED, text=text)


def only(items: Sequence[Any]) -> Any:
    """The single item."""
    assert len(items) == 1, items
    return items[0]
