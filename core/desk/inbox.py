"""Operations from chat: messages that were set aside."""

from __future__ import annotations

from collections.abc import Mapping

from core import wording
from core.desk.actions import Handler
from core.errors import Refused
from core.handoff.machine import Actor
from core.inbox.inbox import SetAsides
from core.messages import Action
from core.platform import ActionOutcome
from core.posts import Content, Speaker


class InboxActions:
    """List, retry, drop."""

    def __init__(self, set_asides: SetAsides) -> None:
        self._set_asides = set_asides

    def handlers(self) -> Mapping[str, Handler]:
        """By action name."""
        return {"inbox_list": self.list, "inbox_retry": self.retry, "inbox_drop": self.drop}

    async def list(self, action: Action, actor: Actor) -> ActionOutcome:
        """Everything that was set aside, with the reason."""
        lines = [f"- `{item.event_id}` {item.what}: {item.why}" async for item in self._set_asides.list()]
        return ActionOutcome(content=Content(text="\n".join(lines) or wording.NOTHING_ASIDE, speaker=Speaker.SYSTEM))

    async def retry(self, action: Action, actor: Actor) -> ActionOutcome:
        """Handle a message again."""
        if not await self._set_asides.retry(action.value.strip()):
            raise Refused(wording.no_such_message(action.value.strip()))
        return ActionOutcome(text=wording.BACK_IN_ITS_LANE)

    async def drop(self, action: Action, actor: Actor) -> ActionOutcome:
        """Forget a message or post."""
        if not await self._set_asides.drop(action.value.strip()):
            raise Refused(wording.no_such_message(action.value.strip()))
        return ActionOutcome(text=wording.DROPPED)
