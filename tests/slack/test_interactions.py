"""Buttons, forms and slash commands."""

from __future__ import annotations

import pytest

from core.messages import Action, Address
from core.platform import ActionOutcome
from core.posts import Button, Content, Form, FormField, Post
from tests.contract.doors import RecordingDoor
from tests.fake_slack.reading import buttons, words
from tests.fake_slack.server import FakeSlack
from tests.fake_slack.workspace import COLLEAGUE, CUSTOMER, CUSTOMER_DM, DESK, LOBBY
from tests.slack.conftest import DM, Listen, Make, true

DESK_POST = Post("p1", Address("slack", DESK), Content("Casey waits", buttons=(Button("claim", "Claim", "h1"),)))
RESOLVE = Form(
    "resolve",
    "h1",
    "Resolve this handoff now!",
    (
        FormField("outcome", "Outcome", choices=("answered", "no reply"), value="answered"),
        FormField("note", "Note", multiline=True, optional=True),
    ),
    submit="Resolve",
)


def ephemeral(slack: FakeSlack) -> list[tuple[str, str]]:
    return [(message["user"], words(message)) for message in slack.workspace.ephemerals]


async def test_a_claim_at_the_desk(slack: FakeSlack, listen: Listen, door: RecordingDoor) -> None:
    platform = await listen()
    ts = await platform.send(DESK_POST)
    door.outcome = ActionOutcome("It is **yours**.")
    slack.interactions.press(COLLEAGUE, DESK, ts, "Claim")
    action = await door.action()
    assert (action.name, action.value, action.message_id) == ("claim", "h1", ts)
    assert action.person.key == "slack:U0COLLEAGUE"
    assert action.person.name
    assert action.conversation == Address("slack", DESK, ts)
    await true(lambda: slack.workspace.ephemerals)
    assert ephemeral(slack) == [(COLLEAGUE, "It is *yours*.")]


async def test_buttons_work_after_a_restart(slack: FakeSlack, make: Make, listen: Listen, door: RecordingDoor) -> None:
    ts = await make().send(DESK_POST)
    await listen()
    slack.interactions.press(COLLEAGUE, DESK, ts, "Claim")
    assert (await door.action()).value == "h1"


async def test_two_people_pressing_are_two_actions_and_a_replay_is_one(
    slack: FakeSlack, listen: Listen, door: RecordingDoor
) -> None:
    platform = await listen()
    ts = await platform.send(DESK_POST)
    slack.interactions.press(COLLEAGUE, DESK, ts, "Claim")
    second = slack.interactions.press(CUSTOMER, DESK, ts, "Claim")
    await door.action(2)
    await slack.deliveries.repeat(second)
    await door.tried(3)
    assert len(door.actions) == 2
    assert len({attempt.event_id for attempt in door.attempts}) == 2


async def test_a_slow_claim_is_acknowledged_first_and_told_after(
    slack: FakeSlack, listen: Listen, door: RecordingDoor
) -> None:
    platform = await listen(patience=0.1)
    ts = await platform.send(DESK_POST)
    door.gate.clear()
    door.outcome = ActionOutcome("Ada was faster.", ok=False)
    delivery = slack.interactions.press(COLLEAGUE, DESK, ts, "Claim")
    await true(lambda: delivery.acknowledged)
    assert door.actions == []
    door.gate.set()
    await true(lambda: slack.workspace.ephemerals)
    assert ephemeral(slack) == [(COLLEAGUE, "Ada was faster.")]


async def test_an_error_is_explained_and_the_next_press_works(
    slack: FakeSlack, listen: Listen, door: RecordingDoor
) -> None:
    platform = await listen()
    ts = await platform.send(DESK_POST)

    def fail(action: Action) -> ActionOutcome:
        raise ZeroDivisionError

    door.outcome = fail
    slack.interactions.press(COLLEAGUE, DESK, ts, "Claim")
    await true(lambda: slack.workspace.ephemerals)
    assert "went wrong" in ephemeral(slack)[0][1]
    door.outcome = ActionOutcome("Yours.")
    slack.interactions.press(COLLEAGUE, DESK, ts, "Claim")
    await true(lambda: len(slack.workspace.ephemerals) == 2)


