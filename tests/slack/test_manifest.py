"""The manifest covers everything that the code does, and nothing is asked for in vain."""

from __future__ import annotations

import ast
from pathlib import Path

import yaml
from slack_sdk.web.async_client import AsyncWebClient

from bots.slack import diagnosis, incoming
from tests.fake_slack.manifest import PATH, Manifest
from tests.fake_slack.methods import METHODS
from tests.fake_slack.scopes import EVENTS, SCOPES

SOURCE = Path(incoming.__file__).parent
BY_USE = {
    "app_mentions:read",
    "commands",
    "files:read",  # downloading url_private
    "chat:write.customize",  # an argument of chat.postMessage
}
"""Scopes that no method's name asks for."""
UPLOAD = {"files.getUploadURLExternal", "files.completeUploadExternal"}


def used_methods() -> set[str]:
    """Web API methods that the adapter calls, by the client's attributes and by name through `api_call`."""
    nodes = [node for path in SOURCE.glob("*.py") for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    named = {
        str(ast.literal_eval(node.args[0]))
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "api_call"
    }
    names = {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and hasattr(AsyncWebClient, node.attr) and "_" in node.attr.strip("_")
    }
    names -= {"files_upload_v2", "api_call", "base_url", "retry_handlers"}
    return {name.replace("_", ".", name.count("_")) for name in names} | named | UPLOAD


def needed(methods: set[str]) -> set[str]:
    scopes: set[str] = set()
    for method in methods:
        scope = SCOPES[method]
        scopes |= set(scope.values()) if isinstance(scope, dict) else {scope} if scope else set()
    return scopes


def test_every_method_is_known_to_the_fake_and_covered_by_a_scope() -> None:
    methods = used_methods()
    assert {"chat.postMessage", "conversations.replies", "views.open", "users.info"} <= methods
    assert methods <= set(METHODS)
    assert needed(methods) <= Manifest.load().scopes


def test_every_event_is_subscribed_and_every_subscription_has_its_scope() -> None:
    manifest = Manifest.load()
    assert manifest.events == frozenset(EVENTS)
    assert {event.split(".")[0] for event in manifest.events} == set(incoming.EVENTS)
    assert {EVENTS[event] for event in manifest.events} <= manifest.scopes


def test_no_scope_is_asked_for_in_vain() -> None:
    manifest = Manifest.load()
    assert manifest.scopes == needed(used_methods()) | set(EVENTS.values()) | BY_USE


def test_the_doctor_knows_every_scope() -> None:
    assert frozenset(diagnosis.SCOPES) == Manifest.load().scopes


def test_what_the_app_needs_is_switched_on() -> None:
    raw = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    assert Manifest.load().commands == {"/handoffs", "/canned", "/kb", "/vip", "/inbox"}
    assert raw["settings"]["socket_mode_enabled"] is True
    assert raw["settings"]["interactivity"]["is_enabled"] is True
    assert raw["features"]["app_home"]["messages_tab_enabled"] is True
    assert raw["features"]["app_home"]["messages_tab_read_only_enabled"] is False
