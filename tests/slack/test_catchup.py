"""What was missed comes before what is new, whatever happens meanwhile."""

from __future__ import annotations

from dataclasses import replace

from core.messages import Address
from tests.contract.doors import RecordingDoor
from tests.fake_slack.server import FakeSlack
from tests.fake_slack.workspace import CUSTOMER, CUSTOMER_DM, LOBBY
from tests.slack.conftest import Listen

DM = Address("slack", CUSTOMER_DM)
NO_EVENTS: frozenset[str] = frozenset()


def missed(slack: FakeSlack, *texts: str) -> str:
    """Things that are said while nobody listens; returns the id of a message before them."""
    events = slack.manifest.events
    slack.manifest = replace(slack.manifest, events=NO_EVENTS)
    first = str(slack.say(CUSTOMER, CUSTOMER_DM, "seen before")["ts"])
    for text in texts:
        slack.say(CUSTOMER, CUSTOMER_DM, text)
    slack.manifest = replace(slack.manifest, events=events)
    return first


def busy(slack: FakeSlack, count: int) -> list[tuple[Address, str]]:
    """Other conversations that are read back first."""
    return [(Address("slack", LOBBY, f"{number}.000001"), f"{number}.000001") for number in range(1, count)]


async def test_something_new_waits_for_what_was_missed_before_it(
    slack: FakeSlack, listen: Listen, door: RecordingDoor
) -> None:
    last = missed(slack, "one", "two")
    door.open = [*busy(slack, 100), (DM, last)]  # its turn comes after the others
    slack.faults.latency = 0.02
    await listen(http=True, wait=False)
    slack.say(CUSTOMER, CUSTOMER_DM, "three")
    await door.message(3)
    assert [message.text for message in door.messages] == ["one", "two", "three"]
    assert not door.caught, "the others are still being read back"


async def test_reading_back_goes_on_when_the_store_is_there_again(
    slack: FakeSlack, listen: Listen, door: RecordingDoor
) -> None:
    door.open = [(DM, missed(slack, "one", "two"))]
    door.unavailable = True
    platform = await listen(wait=False)
    await door.tried()
    door.unavailable = False
    await platform.caught_up()
    assert [message.text for message in door.messages] == ["one", "two"]
    assert door.caught


async def test_a_place_that_can_not_be_read_holds_nothing_up(
    slack: FakeSlack, listen: Listen, door: RecordingDoor
) -> None:
    door.open = [(Address("slack", "C0GONE", "1.1"), "1.1"), (DM, missed(slack, "one"))]
    await listen()
    assert [message.text for message in door.messages] == ["one"]
    assert door.caught


async def test_what_could_not_be_handed_in_is_read_back_by_the_next_start(
    slack: FakeSlack, listen: Listen, door: RecordingDoor
) -> None:
    door.open = [(DM, missed(slack, "one", "odd", "two"))]
    door.odd["odd"] = 1
    await listen()
    assert [message.text for message in door.messages] == ["one"]
    assert not door.caught
