"""A front door that plays a small support desk from a script, to look at the console without the rest of the product.

`python -m tests.console.scripted DATA_DIR PORT` serves the console over it; prints `ready <port>`. Commands come from
the messages themselves: "away" is refused the first time, "hold" is kept waiting until somebody says "go on", "typing"
shows a typing notice, anything with "human" opens a handoff.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from bots.console.platform import ConsolePlatform
from bots.web import WebServer
from core.errors import StoreUnavailable
from core.messages import Action, Address, IncomingMessage
from core.platform import ActionOutcome, Receipt
from core.posts import (
    Button,
    Card,
    CardField,
    Content,
    Form,
    FormField,
    Post,
    Source,
    Speaker,
    Style,
)
from core.store.redis import connect
from core.store.server import EmbeddedRedis

HOSTILE = (
    "<script>window.hacked = 1</script> <img src=x onerror='window.hacked = 1'> "
    "[bank.example](https://evil.example/login) [run](javascript:window.hacked=1) ![](https://evil.example/pixel.png)"
)

ANSWER = "You pay nothing for **14 days**. After that:\n\n- 5 € once\n- no interest"


class ScriptedDesk:
    """One handoff per customer; enough of the states to try every part of the page."""

    def __init__(self, platform: ConsolePlatform) -> None:
        self._platform = platform
        self._number = 0
        self._refused: set[str] = set()
        self._owners: dict[str, str] = {}
        self._cards: dict[str, tuple[str, str]] = {}
        self._seen: set[str] = set()
        self._go_on = asyncio.Event()

    async def receive(self, message: IncomingMessage) -> Receipt:
        if "away" in message.text and message.event_id not in self._refused:
            self._refused.add(message.event_id)
            raise StoreUnavailable("away, as the test wants it")
        if "go on" in message.text:
            self._go_on.set()
        if "hold" in message.text:
            await self._go_on.wait()
        if message.event_id in self._seen:
            return Receipt.DUPLICATE
        self._seen.add(message.event_id)
        if message.conversation.channel == "desk":
            customer = self._cards[message.conversation.thread][0]
            await self._post(Address("console", customer), message.text, Speaker.COLLEAGUE, message.author.name)
        elif message.author.id in self._owners:
            card = self._card_of(message.author.id)
            await self._post(Address("console", "desk", card), message.text, Speaker.CUSTOMER, message.author.name)
        elif "human" in message.text or message.author.id == "grace":
            await self._page(message)
        else:
            await self._answer(message)
        return Receipt.ACCEPTED

    async def act(self, action: Action) -> ActionOutcome:
        if action.name == "human":
            await self._page(IncomingMessage("e", action.conversation, action.person, "asked by button"))
            return ActionOutcome()
        if action.name == "claim":
            return await self._claim(action)
        if action.name == "resolve" and not action.fields:
            choices = FormField("outcome", "Outcome", choices=("Solved", "Not solved"))
            note = FormField("note", "Note", multiline=True, optional=True)
            return ActionOutcome(form=Form("resolve", action.value, "Resolve", (choices, note), submit="Resolve"))
        if action.name == "resolve":
            customer = self._cards[action.message_id][0]
            self._owners.pop(customer, None)
            await self._show_card(action.message_id, "resolved")
            await self._post(Address("console", customer), "Resolved. The assistant is back.", Speaker.SYSTEM)
            return ActionOutcome(text="Resolved.")
        if action.name == "list":
            return ActionOutcome(content=Content(text="**Queue**\n\n1. Ada\n2. Grace"))
        return ActionOutcome(text="Thank you for telling us.")

    async def open_conversations(self, platform: str) -> Sequence[tuple[Address, str]]:
        return ()

    async def caught_up(self, platform: str) -> None:
        return

    async def _claim(self, action: Action) -> ActionOutcome:
        customer = self._cards[action.message_id][0]
        owner = self._owners.setdefault(customer, action.person.name)
        if owner != action.person.name:
            return ActionOutcome(text=f"{owner} has claimed this already.", ok=False)
        await self._show_card(action.message_id, "human", owner)
        await self._post(Address("console", customer), f"**{owner}** from the support team has joined.", Speaker.SYSTEM)
        return ActionOutcome(text="It is yours.")

    async def _answer(self, message: IncomingMessage) -> None:
        await self._platform.typing(message.conversation)
        if "typing" in message.text:
            return
        text = (
            HOSTILE
            if "hostile" in message.text
            else "You pay nothing for **14 days**. After that:\n\n- 5 € once\n- no interest"
        )
        await self._platform.send(
            Post(
                id=self._next(),
                to=message.conversation,
                content=Content(
                    text=text,
                    sources=(
                        Source("fees", "What do late fees cost?", "payments.md#fees"),
                        Source("plan", "Changing a payment plan", "https://example.org/plan"),
                    ),
                    buttons=(
                        Button("helpful", "Helpful", "yes"),
                        Button("helpful", "Not helpful", "no"),
                        Button("human", "Talk to a human", style=Style.PLAIN),
                    ),
                ),
            )
        )

    async def _page(self, message: IncomingMessage) -> None:
        customer = message.author.id
        await self._post(message.conversation, "A person was asked for. You are first in the queue.", Speaker.SYSTEM)
        card_id = self._next()
        self._cards[card_id] = (customer, message.text)
        await self._platform.send(
            Post(id=card_id, to=Address("console", "desk"), content=self._card(card_id, "waiting"))
        )

    def _card(self, card_id: str, state: str, owner: str = "") -> Content:
        customer, text = self._cards[card_id]
        fields = [CardField("Reason", "asked for a person"), CardField("Customer", f"{customer.title()} (console)")]
        shown = [Button("claim", "Claim", card_id, Style.PRIMARY)] if state == "waiting" else []
        if state == "human":
            fields.append(CardField("Owner", owner))
            shown += [Button("resolve", "Resolve", card_id, Style.PRIMARY), Button("list", "Queue", card_id)]
        return Content(
            text="Handoff",
            speaker=Speaker.SYSTEM,
            card=Card(
                handoff_id=f"H0-{card_id[5:]}",
                title=f"{customer.title()} asked for a person",
                state=state,
                vip=customer == "grace",
                owner=owner,
                fields=tuple(fields),
                transcript=(
                    "Ada: How much is a late fee?",
                    "Concierge: You pay nothing for **14 days**.",
                    f"Ada: {text}",
                ),
                draft="You pay nothing for 14 days." if state == "human" else "",
            ),
            buttons=tuple(shown),
        )

    async def _show_card(self, card_id: str, state: str, owner: str = "") -> None:
        post = Post(id=self._next(), to=Address("console", "desk"), content=self._card(card_id, state, owner))
        await self._platform.edit(post, card_id)

    def _card_of(self, customer: str) -> str:
        return next(card for card, (who, _) in reversed(self._cards.items()) if who == customer)

    async def _post(self, to: Address, text: str, speaker: Speaker, author: str = "") -> None:
        await self._platform.send(Post(id=self._next(), to=to, content=Content(text, speaker, author)))

    def _next(self) -> str:
        self._number += 1
        return f"post-{self._number}"


async def main(data_dir: Path, port: int) -> None:
    redis = EmbeddedRedis(data_dir)
    client = connect(await redis.start())
    platform = ConsolePlatform(client)
    server = WebServer(platform.app, "127.0.0.1", port)
    await server.start()
    print("ready", server.port, flush=True)
    listening = asyncio.create_task(platform.listen(ScriptedDesk(platform)))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, listening.cancel)
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await listening
    finally:
        await server.stop()
        await client.aclose()
        await redis.stop()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
