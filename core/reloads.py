"""Reloads of the FAQ inside a running process: asked for in chat, by the schedule or over the webhook."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from core import wording
from core.access.audit import Audit
from core.clock import Clock
from core.conversation import RecordLine
from core.endings import end
from core.errors import StoreUnavailable
from core.notices import Notices
from core.store.redis import Client, call
from knowledge.errors import KnowledgeError, ReloadBusy
from knowledge.index import KnowledgeBase, Progress, ReloadReport

log = logging.getLogger(__name__)

DUE = "concierge:kb:due"
"""String that lives for one interval of the schedule: the process that creates it reloads, the others wait."""
LAST = "concierge:kb:last"
"""String: how the last reload from chat, schedule or webhook ended, JSON of `Ended`."""
AGAIN_AFTER = 5.0
"""Seconds until a webhook's reload is tried again while another reload runs, and the schedule while Redis is away."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a reload ended."""

    at: float
    """Seconds since the epoch."""
    by: str
    """Key of the person, `schedule` or `webhook`."""
    ok: bool
    """Whether what serves is what is in the files."""
    text: str
    """What people are told."""


class Reloads:
    """Everything that reloads, in one place: what came of it is kept for whoever asks."""

    def __init__(self, knowledge: KnowledgeBase, path: Path, redis: Client, clock: Clock, notices: Notices) -> None:
        """`path` is the FAQ. `notices` tell the desk when a reload that nobody watches fails."""
        self._knowledge, self._path, self._redis = knowledge, path, redis
        self._audit, self._clock, self._notices = Audit(redis), clock, notices
        self._wanted = False
        self._tasks: dict[str, asyncio.Task[None]] = {}

    @property
    def running(self) -> bool:
        """Whether a reload that was asked for over the webhook has not ended yet."""
        return "webhook" in self._tasks and not self._tasks["webhook"].done()

    async def run(
        self, by: str, *, force: bool = False, progress: Callable[[Progress], None] | None = None
    ) -> ReloadReport:
        """Reload now for the person `by`. Raises KnowledgeError; then the old version goes on serving."""
        try:
            report = await self._knowledge.reload(self._path, force=force, progress=progress)
        except KnowledgeError as error:
            if not isinstance(error, ReloadBusy):
                await self._keep(by, ok=False, text=wording.kb_not_reloaded(str(error)))
            raise
        await self._keep(by, ok=True, text=told(report))
        return report

    async def last(self) -> Ended | None:
        """How the last one ended, in whichever process. Raises StoreUnavailable."""
        raw = await call(self._redis.get(LAST))
        return Ended(**json.loads(raw)) if raw else None

    def start(self, every: float) -> None:
        """Reload every so many seconds, in one process of all that share the Redis; 0 is never."""
        if every > 0:
            self._tasks["schedule"] = asyncio.create_task(self._keep_up(every), name="reload on schedule")

    def request(self) -> None:
        """Reload in the background (the webhook). What changes while one is running gets a reload of its own."""
        self._wanted = True
        if not self.running:
            self._tasks["webhook"] = asyncio.create_task(self._serve(), name="reload for the webhook")

    async def stop(self) -> None:
        """Start nothing more. A build that is cut short is cleaned up by the next reload."""
        await end(self._tasks.values())

    async def _keep_up(self, every: float) -> None:
        while True:
            try:
                if await call(self._redis.set(DUE, "1", nx=True, px=int(every * 1000))):
                    try:
                        await self._unattended("schedule")
                    except ReloadBusy as error:
                        log.info("not reloaded on schedule: %s", error)
                wait = max(0.01, await call(self._redis.pttl(DUE)) / 1000)
            except StoreUnavailable as error:
                log.warning("%s; the schedule of reloads waits", error)
                wait = AGAIN_AFTER
            await asyncio.sleep(wait)

    async def _serve(self) -> None:
        while self._wanted:
            self._wanted = False
            try:
                await self._unattended("webhook")
            except ReloadBusy:  # the one that runs may have read the files before they changed
                self._wanted = True
                await asyncio.sleep(AGAIN_AFTER)
            except StoreUnavailable as error:
                log.warning("the webhook's reload is not recorded: %s", error)

    async def _unattended(self, by: str) -> None:
        """Reload what changed; after a rollback, only what changed since. Raises ReloadBusy, StoreUnavailable."""
        try:
            report = await self._knowledge.reload_changed(self._path)
        except KnowledgeError as error:
            if isinstance(error, ReloadBusy):
                raise
            before = await self.last()
            text = wording.kb_not_reloaded(str(error))
            await self._keep(by, ok=False, text=text)
            log.warning("reload by %s: %s", by, text)
            if before is None or before.text != text:  # once for every cause, however often the schedule meets it
                await self._notices.tell(text)
            return
        if report is not None:
            await self._keep(by, ok=True, text=told(report))
            line = RecordLine(at=self._clock.now(), who=by, what="kb_reload", why=report.version)
            await self._audit.write(line)

    async def _keep(self, by: str, *, ok: bool, text: str) -> None:
        ended = Ended(self._clock.now(), by, ok, text)
        try:
            await call(self._redis.set(LAST, json.dumps(asdict(ended), ensure_ascii=False)))
        except StoreUnavailable as error:  # what was done stays done
            log.warning("how a reload ended is not kept: %s", error)


def told(report: ReloadReport) -> str:
    """What a reload did, in a sentence."""
    if not report.changed:
        return wording.kb_unchanged(report.version)
    return wording.kb_reloaded(report.version, str(report.difference))
