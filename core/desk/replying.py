"""Staff actions that write to the customer: a drafted reply, a prepared one, one that was refused before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from core import wording
from core.answering.answer import Question
from core.answering.answerer import Answerer
from core.clock import Clock
from core.conversation import Conversation, Handoff, Mode, RecordLine, Turn, standing
from core.desk.actions import Handler
from core.errors import Conflict, NoSuchHandoff, Refused
from core.handling.corrections import RETRIED
from core.handling.failures import short_name
from core.handoff.change import Change
from core.handoff.machine import Actor, Details
from core.handoff.manager import ATTEMPTS, TRANSCRIPT, HandoffManager
from core.handoff.table import Event
from core.inbox.inbox import SetAsides
from core.messages import Action
from core.outbox.outbox import Outbox
from core.platform import ActionOutcome
from core.policy import Policy
from core.posts import Content, Form, FormField, Post, Speaker
from core.store.codec import POST
from core.store.conversations import Conversations
from core.text import split


class ReplyActions:
    """What a colleague can have sent."""

    def __init__(
        self, conversations: Conversations, handoffs: HandoffManager, answerer: Answerer, outbox: Outbox, clock: Clock,
        policy: Policy, text_limit: Callable[[str], int], set_asides: SetAsides,
    ) -> None:  # fmt: skip
        self._conversations, self._handoffs, self._answerer = conversations, handoffs, answerer
        self._outbox, self._clock, self._prepared = outbox, clock, policy.desk.canned
        self._limit, self._set_asides = text_limit, set_asides

    def handlers(self) -> Mapping[str, Handler]:
        """By action name."""
        return {
            "suggest_draft": self.suggest,
            "send_draft": self.send,
            "retry_relay": self.retry,
            "canned": self.canned,
        }

    async def suggest(self, action: Action, actor: Actor) -> ActionOutcome:
        """Draft a reply from the FAQ to the customer's last message, to be edited and sent."""
        state, handoff = await self._open(action.value)
        turns = standing(await self._conversations.turns(state.address))
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
        await self._reply(handoff_id, actor, text, action)
        return ActionOutcome(text=wording.SENT)

    async def canned(self, action: Action, actor: Actor) -> ActionOutcome:
        """`canned` lists the prepared replies; `canned H0-1 name`, or `canned name` in its thread, sends one."""
        prepared = self._prepared
        if not prepared:
            return ActionOutcome(text=wording.CANNED_NONE, ok=False)
        first, _, name = action.value.strip().partition(" ")
        if not first:
            text = "\n".join(f"- **{key}**: {value}" for key, value in prepared.items())
            return ActionOutcome(content=Content(text=text, speaker=Speaker.SYSTEM))
        handoff_id = first.capitalize() if name else ""
        if not name or await self._conversations.of_handoff(handoff_id) is None:
            name = action.value
            handoff_id = await self._of_thread(action)
        if name.strip() not in prepared:
            raise Refused(wording.no_such_canned(name.strip(), sorted(prepared)))
        await self._reply(handoff_id, actor, prepared[name.strip()], action)
        return ActionOutcome(text=wording.SENT)

    async def _of_thread(self, action: Action) -> str:
        """The open handoff in whose thread this was typed. Raises Refused when it was not in one."""
        served = await self._outbox.served_from(action.conversation) if action.conversation.thread else None
        handoff = (await self._conversations.load(served)).handoff if served is not None else None
        if handoff is None:
            raise Refused(wording.WHICH_HANDOFF)
        return handoff.id

    async def _reply(self, handoff_id: str, actor: Actor, text: str, action: Action) -> None:
        """Write to the customer as the owner, once per event: a platform may deliver the press of a button twice.

        Raises Refused, NotAllowed, Conflict, StoreUnavailable.
        """
        person, event_id = actor.person, action.event_id
        assert person is not None
        name = person.name or person.id

        async def decide(state: Conversation, change: Change) -> Mapping[str, str] | None:
            if await self._conversations.ref(state.address, f"press:{event_id}"):
                return None
            posts = [
                Post(
                    id=f"{event_id}>customer:{number}", to=state.address, urgent=True,
                    content=Content(text=piece, speaker=Speaker.COLLEAGUE, author=name),
                )
                for number, piece in enumerate(split(text, self._limit(state.address.platform)))
            ]  # fmt: skip
            change.posts += posts
            change.record.append(RecordLine(self._clock.now(), actor.key, action.name, text))
            return {f"press:{event_id}": posts[0].id}

        said = Turn(at=self._clock.now(), speaker=Speaker.COLLEAGUE, name=name, text=text, id=event_id)
        await self._write(handoff_id, actor, decide, (said,))

    async def retry(self, action: Action, actor: Actor) -> ActionOutcome:
        """Send again what the customer's platform refused; however often it is pressed, once."""
        handoff_id, _, name = action.value.partition(" ")
        state, _ = await self._open(handoff_id)
        of_it = [item async for item in self._set_asides.list() if item.conversation == state.address.key]
        item = next((item for item in of_it if item.what == "post" and short_name(item.event_id) == name), None)
        if item is None:
            raise Refused(wording.NOTHING_TO_RETRY)
        post = POST.validate_json(item.payload)

        async def decide(state: Conversation, change: Change) -> Mapping[str, str] | None:
            if await self._conversations.ref(state.address, RETRIED + post.id):
                return None
            again = replace(post, id=f"{post.id}#{action.event_id}")
            change.posts.append(again)
            change.record.append(RecordLine(self._clock.now(), actor.key, action.name, detail=post.id))
            return {RETRIED + post.id: again.id}

        if not await self._write(handoff_id, actor, decide):
            raise Refused(wording.NOTHING_TO_RETRY)
        await self._set_asides.drop(item.event_id)
        return ActionOutcome(text=wording.SENT_AGAIN, spent=("retry_relay",))

    async def _write(self, handoff_id: str, actor: Actor, decide: Decide, said: tuple[Turn, ...] = ()) -> bool:
        """Commit what `decide` adds to the owner's reply, decided anew while others change the conversation.

        Returns False, and changes nothing, when `decide` says that it was done before. Raises as `_reply`.
        """
        for _ in range(ATTEMPTS):
            state, _ = await self._open(handoff_id)
            turns = await self._conversations.turns(state.address, TRANSCRIPT)
            change = await self._handoffs.change(state, Event.REPLIED, actor, Details(), turns)
            refs = await decide(state, change)
            if refs is None:
                return False
            try:
                change.refs |= refs
                await self._conversations.apply(change.step(self._clock.now(), said))
            except Conflict:
                continue
            return True
        raise Conflict(f"{handoff_id} keeps changing; try again")

    async def _open(self, handoff_id: str) -> tuple[Conversation, Handoff]:
        address = await self._conversations.of_handoff(handoff_id.strip())
        if address is None:
            raise NoSuchHandoff(wording.NO_SUCH_HANDOFF)
        state = await self._conversations.load(address)
        if state.handoff is None or state.handoff.id != handoff_id.strip():
            raise Refused(wording.already_over(state.ended.outcome.value if state.ended else ""))
        return state, state.handoff


Decide = Callable[[Conversation, Change], Awaitable[Mapping[str, str] | None]]
"""Adds posts and records to a change that is not committed yet; returns what to remember, or None: done before."""
