"""One handoff at the desk: its card, the thread under it, and the box in which a colleague answers."""

from __future__ import annotations

from nicegui import ui

from bots.console.bubbles import bubble, buttons, line
from bots.console.dialogs import Presses
from bots.console.elements import Composer, elapsed, markdown, markdown_line, tag
from bots.console.log import Row
from bots.console.people import DESK, NAME
from bots.console.platform import ConsolePlatform
from bots.console.seat import Seat
from core.messages import Address
from core.posts import Card, Content

STATES = {
    "waiting": "Waiting",
    "human": "In conversation",
    "snoozed": "Snoozed",
    "resolved": "Resolved",
    "abandoned": "Left by the customer",
    "expired": "Expired",
}
"""What the states are called here."""

ANSWERABLE = frozenset({"human", "waiting", "snoozed"})
"""States in which the reply box is shown."""


class CaseView:
    """The open handoff. Call where its elements belong, then `show` its rows."""

    def __init__(self, platform: ConsolePlatform, seat: Seat, card_id: str) -> None:
        self.card_id = card_id
        """Message id of the card, which is also its thread."""
        self._platform, self._seat = platform, seat
        self._where = Address(NAME, DESK, card_id)
        self._bubbles: dict[str, ui.element] = {}
        with tag("article", "case") as self._case:
            with tag("div", "scroll").props('data-pin tabindex="0"'):
                self._card = tag("div", "card")
                self._thread = tag("div", "messages").props('role="log" aria-label="Thread"')
            with tag("div") as self._reply:
                Composer("Reply to the customer", "Reply to the customer…  (// for an internal note)", self._say)
        self._reply.set_visibility(False)

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
            bubble(row, Presses(self._seat, self._where, self._case), mine=mine)

    def _show_card(self, row: Row) -> None:
        content = row.shown.content
        if content is None or content.card is None:
            return
        self._card.clear()
        with self._card:
            self._head(row, content.card)
            self._facts(content.card)
            self._buttons(row, content)
            self._transcript(content.card)
            if content.card.draft:
                with tag("div", "draft"):
                    tag("span", "label", text="Draft from the FAQ")
                    markdown(content.card.draft)
        self._reply.set_visibility(content.card.state in ANSWERABLE)

    def _head(self, row: Row, card: Card) -> None:
        with tag("div", "card-head"):
            tag("span", f"pill state-{card.state}", text=STATES.get(card.state, card.state))
            if card.vip:
                tag("span", "vip", text="VIP")
            tag("span", "card-id", text=card.handoff_id)
            if card.state in ANSWERABLE:
                elapsed(row.message.sent_at, self._platform.now())
        markdown_line(card.title, "card-title", name="h3")

    def _facts(self, card: Card) -> None:
        with tag("dl", "facts"):
            for field in card.fields:
                tag("dt", text=field.label)
                markdown_line(field.value, name="dd")

    def _buttons(self, row: Row, content: Content) -> None:
        buttons(content.buttons, row.id, Presses(self._seat, self._where, self._case), "card-buttons")

    def _transcript(self, card: Card) -> None:
        if not card.transcript:
            return
        with tag("details", "transcript") as details:
            if card.state == "waiting":
                details.props("open")
            tag("summary", text="Before you joined" if card.state != "waiting" else "What was said")
            for said in card.transcript:
                line(said)
