"""Block Kit's limits, as far as the blocks that we send go; anything else is refused.

Source: the Block Kit reference of Slack's developer documentation.
"""

from __future__ import annotations

from typing import Any

from tests.fake_slack.errors import Refusal

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100


def check_blocks(blocks: Any, *, limit: int = MESSAGE_BLOCKS, view: bool = False) -> None:
    """Raises Refusal("invalid_blocks") with the reason."""
    if not isinstance(blocks, list):
        raise invalid("blocks is not a list")
    if len(blocks) > limit:
        raise invalid(f"{len(blocks)} blocks, {limit} at most")
    block_ids: set[str] = set()
    for number, block in enumerate(blocks):
        if not isinstance(block, dict) or block.get("type") not in CHECKS:
            raise invalid(f"block {number}: unknown type {block!r}")
        if block["type"] == "input" and not view:
            raise invalid(f"block {number}: no input outside a view")
        block_id = block.get("block_id", f"auto{number}")
        if not 0 < len(block_id) <= 255 or block_id in block_ids:
            raise invalid(f"block {number}: block_id {block_id!r}")
        block_ids.add(block_id)
        CHECKS[block["type"]](block, f"block {number}")


def invalid(reason: str) -> Refusal:
    return Refusal("invalid_blocks", response_metadata={"messages": [f"[ERROR] {reason}"]})


def _text(value: Any, at: str, most: int, types: tuple[str, ...]) -> None:
    if not isinstance(value, dict) or value.get("type") not in types or not isinstance(value.get("text"), str):
        raise invalid(f"{at}: not a text object of {types}: {value!r}")
    unknown = set(value) - {"type", "text", "emoji" if value["type"] == "plain_text" else "verbatim"}
    if unknown:
        raise invalid(f"{at}: unknown {unknown}")
    if not 1 <= len(value["text"]) <= most:
        raise invalid(f"{at}: {len(value['text'])} characters, 1 to {most} allowed")


def _known(value: dict[str, Any], at: str, *keys: str) -> None:
    unknown = set(value) - {"type", "block_id", *keys}
    if unknown:
        raise invalid(f"{at}: unknown {unknown}")


def _section(block: dict[str, Any], at: str) -> None:
    _known(block, at, "text", "fields", "accessory", "expand")
    if "text" not in block and "fields" not in block:
        raise invalid(f"{at}: neither text nor fields")
    if "text" in block:
        _text(block["text"], at, 3000, ("mrkdwn", "plain_text"))
    fields = block.get("fields", [])
    if "fields" in block and not 1 <= len(fields) <= 10:
        raise invalid(f"{at}: {len(fields)} fields")
    for field in fields:
        _text(field, f"{at} field", 2000, ("mrkdwn", "plain_text"))
    if "accessory" in block:
        _element(block["accessory"], f"{at} accessory")


def _header(block: dict[str, Any], at: str) -> None:
    _known(block, at, "text")
    _text(block.get("text"), at, 150, ("plain_text",))


def _context(block: dict[str, Any], at: str) -> None:
    _known(block, at, "elements")
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= 10:
        raise invalid(f"{at}: {len(elements)} elements")
    for element in elements:
        _text(element, at, 3000, ("mrkdwn", "plain_text"))


def _actions(block: dict[str, Any], at: str) -> None:
    _known(block, at, "elements")
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= 25:
        raise invalid(f"{at}: {len(elements)} elements")
    action_ids = [element.get("action_id") for element in elements]
    if len(set(action_ids)) != len(action_ids):
        raise invalid(f"{at}: action_id repeated in {action_ids}")
    for element in elements:
        _element(element, at)


def _element(element: Any, at: str) -> None:
    if not isinstance(element, dict) or element.get("type") != "button":
        raise invalid(f"{at}: not a button: {element!r}")
    _known(element, at, "text", "action_id", "value", "style", "url", "confirm", "accessibility_label")
    _text(element.get("text"), f"{at} button", 75, ("plain_text",))
    if not 0 < len(element.get("action_id", "")) <= 255:
        raise invalid(f"{at}: action_id")
    if "value" in element and not (isinstance(element["value"], str) and 0 < len(element["value"]) <= 2000):
        raise invalid(f"{at}: value of {len(element['value'])} characters")
    if element.get("style", "primary") not in ("primary", "danger"):
        raise invalid(f"{at}: style {element['style']!r}")


def _input(block: dict[str, Any], at: str) -> None:
    _known(block, at, "label", "element", "optional", "hint", "dispatch_action")
    _text(block.get("label"), f"{at} label", 2000, ("plain_text",))
    element = block.get("element")
    if not isinstance(element, dict) or not element.get("action_id"):
        raise invalid(f"{at}: element {element!r}")
    if element.get("type") == "plain_text_input":
        _known(element, at, "action_id", "multiline", "initial_value", "max_length", "min_length", "placeholder")
        if len(element.get("initial_value", "")) > element.get("max_length", 3000):
            raise invalid(f"{at}: initial_value is too long")
    elif element.get("type") == "static_select":
        _known(element, at, "action_id", "options", "initial_option", "placeholder")
        options = element.get("options") or []
        if not 1 <= len(options) <= 100:
            raise invalid(f"{at}: {len(options)} options")
        for option in options:
            _text(option.get("text"), f"{at} option", 75, ("plain_text",))
            if not 0 < len(option.get("value", "")) <= 150:
                raise invalid(f"{at}: option value")
        if "initial_option" in element and element["initial_option"] not in options:
            raise invalid(f"{at}: initial_option is not an option")
    else:
        raise invalid(f"{at}: unknown element {element!r}")


def _divider(block: dict[str, Any], at: str) -> None:
    _known(block, at)


CHECKS = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "divider": _divider,
}


def check_view(view: Any) -> None:
    """Raises Refusal for a modal that Slack would not open."""
    if not isinstance(view, dict) or view.get("type") != "modal":
        raise Refusal("invalid_arguments", response_metadata={"messages": ["[ERROR] not a modal"]})
    for key in ("title", "submit", "close"):
        if key in view or key == "title":
            _text(view.get(key), key, 24, ("plain_text",))
    if len(view.get("private_metadata", "")) > 3000 or len(view.get("callback_id", "")) > 255:
        raise Refusal("invalid_arguments", response_metadata={"messages": ["[ERROR] private_metadata or callback_id"]})
    blocks = view.get("blocks")
    check_blocks(blocks, limit=VIEW_BLOCKS, view=True)
    if any(block["type"] == "input" for block in blocks) and "submit" not in view:
        raise Refusal("invalid_arguments", response_metadata={"messages": ["[ERROR] input needs submit"]})
