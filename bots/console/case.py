"""One handoff at the desk: its card, the thread under it, and the box in which a colleague answers."""

from __future__ import annotations

from nicegui import ui
from nicegui.events import GenericEventArguments

from bots.console.bubbles import LOOKS, bubble, line
from bots.console.dialogs import Presses
from bots.console.elements import Composer, elapsed, markdown, markdown_line, tag
from bots.console.log import Row
from bots.console.people import DESK, NAME
from bots.console.platform import ConsolePlatform
from bots.console.seat import Seat
from core import wording
from core.messages import Address
from core.posts import Button, Card, Content

STATES = {
    "waiting": "Waiting",
    "human": "In conversation",
    "snoozed": "Snoozed",
    "resolved": "Resolved",
    "abandoned": "Left by the customer",
    "expired": "Expired",
}
"""What the states are called here."""

OPEN = frozenset({"waiting", "human", "snoozed"})
"""States in which somebody still waits or is looked after."""

PRESSED = """(event) => {
  const button = event.target.closest("[data-press]");
  if (button) emit(button.dataset.press);
}"""
"""One listener above all buttons: a press counts even when the card changes at that moment, and the core decides."""


def title_of(card: Card) -> str:
    """Its first line; VIPs have a badge of their own."""
    return card.title.removeprefix("⭐ VIP ") if card.vip else card.title


class CaseView:
    """The open handoff. Call where its elements belong, then `show` its rows."""

    def __init__(self, platform: ConsolePlatform, seat: Seat, card_id: str) -> None:
        self.card_id = card_id
        """Message id of the card, which is also its thread."""
        self._platform, self._seat = platform, seat
        self._where = Address(NAME, DESK, card_id)
        self._bubbles: dict[str, ui.element] = {}
        self._content: Content | None = None
        self._known: dict[str, Button] = {}
        self._pressing: set[str] = set()
        with tag("article", "case") as self._case:
            self._head = tag("header", "case-head").on("click", self._pressed, js_handler=PRESSED)
            with tag("div", "scroll").props('data-pin tabindex="0"'):
                self._card = tag("div", "card")
                self._thread = tag("div", "messages").props('role="log" aria-label="Thread"')
            self._closed = tag("p", "case-hint")
            with tag("div") as self._reply:
                self._composer = Composer("Reply to the customer", "", self._say)

    async def _say(self, text: str) -> str:
        return await self._seat.say(self._where, text)

    def show(self, row: Row) -> None:
        """Show a row if it is the card or belongs to its thread."""
        if row.id == self.card_id:
            self._show_card(row)
        elif row.message.thread == self.card_id:
            self._show_bubble(row)

    def _show_bubble(self, row: Row) -> None:
        holder = self._bubbles.get(row.id)
        if holder is None:
            with self._thread:
                holder = self._bubbles[row.id] = tag("div", "slot")
        holder.clear()
        author = row.message.author
        with holder:
            mine = author is not None and author.id == self._seat.person.id
            press = Presses(self._seat, self._where, self._case)
            bubble(row, press, mine=mine, revise=press.revise)

    def _show_card(self, row: Row) -> None:
        content = row.shown.content
        if content is None or content.card is None:
            return
        card, before = content.card, self._content
        self._content = content
        if before is None or _head_of(before) != _head_of(content):
            self._head.clear()
            with self._head:
                self._title(row, card)
                self._show_buttons(content.buttons)
        self._card.clear()
        with self._card:
            self._facts(card)
            self._transcript(card)
            if card.summary:
                with tag("div", "draft"):
                    tag("span", "label", text=wording.CARD_SUMMARY)
                    markdown_line(card.summary)
            if card.draft:
                with tag("div", "draft"):
                    tag("span", "label", text="Draft from the FAQ")
                    markdown(card.draft)
        self._invite(card)

    def _title(self, row: Row, card: Card) -> None:
        with tag("div", "card-line"):
            tag("span", f"pill state-{card.state}", text=STATES.get(card.state, card.state))
            if card.vip:
                tag("span", "vip", text="VIP")
            tag("span", "card-id", text=card.handoff_id)
            if card.state in OPEN:
                elapsed(card.since or row.message.sent_at, self._platform.now())
        markdown_line(title_of(card), "card-title", name="h3")

    def _show_buttons(self, shown: tuple[Button, ...]) -> None:
        with tag("div", "buttons card-buttons").props('role="group"'):
            for button in shown:
                key = f"{button.action} {button.value}"
                self._known[key] = button
                element = tag("button", f"button {LOOKS[button.style]}", text=button.label).props('type="button"')
                element.props["data-press"] = key

    async def _pressed(self, event: GenericEventArguments) -> None:
        key = str(event.args)
        if key not in self._known or key in self._pressing:
            return
        self._pressing.add(key)
        try:
            await Presses(self._seat, self._where, self._case)(self._known[key], self.card_id)
        finally:
            self._pressing.discard(key)

    def _invite(self, card: Card) -> None:
        """Say whether what is written here reaches the customer."""
        owned = card.state in {"human", "snoozed"}
        self._reply.set_visibility(owned)
        self._closed.set_visibility(card.state == "waiting")
        self._closed.props["textContent"] = "Claim to answer the customer."
        mine = card.owner in {"", self._seat.person.name}
        hint = "Reply, or // for a note" if mine else f"A note for {card.owner}, who owns this; it stays inside"
        self._composer.box.props["placeholder"] = hint

    def _facts(self, card: Card) -> None:
        with tag("dl", "facts"):
            for field in card.fields:
                tag("dt", text=field.label)
                markdown_line(field.value, name="dd")

    def _transcript(self, card: Card) -> None:
        if not card.transcript:
            return
        with tag("details", "transcript") as details:
            if card.state == "waiting":
                details.props("open")
            tag("summary", text="Before you joined" if card.state != "waiting" else "What was said")
            for said in card.transcript:
                line(said)


def _head_of(content: Content) -> tuple[str, str, bool, float, tuple[Button, ...]] | None:
    """What the head of a card shows."""
    card = content.card
    return (card.title, card.state, card.vip, card.since, content.buttons) if card else None
