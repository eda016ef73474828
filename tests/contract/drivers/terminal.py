"""The terminal: a real pipe as keyboard, and paper on which the adapter prints."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import re

from bots.terminal.platform import TerminalPlatform
from core.messages import Address, Person
from tests.contract.doors import RecordingDoor
from tests.contract.driver import Driver, Shown

_BUTTON = re.compile(r"^  \[\d+\] (.*)$", re.MULTILINE)


class Paper(io.StringIO):
    """Keeps what was printed, sheet by sheet."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[str] = []

    def write(self, text: str) -> int:
        self.sheets.append(text)
        return super().write(text)


class TerminalDriver(Driver):
    """One customer at a keyboard; a terminal has no desk."""

    platform: TerminalPlatform

    async def start(self, door: RecordingDoor) -> None:
        reading, writing = os.pipe()
        self._screen_in = os.fdopen(reading, encoding="utf-8")
        self._keyboard = os.fdopen(writing, "w", encoding="utf-8", buffering=1)
        self._paper = Paper()
        self._events = 0
        self.door = door
        self.platform = TerminalPlatform(self._screen_in, self._paper, person_id="ada", session="s")
        self.customer = Person("terminal", "ada", "Ada")
        self.conversation = Address("terminal", "ada")
        self._listening = asyncio.create_task(self.platform.listen(door))

    async def stop(self) -> None:
        self._keyboard.close()
        self._listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._listening
        await asyncio.to_thread(self._screen_in.close)
        await self.platform.aclose()

    async def customer_says(self, text: str) -> str:
        self._keyboard.write(text + "\n")
        self._events += 1
        return f"s-{self._events}"

    async def redeliver(self) -> None:
        await self.platform.hand_in(self.door, self.door.messages[-1])

    async def press(self, message_id: str, label: str) -> None:
        shown = next(message for message in await self.shown() if message.id == message_id)
        self._keyboard.write(f"{shown.buttons.index(label) + 1}\n")
        self._events += 1

    async def shown(self) -> list[Shown]:
        posts = [sheet for sheet in self._paper.sheets if sheet.strip() and not sheet.startswith("* That could not")]
        ids = self.platform.printed
        return [
            Shown(
                id=ids[min(number, len(ids) - 1)],
                text=sheet,
                author=sheet.partition(":")[0].removesuffix(" (edited)"),
                buttons=tuple(_BUTTON.findall(sheet)),
            )
            for number, sheet in enumerate(posts)
        ]

    async def told(self) -> list[str]:
        return [sheet for sheet in self._paper.sheets if sheet.startswith("* ")]

    async def lose_next_answer(self) -> None:
        """Printing needs no answer."""


DRIVERS = {"terminal": TerminalDriver}
