"""What becomes of messages, edits and deletions."""

from __future__ import annotations

from simcord.backend import serializers
from simcord.enums import MessageType

from core.messages import Address, MessageKind
from core.posts import Button, Card, Content, Post
from tests.discord.conftest import Simulated


async def test_a_mention_names_its_thread_before_there_is_one(sim: Simulated) -> None:
    question = await sim.customer.send(sim.help, f"{sim.me} how do I *pay*?")
    message = await sim.door.message()
    assert message.conversation == Address("discord", str(sim.help.id), str(question.id))
    assert message.text == "how do I *pay*?"
    assert message.addressed
    assert message.author.name == "cleo"
    assert message.sent_at == question.created_at.timestamp()
    assert sim.help.threads == []


async def test_the_first_reply_opens_the_thread_and_names_it_after_the_question(sim: Simulated) -> None:
    await sim.customer.send(sim.help, f"{sim.me} how do I pay?")
    where = (await sim.door.message()).conversation
    await sim.platform.send(Post("p1", where, Content("In the app.")))
    await sim.platform.send(Post("p2", where, Content("Or at a shop.")))
    (thread,) = sim.help.threads
    assert thread.name == "how do I pay?"
    assert str(thread.id) == where.thread
    assert len(thread.history()) == 2


async def test_what_is_said_in_the_thread_is_not_addressed_unless_it_mentions_the_bot(sim: Simulated) -> None:
    await sim.customer.send(sim.help, f"{sim.me} how do I pay?")
    where = (await sim.door.message()).conversation
    await sim.platform.send(Post("p1", where, Content("In the app.")))
    (thread,) = sim.help.threads
    await sim.customer.send(thread, "and in cash?")
    await sim.customer.send(thread, f"{sim.me} still there?")
    assert [(m.conversation, m.text, m.addressed) for m in sim.door.messages[1:]] == [
        (where, "and in cash?", False),
        (where, "still there?", True),
    ]


async def test_people_among_themselves_are_left_alone(sim: Simulated) -> None:
    await sim.customer.send(sim.help, "anybody here?")
    await sim.colleague.send(sim.help, "@everyone lunch!")
    await sim.customer.send_dm("now to you")
    assert [message.text for message in sim.door.messages] == ["now to you"]


async def test_the_mention_of_the_bots_own_role_counts(sim: Simulated) -> None:
    backend = sim.env.backend
    role = backend.create_role(sim.guild.id, "Concierge", managed=True)
    tagged = {**serializers.role_payload(role), "tags": {"bot_id": str(backend.bot_user.id)}}
    backend.emit("GUILD_ROLE_UPDATE", {"guild_id": str(sim.guild.id), "role": tagged})
    await sim.customer.send(sim.help, f"<@&{role.id}> help me")
    message = await sim.door.message()
    assert message.text == "help me"
    assert message.addressed


async def test_bots_webhooks_and_system_messages_are_ignored(sim: Simulated) -> None:
    robot = sim.guild.add_member(sim.env.create_user("robot", bot=True))
    await robot.send(sim.help, f"{sim.me} beep")
    await sim.guild.create_webhook(sim.help).send(f"{sim.me} beep")
    sim.guild.create_system_message(sim.help, MessageType.NEW_MEMBER, author=sim.customer)
    await sim.customer.send_dm("hello")
    assert [attempt.text for attempt in sim.door.attempts] == ["hello"]  # type: ignore[union-attr]


async def test_names_stand_in_for_ids(sim: Simulated) -> None:
    await sim.customer.send(
        sim.help,
        f"{sim.me} ask {sim.colleague.mention} or {sim.staff.mention} in {sim.desk.mention} <:wave:123> `<@1>`",
    )
    assert (await sim.door.message()).text == "ask @ada or @Support in #desk :wave: `<@1>`"


