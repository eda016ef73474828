"""The terminal as a platform: `concierge chat`."""

from __future__ import annotations

import asyncio
import sys
from typing import TextIO
from uuid import uuid4

from rich.console import Console, RenderableType
from rich.text import Text

from bots.terminal.lines import lines
from bots.terminal.rendering import message, notice, welcome
from core.clock import Clock, SystemClock
from core.errors import PlatformUnavailable, StoreUnavailable
from core.messages import Action, Address, IncomingMessage, Person
from core.platform import ActionOutcome, FrontDoor, Limits, Platform
from core.posts import Button, Form, Post

NAME = "terminal"
"""The `platform` of every address and person of the terminal."""

NOT_KEPT = "That could not be delivered just now, because the message store does not answer. Please type it again."

LAST_REPLIES = 30.0
"""Seconds that the end of the input waits for replies that are still due."""


class TerminalPlatform(Platform):
    """One customer at a keyboard. `listen` returns when the input ends and what was asked has been answered.

    Args:
        stdin: where lines come from; a screen or a pipe.
        stdout: where messages go; laid out on a screen, as plain Markdown into a pipe.
        person_id: who writes: the customer is `terminal:<person_id>`.
        session: beginning of the event ids; unique per run.
        clock: dates what is written.
    """

    name = NAME
    limits = Limits(text=8_000)

    def __init__(
        self,
        stdin: TextIO | None = None,
        stdout: TextIO | None = None,
        *,
        person_id: str = "you",
        session: str = "",
        clock: Clock | None = None,
    ) -> None:
        self.person = Person(NAME, person_id, person_id.title())
        """The customer."""
        self.conversation = Address(NAME, person_id)
        """The conversation."""
        self._stdin = stdin or sys.stdin
        self._console = Console(file=stdout or sys.stdout, highlight=False, soft_wrap=False)
        self._screen = self._console.is_terminal
        self._session = session or uuid4().hex
        self._clock = clock or SystemClock()
        self._written = 0
        self.printed: list[str] = []
        """Ids of the posts that were printed, in order."""
        self._texts: dict[str, str] = {}  # of what carries buttons, by post id
        self._buttons: tuple[Button, ...] = ()
        self._carrier = ""
        self._form: _Filling | None = None
        self._due: set[str] = set()
        self._answered = asyncio.Event()

    async def listen(self, door: FrontDoor) -> None:
        if self._screen:
            welcome(self._console)
        self._prompt()
        async for line in lines(self._stdin):
            await self._entered(door, line)
            self._prompt()
        try:
            async with asyncio.timeout(LAST_REPLIES):
                while self._due:
                    self._answered.clear()
                    await self._answered.wait()
        except TimeoutError:
            self._tell("Some replies are still due; they will be there when you come back.")

    async def _entered(self, door: FrontDoor, line: str) -> None:
        if self._form is not None:
            await self._fill(door, self._form, line)
        elif button := self._button(line.strip()):
            await self._act(door, button, {})
        elif line.strip():
            await self.hand_in(door, self._message(line))

    def _message(self, text: str) -> IncomingMessage:
        self._written += 1
        event_id = f"{self._session}-{self._written}"
        return IncomingMessage(
            event_id=event_id,
            conversation=self.conversation,
            author=self.person,
            text=text,
            message_id=event_id,
            sent_at=self._clock.now(),
        )

    async def hand_in(self, door: FrontDoor, written: IncomingMessage) -> None:
        """Give a message to the core; say so when it could not be kept."""
        self._due.add(written.event_id)
        try:
            await door.receive(written)
        except StoreUnavailable:
            self._due.discard(written.event_id)
            self._tell(NOT_KEPT)

    def _button(self, line: str) -> Button | None:
        for button in self._buttons:
            if line.casefold() == button.label.casefold():
                return button
        if line.isascii() and line.isdigit() and 1 <= int(line) <= len(self._buttons):
            return self._buttons[int(line) - 1]
        return None

    async def _act(self, door: FrontDoor, button: Button, fields: dict[str, str]) -> None:
        self._written += 1
        event_id = f"{self._session}-{self._written}"
        action = Action(
            event_id=event_id,
            name=button.action,
            person=self.person,
            conversation=self.conversation,
            value=button.value,
            fields=fields,
            message_id=self._carrier,
        )
        try:
            outcome = await door.act(action)
        except StoreUnavailable:
            outcome = ActionOutcome(text=NOT_KEPT, ok=False)
        self._buttons = tuple(one for one in self._buttons if one.action not in outcome.spent)
        if outcome.text:
            self._tell(outcome.text)
        if outcome.content is not None:
            self._console.print(message(outcome.content, (), screen=self._screen))
        if outcome.form is not None:
            self._form = _Filling(outcome.form)
            self._ask(self._form)

    def _ask(self, form: _Filling) -> None:
        field = form.field
        choices = f" ({', '.join(field.choices)})" if field.choices else ""
        self._tell(f"{form.form.title}: {field.label}{choices}{' [optional]' if field.optional else ''}")

    async def _fill(self, door: FrontDoor, form: _Filling, line: str) -> None:
        if form.take(line.strip()):
            self._form = None
            await self._act(door, Button(form.form.action, form.form.submit, form.form.value), form.filled)
        else:
            self._ask(form)

    async def send(self, post: Post) -> str:
        self._mine(post)
        if post.id not in self.printed:
            if post.content.buttons:
                self._buttons, self._carrier = post.content.buttons, post.id
                self._texts[post.id] = post.content.text
            self._print(message(post.content, post.content.buttons, screen=self._screen))
            self.printed.append(post.id)
        self._due.discard(post.reply_to)
        self._answered.set()
        return post.id

    async def edit(self, post: Post, message_id: str) -> None:
        """Print it again, marked as edited; what is on paper stays there. Buttons that are gone need no word."""
        self._mine(post)
        if self._carrier == message_id:
            self._buttons = post.content.buttons
        if self._texts.get(message_id) == post.content.text:
            return
        self._print(message(post.content, post.content.buttons, screen=self._screen, edited=True))

    async def find(self, post: Post) -> str | None:
        return post.id if post.id in self.printed else None

    def _mine(self, post: Post) -> None:
        if post.to.channel != self.conversation.channel:  # another terminal, open in another process, may print it
            raise PlatformUnavailable(f"this is the terminal of {self.person.id}, not of {post.to.channel}")

    def _tell(self, text: str) -> None:
        self._print(notice(text, screen=self._screen))

    def _print(self, shown: RenderableType) -> None:
        if self._screen:
            self._console.print("\r", end="")
        self._console.print(shown, soft_wrap=not self._screen)
        self._prompt()

    def _prompt(self) -> None:
        if self._screen:
            self._console.print(Text("\n› ", style="bold"), end="")


class _Filling:
    """A form, asked for line by line."""

    def __init__(self, form: Form) -> None:
        self.form = form
        """What is asked."""
        self.filled: dict[str, str] = {}
        """Answers so far, by field name."""
        self.field = form.fields[0]
        """What is asked for now."""

    def take(self, line: str) -> bool:
        """Take an answer for the current field; True when that was the last."""
        chosen = next((choice for choice in self.field.choices if choice.casefold() == line.casefold()), "")
        answer = chosen if self.field.choices else line
        if not answer and not self.field.optional:
            return False
        self.filled[self.field.name] = answer
        rest = self.form.fields[len(self.filled) :]
        if rest:
            self.field = rest[0]
        return not rest
