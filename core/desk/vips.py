"""Staff actions on the list of VIPs."""

from __future__ import annotations

from collections.abc import Mapping

from core import wording
from core.access.vips import VipList
from core.desk.actions import Handler
from core.errors import Refused
from core.handoff.machine import Actor
from core.messages import Action
from core.platform import ActionOutcome
from core.posts import Content, Speaker


class VipActions:
    """List, add, remove."""

    def __init__(self, vips: VipList) -> None:
        self._vips = vips

    def handlers(self) -> Mapping[str, Handler]:
        """By action name."""
        return {"vip_list": self.list, "vip_add": self.add, "vip_remove": self.remove}

    async def list(self, action: Action, actor: Actor) -> ActionOutcome:
        """Everybody on the list."""
        lines = [
            f"- {person}" + (f": {why}" if why else "") for person, why in sorted((await self._vips.all()).items())
        ]
        return ActionOutcome(content=Content(text="\n".join(lines) or wording.NO_VIPS, speaker=Speaker.SYSTEM))

    async def add(self, action: Action, actor: Actor) -> ActionOutcome:
        """`slack:U123 why`."""
        person, _, why = action.value.strip().partition(" ")
        person = _key(person, action)
        await self._vips.add(person, why.strip())
        return ActionOutcome(text=wording.vip_added(person))

    async def remove(self, action: Action, actor: Actor) -> ActionOutcome:
        """`slack:U123`."""
        person = _key(action.value.strip(), action)
        if not await self._vips.remove(person):
            raise Refused(wording.no_such_vip(person))
        return ActionOutcome(text=wording.vip_removed(person))


def _key(named: str, action: Action) -> str:
    """`platform:id` from what was typed: a mention or an id means the platform on which it was typed."""
    bare = named.strip("<@!>").split("|")[0]
    platform, _, person = bare.rpartition(":")
    if not person:
        raise Refused(wording.WHICH_VIP)
    return f"{platform or action.person.platform}:{person}"
