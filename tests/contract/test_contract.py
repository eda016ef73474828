"""What the core relies on, asked of every platform through its real SDK."""

from __future__ import annotations

import asyncio
import dataclasses

from core.errors import DeliveryError
from core.messages import Action, IncomingMessage, MessageKind
from core.platform import ActionOutcome, Platform
from core.posts import Button, Content, Post, PostKind, Source, Speaker
from tests.contract.driver import Driver, eventually

HOSTILE = (
    "<!channel> <!here> <!everyone> @here @everyone @channel <@U0COLLEAGUE> <@&1> <@1> <!subteam^S1> "
    "[bank.example](https://evil.example) <https://evil.example|bank.example> </div><script>alert(1)</script> `code`"
)


def post(driver: Driver, post_id: str, text: str = "", **content: object) -> Post:
    return Post(id=post_id, to=driver.conversation, content=Content(text=text, **content))  # type: ignore[arg-type]


async def test_a_message_arrives_translated(driver: Driver) -> None:
    message_id = await driver.customer_says("How do I pay *later*?")
    message = await driver.door.message()
    assert isinstance(message, IncomingMessage)
    assert message.kind is MessageKind.TEXT
    assert "How do I pay" in message.text
    assert message.conversation == driver.conversation
    assert (message.author.platform, message.author.id) == (driver.customer.platform, driver.customer.id)
    assert message.addressed
    assert message.message_id == message_id
    assert message.event_id


async def test_addresses_belong_to_the_platform_and_survive_their_key(driver: Driver) -> None:
    await driver.customer_says("hello")
    message = await driver.door.message()
    assert message.conversation.platform == driver.platform.name
    assert type(message.conversation).parse(message.conversation.key) == message.conversation


async def test_the_same_event_twice_has_the_same_event_id(driver: Driver) -> None:
    await driver.customer_says("only once, please")
    await driver.door.message()
    await driver.redeliver()
    await driver.customer_says("the next one")
    await driver.door.message(2)
    assert [message.text for message in driver.door.messages] == ["only once, please", "the next one"]
    assert len({attempt.event_id for attempt in driver.door.attempts}) == 2


async def test_different_messages_have_different_event_ids(driver: Driver) -> None:
    for _ in range(3):
        await driver.customer_says("the same words")
    await driver.door.message(3)
    assert len({message.event_id for message in driver.door.messages}) == 3


async def test_messages_keep_their_order(driver: Driver) -> None:
    texts = [f"line {number}" for number in range(10)]
    for text in texts:
        await driver.customer_says(text)
    await driver.door.message(len(texts))
    assert [message.text for message in driver.door.messages] == texts


async def test_own_posts_do_not_come_back(driver: Driver) -> None:
    await driver.platform.send(post(driver, "p1", "I am the bot."))
    await driver.platform.send(post(driver, "p2", "I speak for Ada.", speaker=Speaker.COLLEAGUE, author="Ada"))
    await driver.until_shown(2)
    await driver.customer_says("and I am the customer")
    await driver.door.message()
    assert [attempt.text for attempt in driver.door.attempts] == ["and I am the customer"]  # type: ignore[union-attr]


async def test_send_shows_the_text_and_returns_the_message_id(driver: Driver) -> None:
    first = await driver.platform.send(post(driver, "p1", "Pay within **30 days**."))
    second = await driver.platform.send(post(driver, "p2", "Anything else?"))
    shown = await driver.until_shown(2)
    assert [message.id for message in shown] == [first, second]
    assert first != second
    assert "30 days" in shown[0].text
    assert "Anything else?" in shown[1].text


async def test_sources_and_buttons_are_shown(driver: Driver) -> None:
    content = {
        "sources": (Source("late-fees", "What do late fees cost?", "https://faq.example/fees"),),
        "buttons": (Button("human", "Talk to a human"), Button("helpful", "Yes", "h1"), Button("helpful", "No", "h2")),
    }
    await driver.platform.send(post(driver, "p1", "Nothing for 14 days.", **content))
    (shown,) = await driver.until_shown(1)
    assert "What do late fees cost?" in shown.text
    assert shown.buttons == ("Talk to a human", "Yes", "No")


