"""The start, the Socket Mode connection and its accidents, what was missed, and the doctor."""

from __future__ import annotations

import asyncio

import pytest

from core.errors import ConfigurationError, PlatformUnavailable
from core.messages import Address, Person
from tests.contract.doors import RecordingDoor
from tests.fake_slack.server import FakeSlack
from tests.fake_slack.workspace import COLLEAGUE, CUSTOMER, CUSTOMER_DM, DESK, LOBBY
from tests.slack.conftest import DM, Listen, Make, called, true

CASEY, CORY = Person("slack", CUSTOMER), Person("slack", COLLEAGUE)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"bot_token": "xoxp-user"}, "SLACK_BOT_TOKEN"),
        ({"bot_token": "xoxb-wrong"}, "SLACK_BOT_TOKEN"),
        ({"app_token": "wrong"}, "SLACK_APP_TOKEN"),
        ({"app_token": "xapp-wrong"}, "SLACK_APP_TOKEN"),
        ({"app_token": ""}, "SLACK_SIGNING_SECRET"),
    ],
)
async def test_wrong_credentials_end_the_start_at_once(
    make: Make, door: RecordingDoor, changes: dict[str, str], named: str
) -> None:
    with pytest.raises(ConfigurationError, match=named):
        await make(**changes).listen(door)


async def test_it_waits_for_a_slack_that_is_away(slack: FakeSlack, listen: Listen, door: RecordingDoor) -> None:
    slack.faults.down = True
    starting = asyncio.create_task(listen())
    await called(slack, "auth.test")
    slack.faults.down = False
    await starting
    slack.say(CUSTOMER, CUSTOMER_DM, "hello")
    assert (await door.message()).text == "hello"


@pytest.mark.parametrize("accident", ["refresh", "drop", "silence"])
async def test_a_lost_connection_is_replaced(
    slack: FakeSlack, listen: Listen, door: RecordingDoor, accident: str
) -> None:
    slack.ack_timeout = 0.2
    await listen(ping_interval=0.2)
    if accident == "refresh":
        await slack.sockets.ask_to_refresh()
    elif accident == "drop":
        await slack.sockets.drop()
    else:
        slack.sockets.frozen = True  # open, and dead
        slack.say(CUSTOMER, CUSTOMER_DM, "into the void")
        await true(lambda: slack.sockets.opened >= 2)
        slack.sockets.frozen = False
    await slack.sockets.connected(2)
    slack.say(CUSTOMER, CUSTOMER_DM, "hello again")
    await door.until(lambda it: any(message.text == "hello again" for message in it.messages))
    if accident == "silence":  # read back from the history, though Slack has not repeated it
        await door.until(lambda it: any(message.text == "into the void" for message in it.messages))


async def test_what_was_written_during_downtime_is_handed_in(
    slack: FakeSlack, listen: Listen, door: RecordingDoor
) -> None:
    slack.manifest = type(slack.manifest)(slack.manifest.scopes, frozenset(), slack.manifest.commands)  # no events
    seen = slack.say(CUSTOMER, CUSTOMER_DM, "seen before")["ts"]
    slack.say(CUSTOMER, CUSTOMER_DM, "missed one")
    root = slack.say(CUSTOMER, LOBBY, "question")["ts"]
    slack.say(CUSTOMER, LOBBY, "missed two", thread_ts=root)
    slack.say(COLLEAGUE, "D0COLLEAGUE", "a new conversation")
    slack.say("U0BOT", CUSTOMER_DM, "own", bot_id="B0BOT")
    door.open = [(DM, seen), (Address("slack", LOBBY, root), root), (Address("discord", "1"), "2")]
    await listen()
    await door.message(3)
    found = [(message.text, message.conversation.key) for message in door.messages]
    assert found == [
        ("missed one", f"slack/{CUSTOMER_DM}"),
        ("missed two", f"slack/{LOBBY}/{root}"),
        ("a new conversation", "slack/D0COLLEAGUE"),
    ]
    assert door.messages[0].event_id == f"slack/{CUSTOMER_DM}/{door.messages[0].message_id}"


async def test_threads_in_a_direct_message_are_read_back_too(slack: FakeSlack, make: Make) -> None:
    root = slack.say(CUSTOMER, CUSTOMER_DM, "one")["ts"]
    slack.say(CUSTOMER, CUSTOMER_DM, "two")
    slack.say(CUSTOMER, CUSTOMER_DM, "three, in the thread", thread_ts=root)
    found = [message.text async for message in make().missed([])]
    assert found == ["one", "two", "three, in the thread"]