async def test_files_come_along(sim: Simulated) -> None:
    await sim.customer.send(sim.help, sim.me, attachments=[("bill.pdf", b"%PDF-")])
    message = await sim.door.message()
    assert message.text == ""
    (file,) = message.files
    assert (file.name, file.size) == ("bill.pdf", 5)
    assert file.url.startswith("https://")


async def test_edits_and_deletions_follow_their_message(sim: Simulated) -> None:
    question = await sim.customer.send(sim.help, f"{sim.me} how do I pay?")
    first = await sim.door.message()
    await sim.env.advance_time(1)
    await sim.customer.edit(question, f"{sim.me} how do I pay late?")
    await sim.customer.delete(question)
    edited, deleted = sim.door.messages[1:]
    assert (edited.kind, edited.text, edited.message_id) == (
        MessageKind.EDITED,
        "how do I pay late?",
        first.message_id,
    )
    assert (deleted.kind, deleted.message_id, deleted.author) == (MessageKind.DELETED, first.message_id, first.author)
    assert first.conversation == edited.conversation == deleted.conversation
    assert len({first.event_id, edited.event_id, deleted.event_id}) == 3


async def test_a_link_preview_is_no_edit(sim: Simulated) -> None:
    sent = await sim.customer.send_dm("see https://acme.example")
    sim.env.backend.emit(
        "MESSAGE_UPDATE",
        {**next(data for _, name, data in reversed(sim.env.backend.transcript) if name == "MESSAGE_CREATE")},
    )
    await sim.customer.send_dm("well?")
    assert [message.kind for message in sim.door.messages] == [MessageKind.TEXT, MessageKind.TEXT]
    assert sim.door.messages[0].message_id == str(sent.id)


async def test_a_deletion_whose_message_was_forgotten_still_names_its_place(sim: Simulated) -> None:
    sent = await sim.customer.send_dm("oops")
    sim.env.backend.emit("MESSAGE_DELETE", {"id": str(sent.id + 1), "channel_id": str(sent.channel.id)})
    await sim.env.settle()
    deleted = sim.door.messages[-1]
    assert deleted.kind is MessageKind.DELETED
    assert deleted.conversation == Address("discord", str(sent.channel.id))
    assert deleted.author.id == ""


async def test_a_desk_thread_is_the_staffs_even_when_the_bot_is_mentioned(sim: Simulated) -> None:
    card = Content(
        "Cleo waits", card=Card("h1", "Cleo waits", "waiting", vip=False), buttons=(Button("claim", "Claim"),)
    )
    card_id = await sim.platform.send(Post("p1", Address("discord", str(sim.desk.id)), card))
    await sim.platform.send(Post("p2", sim.desk_thread(card_id), Content("The story so far")))
    (thread,) = sim.desk.threads
    assert thread.name == "Cleo waits"
    await sim.colleague.send(thread, "I take it")
    await sim.colleague.send(thread, f"{sim.me} what now")
    assert [(m.conversation, m.addressed) for m in sim.door.messages] == [(sim.desk_thread(card_id), False)] * 2


async def test_an_answer_to_a_card_outside_its_thread_counts_as_in_it(sim: Simulated) -> None:
    card_id = await sim.platform.send(Post("p1", Address("discord", str(sim.desk.id)), Content("Cleo waits")))
    (card,) = sim.desk.history()
    await sim.colleague.send(sim.desk, "mine", reply_to=card)
    message = await sim.door.message()
    assert message.conversation == sim.desk_thread(card_id)
    assert not message.addressed


async def test_a_thread_that_the_gateway_did_not_announce_is_asked_for(sim: Simulated) -> None:
    backend = sim.env.backend
    thread = backend.create_thread(sim.help.id, "old", sim.customer.id, broadcast=False)
    backend.create_message(thread.id, sim.customer.id, f"{sim.me} hello from the past")
    await sim.env.settle()
    assert (await sim.door.message()).conversation == Address("discord", str(sim.help.id), str(thread.id))