async def test_a_pressed_button_becomes_an_action(driver: Driver) -> None:
    buttons = (Button("human", "Talk to a human", "7"), Button("helpful", "Yes", "entry/é 1"))
    message_id = await driver.platform.send(post(driver, "p1", "Did that help?", buttons=buttons))
    await driver.until_shown(1)
    await driver.press(message_id, "Yes")
    action = await driver.door.action()
    assert isinstance(action, Action)
    assert (action.name, action.value) == ("helpful", "entry/é 1")
    assert (action.person.platform, action.person.id) == (driver.customer.platform, driver.customer.id)
    assert action.conversation == driver.conversation
    assert action.message_id == message_id


async def test_the_outcome_of_a_press_is_shown(driver: Driver) -> None:
    driver.door.outcome = ActionOutcome(text="Somebody was faster.", ok=False)
    message_id = await driver.platform.send(post(driver, "p1", "Sure?", buttons=(Button("human", "Human"),)))
    await driver.until_shown(1)
    await driver.press(message_id, "Human")
    await driver.door.action()
    await eventually(driver.told, lambda lines: any("Somebody was faster." in line for line in lines))


async def test_a_press_while_the_store_is_away_is_explained(driver: Driver) -> None:
    message_id = await driver.platform.send(post(driver, "p1", "Sure?", buttons=(Button("human", "Human"),)))
    await driver.until_shown(1)
    driver.door.unavailable = True
    await driver.press(message_id, "Human")
    await driver.door.tried()
    assert await eventually(driver.told, bool)


async def test_a_message_that_could_not_be_kept_is_repeated_or_its_sender_told(driver: Driver) -> None:
    driver.door.unavailable = True
    await driver.customer_says("please do not lose me")
    await driver.door.tried()
    driver.door.unavailable = False
    await driver.platform_retries()

    async def kept_or_told() -> bool:
        return any(message.text == "please do not lose me" for message in driver.door.messages) or bool(
            await driver.told()
        )

    assert await eventually(kept_or_told, bool)


async def test_it_goes_on_after_the_store_was_away(driver: Driver) -> None:
    driver.door.unavailable = True
    await driver.customer_says("one")
    await driver.door.tried()
    driver.door.unavailable = False
    await driver.customer_says("two")
    await driver.door.until(lambda door: any(message.text == "two" for message in door.messages))


async def test_hostile_text_pings_nobody(driver: Driver) -> None:
    for number, speaker in enumerate(Speaker):
        await driver.platform.send(post(driver, f"p{number}", HOSTILE, speaker=speaker, author="<!here> @everyone"))
    for message in await driver.until_shown(len(Speaker)):
        assert message.pings == ()
        assert "evil.example" in message.text, "a link hides where it leads"


async def test_text_at_the_limit_arrives_whole(driver: Driver) -> None:
    limit = driver.platform.limits.text
    for number, line in enumerate(("word & <tag> ", "0123456789\n", "界")):
        text = (line * limit)[: limit - 3].strip() + "END"
        await driver.platform.send(post(driver, f"p{number}", text))
    for message in await driver.until_shown(3):
        assert message.text.rstrip().endswith("END")


async def test_an_awkward_text_is_sent_all_the_same(driver: Driver) -> None:
    texts = (
        "🙂",
        "```\nunclosed code",
        "\u202eright to left",
        "*_~`",
        "> quoted\n\n- a\n  - b\n1. c",
        "| a | b |\n|---|---|\n| 1 | 2 |",
    )
    for number, text in enumerate(texts):
        assert await driver.platform.send(post(driver, f"p{number}", text))
    assert len(await driver.until_shown(len(texts))) == len(texts)


async def test_find_knows_what_arrived(driver: Driver) -> None:
    sent = post(driver, "p1", "here I am")
    assert await driver.platform.find(sent) is None
    message_id = await driver.platform.send(sent)
    await driver.until_shown(1)
    if type(driver.platform).find is Platform.find:  # gives up the convenience, and says so by not having it
        assert await driver.platform.find(sent) is None
    else:
        assert await driver.platform.find(sent) == message_id
        assert await driver.platform.find(dataclasses.replace(sent, id="p2")) is None


