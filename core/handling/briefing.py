"""What helps the colleague who will claim: a reply drafted from the FAQ, and a model's summary of what was said.

A model may take long, and the customer's next words must not wait for it: it works beside the lane, and what it wrote
joins the lane as a message, to be put onto the card in its turn.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from hashlib import sha1

from core.answering.answer import Question
from core.answering.answerer import Answerer
from core.conversation import Handoff, Turn
from core.errors import ConciergeError
from core.inbox.inbox import Inbox
from core.inbox.lanes import TIMER_AUTHOR
from core.messages import Address, IncomingMessage, MessageKind
from core.text import shorten

log = logging.getLogger(__name__)

BRIEF = "brief"
"""Kind of the message that brings what was written."""
LONGEST_DRAFT = 3000
LONGEST_SUMMARY = 700
"""Characters that a card has room for."""


class Briefings:
    """Writes for handoffs; what is not finished when the process ends is begun anew by another one."""

    def __init__(self, answerer: Answerer, inbox: Inbox) -> None:
        self._answerer, self._inbox = answerer, inbox
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, conversation: Address, handoff: Handoff, turns: Sequence[Turn]) -> None:
        """Start to write about a conversation of which `turns` were said."""
        task = asyncio.create_task(self._write(conversation, handoff, tuple(turns)), name=f"briefing {handoff.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> int:
        """Wait for what is being written; returns how much that was."""
        writing = list(self._tasks)
        await asyncio.gather(*writing, return_exceptions=True)
        return len(writing)

    async def stop(self) -> None:
        """Leave what is being written to another process."""
        for task in self._tasks:
            task.cancel()
        await self.finish()

    async def _write(self, conversation: Address, handoff: Handoff, turns: tuple[Turn, ...]) -> None:
        try:
            history = tuple(turn for turn in turns if turn.text != handoff.question)
            found = await self._answerer.draft(Question(handoff.question, history))
            drafted = {"draft": found.text[:LONGEST_DRAFT], "entries": found.entries[:5]}
            await self._hand_in(conversation, handoff, turns, "draft", drafted)
            summary = shorten(await self._answerer.summary(turns), LONGEST_SUMMARY)
            await self._hand_in(conversation, handoff, turns, "summary", {"summary": summary})
        except ConciergeError as error:
            log.warning("nothing more could be written for the card of %s: %s", handoff.id, error)
        except Exception:
            log.exception("nothing more could be written for the card of %s", handoff.id)

    async def _hand_in(
        self, conversation: Address, handoff: Handoff, turns: tuple[Turn, ...], what: str, written: Mapping[str, object]
    ) -> None:
        name = f"{BRIEF}:{handoff.id}"
        # Accepted once for the same words, and again when some of them were taken back.
        of = sha1("\n".join([handoff.question, *(turn.text for turn in turns)]).encode(), usedforsecurity=False)
        await self._inbox.accept(
            IncomingMessage(
                event_id=f"{conversation.key}/{name}:{what}:{of.hexdigest()[:12]}", conversation=conversation,
                author=TIMER_AUTHOR, text=json.dumps(written), kind=MessageKind.TIMER, action=name, value=what,
            )
        )  # fmt: skip
