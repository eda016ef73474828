"""Names and user groups, cached: acceptance of a message never waits for either."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Coroutine
from typing import Any

from bots.slack.api import Api
from bots.slack.errors import CALL_ERRORS, mapped
from core.errors import DeliveryError, PlatformUnavailable

GROUPS_FOR = 60.0
"""Seconds for which the members of user groups are believed."""
_NAMES = 20_000
_WARM_PAGES = 5
"""Pages of 200 people learned in advance."""
_LOOKUPS = 4
"""Names that are looked up at once."""

log = logging.getLogger(__name__)


class People:
    """What the workspace knows of its people."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._names: OrderedDict[str, str] = OrderedDict()
        self._looking: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(_LOOKUPS)
        self._groups: dict[str, frozenset[str]] = {}
        self._groups_until = 0.0
        self._groups_lock = asyncio.Lock()

    def name_of(self, user: str) -> str:
        """The display name, or "" when it is not known yet; then it is looked up in the background."""
        name = self._names.get(user)
        if name is None and user and user not in self._looking:
            self._looking.add(user)
            self._spawn(self._look_up(user))
        return name or ""

    async def ask_name_of(self, user: str) -> str:
        """The display name, or "" when Slack does not tell."""
        if user not in self._names:
            await self._look_up(user)
        return self._names.get(user, "")

    def learn(self, user: str, profile: dict[str, object]) -> None:
        """Remember the name in a user object of Slack's."""
        nested = profile.get("profile")
        shown = nested if isinstance(nested, dict) else {}
        name = shown.get("display_name") or shown.get("real_name") or profile.get("real_name") or profile.get("name")
        self._names[user] = str(name or "")
        if len(self._names) > _NAMES:
            self._names.popitem(last=False)

    def warm_up(self) -> None:
        """Learn the names of the workspace in the background, so that first messages have them."""
        self._spawn(self._learn_all())

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _look_up(self, user: str) -> None:
        try:
            async with self._slots:
                answer = await self._api.client.users_info(user=user)
            self.learn(user, answer["user"])
        except CALL_ERRORS as error:
            log.info("the name of %s is not known: %s", user, error)
        finally:
            self._looking.discard(user)

    async def _learn_all(self) -> None:
        cursor = ""
        try:
            for _ in range(_WARM_PAGES):
                answer = await self._api.client.users_list(limit=200, cursor=cursor or None)
                for member in answer["members"]:
                    self.learn(member["id"], member)
                cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
                if not cursor:
                    return
        except CALL_ERRORS as error:
            log.info("names could not be learned in advance: %s", error)

    async def groups_of(self, user: str) -> frozenset[str]:
        """Ids of the user groups with this member. Raises PlatformUnavailable."""
        async with self._groups_lock:
            if time.monotonic() >= self._groups_until:
                self._groups = await self._read_groups()
                self._groups_until = time.monotonic() + GROUPS_FOR
        return self._groups.get(user, frozenset())

    async def _read_groups(self) -> dict[str, frozenset[str]]:
        try:
            with mapped():
                answer = await self._api.client.usergroups_list(include_users=True)
        except DeliveryError as error:
            raise PlatformUnavailable(f"user groups can't be read: {error}") from error
        members: dict[str, set[str]] = {}
        for group in answer["usergroups"]:
            for user in group.get("users") or ():
                members.setdefault(user, set()).add(group["id"])
        return {user: frozenset(groups) for user, groups in members.items()}

    async def aclose(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