async def test_a_lost_answer_leads_to_one_message(driver: Driver) -> None:
    sent = post(driver, "p1", "exactly once")
    await driver.lose_next_answer()
    try:
        message_id = await driver.platform.send(sent)
    except DeliveryError:
        message_id = await driver.platform.find(sent) or await driver.platform.send(sent)
    (shown,) = await driver.until_shown(1)
    assert shown.id == message_id


async def test_edit_and_delete(driver: Driver) -> None:
    sent = post(driver, "p1", "before")
    message_id = await driver.platform.send(sent)
    await driver.until_shown(1)
    edited = Post(id="p2", to=driver.conversation, content=Content(text="after"), kind=PostKind.EDIT, of="p1")
    await driver.platform.edit(edited, message_id)
    if type(driver.platform).edit is not Platform.edit:
        await eventually(driver.shown, lambda messages: "after" in messages[-1].text)
    removal = Post(id="p3", to=driver.conversation, content=Content(), kind=PostKind.DELETE, of="p1")
    await driver.platform.delete(removal, message_id)
    if type(driver.platform).delete is not Platform.delete:
        await eventually(driver.shown, lambda messages: all("after" not in message.text for message in messages))


async def test_an_edit_takes_buttons_off(driver: Driver) -> None:
    sent = post(driver, "p1", "Casey waits", buttons=(Button("claim", "Claim", "H1-1"),))
    message_id = await driver.platform.send(sent)
    await driver.until_shown(1)
    edited = Post(id="p2", to=driver.conversation, content=Content(text="Casey waited"), kind=PostKind.EDIT, of="p1")
    await driver.platform.edit(edited, message_id)
    if type(driver.platform).edit is not Platform.edit:
        shown = await eventually(driver.shown, lambda messages: "Casey waited" in messages[-1].text)
        assert shown[-1].buttons == ()


async def test_a_colleague_is_shown_by_name(driver: Driver) -> None:
    await driver.platform.send(post(driver, "p1", "Good morning!", speaker=Speaker.COLLEAGUE, author="Ada Lovelace"))
    (shown,) = await driver.until_shown(1)
    assert "Ada Lovelace" in shown.author or "Ada Lovelace" in shown.text


async def test_what_is_said_at_the_desk_is_not_addressed_to_the_bot(driver: Driver) -> None:
    if driver.desk_thread is None:
        assert driver.platform.name == "terminal", "a platform without a desk must be known as such"
        return
    await driver.colleague_says("I take this one.")
    message = await driver.door.message()
    assert message.conversation == driver.desk_thread
    assert message.text == "I take this one."
    assert not message.addressed
    assert message.author.id != driver.customer.id


async def test_typing_and_groups_never_break_anything(driver: Driver) -> None:
    await driver.platform.typing(driver.conversation)
    await driver.platform.typing(dataclasses.replace(driver.conversation, channel="nowhere"))
    assert isinstance(await driver.platform.groups_of(driver.customer), frozenset)


async def test_missed_messages_have_the_event_ids_of_live_ones(driver: Driver) -> None:
    await driver.customer_says("first")
    await driver.customer_says("second")
    first, second = await driver.door.message(), await driver.door.message(2)
    missed = [message async for message in driver.platform.missed([(driver.conversation, first.message_id)])]
    assert [message.event_id for message in missed if message.conversation == driver.conversation] in (
        [],
        [second.event_id],
    )
    if type(driver.platform).missed is not Platform.missed:
        assert second.event_id in [message.event_id for message in missed]


async def test_a_healthy_platform_reports_no_problems(driver: Driver) -> None:
    assert list(await driver.platform.check()) == []


async def test_it_stops_within_seconds_and_twice(driver: Driver) -> None:
    async with asyncio.timeout(8):
        await driver.platform.aclose()
        await driver.platform.aclose()
