"""The fake is strict: what Slack would refuse, it refuses."""

from __future__ import annotations

import asyncio
import json
import sys

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack.blocks import check_blocks
from tests.fake_slack.errors import Refusal
from tests.fake_slack.server import FakeSlack
from tests.fake_slack.workspace import CUSTOMER_DM, DESK

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}
BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "x"}, "action_id": "a"}


@pytest.mark.parametrize(
    "blocks",
    [
        [SECTION] * 51,
        [{"type": "section"}],
        [{"type": "section", "text": {"type": "mrkdwn", "text": ""}}],
        [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}],
        [{"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}}],
        [{"type": "section", "fields": [SECTION["text"]] * 11}],
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
        [{"type": "context", "elements": []}],
        [{"type": "actions", "elements": [BUTTON, BUTTON]}],
        [{"type": "actions", "elements": [{**BUTTON, "value": "x" * 2001}]}],
        [{"type": "actions", "elements": [{**BUTTON, "style": "default"}]}],
        [{"type": "actions", "elements": [{**BUTTON, "text": {"type": "plain_text", "text": "x" * 76}}]}],
        [{"type": "input", "label": SECTION["text"]}],
        [{"type": "carousel"}],
        [{**SECTION, "block_id": "b"}, {**SECTION, "block_id": "b"}],
        [{**SECTION, "surprise": 1}],
        "[]",
    ],
)
def test_blocks_that_slack_refuses(blocks: object) -> None:
    with pytest.raises(Refusal):
        check_blocks(blocks)


async def test_arguments_come_by_query_form_and_json(slack: FakeSlack) -> None:
    url, headers = f"{slack.api_url}chat.postMessage", {"Authorization": f"Bearer {slack.bot_token}"}
    args = {"channel": CUSTOMER_DM, "text": "x", "blocks": json.dumps([SECTION])}
    async with aiohttp.ClientSession(headers=headers) as session:
        for how in ({"params": args}, {"data": args}, {"json": args | {"blocks": [SECTION]}}):
            async with session.post(url, **how) as response:  # type: ignore[arg-type]
                assert (await response.json())["ok"]
    assert len(slack.posts(CUSTOMER_DM)) == 3


async def test_mistakes_are_noted() -> None:
    async with FakeSlack() as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        for method, args in (
            ("reactions.add", {}),
            ("chat.postMessage", {"channel": DESK, "blocks": "[{}]"}),
            ("views.open", {"trigger_id": "t", "view": "{}"}),
        ):
            with pytest.raises(SlackApiError):
                await client.api_call(method, params=args)
        async with aiohttp.ClientSession() as session, session.get(f"{slack.url}/elsewhere") as response:
            assert response.status == 404
        assert len(slack.violations) == 4


@pytest.mark.parametrize(("token", "error"), [("", "not_authed"), ("xoxb-wrong", "invalid_auth")])
async def test_tokens_are_checked(slack: FakeSlack, token: str, error: str) -> None:
    with pytest.raises(SlackApiError, match=error):
        await AsyncWebClient(token=token, base_url=slack.api_url).auth_test()


async def test_scopes_are_checked(slack: FakeSlack) -> None:
    slack.scopes.remove("im:history")
    with pytest.raises(SlackApiError, match="im:history"):
        await AsyncWebClient(token=slack.bot_token, base_url=slack.api_url).conversations_history(channel=CUSTOMER_DM)


async def test_it_runs_as_a_process_of_its_own() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fake_slack", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().strip()
    try:
        async with aiohttp.ClientSession() as session:

            async def control(name: str, **body: object) -> dict[str, object]:
                async with session.post(f"{url}/control/{name}", json=body) as response:
                    assert response.status == 200, await response.text()
                    return dict(await response.json())

            await control("config", events_url="http://127.0.0.1:9/", retry_delays=[])
            channel = (await control("dm", user="U7"))["channel"]
            assert (await control("say", user="U7", channel=channel, text="hi"))["ts"]
            await control("faults", dropped=1.0)
            client = AsyncWebClient(token="xoxb-fake", base_url=f"{url}/api/", retry_handlers=[])
            with pytest.raises(aiohttp.ServerDisconnectedError):
                await client.chat_postMessage(channel=str(channel), text="taken")
            async with session.get(f"{url}/control/posts", params={"channel": str(channel)}) as response:
                posts = (await response.json())["posts"]
            assert [post["text"] for post in posts] == ["taken"]
            async with session.get(f"{url}/control/state") as response:
                state = await response.json()
            assert (state["deliveries"], state["posts"], state["violations"]) == (2, 1, [])
    finally:
        process.terminate()
        assert await process.wait() == 0
