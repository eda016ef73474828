"""The desk: everything that colleagues do with a handoff, and what passes between them and the customer."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from core import wording
from core.conversation import Mode
from core.errors import PlatformUnavailable, Rejected
from core.messages import Action, Address, Attachment, IncomingMessage, MessageKind, Person
from core.policy import load_policy
from core.posts import Speaker
from core.store.redis import Client
from tests.core.harness import Shown, World, edited, only, patient

CARL = Address("chat", "carl")


async def events(world: World, handoff_id: str) -> list[tuple[str, str]]:
    return [(line.who, line.what) for line in await world.engine.conversations.record(handoff_id) if line.allowed]


async def owner(world: World, by: str = "carl") -> str:
    handoff = (await world.engine.conversations.load(Address("chat", by))).handoff
    assert handoff is not None
    return handoff.owner.key if handoff.owner else ""


def card(world: World) -> Shown:
    return world.office.cards()[-1]


# --- who has it


async def test_transfer_gives_it_to_the_named_colleague_and_tells_everybody(world: World) -> None:
    world.office.names["kim"] = "Kim B."
    handoff_id = await world.owned()
    asked = await world.press_only("transfer", handoff_id)
    assert asked.form is not None
    assert [field.name for field in asked.form.fields] == ["to"], "nobody else is present"
    outcome = await world.staff("transfer", handoff_id, fields={"to": "office:kim"})
    assert outcome.ok, outcome.text
    assert await owner(world) == "office:kim"
    assert world.reads()[-1] == wording.transferred("Kim B.")
    assert card(world).content.card.owner == "Kim B."
    told = only([s for s in world.office.shown if s.content.mention])
    assert (told.content.text, told.content.mention) == (wording.handed_over("Sam", "Kim B."), "kim")
    await world.writes("Still me", by="sam")
    assert world.reads()[-1] == wording.transferred("Kim B."), "who gave it away writes to the customer no more"
    await world.writes("Kim here", by="kim")
    assert world.reads()[-1] == "Kim here"


async def test_a_colleague_who_is_present_can_be_chosen(world: World) -> None:
    await world.staff("handoffs", "here", by="kim")
    handoff_id = await world.owned()
    world.office.groups_down = PlatformUnavailable("away")  # then the desk knows the name from what it has seen
    asked = await world.press_only("transfer", handoff_id)
    assert asked.form is not None
    choice = asked.form.fields[0]
    assert (choice.choices, choice.optional) == (("Kim (office:kim)",), True)
    nobody = await world.staff("transfer", handoff_id, fields={"present": "", "to": ""})
    assert nobody.text == wording.TRANSFER_TO_WHOM
    outcome = await world.staff("transfer", handoff_id, fields={"present": choice.choices[0], "to": ""})
    assert outcome.text == wording.transferred("Kim")
    assert await owner(world) == "office:kim"


async def test_a_lead_who_hands_it_over_is_named(world: World) -> None:
    handoff_id = await world.owned()
    await world.staff("transfer", f"{handoff_id} office:kim", by="lea")
    assert wording.handed_over("Lea", "kim") in world.thread()


@pytest.mark.parametrize("to", ["office:carl", "office:nobody", "chat:kim"])
async def test_transfer_to_somebody_who_is_not_staff_is_refused(world: World, to: str) -> None:
    handoff_id = await world.owned()
    assert (await world.staff("transfer", f"{handoff_id} {to}")).text == wording.not_staff(to)
    assert await owner(world) == "office:sam"


@pytest.mark.parametrize("action", ["transfer", "release", "resolve", "snooze", "send_draft"])
async def test_what_belongs_to_another_is_left_alone_but_a_lead_may(world: World, action: str) -> None:
    handoff_id = await world.owned()
    rest = {"transfer": " office:kim", "snooze": " 30m", "send_draft": " Hello"}.get(action, "")
    refused = await world.staff(action, handoff_id + rest, by="kim")
    assert (refused.ok, refused.text) == (False, wording.not_the_owner("Sam"))
    assert await owner(world) == "office:sam"
    assert (await world.staff(action, handoff_id + rest, by="lea")).ok


async def test_release_puts_it_back_and_tells_the_customer_where_it_stands(world: World) -> None:
    handoff_id = await world.owned()
    assert (await world.staff("release", handoff_id)).text == wording.RELEASED_BY_YOU
    assert world.reads()[-1] == wording.back_in_queue(1)
    assert card(world).content.card.state == "waiting"
    assert card(world).content.card.owner == ""
    assert await world.says("How do I get a refund?") == ["Ask the shop; the money takes 3 days."]
    assert (await world.staff("claim", handoff_id, by="kim")).ok


async def test_taking_over_is_told_to_the_former_owner(world: World) -> None:
    handoff_id = await world.owned()
    assert (await world.staff("take_over", handoff_id)).text == wording.ALREADY_YOURS
    assert (await world.staff("take_over", handoff_id, by="kim")).ok
    told = only([s for s in world.office.shown if s.content.text == wording.taken_from_you("Kim")])
    assert told.content.mention == "sam"
    assert await owner(world) == "office:kim"
    assert ("office:kim", "take_over") in await events(world, handoff_id)


async def test_a_former_owner_at_another_desk_is_told_there(redis: Client) -> None:
    world = World(redis, desks=(Address("office", "desk"), Address("chat", "desk")))
    world.roster = replace(world.roster, staff=world.roster.staff | {"chat:ben"})
    world.engine = world.another_engine()
    handoff_id = await world.owned()
    press = Action("press/ben", "take_over", Person("chat", "ben", "Ben"), Address("chat", "desk"), handoff_id)
    outcome = await world.engine.door.act(press)
    assert outcome.ok, outcome.text
    await world.engine.drain()
    assert wording.taken_from_you("Ben") in world.thread(card(world)), "Sam works in the office"
    await world.writes("Am I heard?", by="sam")
    assert world.thread(card(world))[-1] == wording.does_not_reach("Ben")


async def test_of_a_contested_claim_the_loser_learns_who_won_and_the_card_says_so(world: World) -> None:
    handoff_id = await world.owned(owner="kim")
    assert (await world.staff("claim", handoff_id)).text == wording.already_claimed("Kim")
    assert card(world).content.card.owner == "Kim"
    refused = [x for x in await world.engine.conversations.record(handoff_id) if not x.allowed]
    assert [(x.who, x.what) for x in refused] == [("office:sam", "claim")]


@pytest.mark.parametrize("action", ["claim", "release", "resolve", "take_over"])
async def test_what_is_over_says_so(world: World, action: str) -> None:
    handoff_id = await world.owned()
    await world.staff("resolve", handoff_id)
    outcome = await world.staff(action, handoff_id)
    assert (outcome.ok, outcome.text) == (False, wording.already_over("resolved"))


@pytest.mark.parametrize("again", ["resolve", "timer"])
async def test_the_closing_message_comes_once(world: World, again: str) -> None:
    """Pressed by several at once, or due at the same moment as a timer that closes too."""
    handoff_id = await world.owned()
    await world.writes("Which one is it?")
    if again == "timer":
        world.clock.move(world.policy.desk.customer_silent / 2 + 1)
        await world.engine.drain()
        world.clock.move(world.policy.desk.customer_silent / 2 + 1)
    outcomes = await asyncio.gather(*(world.press_only("resolve", handoff_id, by="sam") for _ in range(5)))
    await world.engine.drain()
    await world.engine.drain()
    assert sum(outcome.ok for outcome in outcomes) == 1
    closed = {wording.resolved("Sam"), wording.CUSTOMER_SILENT}
    assert len([text for text in world.reads() if text in closed]) == 1


@pytest.mark.parametrize("wrong", ["", "H0-99", "nonsense", "HZ-1"])
async def test_an_id_that_was_never_given_out_is_refused(world: World, wrong: str) -> None:
    outcome = await world.staff("claim", wrong)
    assert (outcome.ok, outcome.text) == (False, wording.NO_SUCH_HANDOFF)


# --- snooze, note, resolve


async def test_a_snooze_wakes_its_owner_once(world: World) -> None:
    handoff_id = await world.owned()
    await world.writes("I look it up")
    assert (await world.staff("snooze", f"{handoff_id} soon")).text == wording.not_a_time("soon")
    assert (await world.staff("snooze", f"{handoff_id} 2h")).ok
    assert card(world).content.card.state == "snoozed"
    world.clock.move(2 * 3600 - 1)
    await world.engine.drain()
    assert wording.WAKE_UP not in world.thread()
    world.clock.move(2)
    await world.engine.drain()
    assert world.thread().count(wording.WAKE_UP) == 1
    woken = only([s for s in world.office.shown if s.content.text == wording.WAKE_UP])
    assert woken.content.mention == "sam"
    assert card(world).content.card.state == "human"
    world.clock.move(3600)
    await world.engine.drain()
    assert world.thread().count(wording.WAKE_UP) == 1


async def test_an_answer_ends_the_snooze(world: World) -> None:
    handoff_id = await world.owned()
    await world.staff("snooze", f"{handoff_id} 1h")
    await world.writes("Found it already")
    world.clock.move(3700)
    await world.engine.drain()
    assert wording.WAKE_UP not in world.thread()


async def test_a_note_stays_inside(world: World) -> None:
    handoff_id = await world.owned()
    assert (await world.staff("note", handoff_id)).form is not None
    read = world.reads()
    assert (await world.staff("note", handoff_id, fields={"text": "suspicious"}, by="kim")).text == wording.NOTED
    assert world.reads() == read
    shown = await world.press_only("handoff_show", handoff_id)
    assert shown.content is not None
    assert "office:kim note: suspicious" in shown.content.text
    assert "office:sam claim" in shown.content.text


async def test_the_history_names_what_was_done_by_whom_in_order(world: World) -> None:
    handoff_id = await world.owned()
    await world.staff("release", handoff_id)
    await world.staff("claim", handoff_id, by="kim")
    await world.staff("resolve", f"{handoff_id} sent a voucher", by="kim")
    assert await events(world, handoff_id) == [
        ("concierge", "request"), ("office:sam", "claim"), ("office:sam", "release"), ("office:kim", "claim"),
        ("office:kim", "resolve"),
    ]  # fmt: skip
    last = (await world.engine.conversations.record(handoff_id))[-1]
    assert last.why == "sent a voucher"


async def test_the_customer_rates_once(world: World) -> None:
    handoff_id = await world.owned()
    await world.staff("resolve", handoff_id)
    assert await world.presses("rate", f"{handoff_id}:6") == [wording.NEVER_MIND_BUTTONS]
    assert await world.presses("rate", f"{handoff_id}:5") == [wording.RATED]
    assert await world.presses("rate", f"{handoff_id}:1") == [wording.NEVER_MIND_BUTTONS]
    rated = [x.why for x in await world.engine.conversations.record(handoff_id) if x.what == "rate"]
    assert rated == ["5"]


async def test_the_customer_takes_it_back(world: World) -> None:
    handoff_id = await world.waiting()
    assert await world.presses("cancel_wait", handoff_id) == [wording.CANCELLED]
    assert card(world).content.card.state == "abandoned"
    assert world.thread()[-1] == wording.CUSTOMER_CANCELLED
    assert (await world.staff("claim", handoff_id)).text == wording.already_over("abandoned")
    assert await world.presses("cancel_wait", handoff_id) == [wording.NOTHING_TO_CANCEL]


async def test_a_claim_beats_a_cancel_that_comes_after_it(world: World) -> None:
    handoff_id = await world.owned()
    assert await world.presses("cancel_wait", handoff_id) == [wording.NOTHING_TO_CANCEL]
    assert await owner(world) == "office:sam"


# --- what is written


async def test_a_draft_is_offered_edited_and_sent_under_the_colleagues_name(world: World) -> None:
    handoff_id = await world.owned()
    await world.says("How do I get a refund?")
    offered = await world.staff("suggest_draft", handoff_id)
    assert offered.form is not None
    assert (offered.form.action, offered.form.value) == ("send_draft", handoff_id)
    assert only(offered.form.fields).value == "Ask the shop; the money takes 3 days."
    assert world.bot_posts() == []
    assert (await world.staff("send_draft", handoff_id, fields={"text": "Ask the shop."})).text == wording.SENT
    last = world.chat.shown[-1].content
    assert (last.text, last.speaker, last.author) == ("Ask the shop.", Speaker.COLLEAGUE, "Sam")


async def test_nothing_is_sent_for_an_empty_draft(world: World) -> None:
    handoff_id = await world.owned()
    read = world.reads()
    assert (await world.staff("send_draft", handoff_id, fields={"text": "  "})).text == wording.EMPTY_REPLY
    assert world.reads() == read


async def test_who_does_not_own_it_sees_the_draft_and_can_not_send_it(world: World) -> None:
    handoff_id = await world.owned()
    await world.says("How do I get a refund?")
    seen = await world.staff("suggest_draft", handoff_id, by="kim")
    assert seen.form is None
    assert seen.content is not None
    assert seen.content.text == "Ask the shop; the money takes 3 days."
    read = world.reads()
    assert not (await world.staff("send_draft", f"{handoff_id} mine", by="kim")).ok
    assert world.reads() == read


async def test_a_redelivered_press_sends_its_text_once(world: World) -> None:
    handoff_id = await world.owned()
    sam = Person("office", "sam", "Sam")
    press = Action("press/twice", "send_draft", sam, Address("office", "desk"), f"{handoff_id} Hello once")
    for _ in range(2):
        await world.engine.door.act(press)
        await world.engine.drain()
    assert world.reads().count("Hello once") == 1


async def test_canned_replies_are_listed_and_sent(redis: Client) -> None:
    policy = patient(load_policy())
    policy = replace(policy, desk=replace(policy.desk, canned={"hi": "Hello there", "bye": "Goodbye"}))
    world = World(redis, policy=policy)
    handoff_id = await world.owned()
    listed = await world.staff("canned", "")
    assert listed.content is not None
    assert "Hello there" in listed.content.text
    assert "Goodbye" in listed.content.text
    assert (await world.staff("canned", f"{handoff_id} nope")).text == wording.no_such_canned("nope", ["bye", "hi"])
    assert (await world.staff("canned", f"{handoff_id} hi")).text == wording.SENT
    assert world.reads()[-1] == "Hello there"


async def test_a_canned_reply_is_sent_in_the_thread_of_its_handoff_by_name_alone(redis: Client) -> None:
    policy = patient(load_policy())
    world = World(redis, policy=replace(policy, desk=replace(policy.desk, canned={"hi": "Hello", "two words": "Both"})))
    handoff_id = await world.owned()
    sam, desk = Person("office", "sam", "Sam"), Address("office", "desk")
    thread = replace(desk, thread=card(world).id)
    assert (await world.engine.door.act(Action("p/1", "canned", sam, thread, "hi"))).text == wording.SENT
    assert (await world.engine.door.act(Action("p/2", "canned", sam, thread, "two words"))).text == wording.SENT
    assert (await world.engine.door.act(Action("p/3", "canned", sam, desk, "hi"))).text == wording.WHICH_HANDOFF
    lower = handoff_id.lower()
    assert (await world.engine.door.act(Action("p/4", "canned", sam, desk, f"{lower} hi"))).text == wording.SENT
    await world.engine.drain()
    assert world.reads()[-3:] == ["Hello", "Both", "Hello"]


async def test_without_prepared_replies_it_says_so(world: World) -> None:
    assert (await world.staff("canned", "")).text == wording.CANNED_NONE


async def test_files_and_names_pass_both_ways(world: World) -> None:
    await world.owned()
    photo, form = Attachment("photo.png", "https://chat/photo"), Attachment("form.pdf", "https://office/form")
    await world.says("Here it is", files=(photo,))
    relayed = world.office.shown[-1].content
    assert (relayed.files, relayed.author, relayed.speaker) == ((photo,), "Carl", Speaker.CUSTOMER)
    await world.writes("", files=(form,))
    sent = world.chat.shown[-1].content
    assert (sent.files, sent.author, sent.text) == ((form,), "Sam", "")


@pytest.mark.parametrize(
    "text", ["first\nsecond", "`code` and\n```\nx = 1\n```", "> quoted\n\n- a\n- b", "https://a.b/c?d=1&e=2"]
)
async def test_text_passes_unchanged_both_ways(world: World, text: str) -> None:
    await world.owned()
    await world.says(text)
    assert world.thread()[-1] == text
    await world.writes(text)
    assert world.reads()[-1] == text


@pytest.mark.parametrize("text", ["<!channel> hi", "@everyone @here", "<@U123> <!subteam^S1>", "/handoffs", "<script>"])
async def test_what_a_customer_writes_is_data_and_pings_nobody(world: World, text: str) -> None:
    await world.owned()
    await world.says(text)
    relayed = world.office.shown[-1].content
    assert (relayed.text, relayed.mention, relayed.speaker) == (text, "", Speaker.CUSTOMER)
    assert relayed.buttons == ()


async def test_long_messages_arrive_whole_in_pieces_and_in_order(world: World) -> None:
    await world.owned()
    words = [f"word{number}" for number in range(1500)]
    limit = world.chat.limits.text
    before = len(world.reads())
    await world.writes(" ".join(words))
    pieces = world.reads()[before:]
    assert len(pieces) > 1
    assert all(len(piece) <= limit for piece in pieces)
    assert " ".join(pieces).split() == words
    before = len(world.thread())
    await world.says(" ".join(words))
    assert " ".join(world.thread()[before:]).split() == words


async def test_edits_and_deletions_of_a_customer_are_followed_at_the_desk(world: World) -> None:
    await world.owned()
    message = world.message("I paid 10")
    await world.engine.door.receive(message)
    await world.engine.drain()
    await world.engine.door.receive(edited(message, "I paid 100"))
    await world.engine.drain()
    assert world.thread()[-1] == "I paid 100"
    await world.engine.door.receive(gone(message))
    await world.engine.drain()
    assert "I paid 100" not in world.thread()


async def test_edits_and_deletions_of_a_colleague_are_followed_at_the_customers(world: World) -> None:
    await world.owned()
    sent = IncomingMessage(
        "office/w1", Address("office", "desk", card(world).id), world.message("").author, "The code is 123",
        addressed=False, message_id="w1",
    )  # fmt: skip
    sent = replace(sent, author=replace(sent.author, platform="office", id="sam", name="Sam"))
    for event, last in ((sent, "The code is 123"), (edited(sent, "The code is 124"), "The code is 124")):
        await world.engine.door.receive(event)
        await world.engine.drain()
        assert world.reads()[-1] == last
    await world.engine.door.receive(gone(sent))
    await world.engine.drain()
    assert world.reads()[-1] == wording.claimed("Sam")


def gone(message: IncomingMessage) -> IncomingMessage:
    return replace(message, event_id=f"{message.event_id}/gone", kind=MessageKind.DELETED, text="")


async def test_an_edit_into_a_note_takes_it_back_from_the_customer(world: World) -> None:
    await world.owned()
    await world.writes("he is lying", event_id="office/e1", message_id="e1")
    await world.writes("// he is lying", event_id="office/e1/edited", message_id="e1", kind=MessageKind.EDITED)
    assert "he is lying" not in world.reads()


async def test_a_refused_relay_is_shown_to_its_writer_and_sent_again_on_request(world: World) -> None:
    handoff_id = await world.owned()
    world.chat.failures = [Rejected("the customer left the channel")]
    await world.writes("Important words")
    shown = world.office.shown[-1]
    assert shown.content.text == wording.relay_failed("the customer left the channel")
    retry = only(shown.content.buttons)
    assert retry.action == "retry_relay"
    assert len(retry.value) <= 64
    assert retry.value.startswith(handoff_id)
    assert (await world.staff(retry.action, retry.value)).text == wording.SENT_AGAIN
    assert world.reads()[-1] == "Important words"
    assert (await world.staff(retry.action, retry.value)).text == wording.NOTHING_TO_RETRY
    assert world.reads().count("Important words") == 1


async def test_what_is_written_before_a_claim_reaches_nobody_and_says_why(world: World) -> None:
    await world.waiting()
    read = world.reads()
    await world.writes("Hello?")
    assert world.reads() == read
    assert world.thread()[-1] == wording.CLAIM_TO_ANSWER


async def test_what_is_written_after_the_end_reaches_nobody_and_says_why(world: World) -> None:
    handoff_id = await world.owned()
    await world.staff("resolve", handoff_id)
    read = world.reads()
    await world.writes("One more thing")
    assert world.reads() == read
    assert world.thread()[-1] == wording.already_over("resolved")


# --- the queue


async def test_the_list_has_vips_first_then_age_and_the_owned_last(world: World) -> None:
    first = await world.owned("old")
    world.clock.move(10)
    second = await world.waiting("older")
    world.clock.move(10)
    third = await world.waiting("young")
    world.clock.move(10)
    vip = await world.waiting("vera")
    listed = await world.staff("handoffs", "")
    assert listed.content is not None
    lines = listed.content.text.splitlines()
    assert [next(h for h in (first, second, third, vip) if f"`{h}`" in line) for line in lines] == [
        vip, second, third, first,
    ]  # fmt: skip
    assert "⭐" in lines[0]
    assert "with you" in lines[-1]
    mine = await world.staff("handoffs", "mine")
    assert mine.content is not None
    assert [line for line in mine.content.text.splitlines() if f"`{first}`" not in line] == []
    assert (await world.staff("handoffs", "snoozed")).content.text == wording.NO_HANDOFFS  # type: ignore[union-attr]


async def test_over_the_limit_the_sender_is_told_once(redis: Client) -> None:
    world = World(redis, policy=patient(load_policy(), messages=5))
    for _ in range(12):
        await world.hand_in("When are you open?")
    await world.engine.drain()
    assert world.reads().count(wording.SLOW_DOWN) == 1
    assert world.reads()[-1] == wording.SLOW_DOWN
    assert len(world.reads()) == 6


async def test_a_waiting_customer_goes_on_asking_and_the_desk_reads_along(world: World) -> None:
    await world.waiting()
    assert await world.says("How do I get a refund?") == ["Ask the shop; the money takes 3 days."]
    assert "How do I get a refund?" in world.thread()
    assert (await world.engine.conversations.load(CARL)).mode is Mode.WAITING