async def test_a_button_in_a_thread_answers_in_the_thread(
    slack: FakeSlack, listen: Listen, door: RecordingDoor
) -> None:
    platform = await listen()
    root = slack.say(CUSTOMER, LOBBY, "hm")["ts"]
    where = Address("slack", LOBBY, root)
    ts = await platform.send(Post("p1", where, Content("?", buttons=(Button("human", "Human"),))))
    slack.interactions.press(CUSTOMER, LOBBY, ts, "Human")
    assert (await door.action()).conversation == where


# ---- forms


async def opened(slack: FakeSlack, listen: Listen, door: RecordingDoor) -> dict[str, object]:
    platform = await listen()
    ts = await platform.send(DESK_POST)
    door.outcome = ActionOutcome(form=RESOLVE)
    slack.interactions.press(COLLEAGUE, DESK, ts, "Claim")
    await true(lambda: slack.workspace.views)
    (view,) = slack.workspace.views.values()
    return view


async def test_a_form_opens_and_comes_back_as_an_action(slack: FakeSlack, listen: Listen, door: RecordingDoor) -> None:
    view = await opened(slack, listen, door)
    assert view["title"] == {"type": "plain_text", "text": "Resolve this handoff now"}
    door.outcome = ActionOutcome("Resolved.")
    slack.interactions.submit(COLLEAGUE, str(view["id"]), {"outcome": "no reply", "note": "gone & <lost>"})
    action = await door.action(2)
    pressed = door.actions[0]
    assert (action.name, action.value) == ("resolve", "h1")
    assert dict(action.fields) == {"outcome": "no reply", "note": "gone & <lost>"}
    assert (action.conversation, action.message_id) == (pressed.conversation, pressed.message_id)
    assert action.person == pressed.person
    await true(lambda: slack.workspace.ephemerals)
    assert ephemeral(slack) == [(COLLEAGUE, "Resolved.")]
    assert view["closed"]


async def test_a_refused_form_stays_open_and_says_why(slack: FakeSlack, listen: Listen, door: RecordingDoor) -> None:
    view = await opened(slack, listen, door)
    door.outcome = ActionOutcome("Only the owner may.", ok=False)
    slack.interactions.submit(COLLEAGUE, str(view["id"]), {"outcome": "answered", "note": "typed a lot"})
    await true(lambda: view.get("errors"))
    assert view["errors"] == {"outcome": "Only the owner may."}
    assert "closed" not in view
    assert slack.workspace.ephemerals == []


async def test_an_optional_field_may_stay_empty(slack: FakeSlack, listen: Listen, door: RecordingDoor) -> None:
    view = await opened(slack, listen, door)
    door.outcome = ActionOutcome()
    slack.interactions.submit(COLLEAGUE, str(view["id"]), {"outcome": "answered"})
    assert (await door.action(2)).fields["note"] == ""


async def test_a_form_that_comes_too_late_is_explained(slack: FakeSlack, listen: Listen, door: RecordingDoor) -> None:
    platform = await listen(patience=0.05)
    ts = await platform.send(DESK_POST)
    door.outcome = ActionOutcome(form=RESOLVE)
    door.gate.clear()
    slack.interactions.press(COLLEAGUE, DESK, ts, "Claim")
    await door.tried()
    slack.interactions.expire_triggers()
    door.gate.set()
    await true(lambda: slack.workspace.ephemerals)
    assert "press again" in ephemeral(slack)[0][1]
    assert slack.workspace.views == {}


# ---- slash commands


@pytest.mark.parametrize("http", [False, True], ids=["socket", "http"])
async def test_a_command(slack: FakeSlack, listen: Listen, door: RecordingDoor, http: bool) -> None:
    await listen(http=http)
    door.outcome = ActionOutcome(content=Content("Two wait.", buttons=(Button("claim", "Claim", "h1"),)))
    slack.interactions.command(COLLEAGUE, DESK, "/handoffs", " mine ")
    action = await door.action()
    assert (action.name, action.value) == ("handoffs", "mine")
    assert action.conversation == Address("slack", DESK)
    await true(lambda: slack.workspace.ephemerals)
    assert ephemeral(slack) == [(COLLEAGUE, "Two wait.")]
    assert slack.workspace.ephemerals[0]["blocks"][-1]["type"] == "actions"


async def test_a_command_with_nothing_to_say_is_confirmed(slack: FakeSlack, listen: Listen) -> None:
    await listen()
    slack.interactions.command(COLLEAGUE, DESK, "/vip", "add x")
    await true(lambda: slack.workspace.ephemerals)
    assert ephemeral(slack) == [(COLLEAGUE, "Done.")]


