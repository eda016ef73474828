"""Operations from chat: the FAQ's state, reload, rollback, search, gaps, proposed entries."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from core import wording
from core.desk.actions import Handler
from core.drafts import Drafts
from core.errors import Refused
from core.gaps import Gaps
from core.handoff.machine import Actor
from core.messages import Action
from core.notices import Notices
from core.platform import ActionOutcome
from core.posts import Content, Speaker
from core.reloads import Reloads, told
from knowledge.errors import KnowledgeError
from knowledge.index import KnowledgeBase, Progress
from knowledge.sources.proposed import append_entry, restore

SHOWN = 10
"""Groups of gaps, or hits, that a message shows."""


class KnowledgeActions:
    """What operations can do with the FAQ without a shell."""

    def __init__(
        self, knowledge: KnowledgeBase, path: Path, gaps: Gaps, drafts: Drafts, reloads: Reloads, notices: Notices
    ) -> None:
        """`path` is the FAQ; approved entries are written into it if it is a folder. `notices` show progress."""
        self._knowledge, self._path, self._gaps = knowledge, path, gaps
        self._queue, self._reloads, self._notices = drafts, reloads, notices

    def handlers(self) -> Mapping[str, Handler]:
        """By action name."""
        return {
            "kb_status": self.status,
            "kb_reload": self.reload,
            "kb_rollback": self.rollback,
            "kb_search": self.search,
            "kb_gaps": self.gaps,
            "kb_drafts": self.drafts,
            "kb_approve": self.approve,
            "kb_reject": self.reject,
        }

    async def status(self, action: Action, actor: Actor) -> ActionOutcome:
        """Which version serves, and how the last reload ended."""
        now, last = self._knowledge.status(), await self._reloads.last()
        text = wording.kb_status(now.version, now.entries, now.source, now.problem)
        if last is not None:
            when = f"{datetime.fromtimestamp(last.at, UTC):%Y-%m-%d %H:%M} UTC"
            text += f"\n{wording.kb_last_reload(last.text, last.by, when)}"
        return ActionOutcome(text=text)

    async def reload(self, action: Action, actor: Actor) -> ActionOutcome:
        """Bring the index up to date with the files; `force` lets it serve though it fails its tests.

        One that takes a while shows how far it is in one message at the desk.
        """
        force = action.value.strip() == "force"
        who = action.person.name or action.person.key
        notice = self._notices.ongoing(action.conversation.platform)
        text = wording.KB_RELOAD_CUT_SHORT

        def show(step: Progress) -> None:
            notice.show(wording.kb_progress(who, step.stage, step.done, step.total, step.rate, step.eta))

        try:
            report = await self._reloads.run(actor.key, force=force, progress=show)
            text = told(report)
        except KnowledgeError as error:
            text = wording.kb_not_reloaded(str(error))
            raise Refused(text) from error
        finally:
            await notice.end(wording.kb_reload_over(who, text))
        return ActionOutcome(text=text)

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
        found = await self._gaps.grouped(self._knowledge.embed)
        lines = [wording.gap_line(group.count, group.examples[0], group.kinds) for group in found[:SHOWN]]
        return ActionOutcome(content=Content(text="\n".join(lines) or wording.NO_GAPS, speaker=Speaker.SYSTEM))

    async def drafts(self, action: Action, actor: Actor) -> ActionOutcome:
        """The proposed entries, oldest first."""
        blocks = [wording.draft_block(one.id, one.by, one.question, one.answer) for one in await self._queue.all()]
        return ActionOutcome(content=Content(text="\n\n".join(blocks) or wording.NO_DRAFTS, speaker=Speaker.SYSTEM))

    async def approve(self, action: Action, actor: Actor) -> ActionOutcome:
        """Write a proposed entry into the FAQ's folder and reload; if refused, it is taken out and stays a draft."""
        draft_id = action.value.strip().capitalize()
        async with self._queue.deciding():
            draft = await self._queue.get(draft_id)
            entry_id = f"proposed-{draft.id.lower()}"
            try:
                before = await asyncio.to_thread(append_entry, self._path, entry_id, draft.question, draft.answer)
                try:
                    report = await self._reloads.run(actor.key)
                except BaseException:
                    await asyncio.to_thread(restore, self._path, before)
                    raise
            except KnowledgeError as error:
                raise Refused(wording.draft_not_served(str(error))) from error
            await self._queue.drop(draft.id)
        return ActionOutcome(text=wording.draft_served(entry_id, report.version))

    async def reject(self, action: Action, actor: Actor) -> ActionOutcome:
        """Drop a proposed entry."""
        draft_id = action.value.strip().capitalize()
        if not await self._queue.drop(draft_id):
            raise Refused(wording.no_such_draft(draft_id))
        return ActionOutcome(text=wording.draft_rejected(draft_id))
