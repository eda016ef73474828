"""What the contract does not ask: the end of the input, forms, hostile bytes, and how it looks on a screen."""

from __future__ import annotations

import asyncio
import io
import re

import pytest

from bots.terminal.platform import TerminalPlatform
from bots.terminal.rendering import clean
from core.errors import PlatformUnavailable
from core.messages import Action, Address, IncomingMessage
from core.platform import ActionOutcome, Receipt
from core.posts import Button, Content, Form, FormField, Post, Source, Speaker
from tests.contract.doors import RecordingDoor


class Screen(io.StringIO):
    """Paper that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


class LateAnswers(RecordingDoor):
    """Answers every message in a task of its own, after the input may have ended."""

    def __init__(self, platform: TerminalPlatform) -> None:
        super().__init__()
        self.platform = platform
        self.may_answer = asyncio.Event()
        self.tasks: list[asyncio.Task[str]] = []

    async def receive(self, message: IncomingMessage) -> Receipt:
        receipt = await super().receive(message)
        self.tasks.append(asyncio.create_task(self._answer(message)))
        return receipt

    async def _answer(self, message: IncomingMessage) -> str:
        await self.may_answer.wait()
        content = Content(f"You asked: {message.text}", sources=(Source("fees", "What do fees cost?", "fees.md"),))
        answer = Post(f"re-{message.event_id}", message.conversation, content, reply_to=message.event_id)
        return await self.platform.send(answer)


def post(number: int, content: Content) -> Post:
    return Post(f"p{number}", Address("terminal", "you"), content)


async def test_the_end_of_a_pipe_waits_for_the_replies_that_are_due() -> None:
    paper = io.StringIO()
    platform = TerminalPlatform(io.StringIO("first\n\nsecond"), paper)
    door = LateAnswers(platform)
    listening = asyncio.create_task(platform.listen(door))
    await door.message(2)
    assert not listening.done()
    door.may_answer.set()
    await asyncio.wait_for(listening, 5)
    assert sorted(paper.getvalue().splitlines()) == [
        "  Source: What do fees cost? (fees.md)",
        "  Source: What do fees cost? (fees.md)",
        "Concierge: You asked: first",
        "Concierge: You asked: second",
    ]


async def test_a_number_presses_a_button_of_the_latest_message_and_a_label_wins_over_a_number() -> None:
    paper = io.StringIO()
    platform = TerminalPlatform(io.StringIO("2\n7\n"), paper)
    ratings = tuple(Button("rate", str(stars), f"stars-{stars}") for stars in (5, 4, 3, 2, 1))
    await platform.send(post(1, Content("Old.", buttons=(Button("human", "Talk to a human"),))))
    await platform.send(post(2, Content("How was it?", buttons=ratings)))
    door = RecordingDoor()
    listening = asyncio.create_task(platform.listen(door))
    assert (await door.message()).text == "7"
    listening.cancel()
    (pressed,) = door.actions
    assert (pressed.name, pressed.value, pressed.message_id) == ("rate", "stars-2", "p2")


async def test_a_form_is_asked_for_line_by_line() -> None:
    form = Form(
        "rate",
        "H1",
        "Your rating",
        (FormField("stars", "Stars", choices=("good", "bad")), FormField("words", "Comment", optional=True)),
    )

    def outcome(action: Action) -> ActionOutcome:
        return ActionOutcome(text="Thanks.") if action.fields else ActionOutcome(form=form)

    paper = io.StringIO()
    platform = TerminalPlatform(io.StringIO("1\nterrible\nGOOD\n\n"), paper)
    await platform.send(post(1, Content("How was it?", buttons=(Button("rate", "Rate"),))))
    door = RecordingDoor()
    door.outcome = outcome
    await asyncio.wait_for(platform.listen(door), 5)
    assert [action.fields for action in door.actions] == [{}, {"stars": "good", "words": ""}]
    assert paper.getvalue().count("Your rating: Stars (good, bad)") == 2
    assert "* Thanks." in paper.getvalue()


async def test_what_others_write_moves_no_cursor() -> None:
    hostile = "a\x1b[2J\x1b]0;owned\x07b\x9b31mc\rd\x00\tkept\nkept too"
    for paper in (io.StringIO(), Screen()):
        platform = TerminalPlatform(io.StringIO(), paper)
        author = "\x1b[31mEve"
        await platform.send(post(1, Content(hostile, Speaker.COLLEAGUE, author, buttons=(Button("x", "\x1b[5mGo"),))))
        shown = re.sub(r"\x1b\[[0-9;]*m|\r", "", paper.getvalue())  # colours of our own
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", shown)
        assert "[2J" in shown
    assert clean("ok\n\t") == "ok\n\t"


async def test_a_screen_shows_names_notices_and_where_links_lead_and_swallows_nothing() -> None:
    paper = Screen()
    platform = TerminalPlatform(io.StringIO(), paper)
    await platform.listen(RecordingDoor())
    await platform.send(post(1, Content("Pay **later**, see [here](https://faq.example/pay) <b>bold</b>")))
    await platform.send(post(2, Content("Sam has joined.", Speaker.SYSTEM)))
    await platform.send(post(3, Content("Good morning!", Speaker.COLLEAGUE, "Sam")))
    shown = re.sub(r"\x1b\[[0-9;]*m", "", paper.getvalue())
    for words in ("Concierge", "https://faq.example/pay", "<b>bold</b>", "Sam has joined.", "Sam · support team"):
        assert words in shown
    assert "**" not in shown


async def test_a_post_is_printed_once_and_only_in_its_own_terminal() -> None:
    paper = io.StringIO()
    platform = TerminalPlatform(io.StringIO(), paper)
    await platform.send(post(1, Content("once")))
    await platform.send(post(1, Content("once")))
    with pytest.raises(PlatformUnavailable):
        await platform.send(Post("p2", Address("terminal", "somebody-else"), Content("not for you")))
    assert paper.getvalue() == "Concierge: once\n"


async def test_buttons_that_have_had_their_time_are_gone_without_a_word() -> None:
    paper = io.StringIO()
    platform = TerminalPlatform(io.StringIO("Stop waiting\nStop waiting\n"), paper)
    door = RecordingDoor()
    asked = post(1, Content("Asked.", Speaker.SYSTEM, buttons=(Button("cancel_wait", "Stop waiting"),)))
    await platform.send(asked)
    before = paper.getvalue()
    await platform.edit(post(2, Content("Asked.", Speaker.SYSTEM)), "p1")
    assert paper.getvalue() == before
    await platform.edit(post(3, Content("Asked again.", Speaker.SYSTEM, buttons=asked.content.buttons)), "p1")
    assert "Asked again." in paper.getvalue()
    door.outcome = ActionOutcome(spent=("cancel_wait",))
    listening = asyncio.create_task(platform.listen(door))
    await door.action()
    message = await door.message()
    assert message.text == "Stop waiting", "the button is gone: these are words"
    listening.cancel()
