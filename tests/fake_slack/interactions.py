"""What people do besides writing: press buttons, submit modals, type slash commands."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tests.fake_slack.deliveries import Delivery
from tests.fake_slack.errors import Refusal
from tests.fake_slack.methods import content
from tests.fake_slack.reading import buttons
from tests.fake_slack.workspace import APP, TEAM

if TYPE_CHECKING:
    from tests.fake_slack.server import FakeSlack

TRIGGER_LIFETIME = 3.0
RESPONSE_USES = 5


class Interactions:
    """Builds the payloads and plays what Slack does with the answers."""

    def __init__(self, slack: FakeSlack) -> None:
        self._slack = slack
        self._triggers: dict[str, tuple[str, float]] = {}
        self._responses: dict[str, dict[str, Any]] = {}
        self.failed: list[Delivery] = []
        """What was not acknowledged: the person sees a warning sign, or `dispatch_failed`."""

    def new_trigger(self, user: str) -> str:
        trigger = f"{self._slack.workspace.new_id('')}.trigger"
        self._triggers[trigger] = (user, time.monotonic() + TRIGGER_LIFETIME)
        return trigger

    def use_trigger(self, trigger: Any) -> str:
        """Whose trigger it is. Raises Refusal when it is unknown, used or older than three seconds."""
        if trigger not in self._triggers:
            raise Refusal("invalid_trigger")
        user, until = self._triggers.pop(trigger)
        if time.monotonic() > until:
            raise Refusal("expired_trigger_id")
        return user

    def expire_triggers(self) -> None:
        """Three seconds pass."""
        self._triggers = {trigger: (user, 0.0) for trigger, (user, _) in self._triggers.items()}

    def _response_url(self, user: str, channel: str) -> str:
        key = self._slack.workspace.new_id("R")
        self._responses[key] = {"user": user, "channel": channel, "left": RESPONSE_USES}
        return f"{self._slack.url}/response/{key}"

    def respond(self, key: str, body: dict[str, Any]) -> None:
        """What was posted to a response URL. Raises Refusal."""
        response = self._responses.get(key)
        if response is None or response["left"] == 0:
            raise Refusal("used_url")
        response["left"] -= 1
        unknown = set(body) - {"text", "blocks", "response_type", "replace_original", "delete_original", "thread_ts"}
        if unknown or body.get("replace_original") is not False or body.get("response_type") != "ephemeral":
            raise Refusal("invalid_payload", fields=sorted(unknown))
        self._privately(response["user"], response["channel"], body)

    def _privately(self, user: str, channel: str, body: dict[str, Any]) -> None:
        shown = content(self._slack, {"text": body.get("text"), "blocks": body.get("blocks")})
        self._slack.workspace.ephemerals.append({"user": user, "channel": channel, **shown})

    def _base(self, user: str) -> dict[str, Any]:
        name = self._slack.workspace.users[user]["name"]
        return {
            "user": {"id": user, "username": name, "name": name, "team_id": TEAM},
            "team": {"id": TEAM, "domain": "fake"},
            "api_app_id": APP,
            "token": "legacy",
            "is_enterprise_install": False,
            "enterprise": None,
            "trigger_id": self.new_trigger(user),
        }

    def press(self, user: str, channel_id: str, ts: str, label: str) -> Delivery:
        """Press the button `label` of a message."""
        message = self._slack.workspace.message(self._slack.workspace.channel(channel_id), ts)
        return self._press(user, channel_id, message, label)

    def press_ephemeral(self, number: int, label: str) -> Delivery:
        """Press a button of the `number`-th ephemeral message."""
        message = self._slack.workspace.ephemerals[number]
        message = {**message, "ts": self._slack.workspace.new_ts(), "ephemeral": True}
        return self._press(message["user"], message["channel"], message, label)

    def _press(self, user: str, channel_id: str, message: dict[str, Any], label: str) -> Delivery:
        channel, ts = self._slack.workspace.channel(channel_id), message["ts"]
        (button,) = [item for item in buttons(message) if item["text"]["text"] == label]
        container = {
            "type": "message",
            "message_ts": ts,
            "channel_id": channel_id,
            "is_ephemeral": "ephemeral" in message,
        }
        if "thread_ts" in message:
            container["thread_ts"] = message["thread_ts"]
        payload = self._base(user) | {
            "type": "block_actions",
            "container": container,
            "channel": {"id": channel_id, "name": channel.name or "directmessage"},
            "state": {"values": {}},
            "response_url": self._response_url(user, channel_id),
            "actions": [{**button, "action_ts": self._slack.workspace.new_ts()}],
        }
        if "ephemeral" not in message:  # Slack sends no message along for these
            hidden = ("metadata", "received_at")
            payload["message"] = {name: value for name, value in message.items() if name not in hidden}
        return self._start(Delivery("interactive", payload))

    def submit(self, user: str, view_id: str, values: dict[str, str]) -> Delivery:
        """Fill in and submit a modal; `values` by the name in an input's action_id."""
        view = self._slack.workspace.views[view_id]
        state: dict[str, Any] = {}
        for block in view["blocks"]:
            if block["type"] != "input":
                continue
            element = block["element"]
            value = values.get(element["action_id"])
            if value is None and not block.get("optional"):
                raise AssertionError(f"{element['action_id']} must be filled in")
            if element["type"] == "static_select":
                chosen = next((item for item in element["options"] if item["value"] == value), None)
                filled = {"type": element["type"], "selected_option": chosen}
            else:
                filled = {"type": element["type"], "value": value}
            state[block["block_id"]] = {element["action_id"]: filled}
        shown = {name: value for name, value in view.items() if name != "user"}
        payload = self._base(user) | {
            "type": "view_submission",
            "view": {**shown, "state": {"values": state}, "app_id": APP, "team_id": TEAM},
            "response_urls": [],
        }
        return self._start(Delivery("interactive", payload))

    def command(self, user: str, channel_id: str, command: str, text: str = "") -> Delivery:
        """Type a slash command."""
        if command not in self._slack.manifest.commands:
            raise AssertionError(f"{command} is not in the manifest")
        payload = {
            "token": "legacy",
            "team_id": TEAM,
            "team_domain": "fake",
            "channel_id": channel_id,
            "channel_name": self._slack.workspace.channel(channel_id).name or "directmessage",
            "user_id": user,
            "user_name": self._slack.workspace.users[user]["name"],
            "command": command,
            "text": text,
            "api_app_id": APP,
            "is_enterprise_install": "false",
            "response_url": self._response_url(user, channel_id),
            "trigger_id": self.new_trigger(user),
        }
        return self._start(Delivery("slash_commands", payload))

    def _start(self, delivery: Delivery) -> Delivery:
        self._slack.deliveries.all.append(delivery)
        self._slack.spawn(self._play(delivery))
        return delivery

    async def _play(self, delivery: Delivery) -> None:
        if not await self._slack.deliveries.attempt(delivery):
            self.failed.append(delivery)
            return
        answer = delivery.answer
        if delivery.kind == "slash_commands" and answer:
            body = answer if isinstance(answer, dict) else {"text": answer}
            self._privately(delivery.payload["user_id"], delivery.payload["channel_id"], body)
        if delivery.payload.get("type") == "view_submission":
            view = self._slack.workspace.views[delivery.payload["view"]["id"]]
            if isinstance(answer, dict) and answer.get("response_action") == "errors":
                known = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
                if not answer["errors"] or set(answer["errors"]) - known:
                    self._slack.violation(f"errors of unknown inputs: {answer['errors']}")
                view["errors"] = answer["errors"]
            elif answer:
                self._slack.violation(f"unknown answer to a view submission: {answer!r}")
            else:
                view["closed"] = True
