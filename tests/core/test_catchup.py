"""What adapters are told to read back after downtime."""

from __future__ import annotations

from core.desk.card import card_id
from core.inbox.catchup import RECENT
from core.messages import Address
from core.store.conversations import RETENTION
from core.store.keys import shard
from tests.core.harness import World

CARL, ADA = Address("chat", "carl"), Address("chat", "ada")


async def places(world: World, platform: str = "chat") -> list[tuple[Address, str]]:
    return list(await world.engine.door.open_conversations(platform))


async def test_each_conversation_comes_with_its_last_message_the_latest_first(world: World) -> None:
    await world.says("what are the hours", message_id="m1")
    world.clock.move(1)
    await world.says("what are the hours", by="ada", message_id="m2")
    world.clock.move(1)
    await world.says("and on sunday", message_id="m3")
    assert await places(world) == [(CARL, "m3"), (ADA, "m2")]


async def test_after_a_catch_up_that_was_broken_off_everything_is_read_anew(world: World) -> None:
    await world.says("what are the hours", message_id="m1")
    assert await places(world) == [(CARL, "m1")]
    assert await places(world) == [(CARL, "")], "the process that read back has died"
    await world.engine.door.caught_up("chat")
    assert await places(world) == [(CARL, "m1")]
    assert await places(world, "office") == [], "each platform is caught up with by itself"


async def test_a_colleagues_message_does_not_pass_for_the_customers_last_one(world: World) -> None:
    await world.owned()
    await world.says("thank you", message_id="m7")
    await world.writes("You are welcome")
    assert (await places(world))[0] == (CARL, "m7")


async def test_desk_threads_of_open_handoffs_are_read_back(world: World) -> None:
    handoff_id = await world.owned()
    thread = Address("office", "desk", world.office.cards()[-1].id)
    assert await places(world, "office") == [(thread, "")]
    await world.engine.door.caught_up("office")
    await world.writes("Hello, this is Sam", message_id="s1")
    assert await places(world, "office") == [(thread, "s1")]
    await world.engine.door.caught_up("office")
    await world.staff("resolve", handoff_id)
    assert await places(world, "office") == []
    assert await world.engine.conversations.ref(CARL, card_id(handoff_id, "office"))


async def test_old_conversations_are_left_alone_and_in_the_end_forgotten(world: World) -> None:
    await world.says("what are the hours")
    await world.waiting("ada")
    world.clock.move(RECENT + 1)
    assert [place for place, _ in await places(world)] == [ADA], "an open handoff is read back however old"
    world.clock.move(RETENTION)
    home = shard(CARL.key)
    for number in range(200):  # some of these fall on Carl's shard
        await world.hand_in("hello", by=f"customer {number}")
    assert await world.redis.zscore(home.open, CARL.key) is None
