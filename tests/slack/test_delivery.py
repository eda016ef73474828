"""Posts at the wire: what arrives, what is found again, and which error an accident becomes."""

from __future__ import annotations

import asyncio
import dataclasses
import time

import pytest

from bots.slack.api import Api
from bots.slack.delivery import Delivery
from bots.slack.files import Files
from core.errors import Ambiguous, DeliveryError, PlatformUnavailable, RateLimited, Rejected
from core.messages import Address, Attachment
from core.posts import Button, Card, Content, Post, PostKind, Speaker
from tests.fake_slack.reading import words
from tests.fake_slack.server import FakeSlack
from tests.fake_slack.workspace import COLLEAGUE, CUSTOMER, CUSTOMER_DM, DESK
from tests.slack.conftest import DM, Make, true

POST = Post(id="p1", to=DM, content=Content("Nothing for **14** days."))
RELAYED = dataclasses.replace(POST, content=Content("I am on it.", Speaker.COLLEAGUE, author="Ada"))


async def test_a_post_carries_its_id_and_unfurls_nothing(slack: FakeSlack, make: Make) -> None:
    message_id = await make().send(POST)
    (message,) = slack.posts(CUSTOMER_DM)
    assert message["ts"] == message_id
    assert message["metadata"] == {"event_type": "concierge_post", "event_payload": {"id": "p1"}}
    assert message["unfurl"] is False
    assert message["text"] == "Nothing for *14* days."


async def test_a_post_into_a_thread(slack: FakeSlack, make: Make, card: str) -> None:
    await make().send(dataclasses.replace(POST, to=Address("slack", DESK, card)))
    (message,) = slack.posts(DESK, card)[1:]
    assert message["thread_ts"] == card


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("429", RateLimited),
        ("drop", Ambiguous),
        ("502", Ambiguous),
        ("internal_error", Ambiguous),
        ("channel_not_found", Rejected),
        ("is_archived", Rejected),
        ("restricted_action", Rejected),
        ("token_revoked", PlatformUnavailable),
        ("ratelimited", RateLimited),
    ],
)
async def test_every_accident_has_its_error(
    slack: FakeSlack, make: Make, fault: str, error: type[DeliveryError]
) -> None:
    slack.faults.script = [fault]
    with pytest.raises(DeliveryError) as caught:
        await make().send(POST)
    assert type(caught.value) is error
    assert len(slack.posts(CUSTOMER_DM)) == (1 if fault in ("drop", "502") else 0)
    assert slack.calls["chat.postMessage"] == 1, "the SDK must not repeat a post by itself"


async def test_the_wait_that_slack_asks_for_is_passed_on(slack: FakeSlack, make: Make) -> None:
    slack.faults.script, slack.faults.retry_after = ["429"], 7
    with pytest.raises(RateLimited) as caught:
        await make().send(POST)
    assert caught.value.retry_after == 7


async def test_no_answer_in_time_is_ambiguous(slack: FakeSlack) -> None:
    api = Api(slack.bot_token, slack.api_url, timeout=5)
    delivery = Delivery(api, Files(api, slack.api_url), timeout=0.2)
    slack.faults.script = ["hang"]
    with pytest.raises(Ambiguous):
        await delivery.send(POST)
    assert await delivery.find(POST) == slack.posts(CUSTOMER_DM)[0]["ts"]
    await api.aclose()


async def test_a_refused_connection_was_never_taken(make: Make) -> None:
    with pytest.raises(PlatformUnavailable):
        await make(api_url="http://127.0.0.1:9/api/").send(POST)


async def test_a_broken_connection_before_anything_was_taken_is_settled_by_looking(
    slack: FakeSlack, make: Make
) -> None:
    platform = make()
    slack.faults.down = True
    with pytest.raises(Ambiguous):
        await platform.send(POST)
    slack.faults.down = False
    assert await platform.find(POST) is None


@pytest.mark.parametrize("fault", ["drop", "502"])
@pytest.mark.parametrize("place", ["direct", "thread"])
async def test_another_process_finds_what_arrived(
    slack: FakeSlack, make: Make, card: str, fault: str, place: str
) -> None:
    post = POST if place == "direct" else dataclasses.replace(POST, to=Address("slack", DESK, card))
    slack.faults.script = [fault]
    with pytest.raises(Ambiguous):
        await make().send(post)
    message = slack.posts(post.to.channel)[-1]
    assert await make().find(post) == message["ts"]
    assert await make().find(dataclasses.replace(post, id="p2")) is None