async def test_a_command_names_people_as_the_settings_do(slack: FakeSlack, listen: Listen, door: RecordingDoor) -> None:
    await listen()
    slack.interactions.command(COLLEAGUE, DESK, "/vip", "add <@U0CUSTOMER|casey> <!subteam^S0STAFF|@staff>")
    assert (await door.action()).value == "add slack:U0CUSTOMER slack:S0STAFF"


async def test_a_slow_command_does_not_fail(slack: FakeSlack, listen: Listen, door: RecordingDoor) -> None:
    await listen(patience=0.05)
    door.gate.clear()
    door.outcome = ActionOutcome("Reloaded.")
    delivery = slack.interactions.command(COLLEAGUE, DESK, "/kb", "reload")
    await true(lambda: delivery.acknowledged)
    door.gate.set()
    await true(lambda: slack.workspace.ephemerals)
    assert ephemeral(slack) == [(COLLEAGUE, "Reloaded.")]
    assert slack.interactions.failed == []


async def test_a_command_while_the_store_is_away(slack: FakeSlack, listen: Listen, door: RecordingDoor) -> None:
    await listen()
    door.unavailable = True
    slack.interactions.command(CUSTOMER, CUSTOMER_DM, "/handoffs")
    await true(lambda: slack.workspace.ephemerals)
    assert "try again" in ephemeral(slack)[0][1]


async def test_a_command_may_open_a_form(slack: FakeSlack, listen: Listen, door: RecordingDoor) -> None:
    await listen()
    door.outcome = ActionOutcome(form=RESOLVE)
    slack.interactions.command(COLLEAGUE, DESK, "/handoffs")
    await true(lambda: slack.workspace.views)
    assert slack.workspace.ephemerals == []


async def test_a_button_of_an_ephemeral_message_works(slack: FakeSlack, listen: Listen, door: RecordingDoor) -> None:
    await listen()
    door.outcome = ActionOutcome(content=Content("One waits.", buttons=(Button("claim", "Claim", "h7"),)))
    slack.interactions.command(COLLEAGUE, DESK, "/handoffs")
    await true(lambda: slack.workspace.ephemerals)
    slack.interactions.press_ephemeral(0, "Claim")
    action = await door.action(2)
    assert (action.name, action.value, action.conversation.channel) == ("claim", "h7", DESK)


async def test_what_is_under_way_is_finished_at_the_end(slack: FakeSlack, make: Make, door: RecordingDoor) -> None:
    import asyncio
    import contextlib

    platform = make(patience=0.05)
    listening = asyncio.create_task(platform.listen(door))
    await slack.sockets.connected()
    door.gate.clear()
    door.outcome = ActionOutcome("Yours.")
    ts = await platform.send(Post("p1", DM, Content("?", buttons=(Button("human", "Human"),))))
    delivery = slack.interactions.press(CUSTOMER, CUSTOMER_DM, ts, "Human")
    await true(lambda: delivery.acknowledged)
    listening.cancel()
    door.gate.set()
    with contextlib.suppress(asyncio.CancelledError):
        await listening
    assert ephemeral(slack) == [(CUSTOMER, "Yours.")]


# ---- buttons that have had their time


async def test_spent_buttons_go_and_the_others_stay(slack: FakeSlack, listen: Listen, door: RecordingDoor) -> None:
    platform = await listen()
    shown = Content("Did *you* mean?", buttons=(Button("pick", "One"), Button("pick", "Two"), Button("human", "Human")))
    ts = await platform.send(Post("p1", Address("slack", CUSTOMER_DM), shown))
    message = slack.workspace.message(slack.workspace.channel(CUSTOMER_DM), ts)
    before = words(message)
    door.outcome = ActionOutcome(spent=("pick",))
    slack.interactions.press(CUSTOMER, CUSTOMER_DM, ts, "Two")
    await true(lambda: [button["text"]["text"] for button in buttons(message)] == ["Human"])
    assert words(message).split()[:3] == before.split()[:3]
    assert await platform.find(Post("p1", Address("slack", CUSTOMER_DM), shown)) == ts, "it is still known by its post"
    door.outcome = ActionOutcome(spent=("human",))
    slack.interactions.press(CUSTOMER, CUSTOMER_DM, ts, "Human")
    await true(lambda: buttons(message) == [])
    assert slack.workspace.ephemerals == []
