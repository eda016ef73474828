"""One owner: many claims at once, from several processes."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter

import pytest

from core.conversation import Mode
from core.messages import Address
from tests.core.harness import World

ROUNDS = int(os.environ.get("ROUNDS", "10"))
PROCESSES = 4
EACH = 50


@pytest.mark.slow
async def test_of_200_claims_from_4_processes_one_wins_and_199_learn_who(world: World, redis_url: str) -> None:
    ids = [await world.waiting(f"c{number}") for number in range(ROUNDS)]
    claimers = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.core.claimer", redis_url, str(number), str(EACH),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )
        for number in range(PROCESSES)
    ]  # fmt: skip
    try:
        for claimer in claimers:
            assert claimer.stdout is not None
            assert await claimer.stdout.readline() == b"ready\n"
        for handoff_id in ids:  # all four start on the same handoff at the same time
            for claimer in claimers:
                assert claimer.stdin is not None
                claimer.stdin.write(f"{handoff_id}\n".encode())
            told: Counter[str] = Counter()
            for claimer in claimers:
                assert claimer.stdout is not None
                told.update(json.loads(await claimer.stdout.readline()))
            address = await world.engine.conversations.of_handoff(handoff_id)
            assert address is not None
            state = await world.engine.conversations.load(address)
            assert state.mode is Mode.HUMAN
            assert state.handoff is not None
            assert state.handoff.owner is not None
            winner = state.handoff.owner.name
            assert told == {f"won {winner}": 1, f"told {winner}": PROCESSES * EACH - 1}
            claims = [line for line in await world.engine.conversations.record(handoff_id) if line.what == "claim"]
            assert sum(line.allowed for line in claims) == 1
    finally:
        for claimer in claimers:
            assert claimer.stdin is not None
            claimer.stdin.close()
            await claimer.wait()


async def test_a_claim_that_comes_second_names_the_first(world: World) -> None:
    handoff_id = await world.waiting()
    first, second = await asyncio.gather(
        world.staff("claim", handoff_id, by="sam"), world.staff("claim", handoff_id, by="kim")
    )
    lost = second if first.ok else first
    assert first.ok != second.ok
    assert ("Sam" if first.ok else "Kim") in lost.text


async def test_claiming_needs_the_role(world: World) -> None:
    handoff_id = await world.waiting()
    outcome = await world.staff("claim", handoff_id, by="mallory")
    assert not outcome.ok
    record = await world.engine.conversations.record(handoff_id)
    assert [(line.who, line.what) for line in record if not line.allowed] == [("office:mallory", "claim")]
    assert (await world.engine.conversations.load(Address("chat", "carl"))).mode is Mode.WAITING
