"""Whether a page to somebody named in a ladder would reach them, for `concierge doctor`."""

from __future__ import annotations

import re

from bots.slack.api import Api
from bots.slack.diagnosis import group_problems
from bots.slack.errors import mapped
from core.errors import DeliveryError

EVERYBODY = {"here", "channel", "everyone"}


async def unreachable(api: Api, target: str) -> str:
    """Why a page to `U…`, `S…` or `#C…` reaches nobody, with what to do; "" when it does. Raises nothing."""
    if target in EVERYBODY:
        return ""
    if target.startswith("#"):
        return await _channel(api, target.removeprefix("#"))
    if re.fullmatch(r"[UW][A-Z0-9]{2,}", target):
        return await _person(api, target)
    if re.fullmatch(r"S[A-Z0-9]{2,}", target):
        return next(iter(await group_problems(api, [target])), "")
    return f"{target!r} is nobody: write the id of a person (U…), of a user group (S…), or of a channel (#C…)"


async def _channel(api: Api, channel: str) -> str:
    try:
        with mapped():
            found = (await api.client.conversations_info(channel=channel))["channel"]
    except DeliveryError as error:
        return f"the channel {channel} can't be seen ({error}): give its id (#C…), and invite the app to it"
    if found.get("is_archived"):
        return f"the channel {channel} is archived: choose another one"
    return "" if found.get("is_member") else f"the app is not in the channel {channel}: write /invite @Concierge there"


async def _person(api: Api, user: str) -> str:
    try:
        with mapped():
            found = (await api.client.users_info(user=user))["user"]
    except DeliveryError as error:
        return f"there is no {user} in this workspace ({error}): copy the member ID from their profile"
    return f"the account of {user} is deactivated" if found.get("deleted") else ""
