"""A process that claims: for every handoff id on its input, many claims at once; prints what each was told."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter

from core.access.roles import Role
from core.errors import Refused
from core.handoff.machine import Actor, Details
from core.handoff.manager import HandoffManager
from core.handoff.table import Event
from core.messages import Address, Person
from core.store.redis import connect
from tests.core.harness import World


async def claim(manager: HandoffManager, address: Address, handoff_id: str, name: str) -> str:
    actor = Actor(Person("office", name, name), frozenset({Role.STAFF}))
    try:
        await manager.act(address, Event.CLAIM, actor, Details(), handoff_id)
    except Refused as error:
        return f"told {str(error).split(' ')[0]}"
    return f"won {name}"


async def main(url: str, process: str, each: int) -> None:
    world = World(connect(url))
    manager, conversations = world.engine.handoffs, world.engine.conversations
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while handoff_id := (await loop.run_in_executor(None, sys.stdin.readline)).strip():
        address = await conversations.of_handoff(handoff_id)
        assert address is not None

        names = [f"{process}-{number}" for number in range(each)]
        told = await asyncio.gather(*(claim(manager, address, handoff_id, name) for name in names))
        print(json.dumps(Counter(told)), flush=True)
    await world.redis.aclose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
