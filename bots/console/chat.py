"""The left pane: what a customer sees."""

from __future__ import annotations

import asyncio

from nicegui import ui

from bots.console.bubbles import bubble
from bots.console.dialogs import Presses
from bots.console.elements import Composer, push_button, tag
from bots.console.log import Row
from bots.console.people import CUSTOMERS, HINTS, NAME, customer
from bots.console.platform import ConsolePlatform
from bots.console.seat import Seat
from bots.console.wakeups import Watch
from core.messages import Address, Person
from core.posts import Speaker

TYPING = 8.0
"""Seconds for which a typing notice is shown unless a message ends it."""


class ChatPane:
    """A customer's conversation. Call where its elements belong."""

    def __init__(self, platform: ConsolePlatform, person: Person, watch: Watch) -> None:
        self._platform, self._watch = platform, watch
        self._seat = Seat(platform, person)
        self._revision = 0
        self._shown: dict[str, tuple[Row, ui.element]] = {}
        self._last: Row | None = None
        self._timer: asyncio.TimerHandle | None = None
        with tag("section", "pane chat").props('aria-label="Customer chat"') as self._pane:
            with tag("header", "pane-head"):
                tag("h2", text="Customer")
                self._people = tag("div", "people").props('role="group" aria-label="Customer"')
                self._hint = tag("span", "hint")
            with tag("div", "scroll").props('data-pin role="log" aria-label="Conversation" tabindex="0"'):
                self._empty = tag("div", "empty")
                self._messages = tag("div", "messages")
                self._typing = tag("div", "typing").props('role="status" aria-label="A reply is being written"')
                with self._typing:
                    for _ in range(3):
                        tag("i")
            self._typing.set_visibility(False)
            self._composer = Composer("Message", "Ask a question…", self._say)
        self._introduce()

    @property
    def channel(self) -> str:
        """The channel that is followed."""
        return self._seat.person.id

    @property
    def _where(self) -> Address:
        return Address(NAME, self.channel)

    def _introduce(self) -> None:
        person = self._seat.person
        self._people.clear()
        with self._people:
            for person_id in dict.fromkeys((*CUSTOMERS, person.id)):
                self._choice(customer(person_id))
        self._hint.props["textContent"] = HINTS.get(person.id, "visitor")
        self._empty.clear()
        with self._empty:
            tag("h2", text=f"Hello {person.name}")
            tag("p", text="Ask anything. You can reach a person at any time: just say so.")
        self._empty.set_visibility(not self._shown)

    def _choice(self, person: Person) -> None:
        async def choose() -> None:
            self._seat = Seat(self._platform, person)
            self._revision, self._last = 0, None
            self._shown.clear()
            self._messages.clear()
            self._stop_typing()
            self._introduce()
            self._pane.client.run_javascript(f"rememberInAddress('person', '{person.id}')")
            self._watch.ring(channel=person.id)

        button = push_button(person.name, choose, "person")
        button.props(f'aria-pressed="{str(person.id == self.channel).lower()}"')

    async def _say(self, text: str) -> str:
        return await self._seat.say(self._where, text)

    async def refresh(self) -> None:
        """Show what is new. Raises StoreUnavailable."""
        channel = self.channel
        rows = await self._platform.log.changed_after(channel, self._revision)
        if channel != self.channel:
            return  # another person was picked meanwhile
        for row in rows:
            self._revision = max(self._revision, row.revision)
        for row in sorted(rows, key=lambda row: row.place):
            self._show(row)
        self._empty.set_visibility(not self._shown)

    def _show(self, row: Row) -> None:
        known = self._shown.get(row.id)
        if known is None:
            if row.shown.content is None:
                return
            if not row.message.author:
                self._stop_typing()
            with self._messages:
                holder = tag("div", "slot")
        else:
            holder = known[1]
            holder.clear()
        follows = self._continues(row) if known is None else "follows" in holder.classes
        if follows:
            holder.classes("follows")
        press = Presses(self._seat, self._where, self._pane)
        with holder:
            bubble(row, press, mine=row.message.author is not None, follows=follows, revise=press.revise)
        self._shown[row.id] = (row, holder)
        if known is None:
            self._last = row

    def _continues(self, row: Row) -> bool:
        content, last = row.shown.content, self._last.shown.content if self._last else None
        if content is None or last is None or content.speaker is Speaker.SYSTEM or self._last is None:
            return False
        same = (content.speaker, content.author) == (last.speaker, last.author)
        return same and row.message.sent_at - self._last.message.sent_at < 300

    def typing(self, where: str) -> None:
        """A reply is being written at the address with this key."""
        if where != self._where.key:
            return
        self._stop_typing()
        self._typing.set_visibility(True)
        self._timer = asyncio.get_running_loop().call_later(TYPING, self._stop_typing)

    def _stop_typing(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._typing.set_visibility(False)
