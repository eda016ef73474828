"""A form of the core as a Slack modal, and back. What the form belongs to travels in `private_metadata`: nothing is
kept here, so a form that was open during a restart still works."""

from __future__ import annotations

import json
from typing import Any

from bots.slack.rendering import ACTION_PREFIX
from core.messages import Action, Address, Person
from core.posts import Form, FormField

PLATFORM = "slack"


def modal(form: Form, asked: Action) -> dict[str, Any]:
    """The `view` for `views.open`; `asked` is the action that needs the form."""
    kept = {"value": form.value, "conversation": asked.conversation.key, "message": asked.message_id}
    return {
        "type": "modal",
        "callback_id": f"{ACTION_PREFIX}{form.action}",
        "private_metadata": json.dumps(kept),
        "title": _plain(form.title, 24),
        "submit": _plain(form.submit, 24),
        "blocks": [_input(field) for field in form.fields],
    }


def submitted(view: dict[str, Any], person: Person) -> Action | None:
    """The action of a submitted modal, or None when it is not one of ours."""
    callback = str(view.get("callback_id", ""))
    if not callback.startswith(ACTION_PREFIX):
        return None
    kept = json.loads(view["private_metadata"])
    return Action(
        event_id=f"{PLATFORM}/form/{view['id']}/{view.get('hash', '')}",
        name=callback.removeprefix(ACTION_PREFIX),
        person=person,
        conversation=Address.parse(kept["conversation"]),
        value=kept["value"],
        fields={name: _value(element) for block in view["state"]["values"].values() for name, element in block.items()},
        message_id=kept["message"],
    )


def errors(view: dict[str, Any], text: str) -> dict[str, Any]:
    """The answer that keeps the modal open, with what was typed, and shows `text` at its first input."""
    first = next(block["block_id"] for block in view["blocks"] if block["type"] == "input")
    return {"response_action": "errors", "errors": {first: text}}


def _value(element: dict[str, Any]) -> str:
    if element.get("type") == "static_select":
        return str((element.get("selected_option") or {}).get("value") or "")
    return str(element.get("value") or "")


def _plain(text: str, limit: int) -> dict[str, str]:
    return {"type": "plain_text", "text": text[:limit] or "-"}


def _input(field: FormField) -> dict[str, Any]:
    element: dict[str, Any]
    if field.choices:
        options = [{"text": _plain(choice, 75), "value": choice[:150]} for choice in field.choices[:100]]
        element = {"type": "static_select", "action_id": field.name, "options": options}
        chosen = [option for option in options if option["value"] == field.value]
        if chosen:
            element["initial_option"] = chosen[0]
    else:
        element = {"type": "plain_text_input", "action_id": field.name, "multiline": field.multiline}
        if field.value:
            element["initial_value"] = field.value[:3000]
    return {
        "type": "input",
        "block_id": field.name,
        "label": _plain(field.label, 2000),
        "element": element,
        "optional": field.optional,
    }
