"""The right pane: what the support staff sees. A queue of handoffs, and the one that is open."""

from __future__ import annotations

from nicegui import ui
from nicegui.events import GenericEventArguments

from bots.console.case import OPEN, CaseView, title_of
from bots.console.elements import elapsed, markdown_line, push_button, tag
from bots.console.log import Row
from bots.console.people import COLLEAGUES, DESK, colleague
from bots.console.platform import ConsolePlatform
from bots.console.seat import Seat
from bots.console.wakeups import Watch
from core.messages import Person
from core.posts import Card

SECTIONS = (
    ("Waiting", frozenset({"waiting"}), 200),
    ("In conversation", frozenset({"human"}), 200),
    ("Snoozed", frozenset({"snoozed"}), 200),
    ("Closed", frozenset({"resolved", "abandoned", "expired"}), 8),
)
"""Parts of the queue: title, states, and how many are shown."""

NOTICES = 3
"""How many of the latest notices to the whole desk are shown."""

CHOSEN = """(event) => {
  const item = event.target.closest("[data-card]");
  if (item) emit(item.dataset.card);
}"""
"""One listener on the whole queue: a click counts even when its item is replaced by a newer one at that moment."""


class DeskPane:
    """The staff desk as one colleague sees it. Call where its elements belong."""

    channel = DESK

    def __init__(self, platform: ConsolePlatform, person: Person, watch: Watch) -> None:
        self._platform, self._watch = platform, watch
        self._seat = Seat(platform, person)
        self._revision = 0
        self._rows: dict[str, Row] = {}
        self._case: CaseView | None = None
        self._looks: object = None
        with tag("section", "pane desk").props('aria-label="Staff desk"'):
            with tag("header", "pane-head"):
                tag("h2", text="Support desk")
                self._people = tag("div", "people").props('role="group" aria-label="Colleague"')
                self._count = tag("span", "hint").props('role="status"')
            with tag("div", "desk-body"):
                self._queue = tag("nav", "queue").props('aria-label="Handoffs"')
                self._queue.on("click", self._chosen, js_handler=CHOSEN)
                self._detail = tag("div", "detail")
        self._introduce()

    def _introduce(self) -> None:
        self._people.clear()
        with self._people:
            for person_id in dict.fromkeys((*COLLEAGUES, self._seat.person.id)):
                self._choice(colleague(person_id))

    def _choice(self, person: Person) -> None:
        async def choose() -> None:
            self._seat = Seat(self._platform, person)
            self._introduce()
            self._queue.client.run_javascript(f"rememberInAddress('colleague', '{person.id}')")
            if self._case is not None:
                self._open(self._case.card_id)

        button = push_button(person.name, choose, "person")
        button.props(f'aria-pressed="{str(person.id == self._seat.person.id).lower()}"')

    def _chosen(self, event: GenericEventArguments) -> None:
        if event.args in self._cards():
            self._open(str(event.args))

    async def refresh(self) -> None:
        """Show what is new. Raises StoreUnavailable."""
        rows = await self._platform.log.changed_after(DESK, self._revision)
        new = {row.id for row in rows} - self._rows.keys()
        for row in rows:
            self._revision = max(self._revision, row.revision)
            self._rows[row.id] = row
        if not rows and self._looks is not None:
            return
        self._show_queue()
        cards = self._cards()
        current = cards.get(self._case.card_id) if self._case else None
        arrived = any(key in new and card.state in OPEN for key, (_, card) in cards.items())
        if current is None or (current[1].state not in OPEN and arrived):
            self._open_next(cards)
        elif self._case is not None:
            for row in sorted(rows, key=lambda row: row.place):
                self._case.show(row)

    def _cards(self) -> dict[str, tuple[Row, Card]]:
        """Cards by message id, the most urgent first."""
        found = [
            (row, row.shown.content.card)
            for row in self._rows.values()
            if row.shown.content is not None and row.shown.content.card is not None
        ]
        found.sort(key=lambda item: (not item[1].vip, item[0].place))
        return {row.id: (row, card) for row, card in found}

    def _show_queue(self) -> None:
        cards = self._cards()
        notices = self._notices() if any(card.state == "waiting" for _, card in cards.values()) else []
        looks = [(key, card) for key, (_, card) in cards.items()], notices
        if looks == self._looks:
            return
        self._looks = looks
        self._queue.clear()
        waiting = sum(card.state == "waiting" for _, card in cards.values())
        self._count.props["textContent"] = f"{waiting} waiting" if waiting else "Nobody is waiting"
        with self._queue:
            ui.page_title(f"({waiting}) Concierge" if waiting else "Concierge")
            for title, states, most in SECTIONS:
                those = [(row, card) for row, card in cards.values() if card.state in states]
                if title == "Closed":
                    those = sorted(those, key=lambda item: -item[0].revision)[:most]
                if those:
                    tag("h2", "section-title", text=f"{title} · {len(those)}" if title != "Closed" else title)
                    for row, card in those:
                        self._item(row, card)
            if notices:
                tag("h2", "section-title", text="Notices")
                for text in notices:
                    markdown_line(text, "desk-notice", name="p")
        self._mark()

    def _item(self, row: Row, card: Card) -> None:
        item = tag("button", f"button item state-{card.state}").props('type="button"')
        item.props["data-card"] = row.id
        with item:
            with tag("span", "item-line"):
                if card.vip:
                    tag("span", "vip", text="VIP")
                markdown_line(title_of(card), "item-title")
            with tag("span", "item-line quiet"):
                about = next((field.value for field in card.fields), card.handoff_id)
                if card.owner:
                    tag("span", "item-owner", text=card.owner)
                markdown_line(about, "item-about")
                if card.state in OPEN:
                    elapsed(card.since or row.message.sent_at, self._platform.now())

    def _notices(self) -> list[str]:
        """What was said to the whole desk, the latest first."""
        rows = sorted(self._rows.values(), key=lambda row: -row.place)
        contents = [row.shown.content for row in rows if not row.message.thread and row.shown.content is not None]
        return [content.text.removeprefix("⭐ ") for content in contents if content.card is None][:NOTICES]

    def _mark(self) -> None:
        chosen = self._case.card_id if self._case else ""
        for item in self._queue.default_slot.children:
            if "data-card" in item.props:
                item.props["aria-current"] = str(item.props["data-card"] == chosen).lower()

    def _open_next(self, cards: dict[str, tuple[Row, Card]]) -> None:
        if not cards:
            self._case = None
            self._detail.clear()
            with self._detail, tag("div", "empty"):
                tag("h2", text="Nobody is waiting")
                tag("p", text="When a customer asks for a person, or a VIP writes, a card appears here.")
            return
        first = next((key for key, (_, card) in cards.items() if card.state in OPEN), None)
        latest = max(cards, key=lambda key: cards[key][0].revision)
        self._open(first or latest)

    def _open(self, card_id: str) -> None:
        self._detail.clear()
        with self._detail:
            self._case = CaseView(self._platform, self._seat, card_id)
        for row in sorted(self._rows.values(), key=lambda row: row.place):
            self._case.show(row)
        self._mark()

    def typing(self, where: str) -> None:
        """The desk does not show who types."""
