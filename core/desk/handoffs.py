"""Staff actions on a handoff: claim and whatever follows, the queue, the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from core import wording
from core.access.names import Names
from core.access.roles import Access
from core.clock import Clock
from core.conversation import Handoff, RecordLine
from core.desk.actions import Handler
from core.desk.until import until
from core.errors import NoSuchHandoff, Refused
from core.handoff.hours import OfficeHours
from core.handoff.machine import Actor, Details
from core.handoff.manager import HandoffManager
from core.handoff.presence import Presence
from core.handoff.table import Event
from core.messages import Action, Address, Person
from core.platform import ActionOutcome
from core.policy import Policy
from core.posts import Content, Form, FormField, Speaker
from core.store.conversations import Conversations
from core.text import shorten


class HandoffActions:
    """What a colleague can do with a handoff."""

    def __init__(
        self, conversations: Conversations, handoffs: HandoffManager, access: Access, names: Names, presence: Presence,
        clock: Clock, policy: Policy,
    ) -> None:  # fmt: skip
        self._conversations, self._handoffs = conversations, handoffs
        self._access, self._names, self._presence = access, names, presence
        self._clock, self._zone, self._hours = clock, policy.hours.timezone, OfficeHours(policy.hours)

    def handlers(self) -> Mapping[str, Handler]:
        """By action name."""
        return {
            "claim": self.claim,
            "take_over": self.take_over,
            "transfer": self.transfer,
            "release": self.release,
            "resolve": self.resolve,
            "snooze": self.snooze,
            "note": self.note,
            "handoffs": self.list,
            "handoff_show": self.show,
        }

    async def claim(self, action: Action, actor: Actor) -> ActionOutcome:
        """Take it. Returns when the bot is silent for certain."""
        await self._act(action, Event.CLAIM, actor, Details(desk=self._desk(action)))
        return ActionOutcome(text=wording.CLAIMED_BY_YOU)

    async def take_over(self, action: Action, actor: Actor) -> ActionOutcome:
        """Take it from its owner."""
        await self._act(action, Event.TAKE_OVER, actor, Details(desk=self._desk(action)))
        return ActionOutcome(text=wording.CLAIMED_BY_YOU)

    async def transfer(self, action: Action, actor: Actor) -> ActionOutcome:
        """Hand it to a colleague, named as `platform:id`, or chosen from those who are present."""
        handoff_id, _, named = action.value.partition(" ")
        named = (action.fields.get("to") or _key_in(action.fields.get("present", "")) or named).strip()
        if not named:
            if action.fields:
                raise Refused(wording.TRANSFER_TO_WHOM)
            return ActionOutcome(form=Form(action.name, handoff_id, wording.TRANSFER, await self._colleagues(actor)))
        platform, _, name = named.rpartition(":")
        person = Person(platform or (actor.person.platform if actor.person else ""), name.strip("<@> "))
        if not await self._access.is_staff(person):
            raise Refused(wording.not_staff(person.key))
        person = await self._names.of(person)
        await self._act(action, Event.TRANSFER, actor, Details(to=person, desk=self._handoffs.desk_at(person.platform)))
        return ActionOutcome(text=wording.transferred(person.name or person.id))

    async def _colleagues(self, actor: Actor) -> tuple[FormField, ...]:
        """How a colleague is named in the form: by choice where somebody is present, by id in any case."""
        others = [
            f"{shorten(person.name or person.id, 40)} ({person.key})"
            for person in await self._presence.present()
            if person.key != actor.key and await self._access.is_staff(person)
        ]
        choice = (FormField("present", wording.TRANSFER_TO_PRESENT, choices=tuple(others[:25]), optional=True),)
        return (*(choice if others else ()), FormField("to", wording.TRANSFER_TO, optional=bool(others)))

    async def release(self, action: Action, actor: Actor) -> ActionOutcome:
        """Put it back into the queue."""
        await self._act(action, Event.RELEASE, actor, Details())
        return ActionOutcome(text=wording.RELEASED_BY_YOU)

    async def resolve(self, action: Action, actor: Actor) -> ActionOutcome:
        """End it; anything behind the id is kept as the outcome's note."""
        _, _, why = action.value.partition(" ")
        await self._act(action, Event.RESOLVE, actor, Details(why=action.fields.get("note", why)))
        return ActionOutcome(text=wording.RESOLVED_BY_YOU)

    async def snooze(self, action: Action, actor: Actor) -> ActionOutcome:
        """Set it aside: `30m`, `2h`, `tomorrow`, `friday 14:00`."""
        handoff_id, _, named = action.value.partition(" ")
        named = action.fields.get("for", named).strip()
        if not named:
            field = FormField("for", wording.SNOOZE_FOR, value="1h")
            return ActionOutcome(form=Form(action.name, handoff_id, wording.SNOOZE, (field,)))
        at = until(named, self._clock.now(), self._zone, self._hours)
        if at is None:
            raise Refused(wording.not_a_time(named))
        await self._act(action, Event.SNOOZE, actor, Details(until=at))
        when = datetime.fromtimestamp(at, self._zone).strftime("%a %-d %b %H:%M %Z")
        return ActionOutcome(text=wording.snoozed(when))

    async def note(self, action: Action, actor: Actor) -> ActionOutcome:
        """Write into the history; the customer never sees it."""
        handoff_id, _, text = action.value.partition(" ")
        text = action.fields.get("text", text).strip()
        if not text:
            field = FormField("text", wording.NOTE, multiline=True)
            return ActionOutcome(form=Form(action.name, handoff_id, wording.NOTE, (field,)))
        await self._address(handoff_id)
        await self._conversations.note(handoff_id, RecordLine(self._clock.now(), actor.key, "note", text))
        return ActionOutcome(text=wording.NOTED)

    async def list(self, action: Action, actor: Actor) -> ActionOutcome:
        """The open handoffs: VIPs first, then by age; `mine`, `snoozed`, or the history of one by its id."""
        wanted = action.value.strip().lower()
        if wanted not in {"", "mine", "snoozed"}:
            return await self.show(replace(action, value=action.value.strip().capitalize()), actor)
        lines = []
        for address in await self._conversations.queue():
            handoff = (await self._conversations.load(address)).handoff
            if handoff is None or (wanted == "snoozed" and not handoff.snoozed_until):
                continue
            if wanted != "mine" or (handoff.owner is not None and handoff.owner.key == actor.key):
                lines.append(_in_line(handoff, actor, self._clock.now()))
        return ActionOutcome(content=Content(text="\n".join(lines) or wording.NO_HANDOFFS, speaker=Speaker.SYSTEM))

    async def show(self, action: Action, actor: Actor) -> ActionOutcome:
        """The history of a handoff."""
        handoff_id = action.value.strip()
        await self._address(handoff_id)
        lines = [
            wording.record_line(
                datetime.fromtimestamp(line.at, self._zone).strftime("%Y-%m-%d %H:%M:%S"), line.who, line.what,
                line.why, line.detail, line.allowed,
            )
            for line in await self._conversations.record(handoff_id)
        ]  # fmt: skip
        return ActionOutcome(content=Content(text="\n".join(lines), speaker=Speaker.SYSTEM))

    async def _act(self, action: Action, event: Event, actor: Actor, details: Details) -> None:
        handoff_id = action.value.split(" ")[0].strip()
        await self._handoffs.act(await self._address(handoff_id), event, actor, details, handoff_id)

    async def _address(self, handoff_id: str) -> Address:
        address = await self._conversations.of_handoff(handoff_id)
        if address is None:
            raise NoSuchHandoff(wording.NO_SUCH_HANDOFF)
        return address

    def _desk(self, action: Action) -> Address | None:
        return self._handoffs.desk_at(action.conversation.platform)


def _key_in(choice: str) -> str:
    """The key in a choice of the form: "Kim (slack:U2)" -> "slack:U2"."""
    return choice.rpartition("(")[2].removesuffix(")")


def _in_line(handoff: Handoff, actor: Actor, now: float) -> str:
    def called(person: Person | None) -> str:
        if person is None:
            return ""
        return "you" if person.key == actor.key else person.name or person.id

    mark = "⭐ " if handoff.vip else ""
    return wording.handoff_line(
        handoff.id, mark + (handoff.customer.name or handoff.customer.id), handoff.reason,
        wording.span(now - (handoff.claimed_at or handoff.requested_at)), called(handoff.owner),
        called(handoff.offered), wording.span(now - handoff.unanswered_since) if handoff.unanswered_since else "",
    )  # fmt: skip