async def test_finding_reads_on_behind_the_first_page(slack: FakeSlack, make: Make) -> None:
    message_id = await make().send(POST)
    for number in range(450):
        slack.workspace.post(slack.workspace.channel(CUSTOMER_DM), {"user": CUSTOMER, "text": str(number)})
    assert await make().find(POST) == message_id
    assert slack.calls["conversations.history"] == 3


async def test_a_plain_refusal_needs_no_looking(slack: FakeSlack, make: Make) -> None:
    platform = make()
    slack.faults.script = ["429"]
    with pytest.raises(RateLimited):
        await platform.send(POST)
    assert await platform.find(POST) is None
    assert slack.calls["conversations.history"] == 0


async def test_a_refusal_after_doubt_is_still_in_doubt(slack: FakeSlack, make: Make) -> None:
    platform = make()
    slack.faults.script = ["drop", "429"]
    for error in (Ambiguous, RateLimited):
        with pytest.raises(error):
            await platform.send(POST)
    assert await platform.find(POST) == slack.posts(CUSTOMER_DM)[0]["ts"]


async def test_an_attempt_that_was_given_up_is_in_doubt(slack: FakeSlack, make: Make) -> None:
    platform = make()
    slack.faults.script = ["429", "hang"]
    with pytest.raises(RateLimited):
        await platform.send(POST)
    attempt = asyncio.create_task(platform.send(POST))
    await true(lambda: slack.posts(CUSTOMER_DM))
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt
    assert await platform.find(POST) == slack.posts(CUSTOMER_DM)[0]["ts"]


async def test_a_colleagues_name_is_the_messages_name(slack: FakeSlack, make: Make) -> None:
    await make().send(RELAYED)
    (message,) = slack.posts(CUSTOMER_DM)
    assert (message["username"], words(message)) == ("Ada", "I am on it.")


async def test_without_the_scope_the_name_stands_before_the_text(slack: FakeSlack, make: Make) -> None:
    slack.scopes.remove("chat:write.customize")
    platform = make()
    for number in range(2):
        await platform.send(dataclasses.replace(RELAYED, id=f"p{number}"))
    messages = slack.posts(CUSTOMER_DM)
    assert [words(message) for message in messages] == ["*Ada:* I am on it."] * 2
    assert "username" not in messages[0]
    assert slack.calls["chat.postMessage"] == 3, "it asks once only"
    edited = dataclasses.replace(
        RELAYED, content=dataclasses.replace(RELAYED.content, text="Done."), kind=PostKind.EDIT
    )
    await make().edit(edited, messages[0]["ts"])
    assert words(slack.posts(CUSTOMER_DM)[0]) == "*Ada:* Done."


async def test_a_card_is_edited_in_place_and_still_found(slack: FakeSlack, make: Make) -> None:
    platform = make()
    card = Card("h1", "Casey waits", "waiting", vip=False)
    first = Post(
        "p1", Address("slack", DESK), Content("Casey waits", card=card, buttons=(Button("claim", "Claim", "h1"),))
    )
    message_id = await platform.send(first)
    owned = Content("Ada has it", card=dataclasses.replace(card, title="Ada has it", state="human"))
    await platform.edit(Post("p2", first.to, owned, PostKind.EDIT, of="p1"), message_id)
    (message,) = slack.posts(DESK)
    assert "Ada has it" in words(message)
    assert [block["type"] for block in message["blocks"]] == ["header", "context"]
    assert await make().find(first) == message_id


async def test_editing_what_is_gone_is_refused_and_deleting_it_is_fine(slack: FakeSlack, make: Make) -> None:
    platform = make()
    edit = Post("p2", DM, Content("x"), PostKind.EDIT, of="p1")
    with pytest.raises(Rejected, match="message_not_found"):
        await platform.edit(edit, "1.000001")
    await platform.delete(dataclasses.replace(edit, kind=PostKind.DELETE), "1.000001")


async def test_a_mention_is_made_only_where_a_page_asks_for_it(slack: FakeSlack, make: Make) -> None:
    await make().send(Post("p1", Address("slack", DESK), Content(f"<@{CUSTOMER}> waits", mention=COLLEAGUE)))
    (message,) = slack.posts(DESK)
    assert message["blocks"][0]["text"]["text"] == f"<@{COLLEAGUE}> &lt;@{CUSTOMER}&gt; waits"


# ---- files


def with_files(slack: FakeSlack, *files: Attachment, text: str = "") -> Post:
    return Post("p1", DM, Content(text, Speaker.COLLEAGUE, author="Ada", files=files))


