"""The Web API methods that the adapter uses; every other one is unknown, and a failure of the test."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from tests.fake_slack.blocks import check_blocks, check_view
from tests.fake_slack.errors import Refusal
from tests.fake_slack.workspace import APP, BOT_ID, BOT_USER, TEAM, Channel

if TYPE_CHECKING:
    from tests.fake_slack.server import FakeSlack

Args = dict[str, Any]
Method = Callable[["FakeSlack", Args], Awaitable[dict[str, Any]]]
METHODS: dict[str, Method] = {}


def method(name: str) -> Callable[[Method], Method]:
    def register(function: Method) -> Method:
        METHODS[name] = function
        return function

    return register


def structured(args: Args, name: str) -> Any:
    """An argument that is JSON in a form and a structure in a JSON body."""
    value = args.get(name)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise Refusal("invalid_arguments", argument=name) from None


def required(args: Args, *names: str) -> list[Any]:
    missing = [name for name in names if args.get(name) in (None, "")]
    if missing:
        raise Refusal("invalid_arguments", response_metadata={"messages": [f"[ERROR] missing: {missing}"]})
    return [args[name] for name in names]


def flag(args: Args, name: str, default: bool = False) -> bool:
    return str(args.get(name, default)).lower() in ("1", "true")


@method("auth.test")
async def auth_test(slack: FakeSlack, args: Args) -> dict[str, Any]:
    return {
        "url": slack.url,
        "team": "Fake",
        "user": "concierge",
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
    }


@method("apps.connections.open")
async def apps_connections_open(slack: FakeSlack, args: Args) -> dict[str, Any]:
    return {"url": slack.sockets.new_url()}


def content(slack: FakeSlack, args: Args) -> dict[str, Any]:
    """The checked content of a message."""
    blocks, text = structured(args, "blocks"), args.get("text")
    if not text and not blocks:
        raise Refusal("no_text")
    if text is not None and (not isinstance(text, str) or len(text) > 40_000):
        raise Refusal("msg_too_long")
    if blocks is not None:
        check_blocks(blocks)
    metadata = structured(args, "metadata")
    if metadata is not None and not (isinstance(metadata.get("event_type"), str) and "event_payload" in metadata):
        raise Refusal("invalid_metadata_format")
    username = args.get("username")
    if username is not None:
        slack.need_scope("chat:write.customize")
        if not 0 < len(username) <= 80:
            raise Refusal("invalid_arguments", argument="username")
    kept = {"text": text or "", "blocks": blocks, "metadata": metadata, "username": username}
    kept |= {"parse": args.get("parse"), "link_names": flag(args, "link_names")}
    return {name: value for name, value in kept.items() if value is not None}


def writable(slack: FakeSlack, channel_id: Any) -> Channel:
    channel = slack.workspace.channel(channel_id)
    if channel.is_archived:
        raise Refusal("is_archived")
    if not channel.is_member:
        raise Refusal("not_in_channel")
    return channel


@method("chat.postMessage")
async def chat_post_message(slack: FakeSlack, args: Args) -> dict[str, Any]:
    (channel_id,) = required(args, "channel")
    channel = writable(slack, channel_id)
    message = content(slack, args) | {"user": BOT_USER, "bot_id": BOT_ID, "app_id": APP}
    if "username" in message:
        message["subtype"] = "bot_message"
    if args.get("thread_ts"):
        message["thread_ts"] = args["thread_ts"]
    message["unfurl"] = flag(args, "unfurl_links", True) or flag(args, "unfurl_media", True)
    message = slack.workspace.post(channel, message)
    slack.message_posted(channel, message)
    return {"channel": channel.id, "ts": message["ts"], "message": message}


@method("chat.update")
async def chat_update(slack: FakeSlack, args: Args) -> dict[str, Any]:
    channel_id, ts = required(args, "channel", "ts")
    channel = writable(slack, channel_id)
    message = slack.workspace.message(channel, ts)
    if message.get("bot_id") != BOT_ID:
        raise Refusal("cant_update_message")
    before = dict(message)
    message |= content(slack, args)
    if "blocks" not in args:
        message.pop("blocks", None)
    slack.message_changed(channel, message, before)
    return {"channel": channel.id, "ts": ts, "text": message["text"]}


@method("chat.delete")
async def chat_delete(slack: FakeSlack, args: Args) -> dict[str, Any]:
    channel_id, ts = required(args, "channel", "ts")
    channel = slack.workspace.channel(channel_id)
    message = slack.workspace.message(channel, ts)
    if message.get("bot_id") != BOT_ID:
        raise Refusal("cant_delete_message")
    del channel.messages[ts]
    slack.message_deleted(channel, message)
    return {"channel": channel.id, "ts": ts}


@method("chat.postEphemeral")
async def chat_post_ephemeral(slack: FakeSlack, args: Args) -> dict[str, Any]:
    channel_id, user = required(args, "channel", "user")
    channel = writable(slack, channel_id)
    if user not in slack.workspace.users or (channel.kind == "im" and channel.user != user):
        raise Refusal("user_not_in_channel")
    slack.workspace.ephemerals.append(content(slack, args) | {"channel": channel.id, "user": user})
    return {"message_ts": slack.workspace.new_ts()}


def page(args: Args, items: list[dict[str, Any]], default: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """One page of `items` and what the answer says of the next."""
    limit, start = int(args.get("limit", default)), int(args.get("cursor") or 0)
    if not 1 <= limit <= 1000:
        raise Refusal("invalid_limit")
    rest = {"response_metadata": {"next_cursor": str(start + limit)}} if start + limit < len(items) else {}
    return items[start : start + limit], {"has_more": bool(rest), **rest}


def seen(args: Args, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Messages between `oldest` and `latest` (exclusive unless `inclusive`), with metadata only where asked for."""
    oldest, latest = float(args.get("oldest", 0)), float(args.get("latest", "inf"))
    inclusive, metadata = flag(args, "inclusive"), flag(args, "include_all_metadata")
    kept = []
    for message in messages:
        ts = float(message["ts"])
        if oldest < ts < latest or (inclusive and ts in (oldest, latest)):
            kept.append({k: v for k, v in message.items() if k != "metadata" or metadata})
    return kept


