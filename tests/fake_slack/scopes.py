"""Which bot scope every Web API method needs, by Slack's method reference; `None` needs none."""

from __future__ import annotations

HISTORY = {"im": "im:history", "mpim": "mpim:history", "channel": "channels:history", "group": "groups:history"}
READ = {"im": "im:read", "mpim": "mpim:read", "channel": "channels:read", "group": "groups:read"}

SCOPES: dict[str, str | dict[str, str] | None] = {
    "apps.connections.open": None,  # an app-level token with connections:write
    "assistant.threads.setStatus": "chat:write",
    "auth.test": None,
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.history": HISTORY,
    "conversations.info": READ,
    "conversations.list": READ,
    "conversations.replies": HISTORY,
    "files.completeUploadExternal": "files:write",
    "files.getUploadURLExternal": "files:write",
    "usergroups.list": "usergroups:read",
    "users.info": "users:read",
    "users.list": "users:read",
    "views.open": None,
}
"""A dict gives the scope by kind of conversation."""

EVENTS: dict[str, str] = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
}
"""Which scope every event subscription needs."""

KIND_EVENTS = {"im": "message.im", "mpim": "message.mpim", "channel": "message.channels", "group": "message.groups"}