def user_file(slack: FakeSlack, data: bytes, media_type: str = "image/png") -> Attachment:
    file = slack._user_file("a.png", data, media_type)
    return Attachment(file["name"], file["url_private"], media_type, file["size"])


async def test_a_file_is_passed_on_with_its_content(slack: FakeSlack, make: Make, card: str) -> None:
    post = with_files(slack, user_file(slack, b"PNG..."), text="look")
    await make().send(dataclasses.replace(post, to=Address("slack", DESK, card)))
    _, shared, message = slack.posts(DESK)
    (file,) = shared["files"]
    assert slack.workspace.contents[file["id"]] == b"PNG..."
    assert shared["thread_ts"] == message["thread_ts"] == card
    assert words(message) == "look"


async def test_a_file_without_words_leaves_a_message_that_can_be_found(slack: FakeSlack, make: Make) -> None:
    post = with_files(slack, user_file(slack, b"PNG..."))
    message_id = await make().send(post)
    assert words(slack.workspace.channel(CUSTOMER_DM).messages[message_id]) == "(files attached)"
    assert await make().find(post) == message_id


async def test_a_repeated_attempt_uploads_nothing_twice(slack: FakeSlack, make: Make) -> None:
    platform, post = make(), with_files(slack, user_file(slack, b"PNG..."))
    slack.faults.script = ["429"]
    with pytest.raises(RateLimited):
        await platform.send(post)
    await platform.send(post)
    assert slack.calls["files.completeUploadExternal"] == 1


async def test_a_file_of_another_platform_is_fetched_by_whoever_can(slack: FakeSlack, make: Make) -> None:
    asked: list[str] = []

    async def fetch(file: Attachment, largest: int) -> bytes:
        asked.append(file.url)
        return b"from afar"

    await make(fetch=fetch).send(with_files(slack, Attachment("b.txt", "https://cdn.example/b.txt")))
    shared = slack.posts(CUSTOMER_DM)[0]
    assert slack.workspace.contents[shared["files"][0]["id"]] == b"from afar"
    assert asked == ["https://cdn.example/b.txt"]


async def test_the_token_goes_to_slack_only(slack: FakeSlack, make: Make) -> None:
    async with FakeSlack() as elsewhere:
        file = elsewhere._user_file("a.txt", b"secret", "text/plain")
        await make().send(with_files(slack, Attachment("a.txt", file["url_private"], "text/plain", 6)))
        shared = slack.posts(CUSTOMER_DM)[0]
        content = slack.workspace.contents[shared["files"][0]["id"]]
    assert content == b"<html>Sign in</html>", "the other server got a token"
    platform = make(api_url="https://slack.com/api/")
    assert platform.owns(Attachment("a", "https://files.slack.com/files-pri/a"))
    for url in ("https://slack.com.evil.example/a", "http://files.slack.com/a", "https://evil.example/files.slack.com"):
        assert not platform.owns(Attachment("a", url))


@pytest.mark.parametrize("case", ["sign-in page", "too large", "unreachable", "upload fails"])
async def test_a_file_that_can_not_be_passed_on_is_named(slack: FakeSlack, make: Make, case: str) -> None:
    file = user_file(slack, b"PNG...")
    if case == "sign-in page":
        file = dataclasses.replace(user_file(slack, b"<html>Sign in</html>", "text/html"), media_type="image/png")
    elif case == "too large":
        file = dataclasses.replace(file, size=2**40)
    elif case == "unreachable":
        file = Attachment("a.png", "http://127.0.0.1:9/a.png")
    else:
        slack.scopes.remove("files:write")
    await make().send(with_files(slack, file, text="look"))
    (message,) = slack.posts(CUSTOMER_DM)
    assert "look" in words(message)
    assert "a.png" in words(message)


async def test_slack_files_are_fetched_for_other_platforms(slack: FakeSlack, make: Make) -> None:
    platform, file = make(), user_file(slack, b"PNG...")
    assert platform.owns(file)
    assert await platform.fetch(file, 6) == b"PNG..."
    with pytest.raises(Rejected):
        await platform.fetch(dataclasses.replace(file, size=0), 5)


async def test_many_sends_share_their_connections(slack: FakeSlack, make: Make) -> None:
    platform = make()
    started = time.time()
    await asyncio.gather(*(platform.send(dataclasses.replace(POST, id=f"p{number}")) for number in range(200)))
    messages = slack.posts(CUSTOMER_DM)
    assert len({message["metadata"]["event_payload"]["id"] for message in messages}) == 200
    assert all(message["received_at"] >= started for message in messages)
