"""A Redis client that breaks at a chosen command: before it reaches the server, or after it took effect."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from redis import exceptions as vendor

from core.store.pipeline import PipelinedRedis


class Killed(BaseException):
    """The process ends here: nothing that it would have done afterwards is done."""

    def __init__(self, *, arrived: bool = False) -> None:
        self.arrived = arrived
        """For a room: the message had been taken when the process ended."""
        super().__init__("killed")


class How(StrEnum):
    """What happens at the chosen command."""

    LOST_BEFORE = "the connection breaks before the command"
    LOST_AFTER = "the connection breaks after the command"
    KILLED_BEFORE = "the process dies before the command"
    KILLED_AFTER = "the process dies after the command"

    @property
    def took_effect(self) -> bool:
        """Whether the server carried the command out."""
        return self in {How.LOST_AFTER, How.KILLED_AFTER}

    def error(self) -> BaseException:
        """What the caller sees."""
        return Killed() if self in {How.KILLED_BEFORE, How.KILLED_AFTER} else vendor.ConnectionError("broken")


@dataclass
class Plan:
    """When to break."""

    at: int
    """The n-th command from now, counted from 1."""
    how: How
    """What happens then."""


class BreakingRedis(PipelinedRedis):
    """Works as any client until a plan comes due; each plan breaks once."""

    plan: Plan | None = None
    fired: bool = False

    def arm(self, plan: Plan | None) -> None:
        """From now on this plan holds."""
        self.plan, self.fired = plan, False

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        plan = self.plan
        if plan is not None:
            plan.at -= 1
            if plan.at == 0:
                self.plan, self.fired = None, True
                if plan.how.took_effect:
                    await super().execute_command(*args, **options)
                raise plan.how.error()
        return await super().execute_command(*args, **options)