@method("conversations.history")
async def conversations_history(slack: FakeSlack, args: Args) -> dict[str, Any]:
    (channel_id,) = required(args, "channel")
    channel = slack.workspace.channel(channel_id)
    messages = [m for m in channel.messages.values() if m.get("thread_ts") in (None, m["ts"])]
    items, rest = page(args, seen(args, messages)[::-1], 100)
    return {"messages": items, **rest}


@method("conversations.replies")
async def conversations_replies(slack: FakeSlack, args: Args) -> dict[str, Any]:
    channel_id, thread = required(args, "channel", "ts")
    channel = slack.workspace.channel(channel_id)
    if thread not in channel.messages:
        raise Refusal("thread_not_found")
    replies = [m for m in channel.messages.values() if m.get("thread_ts") == thread and m["ts"] != thread]
    items, rest = page(args, seen(args, replies), 1000)
    return {"messages": [channel.messages[thread], *items], **rest}


def described(channel: Channel) -> dict[str, Any]:
    kind = {"is_im": channel.kind == "im", "is_mpim": channel.kind == "mpim", "is_channel": channel.kind == "channel"}
    return {"id": channel.id, "name": channel.name, "is_member": channel.is_member, "user": channel.user, **kind} | {
        "is_archived": channel.is_archived,
        "updated": int(float(next(reversed(channel.messages), "0")) * 1000),
    }


@method("conversations.info")
async def conversations_info(slack: FakeSlack, args: Args) -> dict[str, Any]:
    (channel_id,) = required(args, "channel")
    return {"channel": described(slack.workspace.channel(channel_id))}


@method("conversations.list")
async def conversations_list(slack: FakeSlack, args: Args) -> dict[str, Any]:
    kinds = str(args.get("types", "public_channel")).split(",")
    wanted = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}
    channels = [c for c in slack.workspace.channels.values() if c.kind in {wanted[kind] for kind in kinds}]
    items, rest = page(args, [described(channel) for channel in channels], 100)
    return {"channels": items, **rest}


@method("users.info")
async def users_info(slack: FakeSlack, args: Args) -> dict[str, Any]:
    (user,) = required(args, "user")
    if user not in slack.workspace.users:
        raise Refusal("user_not_found")
    return {"user": slack.workspace.users[user]}


@method("users.list")
async def users_list(slack: FakeSlack, args: Args) -> dict[str, Any]:
    items, rest = page(args, list(slack.workspace.users.values()), 1000)
    return {"members": items, **rest}


@method("usergroups.list")
async def usergroups_list(slack: FakeSlack, args: Args) -> dict[str, Any]:
    members = flag(args, "include_users")
    groups = [
        {"id": group, "handle": group.lower(), **({"users": users} if members else {})}
        for group, users in slack.workspace.groups.items()
    ]
    return {"usergroups": groups}


@method("views.open")
async def views_open(slack: FakeSlack, args: Args) -> dict[str, Any]:
    (trigger,) = required(args, "trigger_id")
    view = structured(args, "view")
    check_view(view)
    user = slack.interactions.use_trigger(trigger)
    view = {**view, "id": slack.workspace.new_id("V"), "hash": slack.workspace.new_id("h"), "user": user}
    slack.workspace.views[view["id"]] = view
    return {"view": view}


@method("assistant.threads.setStatus")
async def assistant_threads_set_status(slack: FakeSlack, args: Args) -> dict[str, Any]:
    channel_id, thread = required(args, "channel_id", "thread_ts")
    slack.workspace.message(slack.workspace.channel(channel_id), thread)
    slack.workspace.statuses.append({"channel": channel_id, "thread_ts": thread, "status": args.get("status")})
    return {}


@method("files.getUploadURLExternal")
async def files_get_upload_url(slack: FakeSlack, args: Args) -> dict[str, Any]:
    name, length = required(args, "filename", "length")
    file_id = slack.workspace.new_id("F")
    slack.workspace.files[file_id] = {"id": file_id, "name": name, "size": int(length), "complete": False}
    return {"upload_url": f"{slack.url}/upload/v1/{file_id}", "file_id": file_id}


@method("files.completeUploadExternal")
async def files_complete_upload(slack: FakeSlack, args: Args) -> dict[str, Any]:
    required(args, "files")
    done = []
    for item in structured(args, "files"):
        file = slack.workspace.files.get(item["id"])
        if file is None or item["id"] not in slack.workspace.contents:
            raise Refusal("file_not_found")
        file |= {"title": item.get("title") or file["name"], "complete": True, "user": BOT_USER}
        file["url_private"] = f"{slack.url}/files-pri/{file['id']}/{file['name']}"
        done.append(file)
    if args.get("channel_id"):
        channel = writable(slack, args["channel_id"])
        message = {"text": args.get("initial_comment") or "", "files": done, "user": BOT_USER, "bot_id": BOT_ID}
        if args.get("thread_ts"):
            message["thread_ts"] = args["thread_ts"]
        slack.message_posted(channel, slack.workspace.post(channel, {**message, "subtype": "file_share"}))
    return {"files": done}
