"""Staff actions on a handoff: claim and whatever follows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from core import wording
from core.access.roles import Access
from core.answering.answer import Question
from core.answering.answerer import Answerer
from core.clock import Clock
from core.conversation import Conversation, Handoff, Mode, RecordLine, Turn
from core.desk.actions import Handler
from core.errors import Conflict, NoSuchHandoff, Refused
from core.handling.failures import short_name
from core.handoff.machine import Actor, Details
from core.handoff.manager import ATTEMPTS, HandoffManager
from core.handoff.table import Event
from core.inbox.inbox import SetAsides
from core.messages import Action, Address, Person
from core.platform import ActionOutcome
from core.policy import Policy
from core.posts import Content, Form, FormField, Post, Speaker
from core.store.codec import POST
from core.store.conversations import Conversations, Step
from core.text import split

_SPAN = re.compile(r"(\d+)\s*(m|min|h|d)", re.IGNORECASE)
_UNIT = {"m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


class HandoffActions:
    """What a colleague can do with a handoff."""

    def __init__(
        self, conversations: Conversations, handoffs: HandoffManager, access: Access, answerer: Answerer,
        clock: Clock, policy: Policy, text_limit: Callable[[str], int], set_asides: SetAsides,
    ) -> None:  # fmt: skip
        self._conversations, self._handoffs, self._access = conversations, handoffs, access
        self._set_asides = set_asides
        self._answerer, self._clock, self._policy, self._limit = answerer, clock, policy, text_limit

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
            "suggest_draft": self.suggest,
            "send_draft": self.send,
            "retry_relay": self.retry,
            "handoffs": self.list,
            "handoff_show": self.show,
            "canned": self.canned,
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
        """Hand it to a colleague, named as `platform:id`."""
        handoff_id, _, named = action.value.partition(" ")
        named = action.fields.get("to", named).strip()
        if not named:
            return _ask(action, handoff_id, "Transfer", FormField("to", wording.TRANSFER_TO))
        platform, _, name = named.rpartition(":")
        person = Person(platform or (actor.person.platform if actor.person else ""), name.strip("<@> "))
        if not await self._access.is_staff(person):
            raise Refused(wording.not_staff(person.key))
        await self._act(action, Event.TRANSFER, actor, Details(to=person, desk=self._desk_of(person)))
        return ActionOutcome(text=wording.transferred(person.name or person.id))

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
        """Set it aside: `30m`, `2h`, `1d`."""
        handoff_id, _, named = action.value.partition(" ")
        named = action.fields.get("for", named).strip()
        if not named:
            return _ask(action, handoff_id, "Snooze", FormField("for", wording.SNOOZE_FOR, value="1h"))
        match = _SPAN.fullmatch(named)
        if match is None:
            raise Refused(wording.not_a_span(named))
        until = self._clock.now() + float(match[1]) * _UNIT[match[2].lower()]
        await self._act(action, Event.SNOOZE, actor, Details(until=until))
        return ActionOutcome(text=wording.snoozed(wording.span(until - self._clock.now())))

    async def note(self, action: Action, actor: Actor) -> ActionOutcome:
        """Write into the history; the customer never sees it."""
        handoff_id, _, text = action.value.partition(" ")
        text = action.fields.get("text", text).strip()
        if not text:
            return _ask(action, handoff_id, "Note", FormField("text", wording.NOTE, multiline=True))
        await self._address(handoff_id)
        await self._conversations.note(handoff_id, RecordLine(self._clock.now(), actor.key, "note", text))
        return ActionOutcome(text=wording.NOTED)

    async def suggest(self, action: Action, actor: Actor) -> ActionOutcome:
        """Draft a reply from the FAQ to the customer's last message, to be edited and sent."""
        state, handoff = await self._open(action.value)
        turns = await self._conversations.turns(state.address)
        said = [turn for turn in turns if turn.speaker is Speaker.CUSTOMER]
        question = said[-1].text if said else handoff.question
        draft = await self._answerer.draft(Question(question, tuple(t for t in turns if not said or t is not said[-1])))
        if not draft.text:
            return ActionOutcome(text=wording.NO_DRAFT, ok=False)
        if state.mode is not Mode.HUMAN or handoff.owner is None or handoff.owner.key != actor.key:
            return ActionOutcome(content=Content(text=draft.text, speaker=Speaker.SYSTEM, sources=draft.sources))
        field = FormField("text", wording.DRAFT, value=draft.text[:3000], multiline=True)
        return ActionOutcome(form=Form("send_draft", handoff.id, wording.SUGGEST_DRAFT, (field,), submit=wording.SEND))

    async def send(self, action: Action, actor: Actor) -> ActionOutcome:
        """Send a text to the customer under the colleague's name."""
        handoff_id, _, text = action.value.partition(" ")
        text = action.fields.get("text", text).strip()
        if not text:
            raise Refused(wording.EMPTY_REPLY)
        await self.reply(handoff_id, actor, text, action.event_id)
        return ActionOutcome(text=wording.SENT)

    async def reply(self, handoff_id: str, actor: Actor, text: str, event_id: str) -> None:
        """Write to the customer as the owner, once per event. Raises Refused, NotAllowed, Conflict, StoreUnavailable.

        A platform may deliver the press of a button twice, and others may change the conversation meanwhile.
        """
        person = actor.person
        assert person is not None
        for _ in range(ATTEMPTS):
            state, _ = await self._open(handoff_id)
            if await self._conversations.ref(state.address, f"press:{event_id}"):
                return
            now, name = self._clock.now(), person.name or person.id
            change = await self._handoffs.change(state, Event.REPLIED, actor, Details())
            posts = tuple(
                Post(
                    id=f"{event_id}>customer:{number}", to=state.address, urgent=True,
                    content=Content(text=piece, speaker=Speaker.COLLEAGUE, author=name),
                )
                for number, piece in enumerate(split(text, self._limit(state.address.platform)))
            )  # fmt: skip
            turn = Turn(at=now, speaker=Speaker.COLLEAGUE, name=name, text=text, id=event_id)
            step = replace(change.step(now, (turn,)), posts=posts, record=(), refs={f"press:{event_id}": posts[0].id})
            try:
                await self._conversations.apply(step)
            except Conflict:
                continue
            return
        raise Conflict(f"{handoff_id} keeps changing; try again")

    async def retry(self, action: Action, actor: Actor) -> ActionOutcome:
        """Send again what the customer's platform refused."""
        handoff_id, _, name = action.value.partition(" ")
        state, _ = await self._open(handoff_id)
        async for item in self._set_asides.list():
            if item.what == "post" and item.conversation == state.address.key and short_name(item.event_id) == name:
                post = POST.validate_json(item.payload)
                again = replace(post, id=f"{post.id}#{action.event_id}")
                now = self._clock.now()
                line = RecordLine(now, actor.key, "retry_relay", detail=post.id)
                await self._conversations.apply(
                    Step(state.address, now, posts=(again,), handoff_id=handoff_id, record=(line,))
                )
                await self._set_asides.drop(item.event_id)
                return ActionOutcome(text=wording.SENT_AGAIN)
        raise Refused(wording.NOTHING_TO_RETRY)

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
                lines.append(wording.handoff_line(*_in_line(handoff, actor, self._clock.now())))
        return ActionOutcome(content=Content(text="\n".join(lines) or wording.NO_HANDOFFS, speaker=Speaker.SYSTEM))

    async def show(self, action: Action, actor: Actor) -> ActionOutcome:
        """The history of a handoff."""
        handoff_id = action.value.strip()
        await self._address(handoff_id)
        zone = self._policy.hours.timezone
        lines = [
            wording.record_line(
                datetime.fromtimestamp(line.at, zone).strftime("%Y-%m-%d %H:%M:%S"), line.who, line.what, line.why,
                line.detail, line.allowed,
            )
            for line in await self._conversations.record(handoff_id)
        ]  # fmt: skip
        return ActionOutcome(content=Content(text="\n".join(lines), speaker=Speaker.SYSTEM))

    async def canned(self, action: Action, actor: Actor) -> ActionOutcome:
        """`canned` lists the prepared replies; `canned H0-1 name` sends one."""
        prepared = self._policy.desk.canned
        if not prepared:
            return ActionOutcome(text=wording.CANNED_NONE, ok=False)
        handoff_id, _, name = action.value.strip().partition(" ")
        if not name:
            text = "\n".join(f"- **{key}**: {value}" for key, value in prepared.items())
            return ActionOutcome(content=Content(text=text, speaker=Speaker.SYSTEM))
        if name.strip() not in prepared:
            raise Refused(wording.no_such_canned(name.strip(), sorted(prepared)))
        await self.reply(handoff_id, actor, prepared[name.strip()], action.event_id)
        return ActionOutcome(text=wording.SENT)

    async def _act(self, action: Action, event: Event, actor: Actor, details: Details) -> Conversation:
        handoff_id = action.value.split(" ")[0].strip()
        return await self._handoffs.act(await self._address(handoff_id), event, actor, details, handoff_id)

    async def _address(self, handoff_id: str) -> Address:
        address = await self._conversations.of_handoff(handoff_id)
        if address is None:
            raise NoSuchHandoff(wording.NO_SUCH_HANDOFF)
        return address

    async def _open(self, handoff_id: str) -> tuple[Conversation, Handoff]:
        state = await self._conversations.load(await self._address(handoff_id.strip()))
        if state.handoff is None or state.handoff.id != handoff_id.strip():
            raise Refused(wording.already_over(state.ended.outcome.value if state.ended else ""))
        return state, state.handoff

    def _desk(self, action: Action) -> Address | None:
        return self._handoffs.desk_at(action.conversation.platform)

    def _desk_of(self, person: Person) -> Address | None:
        return self._handoffs.desk_at(person.platform)


def _ask(action: Action, handoff_id: str, title: str, field: FormField) -> ActionOutcome:
    return ActionOutcome(form=Form(action.name, handoff_id, title, (field,)))


def _in_line(handoff: Handoff, actor: Actor, now: float) -> tuple[str, str, str, str, str]:
    owner = ""
    if handoff.owner is not None:
        owner = "you" if handoff.owner.key == actor.key else handoff.owner.name or handoff.owner.id
    mark = "⭐ " if handoff.vip else ""
    return (
        handoff.id, mark + (handoff.customer.name or handoff.customer.id), handoff.reason,
        wording.span(now - handoff.requested_at), owner,
    )  # fmt: skip
