"""Operators' own phrases: `phrases.yaml` beside the FAQ.

    human:                       # these ask for a human here
      - talk to the concierge desk
    not_human:                   # these do not, whatever they look like
      - agent of the month
    topics:                      # more words for a topic, or a new topic
      fraud: [skimmed my card]
      chargeback:
        action: page             # page or offer
        wording: topic_fraud     # optional
        phrases: [charge ... back]

`word*` also matches longer forms, `...` up to three words between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

import yaml

from core.errors import ConfigurationError
from core.routing.text import tokens
from core.routing.topics import Topic, TopicAction

FILE_NAME: Final = "phrases.yaml"
_KEYS: Final = ("human", "not_human", "topics")
_TOPIC_KEYS: Final = ("action", "wording", "phrases")


class PhrasesError(ConfigurationError):
    """A phrases file is wrong; the message names file and line and says what to do."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        self.path, self.line, self.problem = path, line, message
        super().__init__(f"{path}:{line}: {message}")


@dataclass(frozen=True, slots=True)
class TopicChange:
    """What an operator adds to a topic."""

    phrases: tuple[str, ...]
    """More words by which it is known."""
    action: TopicAction | None = None
    """Page or offer; None keeps what it was (a new topic offers)."""
    wording: str = ""
    """Key of the sentence that the customer hears; "" keeps what it was."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """What a phrases file says."""

    human: tuple[str, ...] = ()
    """Phrases that ask for a human."""
    not_human: tuple[str, ...] = ()
    """Phrases that do not."""
    topics: Mapping[str, TopicChange] = field(default_factory=lambda: MappingProxyType({}))
    """Changes to topics, by name."""

    def applied_to(self, topics: Iterable[Topic]) -> tuple[Topic, ...]:
        """The topics with these changes."""
        merged = {topic.name: topic for topic in topics}
        for name, change in self.topics.items():
            known = merged.get(name) or Topic(name, TopicAction.OFFER, f"topic_{name}", ())
            merged[name] = replace(
                known,
                action=change.action or known.action,
                wording=change.wording or known.wording,
                phrases=(*known.phrases, *change.phrases),
            )
        return tuple(merged.values())


def load_phrases(path: Path) -> Phrases:
    """Read a phrases file, or the `phrases.yaml` of a folder.

    Args:
        path: the file; or a folder (the FAQ's), which may have none.

    Raises:
        PhrasesError: it can't be read, or holds something else than phrases.
    """
    if path.is_dir():
        path = path / FILE_NAME
        if not path.exists():
            return Phrases()
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PhrasesError(path, 1, f"can't be read ({error}); save it as UTF-8 text") from error
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise PhrasesError(path, mark.line + 1 if mark else 1, f"not YAML: {error.problem}; quote the text") from error
    except yaml.YAMLError as error:  # a character that YAML does not allow carries no mark
        raise PhrasesError(path, 1, f"not YAML: {error}; quote the text") from error
    if root is None:
        return Phrases()
    found = _mapping(path, root, _KEYS)
    topics = found.get("topics")
    return Phrases(
        _phrases(path, found.get("human")),
        _phrases(path, found.get("not_human")),
        MappingProxyType(_topics(path, topics) if topics is not None else {}),
    )


def _mapping(path: Path, node: yaml.Node, keys: tuple[str, ...]) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        raise _wrong(path, node, f"expected `key: value` with the keys {', '.join(keys) or 'that you choose'}")
    found: dict[str, yaml.Node] = {}
    for key, value in node.value:
        name = str(key.value)
        if keys and name not in keys:
            raise _wrong(path, key, f"unknown key {name!r}; use {', '.join(keys)}")
        if name in found:
            raise _wrong(path, key, f"{name!r} stands here a second time; put both lists into one")
        found[name] = value
    return found


def _phrases(path: Path, node: yaml.Node | None) -> tuple[str, ...]:
    if node is None or (isinstance(node, yaml.ScalarNode) and not node.value):
        return ()
    if not isinstance(node, yaml.SequenceNode):
        raise _wrong(path, node, "expected a list of phrases, each on its own line after `- `")
    found: list[str] = []
    for item in node.value:
        if not isinstance(item, yaml.ScalarNode):
            raise _wrong(path, item, "expected a phrase; quote it if it holds a colon or a bracket")
        if not any(token.text.isalnum() for token in tokens(item.value)):
            raise _wrong(path, item, f"{item.value!r} holds no word; write what customers write, or remove it")
        found.append(item.value)
    return tuple(dict.fromkeys(found))


def _topics(path: Path, node: yaml.Node) -> dict[str, TopicChange]:
    if isinstance(node, yaml.ScalarNode) and not node.value:
        return {}
    changes: dict[str, TopicChange] = {}
    for name, value in _mapping(path, node, ()).items():
        if isinstance(value, yaml.SequenceNode):
            changes[name] = TopicChange(_phrases(path, value))
            continue
        parts = _mapping(path, value, _TOPIC_KEYS)
        changes[name] = TopicChange(
            _phrases(path, parts.get("phrases")), _action(path, parts.get("action")), _text(path, parts.get("wording"))
        )
    return changes


def _action(path: Path, node: yaml.Node | None) -> TopicAction | None:
    if node is None:
        return None
    try:
        return TopicAction(_text(path, node))
    except ValueError:
        raise _wrong(path, node, f"action is {_text(path, node)!r}; use page or offer") from None


def _text(path: Path, node: yaml.Node | None) -> str:
    if node is None:
        return ""
    if not isinstance(node, yaml.ScalarNode):
        raise _wrong(path, node, "expected one word")
    return str(node.value)


def _wrong(path: Path, node: yaml.Node, message: str) -> PhrasesError:
    return PhrasesError(path, node.start_mark.line + 1, message)
