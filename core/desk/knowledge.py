"""Operations from chat: the FAQ's state, reload, rollback, search, gaps."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from core import wording
from core.desk.actions import Handler
from core.errors import Refused
from core.gaps import Embed, Gaps
from core.handoff.machine import Actor
from core.messages import Action
from core.platform import ActionOutcome
from core.posts import Content, Speaker
from knowledge.errors import KnowledgeError
from knowledge.index import KnowledgeBase

SHOWN = 10
"""Groups of gaps, or hits, that a message shows."""


class KnowledgeActions:
    """What operations can do with the FAQ without a shell."""

    def __init__(self, knowledge: KnowledgeBase, path: Path, gaps: Gaps, embed: Embed) -> None:
        self._knowledge, self._path, self._gaps, self._embed = knowledge, path, gaps, embed

    def handlers(self) -> Mapping[str, Handler]:
        """By action name."""
        return {
            "kb_status": self.status,
            "kb_reload": self.reload,
            "kb_rollback": self.rollback,
            "kb_search": self.search,
            "kb_gaps": self.gaps,
        }

    async def status(self, action: Action, actor: Actor) -> ActionOutcome:
        """Which version serves."""
        now = self._knowledge.status()
        return ActionOutcome(text=wording.kb_status(now.version, now.entries, now.source, now.problem))

    async def reload(self, action: Action, actor: Actor) -> ActionOutcome:
        """Bring the index up to date with the files; `force` lets it serve though it fails its tests."""
        force = action.value.strip() == "force"
        try:
            report = await self._knowledge.reload(self._path, force=force)
        except KnowledgeError as error:
            raise Refused(wording.kb_not_reloaded(str(error))) from error
        if not report.changed:
            return ActionOutcome(text=wording.kb_unchanged(report.version))
        return ActionOutcome(text=wording.kb_reloaded(report.version, str(report.difference)))

    async def rollback(self, action: Action, actor: Actor) -> ActionOutcome:
        """Back to an earlier version: the one before, or the one that is named."""
        named = action.value.strip().lstrip("vV")
        if named and not named.isdigit():
            raise Refused(wording.kb_no_version(named))
        try:
            target = await self._knowledge.rollback(int(named) if named else None)
        except KnowledgeError as error:
            raise Refused(str(error)) from error
        return ActionOutcome(text=wording.kb_rolled_back(target.name))

    async def search(self, action: Action, actor: Actor) -> ActionOutcome:
        """What a customer's question would find."""
        if not action.value.strip():
            raise Refused(wording.KB_SEARCH_WHAT)
        try:
            result = await self._knowledge.search(action.value, audience="staff", limit=SHOWN)
        except KnowledgeError as error:
            raise Refused(str(error)) from error
        lines = [wording.kb_outcome(result.outcome.value, result.confidence)]
        lines += [f"- `{hit.entry.id}` {hit.entry.question}" for hit in result.hits]
        return ActionOutcome(content=Content(text="\n".join(lines), speaker=Speaker.SYSTEM))

    async def gaps(self, action: Action, actor: Actor) -> ActionOutcome:
        """What customers asked and the FAQ did not settle."""
        found = await self._gaps.grouped(self._embed)
        lines = [wording.gap_line(group.count, group.examples[0], group.kinds) for group in found[:SHOWN]]
        return ActionOutcome(content=Content(text="\n".join(lines) or wording.NO_GAPS, speaker=Speaker.SYSTEM))
