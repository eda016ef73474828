"""The unit of knowledge: one question with its answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

_JSON = json.JSONEncoder(ensure_ascii=False)


class _Derived:
    """Room for what is worked out of an entry once and asked for many times in a reload. No fields, no part of it."""

    __slots__ = ("_hash", "units")
    _hash: str
    units: Sequence[Any]
    """See `knowledge.search.units_of`, which keeps them here."""


@dataclass(frozen=True, slots=True)
class Entry(_Derived):
    """One FAQ entry, as an author wrote it."""

    id: str
    """Stable name, unique in the FAQ: given by the author, else derived from the source and the question."""
    question: str
    """The question in the author's words, plain text."""
    answer: str
    """The answer, Markdown."""
    alternates: tuple[str, ...] = ()
    """Other ways in which customers ask the same."""
    tags: tuple[str, ...] = ()
    """Topics; searches can be limited to them."""
    audience: str = "everyone"
    """Who may be shown it: `everyone`, `vip` or `staff`."""
    language: str = ""
    """BCP 47 tag of the text ("en", "es"), or "" when unknown."""
    updated: date | None = None
    """When the author last confirmed it."""
    source: str = ""
    """Where it comes from, for people: a path relative to the FAQ's root, with `#anchor`, or a URL."""
    path: str = ""
    """The file that it was read from, relative to the FAQ's root (or the URL)."""
    line: int = 0
    """Line of `path` at which the entry starts, 1-based; 0 when the format has no lines."""

    @property
    def content_hash(self) -> str:
        """SHA-256 (hex) of what is searched and shown; where it stands (`path`, `line`) does not count."""
        try:
            return self._hash
        except AttributeError:
            text = _JSON.encode(
                [self.id, self.question, self.answer, self.alternates, self.tags, self.audience,
                 self.language, str(self.updated), self.source]
            )  # fmt: skip
            object.__setattr__(self, "_hash", hashlib.sha256(text.encode()).hexdigest())
            return self._hash
