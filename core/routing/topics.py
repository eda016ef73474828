"""Sensitive topics: which they are, by which words they are known, and whether one pages or offers a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

import yaml

from core.routing.phrases_index import PhraseIndex
from core.routing.text import said


class TopicAction(StrEnum):
    """What a topic does."""

    PAGE = "page"
    """A person is called at once."""
    OFFER = "offer"
    """A person is offered, with one tap."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One sensitive topic."""

    name: str
    """Short name, for configuration and reports: `lost_card`."""
    action: TopicAction
    """Page or offer."""
    wording: str
    """Key of the sentence that the customer hears."""
    phrases: tuple[str, ...]
    """Words by which it is known; `word*` and `...` as in `phrases_index`."""

    @property
    def title(self) -> str:
        """The name as staff read it: `lost card`."""
        return self.name.replace("_", " ")


@dataclass(frozen=True, slots=True)
class TopicFound:
    """A topic that a message touches."""

    topic: Topic
    """Which."""
    evidence: str
    """The customer's words."""


class TopicDetector:
    """Finds the most urgent sensitive topic of a message. Stateless after construction."""

    def __init__(self, topics: Iterable[Topic] | None = None) -> None:
        self._index = PhraseIndex((p, t) for t in (default_topics() if topics is None else topics) for p in t.phrases)

    def find(self, text: str) -> TopicFound | None:
        """The topic that the message touches; one that pages goes before one that offers. None: no topic."""
        shown, words = said(text)
        best: TopicFound | None = None
        for found in self._index.find(words):
            span = shown[words[found.first].start : words[found.last].end]
            here = TopicFound(found.label, " ".join(span.split())[:200])
            if here.topic.action is TopicAction.PAGE:
                return here
            best = best or here
        return best


@cache
def default_topics() -> tuple[Topic, ...]:
    """The topics that come with the package, read once."""
    text = (files("core.routing") / "topics.yaml").read_text("utf-8")
    raw = yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    return tuple(
        Topic(name, TopicAction(one["action"]), one["wording"], tuple(one["phrases"])) for name, one in raw.items()
    )
