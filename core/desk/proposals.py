"""From a handoff to an FAQ entry: a colleague proposes one. Operations decide in `core/desk/knowledge.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core import wording
from core.clock import Clock
from core.conversation import RecordLine, Turn, standing
from core.desk.actions import Handler
from core.drafts import Draft, Drafts
from core.errors import NoSuchHandoff, Refused
from core.gaps import MASKED
from core.handoff.machine import Actor
from core.messages import Action
from core.platform import ActionOutcome
from core.posts import Form, FormField, Speaker
from core.privacy import mask, mask_names
from core.store.conversations import Conversations
from core.text import shorten

MOST = 3000
"""Characters of an answer, which is what a form holds."""
MOST_QUESTION = 300
"""Characters of a question."""


class ProposalActions:
    """Propose an entry."""

    def __init__(self, drafts: Drafts, conversations: Conversations, clock: Clock) -> None:
        self._drafts, self._conversations, self._clock = drafts, conversations, clock

    def handlers(self) -> Mapping[str, Handler]:
        """By action name."""
        return {"propose_entry": self.propose}

    async def propose(self, action: Action, actor: Actor) -> ActionOutcome:
        """Ask for question and answer, filled in from what was said; then put the draft into the queue."""
        handoff_id = action.value.strip()
        address = await self._conversations.of_handoff(handoff_id)
        if address is None:
            raise NoSuchHandoff(wording.NO_SUCH_HANDOFF)
        if not action.fields:
            question, answer = _said(standing(await self._conversations.turns(address)))
            fields = (
                FormField("question", wording.PROPOSED_QUESTION, value=question),
                FormField("answer", wording.PROPOSED_ANSWER, value=answer, multiline=True),
            )
            return ActionOutcome(form=Form(action.name, handoff_id, wording.PROPOSE_ENTRY, fields))
        question = " ".join(action.fields.get("question", "").split())[:MOST_QUESTION]
        answer = action.fields.get("answer", "").strip()[:MOST]
        if not question or not answer:
            raise Refused(wording.PROPOSAL_EMPTY)
        now = self._clock.now()
        await self._drafts.propose(Draft(handoff_id, now, actor.key, question, answer))
        await self._conversations.note(handoff_id, RecordLine(now, actor.key, "propose_entry", question))
        return ActionOutcome(text=wording.PROPOSED)


def _said(turns: Sequence[Turn]) -> tuple[str, str]:
    """The last question before a colleague wrote, masked; and what colleagues wrote since, without its name."""
    colleagues = [number for number, turn in enumerate(turns) if turn.speaker is Speaker.COLLEAGUE]
    first = colleagues[0] if colleagues else len(turns)
    names = {turn.name for turn in turns if turn.speaker is Speaker.CUSTOMER and turn.name}
    asked = [turn.text for turn in turns[:first] if turn.speaker is Speaker.CUSTOMER]
    longest = max(asked[-3:], key=len, default="")  # the last words are often "a human please"
    answer = mask_names("\n\n".join(turns[number].text for number in colleagues), names)
    return shorten(mask(" ".join(longest.split())[:MASKED], names), MOST_QUESTION), answer[:MOST]
