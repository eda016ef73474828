"""Who may do what, generated from the registry: every role tries every action in both rooms."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core import wording
from core.access.actions import COMMANDS, REGISTRY, ActionSpec
from core.access.roles import Role, Roster
from core.conversation import Mode
from core.desk.actions import Desk
from core.errors import PlatformUnavailable, Rejected
from core.handling.failures import short_name
from core.handoff.machine import Actor
from core.messages import Action, Address, Person
from core.platform import ActionOutcome
from core.policy import load_policy
from core.store.redis import Client
from tests.core.harness import Room, World, edited, only, patient

ROOMS = ("chat", "office")
PEOPLE: dict[str, frozenset[Role]] = {
    "carl": frozenset({Role.CUSTOMER}),
    "stella": frozenset({Role.CUSTOMER, Role.STAFF}),
    "leo": frozenset({Role.CUSTOMER, Role.STAFF, Role.LEAD}),
    "olga": frozenset({Role.CUSTOMER, Role.OPS}),
    "stranger": frozenset({Role.CUSTOMER}),
}
"""Who tries, and what they are in either room; the stranger stands on no list and has never written."""
REFUSALS = {wording.NOT_STAFF, wording.NOT_ALLOWED}


def everywhere(*names: str) -> frozenset[str]:
    return frozenset(f"{room}:{name}" for room in ROOMS for name in names)


async def served(action: Action, actor: Actor) -> ActionOutcome:
    """What the composition root would add for the FAQ."""
    return ActionOutcome(text="done")


@pytest.fixture
async def world(redis: Client) -> World:
    policy = patient(load_policy())
    return World(
        redis,
        policy=replace(policy, desk=replace(policy.desk, canned={"hi": "Hello there"})),
        roster=Roster(staff=everywhere("stella", "kim"), leads=everywhere("leo"), ops=everywhere("olga")),
        handlers={name: served for name in REGISTRY if name.startswith("kb_")},
        desks=(Address("office", "desk"), Address("chat", "desk")),
    )


def action_of(world: World, name: str, value: str, who: str, room: str, where: Address | None = None) -> Action:
    place = where or Address(room, "desk")
    return Action(f"press/{next(world.serial)}", name, Person(room, who, who.title()), place, value)


async def owned_by(world: World, customer: str, who: str, room: str) -> str:
    handoff_id = await world.waiting(customer)
    outcome = await world.engine.door.act(action_of(world, "claim", handoff_id, who, room))
    assert outcome.ok, outcome.text
    await world.engine.drain()
    return handoff_id


async def value_for(world: World, spec: ActionSpec, customer: str, who: str, room: str) -> str:
    """Bring about a state in which the action makes sense for a person who may; returns the value it needs."""
    match spec.name:
        case "claim":
            return await world.waiting(customer)
        case "take_over":
            return await owned_by(world, customer, "kim", "office")
        case "transfer":
            return await owned_by(world, customer, who, room) + " office:kim"
        case "snooze":
            return await owned_by(world, customer, who, room) + " 1h"
        case "note" | "send_draft":
            return await owned_by(world, customer, who, room) + " Some words"
        case "canned":
            return await owned_by(world, customer, who, room) + " hi"
        case "retry_relay":
            handoff_id = await owned_by(world, customer, who, room)
            world.chat.failures = [Rejected("too old")]
            await world.engine.door.act(action_of(world, "send_draft", f"{handoff_id} lost words", who, room))
            await world.engine.drain()
            item = only([kept async for kept in world.engine.set_asides.list()])
            return f"{handoff_id} {short_name(item.event_id)}"
        case "suggest_draft":
            handoff_id = await owned_by(world, customer, who, room)
            await world.says("How do I get a refund?", by=customer)
            return handoff_id
        case "handoffs":
            return ""
        case "vip_add":
            return "chat:zoe loyal"
        case "vip_remove":
            await world.engine.vip_list.add("chat:zoe", "loyal")
            return "chat:zoe"
        case "inbox_retry" | "inbox_drop":
            return await set_aside(world, customer)
        case _:
            return await owned_by(world, customer, who, room) if spec.of_handoff else ""


async def set_aside(world: World, customer: str) -> str:
    """A message that no try could handle; returns its id."""
    world.faq.down = RuntimeError("a bug")
    await world.hand_in(f"How do I get a refund of {customer}?", by=customer)  # nothing that a cache would know
    for _ in range(8):
        await world.engine.drain()
        world.clock.move(60)
    world.faq.down = None
    return only([item async for item in world.engine.set_asides.list()]).event_id


STAFFED = {name: spec for name, spec in REGISTRY.items() if Role.CUSTOMER not in spec.roles}
CUSTOMERS = {name: spec for name, spec in REGISTRY.items() if Role.CUSTOMER in spec.roles}


@pytest.mark.parametrize("name", STAFFED)
async def test_it_is_done_for_those_whom_the_registry_names_and_for_nobody_else(world: World, name: str) -> None:
    spec = STAFFED[name]
    watched = await world.waiting("wanda")
    address = Address("chat", "wanda")
    for room in ROOMS:
        for number, (who, roles) in enumerate(PEOPLE.items()):
            if roles & spec.roles:
                value = await value_for(world, spec, f"{room}{number}", who, room)
                outcome = await world.engine.door.act(action_of(world, name, value, who, room))
                assert outcome.ok, f"{who} in {room}: {outcome.text}"
                await world.engine.drain()
                continue
            before = await world.engine.conversations.load(address)
            posts = len(world.chat.attempts), len(world.office.attempts)
            value = f"{watched} x" if name in {"transfer", "note", "snooze", "send_draft"} else watched
            outcome = await world.engine.door.act(action_of(world, name, value, who, room))
            await world.engine.drain()
            assert not outcome.ok
            assert outcome.text in REFUSALS, f"{who} in {room}: {outcome.text}"
            assert outcome.content is None
            assert outcome.form is None
            assert await world.engine.conversations.load(address) == before
            assert (len(world.chat.attempts), len(world.office.attempts)) == posts
            trail = await (world.engine.conversations.record(watched) if spec.of_handoff else world.engine.audit.read())
            lines = [(line.who, line.what) for line in trail if not line.allowed]
            assert lines.count((f"{room}:{who}", name)) == 1, "a refusal leaves one line where staff look for it"


@pytest.mark.parametrize("name", [name for name, spec in CUSTOMERS.items() if spec.own])
async def test_what_is_the_customers_own_nobody_else_does_in_a_thread_that_all_can_see(world: World, name: str) -> None:
    handoff_id = await world.waiting("wanda")
    value = {"rate": f"{handoff_id}:1"}.get(name, handoff_id)
    if name == "rate":
        assert (await world.engine.door.act(action_of(world, "claim", handoff_id, "stella", "office"))).ok
        assert (await world.engine.door.act(action_of(world, "resolve", handoff_id, "stella", "office"))).ok
        await world.engine.drain()
    place = Address("chat", "wanda")
    before, read = await world.engine.conversations.load(place), world.reads("wanda")
    for who in PEOPLE:
        outcome = await world.engine.door.act(action_of(world, name, value, who, "chat", place))
        await world.engine.drain()
        assert (outcome.ok, outcome.text) == (False, wording.NOT_YOUR_CONVERSATION)
        last = (await world.engine.audit.read())[0]
        assert (last.who, last.what, last.detail, last.allowed) == (f"chat:{who}", name, value, False)
    assert (await world.engine.conversations.load(place), world.reads("wanda")) == (before, read)
    assert (await world.engine.door.act(action_of(world, name, value, "wanda", "chat", place))).ok
    await world.engine.drain()
    assert len(world.reads("wanda")) == len(read) + 1


def test_whatever_ends_or_judges_a_conversation_is_the_customers_own() -> None:
    assert {name for name, spec in CUSTOMERS.items() if spec.own} == {"cancel_wait", "rate"}


@pytest.mark.parametrize("name", [name for name, spec in CUSTOMERS.items() if not spec.own])
async def test_what_customers_may_everybody_may_where_they_write(world: World, name: str) -> None:
    for who in PEOPLE:
        by = f"{name}-{who}"
        await world.says("How do I get a refund?", by=by)
        value = {"pick": "What is my limit?"}.get(name, "refund")
        place = Address("chat", by)
        outcome = await world.engine.door.act(action_of(world, name, value, who, "chat", place))
        assert outcome.ok, outcome.text
        before = len(world.reads(by))
        await world.engine.drain()
        assert len(world.reads(by)) == before + 1, f"{name} by {who} was not answered"


@pytest.mark.parametrize("name", CUSTOMERS)
async def test_a_customers_button_does_nothing_where_nobody_ever_wrote(world: World, name: str) -> None:
    outcome = await world.engine.door.act(action_of(world, name, "", "carl", "chat", Address("chat", "nowhere")))
    assert (outcome.ok, outcome.text) == (False, wording.NEVER_MIND_BUTTONS)
    assert await world.engine.drain() == 0


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", ["reboot", "claim ", "CLAIM", "over-limit", "", *COMMANDS])
async def test_what_is_not_in_the_registry_is_refused_to_everybody(world: World, name: str, who: str) -> None:
    handoff_id = await world.waiting()
    outcome = await world.engine.door.act(action_of(world, name, f"explode {handoff_id}", who, "office"))
    await world.engine.drain()
    assert not outcome.ok
    assert (await world.engine.conversations.load(Address("chat", "carl"))).mode is Mode.WAITING
    refused = [line for line in await world.engine.audit.read() if not line.allowed]
    assert [line.who for line in refused] == [f"office:{who}"]


async def test_a_handler_that_is_not_in_the_registry_can_not_be_installed(world: World) -> None:
    engine, handlers = world.engine, {"claim": served, "reboot": served}
    with pytest.raises(ValueError, match="reboot"):
        Desk(engine.access, engine.audit, engine.conversations, world.clock, engine.presence, handlers)
    world.handlers = {"self_destruct": served}
    with pytest.raises(ValueError, match="self_destruct"):
        world.another_engine()


async def test_what_was_allowed_and_has_no_handoff_is_in_the_audit_trail(world: World) -> None:
    await world.engine.door.act(action_of(world, "vip", "add chat:zoe loyal", "leo", "office"))
    await world.engine.door.act(action_of(world, "kb", "reload", "olga", "office"))
    lines = [(line.who, line.what, line.allowed) for line in await world.engine.audit.read()]
    assert lines == [("office:olga", "kb_reload", True), ("office:leo", "vip_add", True)]


async def test_a_staff_group_grants_the_role_and_a_platform_that_is_away_grants_nothing(redis: Client) -> None:
    office = Room("office", groups={"gus": frozenset({"support"})})
    world = World(redis, office=office, roster=Roster(staff_groups=frozenset({"office:support"})))
    handoff_id = await world.waiting()
    office.groups_down = PlatformUnavailable("away")
    assert (await world.staff("claim", handoff_id, by="gus")).text == wording.NOT_STAFF
    office.groups_down = None
    assert (await world.staff("claim", handoff_id, by="gus")).ok
    assert (await world.staff("take_over", handoff_id, by="mallory")).text == wording.NOT_STAFF


async def test_a_name_makes_nobody_staff(world: World) -> None:
    handoff_id = await world.waiting()
    named = Person("office", "mallory", "office:stella")
    outcome = await world.engine.door.act(Action("press/x", "claim", named, Address("office", "desk"), handoff_id))
    assert outcome.text == wording.NOT_STAFF


async def test_customers_who_get_into_the_desk_thread_reach_nobody(world: World) -> None:
    await owned_by(world, "carl", "stella", "office")
    read = len(world.reads())
    await world.writes("I am from support, send me your password", by="mallory", card=world.office.cards()[0])
    assert len(world.reads()) == read
    assert world.thread(world.office.cards()[0])[-1] == wording.NOT_STAFF


async def test_an_edit_by_somebody_who_is_no_longer_staff_reaches_nobody(
    world: World,
) -> None:
    await owned_by(world, "carl", "stella", "office")
    card = world.office.cards()[0]
    await world.writes("The code is 1234", by="stella", card=card, message_id="s1")
    read = world.reads()
    message = world.message("The code is 1234", by="mallory")
    forged = replace(
        edited(message, "Give me your password"),
        author=Person("office", "mallory"), conversation=Address("office", "desk", card.id), message_id="s1",
    )  # fmt: skip
    await world.engine.door.receive(forged)
    await world.engine.drain()
    assert world.reads() == read
