"""What `concierge doctor` finds wrong with the connection to Slack; each line says what to do."""

from __future__ import annotations

from collections.abc import Sequence

from bots.slack.api import Api
from bots.slack.errors import BAD_TOKEN, code_of, mapped
from core.errors import DeliveryError

SCOPES = {
    "app_mentions:read": "hear mentions",
    "channels:history": "read threads in public channels",
    "channels:read": "see the desk channel",
    "chat:write": "answer",
    "chat:write.customize": "show a colleague's name on relayed replies",
    "commands": "/handoffs, /canned, /kb, /vip and /inbox",
    "files:read": "pass files on",
    "files:write": "pass files on",
    "groups:history": "read threads in private channels",
    "groups:read": "see a private desk channel",
    "im:history": "read direct messages",
    "im:read": "find direct messages after downtime",
    "mpim:history": "read group messages",
    "mpim:read": "see group messages",
    "usergroups:read": "know staff and VIPs by user group",
    "users:read": "show names",
}
"""Bot scopes that the manifest asks for, and what each is for."""


async def diagnose(api: Api, *, app_token: str, desk_channel: str, groups: Sequence[str]) -> list[str]:
    """Problems, none when all is well. Raises nothing."""
    try:
        with mapped():
            answer = await api.client.auth_test()
    except DeliveryError as error:
        if code_of(error.__cause__ or error) in BAD_TOKEN:
            return ["SLACK_BOT_TOKEN is refused: copy the Bot User OAuth Token from OAuth & Permissions of the app."]
        return [f"Slack can't be reached: {error}. Check SLACK_API_URL and the network."]
    granted = {scope.strip() for scope in str(answer.headers.get("X-OAuth-Scopes", "")).split(",")}
    problems = [
        f"The scope {scope} is missing (to {purpose}): add it under OAuth & Permissions and reinstall the app."
        for scope, purpose in SCOPES.items()
        if scope not in granted
    ]
    if app_token:
        problems += await _app_token(api, app_token)
    if desk_channel:
        problems += await _desk(api, desk_channel)
    if groups:
        problems += await group_problems(api, groups)
    return problems


async def _app_token(api: Api, app_token: str) -> list[str]:
    try:
        with mapped():
            await api.client.apps_connections_open(app_token=app_token)
    except DeliveryError as error:
        return [
            f"SLACK_APP_TOKEN opens no connection ({error}): it needs connections:write, and Socket Mode must be on."
        ]
    return []


async def _desk(api: Api, desk_channel: str) -> list[str]:
    try:
        with mapped():
            channel = (await api.client.conversations_info(channel=desk_channel))["channel"]
    except DeliveryError as error:
        return [
            f"SLACK_DESK_CHANNEL {desk_channel} can't be seen ({error}): give the channel's id (C…), not its name, "
            "and invite the app to it."
        ]
    if channel.get("is_archived"):
        return [f"SLACK_DESK_CHANNEL {desk_channel} is archived: unarchive it or choose another one."]
    if not channel.get("is_member"):
        return [f"The app is not in the desk channel {desk_channel}: write /invite @Concierge there."]
    return []


async def group_problems(api: Api, groups: Sequence[str]) -> list[str]:
    """User groups that are not there."""
    try:
        with mapped():
            known = {group["id"] for group in (await api.client.usergroups_list())["usergroups"]}
    except DeliveryError as error:
        return [f"User groups can't be read ({error}): staff and VIP groups have no effect."]
    return [
        f"There is no user group {group}: take its id (S…) from the group's page in Slack."
        for group in groups
        if group not in known
    ]
