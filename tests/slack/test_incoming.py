"""Events as Slack sends them -> messages."""

from __future__ import annotations

from typing import Any

import pytest

from bots.slack.incoming import Translator
from core.messages import Address, Attachment, MessageKind
from tests.contract.doors import RecordingDoor
from tests.fake_slack.server import FakeSlack
from tests.fake_slack.workspace import BOT_USER, COLLEAGUE, CUSTOMER, CUSTOMER_DM, DESK, LOBBY, Channel
from tests.slack.conftest import DM, Listen, true

ASK = f"<@{BOT_USER}> how do refunds work?"


@pytest.fixture
def translate() -> Translator:
    return Translator(bot_user=BOT_USER, desk_channel=DESK, name_of=lambda user: {CUSTOMER: "Casey"}.get(user, ""))


def event(**changes: Any) -> dict[str, Any]:
    """A direct message as the Events API gives it."""
    base = {"type": "message", "user": CUSTOMER, "text": "hello", "ts": "1763.000100", "channel": CUSTOMER_DM}
    return {**base, "channel_type": "im", "event_ts": "1763.000100", "client_msg_id": "c1", **changes}


def test_a_direct_message(translate: Translator) -> None:
    message = translate.message(event())
    assert message is not None
    assert (message.event_id, message.conversation, message.text) == ("slack/D0CUSTOMER/1763.000100", DM, "hello")
    assert (message.author.key, message.author.name) == ("slack:U0CUSTOMER", "Casey")
    assert (message.message_id, message.sent_at, message.addressed) == ("1763.000100", 1763.0001, True)


def test_a_thread_in_a_direct_message_belongs_to_the_conversation(translate: Translator) -> None:
    message = translate.message(event(thread_ts="1700.000001"))
    assert message is not None
    assert message.conversation == DM


async def test_a_mention_arrives_once_though_slack_sends_it_twice(
    slack: FakeSlack, listen: Listen, door: RecordingDoor
) -> None:
    await listen()
    ts = slack.say(CUSTOMER, LOBBY, ASK)["ts"]
    await door.tried(2)
    (message,) = door.messages
    assert {attempt.event_id for attempt in door.attempts} == {f"slack/{LOBBY}/{ts}"}
    assert message.conversation == Address("slack", LOBBY, ts)
    assert message.text == "how do refunds work?"
    assert message.addressed


async def test_channel_talk_is_none_of_our_business_but_threads_may_be(
    slack: FakeSlack, listen: Listen, door: RecordingDoor
) -> None:
    await listen()
    first = slack.say(CUSTOMER, LOBBY, "hi all")["ts"]
    slack.say(COLLEAGUE, LOBBY, "hi Casey", thread_ts=first)
    slack.say(COLLEAGUE, LOBBY, f"<@{BOT_USER}> help him", thread_ts=first)
    await door.message(2)
    assert [(m.text, m.addressed) for m in door.messages] == [("hi Casey", False), ("help him", True)]
    assert {m.conversation for m in door.messages} == {Address("slack", LOBBY, first)}


async def test_nothing_in_a_desk_thread_is_addressed_to_the_bot(
    slack: FakeSlack, listen: Listen, door: RecordingDoor, card: str
) -> None:
    await listen()
    slack.say(COLLEAGUE, DESK, f"<@{BOT_USER}> I take it", thread_ts=card)
    message = await door.message()
    assert (message.addressed, message.text) == (False, "I take it")


async def test_edits_and_deletions(slack: FakeSlack, listen: Listen, door: RecordingDoor) -> None:
    await listen()
    ts = slack.say(CUSTOMER, CUSTOMER_DM, "teh card")["ts"]
    slack.edit(CUSTOMER_DM, ts, "the *card*")
    slack.edit(CUSTOMER_DM, ts, "the other card")
    slack.remove(CUSTOMER_DM, ts)
    await door.message(4)
    kinds = [(m.kind, m.text, m.message_id) for m in door.messages]
    assert kinds == [
        (MessageKind.TEXT, "teh card", ts),
        (MessageKind.EDITED, "the **card**", ts),
        (MessageKind.EDITED, "the other card", ts),
        (MessageKind.DELETED, "", ts),
    ]
    assert len({m.event_id for m in door.messages}) == 4
    assert {m.author.id for m in door.messages} == {CUSTOMER}


