"""Discord: the adapter on the real discord.py, over HTTP and WebSocket to a Discord of our own."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

from simcord.backend.models import Message

from bots.discord.marker import without_mark
from bots.discord.platform import DiscordPlatform
from core.messages import Address, Person
from tests.contract.doors import RecordingDoor
from tests.contract.driver import Driver, Shown
from tests.discord.gateway import TOKEN, Fault, WireDiscord


class DiscordDriver(Driver):
    """A server with a desk, a customer who writes direct messages, and a colleague."""

    async def start(self, door: RecordingDoor) -> None:
        self.door = door
        self.wire = WireDiscord()
        await self.wire.start()
        self._stack = ExitStack()
        self._stack.enter_context(self.wire.pointed_at())
        world = self.wire.backend
        guild = world.create_guild("Acme")
        role = world.create_role(guild.id, "Support", permissions=0)
        desk = world.create_channel(guild.id, "desk")
        customer, colleague = world.make_user("cleo"), world.make_user("ada")
        world.add_member(guild.id, colleague.id, roles=[role.id], announce=False)
        world.add_member(guild.id, customer.id, announce=False)
        self._dm = world.get_dm_channel(customer.id).id
        card = world.create_message(desk.id, world.bot_user.id, "A card")
        self._thread = world.create_thread(desk.id, "Cleo waits", world.bot_user.id, message_id=card.id).id
        self._colleague = colleague.id
        self.customer = Person("discord", str(customer.id), "cleo")
        self.conversation = Address("discord", str(self._dm))
        self.desk_thread = Address("discord", str(desk.id), str(self._thread))
        self.platform = DiscordPlatform(TOKEN, desk_channel=str(desk.id), staff_role=str(role.id))
        self._listening = asyncio.create_task(self.platform.listen(door))
        await self.wire.until(lambda wire: wire.identified)

    async def stop(self) -> None:
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        await self.platform.aclose()
        await self.wire.stop()
        self._stack.close()
        assert self.wire.unknown == []

    async def customer_says(self, text: str) -> str:
        return str(self.wire.says(self._dm, int(self.customer.id), text).id)

    async def redeliver(self) -> None:
        self.wire.repeat("MESSAGE_CREATE")

    async def press(self, message_id: str, label: str) -> None:
        message = self.wire.backend.get_message(self._dm, int(message_id))
        self.wire.presses(message, int(self.customer.id), label)

    async def shown(self) -> list[Shown]:
        return [_shown(message) for message in self.wire.bot_messages(self._dm)]

    async def told(self) -> list[str]:
        messages = self.wire.backend.messages.get(self._dm, {}).values()
        return [message.content for message in messages if message.is_ephemeral]

    async def lose_next_answer(self) -> None:
        self.wire.faults.append(Fault.TAKEN_BROKEN)

    async def colleague_says(self, text: str) -> str:
        return str(self.wire.says(self._thread, self._colleague, text).id)


def _shown(message: Message) -> Shown:
    embeds = [str(part) for embed in message.embeds for part in (embed.get("title"), embed.get("description")) if part]
    return Shown(
        id=str(message.id),
        text="\n".join([without_mark(message.content), *embeds]),
        buttons=tuple(item["label"] for row in message.components for item in row["components"]),
        pings=(
            *(str(user) for user in sorted(message.ping_user_ids)),
            *(str(role) for role in sorted(message.ping_role_ids)),
            *(("everyone",) if message.mention_everyone else ()),
        ),
    )


DRIVERS: dict[str, type[Driver]] = {"discord": DiscordDriver}
