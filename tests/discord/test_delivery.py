"""Posts to Discord: each becomes one message, whatever happens to the answer."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web

from bots.discord.files import LARGEST
from bots.discord.marker import without_mark
from bots.discord.platform import DiscordPlatform
from core.errors import Ambiguous, DeliveryError, PlatformUnavailable, RateLimited, Rejected
from core.messages import Address, Attachment, Person
from core.platform import Limits
from core.posts import Button, Card, CardField, Content, Post, PostKind
from tests.discord.conftest import Simulated, Wired
from tests.discord.gateway import TOKEN, Fault, WireDiscord

Connect = Callable[..., Awaitable[Wired]]


def _texts(bot: Wired) -> list[str]:
    return [without_mark(message.content) for message in bot.wire.bot_messages(bot.dm)]


async def test_a_worker_sends_without_a_gateway_and_registers_no_commands(wired: Connect) -> None:
    bot = await wired(listens=False)
    await bot.platform.send(bot.post("p1", "hello"))
    assert _texts(bot) == ["hello"]
    assert bot.wire.connections == 0
    assert not [request for request in bot.wire.backend.http_requests if "commands" in request.path]


async def test_a_limit_is_waited_out(wired: Connect) -> None:
    bot = await wired(listens=False)
    bot.wire.faults += [Fault.LIMITED, Fault.LIMITED]
    await bot.platform.send(bot.post("p1", "hello"))
    assert _texts(bot) == ["hello"]


async def test_a_limit_that_takes_too_long_is_passed_on_and_nothing_is_taken(wired: Connect) -> None:
    bot = await wired(listens=False, limits=Limits(send_timeout=0.3))
    bot.wire.retry_after = 20.0
    bot.wire.faults.append(Fault.LIMITED)
    with pytest.raises(RateLimited) as raised:
        await bot.platform.send(bot.post("p1", "hello"))
    assert 15 < raised.value.retry_after <= 20
    assert _texts(bot) == []


async def test_a_ban_is_passed_on(wired: Connect) -> None:
    bot = await wired(listens=False)
    bot.wire.retry_after = 7.0
    bot.wire.faults.append(Fault.BANNED)
    with pytest.raises(RateLimited) as raised:
        await bot.platform.send(bot.post("p1", "hello"))
    assert raised.value.retry_after == 7.0


async def test_taken_and_answered_502_is_repeated_by_the_library_and_shown_once(wired: Connect) -> None:
    bot = await wired(listens=False)
    bot.wire.faults.append(Fault.TAKEN_502)
    message_id = await bot.platform.send(bot.post("p1", "hello"))
    assert [str(message.id) for message in bot.wire.bot_messages(bot.dm)] == [message_id]


@pytest.mark.parametrize("fault", [Fault.TAKEN_503, Fault.TAKEN_BROKEN, Fault.TAKEN_SILENT])
async def test_an_ambiguous_send_is_found_by_another_process_when_the_nonce_is_forgotten(
    wired: Connect, fault: Fault
) -> None:
    bot = await wired(listens=False, limits=Limits(send_timeout=0.5))
    bot.wire.faults.append(fault)
    post = bot.post("p1", "hello")
    with pytest.raises(Ambiguous):
        await bot.platform.send(post)
    bot.wire.forget_nonces()
    other = DiscordPlatform(TOKEN)
    (message,) = bot.wire.bot_messages(bot.dm)
    assert await other.find(post) == str(message.id)
    assert await other.find(dataclasses.replace(post, id="p2")) is None
    await other.aclose()


async def test_an_ambiguous_send_may_be_repeated_at_once_because_of_its_nonce(wired: Connect) -> None:
    bot = await wired(listens=False, limits=Limits(send_timeout=0.5))
    bot.wire.faults.append(Fault.TAKEN_SILENT)
    with pytest.raises(Ambiguous):
        await bot.platform.send(bot.post("p1", "hello"))
    await bot.platform.send(bot.post("p1", "hello"))
    assert _texts(bot) == ["hello"]


async def test_an_edited_message_is_still_found(wired: Connect) -> None:
    bot = await wired(listens=False)
    post = bot.post("p1", "before")
    message_id = await bot.platform.send(post)
    await bot.platform.edit(
        Post("p2", bot.place, Content("after", buttons=(Button("human", "Human"),)), kind=PostKind.EDIT, of="p1"),
        message_id,
    )
    other = DiscordPlatform(TOKEN)
    assert await other.find(post) == message_id
    await other.aclose()


async def test_nothing_there_to_connect_to_is_no_ambiguity(discord: WireDiscord, wired: Connect) -> None:
    bot = await wired(listens=False)
    await bot.platform.send(bot.post("p1", "hello"))
    await discord.stop()
    with pytest.raises(DeliveryError):  # the kept connection breaks: nobody knows
        await bot.platform.send(bot.post("p2", "hello"))
    with pytest.raises(PlatformUnavailable):
        await bot.platform.send(bot.post("p2", "hello"))
    with pytest.raises(PlatformUnavailable):
        await bot.platform.groups_of(Person("discord", str(bot.customer)))


async def test_a_refused_token_while_sending_is_no_crash(discord: WireDiscord) -> None:
    platform = DiscordPlatform("wrong.token")
    with pytest.raises(PlatformUnavailable):
        await platform.send(Post("p1", Address("discord", "1"), Content("hello")))
    await platform.aclose()


@pytest.mark.parametrize(
    "place", [Address("discord", "12345"), Address("discord", "no number"), Address("slack", "C1")]
)
async def test_a_place_that_is_none_is_rejected(wired: Connect, place: Address) -> None:
    bot = await wired(listens=False)
    post = Post("p1", place, Content("hello"))
    with pytest.raises(Rejected):
        await bot.platform.send(post)
    with pytest.raises(Rejected):
        await bot.platform.edit(post, "1")


async def test_deleting_what_is_gone_is_fine(wired: Connect) -> None:
    bot = await wired(listens=False)
    message_id = await bot.platform.send(bot.post("p1", "hello"))
    removal = Post("p2", bot.place, Content(), kind=PostKind.DELETE, of="p1")
    await bot.platform.delete(removal, message_id)
    await bot.platform.delete(removal, message_id)
    assert _texts(bot) == []


async def test_two_workers_open_one_thread(wired: Connect) -> None:
    bot = await wired(listens=False)
    question = bot.wire.says(bot.channel, bot.customer, "how do I pay?")
    where = Address("discord", str(bot.channel), str(question.id))
    other = DiscordPlatform(TOKEN)
    await asyncio.gather(
        bot.platform.send(bot.post("p1", "one", to=where)), other.send(bot.post("p2", "two", to=where))
    )
    assert len(bot.wire.bot_messages(question.id)) == 2
    await other.aclose()


@pytest.fixture
async def file_server() -> AsyncIterator[str]:
    """Serves /bill.pdf, and /huge.bin which is larger than it says."""

    async def bill(_: web.Request) -> web.Response:
        return web.Response(body=b"%PDF-")

    async def huge(_: web.Request) -> web.Response:
        return web.Response(body=b"0" * (LARGEST + 1))

    app = web.Application()
    app.router.add_get("/bill.pdf", bill)
    app.router.add_get("/huge.bin", huge)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_files_are_uploaded_or_left_as_links(wired: Connect, file_server: str) -> None:
    bot = await wired(listens=False)
    files = (
        Attachment("bill.pdf", f"{file_server}/bill.pdf", "application/pdf"),
        Attachment("huge.bin", f"{file_server}/huge.bin"),
        Attachment("gone.txt", f"{file_server}/gone.txt"),
        Attachment("said-to-be-huge.mp4", f"{file_server}/bill.pdf", size=LARGEST + 1),
    )
    await bot.platform.send(bot.post("p1", "see these", files=files))
    (message,) = bot.wire.bot_messages(bot.dm)
    assert [(file["filename"], file["size"]) for file in message.attachments] == [("bill.pdf", 5)]
    for left in ("huge.bin", "gone.txt", "bill.pdf"):
        assert f"<{file_server}/{left}>" in message.content
    assert "said-to-be-huge.mp4" in message.content


async def test_files_of_another_platform_are_read_by_whom_is_given(wired: Connect) -> None:
    async def fetch(file: Attachment, largest: int) -> bytes:
        assert largest == LARGEST
        return f"secret of {file.url}".encode()

    bot = await wired(listens=False, fetch=fetch)
    await bot.platform.send(bot.post("p1", "", files=(Attachment("note.txt", "slack://F1"),)))
    (message,) = bot.wire.bot_messages(bot.dm)
    assert message.attachments[0]["size"] == len("secret of slack://F1")


async def test_a_page_notifies_whom_it_names_and_nobody_else(sim: Simulated) -> None:
    desk = Address("discord", str(sim.desk.id))
    mentions = {
        "p1": str(sim.staff.id),
        "p2": f"&{sim.staff.id}",
        "p3": str(sim.colleague.id),
        "p4": "here",
        "p5": "",
    }
    card = Card("h1", "@everyone <@1> waits", "waiting", vip=True, fields=(CardField("Reason", "@here"),))
    for post_id, mention in mentions.items():
        text = f"{sim.customer.mention} @everyone waits"
        await sim.platform.send(Post(post_id, desk, Content(text, card=card, mention=mention)))
    stored = [sim.env.backend.get_message(sim.desk.id, message.id) for message in sim.desk.history()]
    pinged = [(set(message.ping_role_ids), set(message.ping_user_ids), message.mention_everyone) for message in stored]
    assert pinged == [
        ({sim.staff.id}, set(), False),
        ({sim.staff.id}, set(), False),
        (set(), {sim.colleague.id}, False),
        (set(), set(), True),
        (set(), set(), False),
    ]


async def test_a_page_for_everybody_here_is_not_widened_by_the_customers_words(sim: Simulated) -> None:
    desk = Address("discord", str(sim.desk.id))
    await sim.platform.send(Post("p1", desk, Content("``` @everyone `@everyone` @here", mention="here")))
    (message,) = sim.desk.history()
    assert message.content.startswith("@here\n")
    assert message.content.count("@") == 1


async def test_another_role_than_the_staffs_is_recognised(sim: Simulated) -> None:
    leads = sim.guild.create_role("Leads")
    await sim.platform.send(Post("p1", Address("discord", str(sim.desk.id)), Content("page", mention=str(leads.id))))
    (message,) = sim.desk.history()
    assert message.content.startswith(f"<@&{leads.id}>")


async def test_a_card_is_edited_in_place(sim: Simulated) -> None:
    desk = Address("discord", str(sim.desk.id))
    waiting = Card("h1", "Cleo waits", "waiting", vip=True, transcript=("cleo: help", "bot: how?"), draft="In the app.")
    message_id = await sim.platform.send(
        Post("p1", desk, Content("Cleo waits", card=waiting, buttons=(Button("claim", "Claim", "h1"),)))
    )
    taken = dataclasses.replace(waiting, state="human", fields=(CardField("Owner", "Ada"),))
    await sim.platform.edit(
        Post("p2", desk, Content("Ada has it", card=taken), kind=PostKind.EDIT, of="p1"), message_id
    )
    (message,) = sim.desk.history()
    (embed,) = message.embeds
    assert embed.title == "⭐ Cleo waits"
    assert embed.description == "cleo: help\nbot: how?"
    assert [(field.name, field.value) for field in embed.fields] == [("Owner", "Ada"), ("Draft", "In the app.")]
    assert message.components == []


async def test_roles_are_the_groups_of_a_person_and_are_asked_once(sim: Simulated) -> None:
    ada = Person("discord", str(sim.colleague.id))
    assert await sim.platform.groups_of(ada) == {str(sim.staff.id)}
    asked = len(sim.env.http_requests)
    assert await sim.platform.groups_of(ada) == {str(sim.staff.id)}
    assert len(sim.env.http_requests) == asked
    assert await sim.platform.groups_of(Person("discord", "1")) == frozenset()


async def test_typing_is_shown(sim: Simulated) -> None:
    await sim.platform.typing(Address("discord", str(sim.help.id)))
    assert sim.env.http_requests[-1].path == f"/channels/{sim.help.id}/typing"


async def test_the_doctor_names_what_is_missing(wired: Connect, discord: WireDiscord) -> None:
    deskless = await wired(listens=False)
    assert any("DISCORD_DESK_CHANNEL is not set" in line for line in await deskless.platform.check())
    nowhere = await wired(listens=False, desk_channel="123")
    assert any("no text channel 123" in line for line in await nowhere.platform.check())
    world = discord.backend
    guild = world.create_guild("Acme")
    desk = world.create_channel(guild.id, "desk")
    bot = await wired(listens=False, desk_channel=str(desk.id), staff_role="99")
    assert [line for line in await bot.platform.check() if "no role 99" in line]
    for role in world.get_guild(guild.id).roles.values():
        role.permissions = 1 << 10  # View Channel alone
    (lacking,) = [line for line in await bot.platform.check() if "lacks" in line]
    assert "Create Public Threads" in lacking
    staff = world.create_role(guild.id, "Support")
    paged = await wired(listens=False, desk_channel=str(desk.id), staff_role=str(staff.id))
    assert any("can't notify @Support" in line for line in await paged.platform.check())


async def test_whom_a_page_would_not_reach_is_told_and_who_is_named_by_id_has_a_name(sim: Simulated) -> None:
    bot = sim.platform
    for reached in (str(sim.colleague.id), str(sim.staff.id), f"#{sim.help.id}", "here"):
        assert await bot.unreachable(reached) == ""
    for target, why in (("123", "no person and no role"), ("#123", "can't be seen"), ("boss", "nobody")):
        assert why in await bot.unreachable(target), target
    assert await bot.name_of(str(sim.colleague.id)) == "ada"
    assert [await bot.name_of("123"), await bot.name_of("kim")] == ["", ""]