async def test_a_conversation_that_is_gone_stops_nothing(slack: FakeSlack, make: Make) -> None:
    slack.say(CUSTOMER, CUSTOMER_DM, "still here")
    since = [(Address("slack", "C0GONE"), ""), (Address("slack", LOBBY, "1.1"), "1.1")]
    assert [message.text async for message in make().missed(since)] == ["still here"]


async def test_many_missed_messages_come_page_by_page(slack: FakeSlack, make: Make) -> None:
    texts = [str(number) for number in range(450)]
    for text in texts:
        slack.workspace.post(slack.workspace.channel(CUSTOMER_DM), {"user": CUSTOMER, "text": text})
    assert [message.text async for message in make().missed([])] == texts


async def test_groups_are_asked_for_once_a_minute(slack: FakeSlack, make: Make) -> None:
    platform = make()
    found = await asyncio.gather(*(platform.groups_of(person) for person in (CORY, CASEY, CORY)))
    assert found == [{"S0STAFF"}, frozenset(), {"S0STAFF"}]
    assert slack.calls["usergroups.list"] == 1
    assert await platform.groups_of(Person("discord", COLLEAGUE)) == frozenset()


async def test_groups_that_can_not_be_read(slack: FakeSlack, make: Make) -> None:
    slack.scopes.remove("usergroups:read")
    with pytest.raises(PlatformUnavailable, match="usergroups:read"):
        await make().groups_of(CORY)


async def test_typing_is_a_status_in_a_thread_and_nothing_elsewhere(slack: FakeSlack, make: Make, card: str) -> None:
    platform = make()
    await platform.typing(Address("slack", DESK, card))
    assert slack.workspace.statuses == [{"channel": DESK, "thread_ts": card, "status": "is writing…"}]
    await platform.typing(DM)
    for _ in range(3):
        await platform.typing(Address("slack", "C0GONE", "1.1"))
    assert slack.calls["assistant.threads.setStatus"] == 2, "a place that refuses is left alone"
    slack.faults.down = True
    await platform.typing(Address("slack", LOBBY, card))


async def test_the_doctor_finds_nothing_wrong(make: Make) -> None:
    assert await make(groups=("S0STAFF",)).check() == []


async def test_the_doctor_says_what_to_do(slack: FakeSlack, make: Make) -> None:
    assert "SLACK_BOT_TOKEN" in (await make(bot_token="xoxb-wrong").check())[0]
    assert "SLACK_APP_TOKEN" in (await make(app_token="xapp-wrong").check())[0]
    assert "id" in (await make(desk_channel="support-desk").check())[0]
    assert "S0NONE" in (await make(groups=("S0NONE",)).check())[0]
    slack.workspace.channel(DESK).is_member = False
    assert "/invite" in (await make().check())[0]
    slack.workspace.channel(DESK).is_archived = True
    assert "archived" in (await make().check())[0]
    slack.scopes.remove("chat:write.customize")
    assert any("chat:write.customize" in problem and "reinstall" in problem for problem in await make().check())
    assert "SLACK_API_URL" in (await make(api_url="http://127.0.0.1:9/api/").check())[0]


# ---- pages and names


async def test_whom_a_page_would_not_reach_is_told(slack: FakeSlack, make: Make) -> None:
    platform = make()
    for reached in (CUSTOMER, "S0STAFF", f"#{DESK}", "here"):
        assert await platform.unreachable(reached) == ""
    slack.workspace.users[COLLEAGUE]["deleted"] = True
    slack.workspace.channels[LOBBY].is_archived = True
    for target, why in (
        ("U0NOBODY", "member ID"), (COLLEAGUE, "deactivated"), ("S0NONE", "S0NONE"), ("#C0NONE", "invite"),
        (f"#{LOBBY}", "archived"), ("boss", "nobody"),
    ):  # fmt: skip
        assert why in await platform.unreachable(target), target


async def test_somebody_who_is_named_by_id_has_a_name(make: Make) -> None:
    platform = make()
    assert await platform.name_of(COLLEAGUE) == "Cory Colleague"
    assert await platform.name_of("U0NOBODY") == ""