@pytest.mark.parametrize(
    "changes",
    [
        {"bot_id": "B1"},
        {"bot_id": "B1", "subtype": "bot_message", "user": None},
        {"user": BOT_USER},
        {"user": "USLACKBOT"},
        {"subtype": "channel_join"},
        {"subtype": "message_replied", "message": {"ts": "1", "user": CUSTOMER}},
        {"subtype": "channel_topic"},
        {"type": "reaction_added"},
        {"channel": LOBBY, "text": "people talking"},
        {
            "subtype": "message_changed",  # a link preview came
            "message": {"user": CUSTOMER, "text": "a", "ts": "1", "attachments": [{}]},
            "previous_message": {"user": CUSTOMER, "text": "a", "ts": "1"},
        },
        {
            "subtype": "message_changed",  # our own edit
            "message": {"user": BOT_USER, "bot_id": "B1", "text": "b", "ts": "1"},
            "previous_message": {"user": BOT_USER, "bot_id": "B1", "text": "a", "ts": "1"},
        },
        {"subtype": "message_deleted", "deleted_ts": "1", "previous_message": {"bot_id": "B1", "user": "U", "ts": "1"}},
        {"subtype": "message_deleted", "deleted_ts": "1"},
    ],
)
def test_what_is_ignored(translate: Translator, changes: dict[str, Any]) -> None:
    assert translate.message(event(**changes)) is None


def test_a_deleted_message_with_replies_is_deleted(translate: Translator) -> None:
    changed = event(
        subtype="message_changed",
        message={"subtype": "tombstone", "user": "USLACKBOT", "text": "This message was deleted.", "ts": "1.5"},
        previous_message={"user": CUSTOMER, "text": "secret", "ts": "1.5", "thread_ts": "1.5"},
    )
    message = translate.message(changed)
    assert message is not None
    assert (message.kind, message.message_id, message.author.id) == (MessageKind.DELETED, "1.5", CUSTOMER)


def test_files(translate: Translator) -> None:
    file = {"id": "F1", "name": "a.png", "mimetype": "image/png", "size": 7, "url_private": "https://files.slack.com/a"}
    gone = {"id": "F2", "mode": "tombstone"}
    message = translate.message(event(subtype="file_share", text="", files=[file, gone]))
    assert message is not None
    assert message.files == (Attachment("a.png", "https://files.slack.com/a", "image/png", 7),)
    assert message.text == ""


def test_a_reply_that_is_also_sent_to_the_channel_stays_in_its_thread(translate: Translator) -> None:
    message = translate.message(event(subtype="thread_broadcast", channel=LOBBY, thread_ts="1700.1", text="me too"))
    assert message is not None
    assert (message.conversation, message.addressed) == (Address("slack", LOBBY, "1700.1"), False)


async def test_a_group_message_is_a_channel_not_a_private_conversation(
    slack: FakeSlack, listen: Listen, door: RecordingDoor
) -> None:
    slack.workspace.channels["G0GROUP"] = Channel("G0GROUP", "mpdm", "mpim")
    await listen()
    slack.say(CUSTOMER, "G0GROUP", "just us")
    ts = slack.say(CUSTOMER, "G0GROUP", ASK)["ts"]
    message = await door.message()
    assert message.conversation == Address("slack", "G0GROUP", ts)


async def test_a_malformed_event_is_not_acknowledged_and_harms_nothing(
    slack: FakeSlack, listen: Listen, door: RecordingDoor
) -> None:
    await listen(http=True)
    broken = slack._event({"type": "message", "subtype": "message_changed"}, slack.workspace.channel(CUSTOMER_DM))
    assert broken is not None
    slack.say(CUSTOMER, CUSTOMER_DM, "and on it goes")
    await door.message()
    await true(lambda: broken.statuses)
    assert broken.statuses == ["500"]


async def test_a_name_is_learned_without_making_the_message_wait(
    slack: FakeSlack, listen: Listen, door: RecordingDoor
) -> None:
    await listen()
    await slack.deliveries.idle()
    slack.workspace.add_dm("D0NEW", "U0NEW")
    slack.say("U0NEW", "D0NEW", "first")
    assert (await door.message()).author.name == ""
    while not (await _next(slack, door)).author.name:
        pass
    assert door.messages[-1].author.name == "U0New"
    assert slack.calls["users.info"] == 1


async def _next(slack: FakeSlack, door: RecordingDoor) -> Any:
    slack.say("U0NEW", "D0NEW", "again")
    return await door.message(len(door.messages) + 1)
