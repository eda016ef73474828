"""Buttons, submitted forms and slash commands -> `Action`, and its outcome back to the person.

Slack wants an acknowledgement within three seconds and the core may need longer: what is not done within `BUDGET` is
acknowledged, goes on, and is shown afterwards. Nothing is kept in memory about a button, so it works after a restart.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Coroutine
from typing import Any

from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError

from bots.slack import forms, wording
from bots.slack.api import Api
from bots.slack.errors import CALL_ERRORS, code_of
from bots.slack.incoming import PLATFORM, Translator, conversation
from bots.slack.rendering import ACTION_PREFIX, render_outcome, without_buttons
from core.errors import StoreUnavailable
from core.messages import Action, Address
from core.platform import ActionOutcome, FrontDoor

BUDGET = 2.5
"""Seconds until a press is acknowledged even though its outcome is not known yet."""

_MENTIONED = re.compile(r"<(?:@|!subteam\^)(\w+)(?:\|[^>]*)?>")

log = logging.getLogger(__name__)


class Interactions:
    """Hands actions to the front door and shows what came of them."""

    def __init__(self, api: Api, door: FrontDoor, translator: Translator, *, patience: float = BUDGET) -> None:
        """`patience` is in seconds: see `BUDGET`."""
        self._api, self._door, self._translator = api, door, translator
        self._patience = patience
        self._tasks: set[asyncio.Task[Any]] = set()

    async def pressed(self, body: dict[str, Any]) -> BoltResponse:
        """A button (`block_actions`)."""
        action = self._action_of_press(body)
        if action is not None:
            reply = _Reply(body["user"]["id"], action, body.get("response_url", ""), body.get("trigger_id", ""))
            reply.message = body.get("message") or {}
            task = self._spawn(self._act(action))
            await asyncio.wait({task}, timeout=self._patience)
            self._spawn(self._show_when_done(task, reply))
        return BoltResponse(status=200, body="")

    async def commanded(self, body: dict[str, Any]) -> BoltResponse:
        """A slash command: `/name text` is the action `name` with the value `text`, in which mentioned people and
        groups read `slack:U…` and `slack:S…`, as in the settings."""
        action = Action(
            event_id=f"{PLATFORM}/command/{body['trigger_id']}",
            name=body["command"].lstrip("/"),
            person=self._translator.person(body["user_id"], body.get("user_name", "")),
            conversation=Address(PLATFORM, body["channel_id"]),
            value=_MENTIONED.sub(rf"{PLATFORM}:\1", body.get("text", "")).strip(),
        )
        reply = _Reply(body["user_id"], action, body.get("response_url", ""), body["trigger_id"])
        task = self._spawn(self._act(action))
        done, _ = await asyncio.wait({task}, timeout=self._patience)
        if not done:
            self._spawn(self._show_when_done(task, reply))
            return BoltResponse(status=200, body="")
        outcome = task.result()
        if outcome.form is not None:
            self._spawn(self._show(outcome, reply))
            return BoltResponse(status=200, body="")
        shown = {name: value for name, value in render_outcome(outcome).items() if value is not None}
        return _json({"response_type": "ephemeral", **(shown or {"text": wording.DONE})})

    async def submitted(self, body: dict[str, Any]) -> BoltResponse:
        """A filled-in form (`view_submission`). One that is refused stays open, with what was typed."""
        view = body["view"]
        user = body["user"]
        action = forms.submitted(view, self._translator.person(user["id"], user.get("name", "")))
        if action is None:
            return BoltResponse(status=200, body="")
        task = self._spawn(self._act(action))
        done, _ = await asyncio.wait({task}, timeout=self._patience)
        if done and not task.result().ok and task.result().text:
            return _json(forms.errors(view, task.result().text))
        self._spawn(self._show_when_done(task, _Reply(user["id"], action, "", body.get("trigger_id", ""))))
        return BoltResponse(status=200, body="")

    def _action_of_press(self, body: dict[str, Any]) -> Action | None:
        pressed, container, user = body["actions"][0], body.get("container") or {}, body["user"]
        action_id = str(pressed.get("action_id", ""))
        channel, ts = container.get("channel_id"), container.get("message_ts")
        if not action_id.startswith(ACTION_PREFIX) or not channel or not ts:
            return None
        thread = container.get("thread_ts") or (body.get("message") or {}).get("thread_ts")
        return Action(
            event_id=f"{PLATFORM}/press/{user['id']}/{channel}/{ts}/{pressed['action_ts']}",
            name=action_id.removeprefix(ACTION_PREFIX).rpartition(":")[0],
            person=self._translator.person(user["id"], user.get("name") or user.get("username") or ""),
            conversation=conversation(channel, ts, thread),
            value=pressed.get("value") or "",
            message_id=ts,
        )

    async def _act(self, action: Action) -> ActionOutcome:
        try:
            return await self._door.act(action)
        except StoreUnavailable:
            return ActionOutcome(wording.TRY_AGAIN, ok=False)
        except Exception:
            log.exception("action %s of %s failed", action.name, action.person.key)
            return ActionOutcome(wording.WENT_WRONG, ok=False)

    async def _show_when_done(self, task: asyncio.Task[ActionOutcome], reply: _Reply) -> None:
        await self._show(await task, reply)

    async def _show(self, outcome: ActionOutcome, reply: _Reply) -> None:
        try:
            if outcome.form is not None:
                outcome = await self._open(outcome, reply)
            if shown := render_outcome(outcome):
                await self._tell(shown, reply)
            if outcome.spent:
                await self._take_off(outcome.spent, reply)
        except CALL_ERRORS as error:
            log.warning("the outcome of %s was not shown to %s: %s", reply.action.name, reply.user, error)

    async def _open(self, outcome: ActionOutcome, reply: _Reply) -> ActionOutcome:
        """Open the form; returns what is left to say."""
        assert outcome.form is not None
        try:
            await self._api.client.views_open(trigger_id=reply.trigger, view=forms.modal(outcome.form, reply.action))
        except SlackClientError as error:
            log.info("the form of %s was not opened: %s", reply.action.name, code_of(error) or error)
            return ActionOutcome(wording.TOO_LATE_FOR_FORM, ok=False)
        return ActionOutcome(outcome.text, outcome.ok, content=outcome.content)

    async def _tell(self, shown: dict[str, Any], reply: _Reply) -> None:
        where = reply.action.conversation
        if reply.response_url:
            body = {name: value for name, value in shown.items() if value is not None}
            body |= {"response_type": "ephemeral", "replace_original": False}
            if where.thread:
                body["thread_ts"] = where.thread
            async with self._api.session.post(reply.response_url, json=body) as response:
                if response.status == 200:
                    return
        await self._api.client.chat_postEphemeral(
            channel=where.channel, user=reply.user, thread_ts=where.thread or None, **shown
        )

    async def _take_off(self, spent: tuple[str, ...], reply: _Reply) -> None:
        """Remove buttons that have had their time from the message that was pressed; Slack sent it along."""
        blocks = reply.message.get("blocks") or []
        left = without_buttons(blocks, spent)
        if left != blocks:
            await self._api.client.chat_update(
                channel=reply.action.conversation.channel,
                ts=reply.action.message_id,
                text=reply.message.get("text") or wording.EMPTY,
                blocks=left,
                parse="none",
                link_names=False,
            )

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def aclose(self) -> None:
        """Let what was acknowledged come to its end, two seconds at most."""
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=2)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


class _Reply:
    """How to reach the person who acted."""

    __slots__ = ("action", "message", "response_url", "trigger", "user")

    def __init__(self, user: str, action: Action, response_url: str, trigger: str) -> None:
        self.user, self.action, self.response_url, self.trigger = user, action, response_url, trigger
        self.message: dict[str, Any] = {}  # the message that was pressed, where there is one


def _json(body: dict[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(body), headers={"content-type": "application/json"})
