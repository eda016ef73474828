"""Accepted first, acknowledged after: over HTTP and over Socket Mode."""

from __future__ import annotations

import io
import time
from typing import Any

import aiohttp
import pytest

from bots.slack.http import LARGEST
from core.messages import IncomingMessage
from core.platform import Receipt
from tests.contract.doors import RecordingDoor
from tests.fake_slack.deliveries import signed
from tests.fake_slack.server import FakeSlack
from tests.fake_slack.workspace import BOT_USER, CUSTOMER, CUSTOMER_DM
from tests.slack.conftest import Listen, Make, true

both = pytest.mark.parametrize("http", [False, True], ids=["socket", "http"])


@both
async def test_nothing_is_acknowledged_before_it_is_accepted(
    slack: FakeSlack, listen: Listen, door: RecordingDoor, http: bool
) -> None:
    await listen(http=http)
    door.gate.clear()
    slack.say(CUSTOMER, CUSTOMER_DM, "hello")
    await door.tried()
    (delivery,) = slack.deliveries.all
    assert not delivery.acknowledged
    door.gate.set()
    await true(lambda: delivery.acknowledged)
    assert door.receipts == [Receipt.ACCEPTED]


@both
async def test_what_could_not_be_accepted_comes_again(
    slack: FakeSlack, listen: Listen, door: RecordingDoor, http: bool
) -> None:
    slack.ack_timeout = 0.3
    await listen(http=http)
    door.unavailable = True
    slack.say(CUSTOMER, CUSTOMER_DM, "hello")
    (delivery,) = slack.deliveries.all
    await true(lambda: delivery.statuses)
    assert delivery.statuses == ["503" if http else "timeout"]
    door.unavailable = False
    await slack.deliveries.retry()
    assert delivery.acknowledged
    assert [message.text for message in door.messages] == ["hello"]


@both
async def test_a_duplicate_is_acknowledged(slack: FakeSlack, listen: Listen, door: RecordingDoor, http: bool) -> None:
    await listen(http=http)
    slack.say(CUSTOMER, CUSTOMER_DM, "hello", deliveries=3)
    await true(lambda: len(door.receipts) == 3)
    assert door.receipts == [Receipt.ACCEPTED, Receipt.DUPLICATE, Receipt.DUPLICATE]
    (delivery,) = slack.deliveries.all
    await slack.deliveries.idle()
    await true(lambda: len(delivery.statuses) == 3)
    assert set(delivery.statuses) == {"200" if http else "ack"}


@both
async def test_no_event_costs_a_web_call(slack: FakeSlack, listen: Listen, door: RecordingDoor, http: bool) -> None:
    await listen(http=http)
    await true(lambda: slack.calls["users.list"])
    before = dict(slack.calls)
    for number in range(20):
        slack.say(CUSTOMER, CUSTOMER_DM, str(number))
    await door.message(20)
    assert dict(slack.calls) == before


async def test_an_error_of_the_front_door_is_not_acknowledged(slack: FakeSlack, listen: Listen) -> None:
    class Broken(RecordingDoor):
        async def receive(self, message: IncomingMessage) -> Receipt:
            raise ZeroDivisionError

    platform = await listen(http=True)
    assert platform._interactions is not None
    assert platform._catching_up is not None
    platform._intake.open(Broken(), await platform._translate(), platform._interactions, platform._catching_up)
    slack.say(CUSTOMER, CUSTOMER_DM, "hello")
    (delivery,) = slack.deliveries.all
    await true(lambda: delivery.statuses)
    assert delivery.statuses == ["500"]


async def test_requests_before_listening_are_refused_not_lost(slack: FakeSlack, make: Make) -> None:
    from starlette.applications import Starlette

    from bots.web import WebServer

    web = WebServer(Starlette(routes=make(app_token="", signing_secret=slack.signing_secret).routes()), "127.0.0.1", 0)
    await web.start()
    slack.events_url = f"http://127.0.0.1:{web.port}/slack/events"
    slack.say(CUSTOMER, CUSTOMER_DM, "hello")
    (delivery,) = slack.deliveries.all
    await true(lambda: delivery.statuses)
    assert delivery.statuses == ["503"]
    await web.stop()


async def posted(slack: FakeSlack, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    headers = {"Content-Type": "application/json"} | headers
    content = io.BytesIO(body)
    async with (
        aiohttp.ClientSession() as session,
        session.post(slack.events_url, data=content, headers=headers) as answer,
    ):
        return answer.status, await answer.text()


async def test_only_slack_gets_in(slack: FakeSlack, listen: Listen, door: RecordingDoor) -> None:
    await listen(http=True)
    body = b'{"type":"event_callback","event":{"type":"message","user":"U1","text":"x","ts":"1.1","channel":"D1"}}'
    cases: list[dict[str, Any]] = [
        {},
        signed("wrong secret", body),
        signed(slack.signing_secret, body + b" "),
        signed(slack.signing_secret, body, at=time.time() - 400),
    ]
    for headers in cases:
        status, _ = await posted(slack, body, headers)
        assert status == 401
    assert door.attempts == []
    assert (await posted(slack, body, signed(slack.signing_secret, body)))[0] == 200
    assert len(door.messages) == 1


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"{}", {"X-Slack-Request-Timestamp": "soon", "X-Slack-Signature": "v0=1"}),
        (b"{}", {"X-Slack-Request-Timestamp": str(10**30), "X-Slack-Signature": "v0=1"}),
        (b"{}", {"X-Slack-Request-Timestamp": "", "X-Slack-Signature": "v0=1"}),
        (b"{}", {"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": "v0=\xe9"}),
        (b"\xff\xfe", {"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": "v0=1"}),
    ],
)
async def test_what_makes_no_sense_is_refused_like_any_stranger(
    slack: FakeSlack, listen: Listen, caplog: pytest.LogCaptureFixture, body: bytes, headers: dict[str, str]
) -> None:
    await listen(http=True)
    assert (await posted(slack, body, headers))[0] == 401
    assert not caplog.records


async def test_a_flood_in_one_request_is_not_read(slack: FakeSlack, listen: Listen) -> None:
    await listen(http=True)
    body = b" " * (LARGEST + 1)
    assert (await posted(slack, body, signed(slack.signing_secret, body)))[0] == 413


async def test_the_certificate_is_looked_at_without_a_signature(slack: FakeSlack, listen: Listen) -> None:
    await listen(http=True)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await posted(slack, b"ssl_check=1&token=x", form))[0] == 200
    assert (await posted(slack, b"command=%2Fconcierge&token=x", form))[0] == 401


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"event_callback"', b'{"type":"event_callback"}'])
async def test_a_signed_request_that_is_no_event_does_no_harm(
    slack: FakeSlack, listen: Listen, door: RecordingDoor, body: bytes
) -> None:
    await listen(http=True)
    assert (await posted(slack, body, signed(slack.signing_secret, body)))[0] in (200, 400, 404, 500)
    assert door.attempts == []


async def test_the_url_is_verified(slack: FakeSlack, listen: Listen) -> None:
    await listen(http=True)
    body = b'{"type":"url_verification","challenge":"c-123"}'
    status, text = await posted(slack, body, signed(slack.signing_secret, body))
    assert status == 200
    assert "c-123" in text


async def test_own_posts_are_acknowledged_and_dropped(slack: FakeSlack, listen: Listen, door: RecordingDoor) -> None:
    await listen()
    slack.say(BOT_USER, CUSTOMER_DM, "me", bot_id="B0BOT")
    await slack.deliveries.idle()
    assert slack.deliveries.all[0].acknowledged
    assert door.attempts == []
