"""The console: the driver sits where the page sits, over a real Redis."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from bots.console.people import DESK, NAME, colleague, customer
from bots.console.platform import ConsolePlatform
from bots.console.seat import Seat
from core.messages import Address, Person
from core.posts import Content
from core.store.redis import Client, connect
from core.store.server import EmbeddedRedis
from tests.contract.doors import RecordingDoor
from tests.contract.driver import Driver, Shown, eventually


class ConsoleDriver(Driver):
    """One customer and one colleague, each in a window of their own."""

    async def start(self, door: RecordingDoor) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="console-")
        self._redis = EmbeddedRedis(Path(self._folder.name))
        self._client: Client = connect(await self._redis.start())
        self.door = door
        self.platform = self._console = ConsolePlatform(self._client)
        self.customer = customer("ada")
        self.conversation = Address(NAME, "ada")
        self.desk_thread = Address(NAME, DESK, "card-1")
        self._seat = Seat(self._console, self.customer)
        self._colleague = Seat(self._console, colleague("sam"))
        self._told: list[str] = []
        self._listening = asyncio.create_task(self._console.listen(door))
        await eventually(self._is_listening, bool)

    async def _is_listening(self) -> bool:
        if self._listening.done():
            self._listening.result()
        return self._console.listening

    async def stop(self) -> None:
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        await self.platform.aclose()
        await self._client.aclose()
        await self._redis.stop()
        self._folder.cleanup()

    async def customer_says(self, text: str) -> str:
        return await self._say(self._seat, self.conversation, text)

    async def colleague_says(self, text: str) -> str:
        assert self.desk_thread is not None
        return await self._say(self._colleague, self.desk_thread, text)

    async def _say(self, seat: Seat, where: Address, text: str) -> str:
        if problem := await seat.say(where, text):
            self._told.append(problem)
            return ""
        return (await self._written(where.channel, seat.person))[-1]

    async def _written(self, channel: str, person: Person) -> list[str]:
        rows = sorted(await self._console.log.changed_after(channel, 0), key=lambda row: row.place)
        return [row.id for row in rows if row.message.author == person]

    async def redeliver(self) -> None:
        last = self.door.messages[-1]
        await self._console.say(last.author, last.conversation, last.text, event_id=last.event_id)

    async def press(self, message_id: str, label: str) -> None:
        for row in await self._console.log.changed_after(self.conversation.channel, 0):
            if row.id == message_id and row.shown.content is not None:
                button = next(button for button in row.shown.content.buttons if button.label == label)
                outcome = await self._seat.press(self.conversation, button, message_id=message_id)
                self._told.append(outcome.text)

    async def shown(self) -> list[Shown]:
        rows = sorted(await self._console.log.changed_after(self.conversation.channel, 0), key=lambda row: row.place)
        return [
            _shown(row.id, row.shown.content)
            for row in rows
            if row.message.author is None and row.shown.content is not None
        ]

    async def told(self) -> list[str]:
        return [line for line in self._told if line]

    async def lose_next_answer(self) -> None:
        """Nothing stands between the adapter and its own log; writing a post again is covered in tests/console."""


def _shown(message_id: str, content: Content) -> Shown:
    text = "\n".join((content.text, *(source.title for source in content.sources)))
    return Shown(message_id, text, content.author, tuple(button.label for button in content.buttons))


DRIVERS = {"console": ConsoleDriver}
