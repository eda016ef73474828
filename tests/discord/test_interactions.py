"""Buttons, forms and slash commands: each becomes an action, and each is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from simcord.backend.models import Interaction

from bots.discord.commands import COMMANDS
from bots.discord.marker import without_mark
from bots.discord.platform import DiscordPlatform
from bots.discord.wording import CONTINUE, DONE, FAILED
from core.messages import Action, Address
from core.platform import ActionOutcome
from core.posts import Button, Card, Content, Form, FormField, Post
from tests.contract.driver import eventually
from tests.discord.conftest import Simulated, Wired

Connect = Callable[..., Awaitable[Wired]]

FORM = Form(
    "resolve",
    "h1",
    "Resolve",
    (
        FormField("outcome", "Outcome", choices=("solved", "not solved")),
        FormField("note", "Note", value="so far so good", multiline=True, optional=True),
    ),
)


async def _card(sim: Simulated) -> str:
    content = Content("Cleo waits", buttons=(Button("claim", "Claim", "h1"), Button("resolve", "Resolve", "h1")))
    return await sim.platform.send(Post("p1", Address("discord", str(sim.desk.id)), content))


async def test_buttons_survive_a_restart(sim: Simulated) -> None:
    card_id = await _card(sim)
    (card,) = sim.desk.history()
    reborn = DiscordPlatform("t", desk_channel=str(sim.desk.id), shard_count=1)
    reborn.attach(sim.door)
    await sim.env.restart_bot(reborn.client)
    sim.door.outcome = ActionOutcome("Ada has it already.", ok=False)
    result = await sim.colleague.click(card, label="Claim")
    (action,) = sim.door.actions
    assert (action.name, action.value, action.message_id) == ("claim", "h1", card_id)
    assert action.person.id == str(sim.colleague.id)
    assert action.conversation == Address("discord", str(sim.desk.id))
    assert result.ephemeral
    assert result.response is not None
    assert without_mark(result.response.content) == "Ada has it already."
    await reborn.aclose()


async def test_an_effect_that_speaks_for_itself_is_acknowledged_and_no_more(sim: Simulated) -> None:
    await _card(sim)
    (card,) = sim.desk.history()
    result = await sim.colleague.click(card, label="Claim")
    assert result.acknowledged
    assert result.followups == []
    assert len(sim.desk.history()) == 1


async def test_a_form_is_asked_for_and_comes_back_as_an_action(sim: Simulated) -> None:
    await _card(sim)
    (card,) = sim.desk.history()
    sim.door.outcome = lambda action: ActionOutcome("Resolved.") if action.fields else ActionOutcome(form=FORM)
    shown = await sim.colleague.click(card, label="Resolve")
    assert shown.modal is not None
    assert shown.modal["title"] == "Resolve"
    result = await sim.colleague.submit_modal(shown, {"outcome": ["solved"], "note": "paid\ntwice"})
    action = sim.door.actions[-1]
    assert (action.name, action.value) == ("resolve", "h1")
    assert dict(action.fields) == {"outcome": "solved", "note": "paid\ntwice"}
    assert result.response is not None
    assert without_mark(result.response.content) == "Resolved."


async def test_slash_commands_are_registered_once_and_become_actions(sim: Simulated) -> None:
    sim.env.backend.get_guild(sim.guild.id).roles[sim.staff.id].permissions = 1 << 13  # Manage Messages
    assert set(sim.colleague.available_commands(sim.desk)) == {command.name for command in COMMANDS}
    card = Content(card=Card("h1", "Cleo waits", "waiting", vip=False), buttons=(Button("claim", "Claim", "h1"),))
    sim.door.outcome = ActionOutcome("One waits.", content=card)
    result = await sim.colleague.slash(sim.desk, "handoffs", text="mine")
    (action,) = sim.door.actions
    assert (action.name, action.value, action.message_id) == ("handoffs", "mine", "")
    assert result.ephemeral
    assert result.response is not None
    assert without_mark(result.response.content) == "One waits."
    assert result.response.embeds[0].title == "Cleo waits"
    assert result.response.components[0]["components"][0]["label"] == "Claim"
    sim.door.outcome = ActionOutcome()
    silent = await sim.colleague.slash(sim.desk, "kb")
    assert silent.response is not None
    assert without_mark(silent.response.content) == DONE
    puts = [request for request in sim.env.http_requests if request.method == "PUT"]
    assert len(puts) == 1, "the second start registered again what was there"


async def test_a_command_of_an_older_version_is_answered(sim: Simulated) -> None:
    sim.env.backend.register_commands(None, [{"name": "old", "description": "gone", "type": 1}])
    sim.door.outcome = ActionOutcome("I don't know that.", ok=False)
    result = await sim.colleague.slash(sim.desk, "old")
    assert sim.door.actions[-1].name == "old"
    assert result.response is not None
    assert without_mark(result.response.content) == "I don't know that."


async def test_a_failing_action_is_answered(sim: Simulated) -> None:
    def fail(_: Action) -> ActionOutcome:
        raise RuntimeError("the core has a bug")

    await _card(sim)
    (card,) = sim.desk.history()
    sim.door.outcome = fail
    result = await sim.colleague.click(card, label="Claim")
    assert result.response is not None
    assert without_mark(result.response.content) == FAILED


async def test_a_slow_action_is_acknowledged_in_time_and_shown_when_it_is_done(wired: Connect) -> None:
    bot = await wired()
    await bot.platform.send(bot.post("p1", "Sure?", buttons=(Button("resolve", "Resolve", "h1"),)))
    (message,) = bot.wire.bot_messages(bot.dm)
    bot.door.outcome = ActionOutcome(form=FORM)
    bot.door.gate.clear()
    pressed = bot.wire.presses(message, bot.customer, "Resolve")

    async def answered() -> bool:
        return pressed.responded

    assert await eventually(answered, bool)
    assert bot.door.actions == []
    bot.door.gate.set()

    async def followup() -> list[int]:
        return pressed.followup_ids

    (again,) = await eventually(followup, bool)
    step = bot.wire.backend.get_message(bot.dm, again)
    assert step.is_ephemeral
    asked = bot.wire.presses(step, bot.customer, CONTINUE)
    await _shown(asked)
    bot.door.outcome = ActionOutcome("Resolved.")
    done = bot.wire.submits(asked, {"outcome": "solved", "note": ""})
    await bot.door.action(3)
    assert bot.door.actions[-1].fields == {"outcome": "solved", "note": ""}

    async def told() -> bool:
        return done.message_id is not None

    assert await eventually(told, bool)


async def _shown(asked: Interaction) -> None:
    async def form() -> bool:
        return asked.modal is not None

    assert await eventually(form, bool)


async def test_the_same_interaction_twice_has_the_same_event_id(wired: Connect) -> None:
    bot = await wired()
    await bot.platform.send(bot.post("p1", "Sure?", buttons=(Button("human", "Human"),)))
    (message,) = bot.wire.bot_messages(bot.dm)
    bot.wire.presses(message, bot.customer, "Human")
    await bot.door.action()
    bot.wire.repeat("INTERACTION_CREATE")
    await bot.door.tried(2)
    assert len(bot.door.actions) == 1


async def test_spent_buttons_go_and_the_others_stay(sim: Simulated) -> None:
    content = Content(
        "Did you mean?", buttons=(Button("pick", "One"), Button("pick", "Two", "2"), Button("human", "H"))
    )
    await sim.platform.send(Post("p1", Address("discord", str(sim.desk.id)), content))
    (message,) = sim.desk.history()
    sim.door.outcome = ActionOutcome(spent=("pick",))
    result = await sim.colleague.click(message, label="Two")
    assert result.acknowledged
    assert result.followups == []
    (left,) = sim.desk.history()
    assert without_mark(left.content) == "Did you mean?"
    assert [one.label for row in left.components for one in row.children] == ["H"]
    sim.door.outcome = ActionOutcome("Sent again.", spent=("human",))
    told = await sim.colleague.click(left, label="H")
    assert told.response is not None
    assert without_mark(told.response.content) == "Sent again."
    (bare,) = sim.desk.history()
    assert (without_mark(bare.content), bare.components) == ("Did you mean?", [])
