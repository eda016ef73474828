"""What is asked of the chain, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.conversation import Turn
from core.posts import Source


class AnswerKind(StrEnum):
    """What became of a question."""

    ANSWER = "answer"
    """The FAQ answers it: `text` does, from `sources`."""
    SUGGEST = "suggest"
    """Not sure: `suggestions` hold up to three questions to offer; no text."""
    UNKNOWN = "unknown"
    """The FAQ does not answer it; no text."""
    SMALL_TALK = "small_talk"
    """A greeting, thanks…: `small_talk` says which; no text."""
    UNAVAILABLE = "unavailable"
    """The FAQ could not be searched; no text."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a customer (or of a colleague)."""

    text: str
    """What was written, Markdown."""
    history: tuple[Turn, ...] = ()
    """What was said before it in this conversation, oldest first, without the question itself."""
    audience: str = "everyone"
    """Whose entries may answer: `everyone`, `vip` or `staff`."""
    language: str = ""
    """BCP 47 tag that limits the search to entries of the language (or of none stated), or "" for all."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the chain found. Where `text` is "", the core words the reply by `kind`."""

    kind: AnswerKind
    """What became of the question."""
    text: str = ""
    """The answer, Markdown: quoted word for word, or generated with `[n]` behind each sentence, n = place in
    `sources` from 1."""
    sources: tuple[Source, ...] = ()
    """The entries that the text rests on, in the order of its citations."""
    suggestions: tuple[Source, ...] = ()
    """Up to three entries whose questions can be offered ("did you mean"), best first."""
    confidence: float = 0.0
    """Calibrated probability, 0..1, that the best entry answers the question."""
    entries: tuple[str, ...] = ()
    """Ids of the entries that were found, best first."""
    small_talk: str = ""
    """For SMALL_TALK its name (`greeting`, `thanks`, `goodbye`, …)."""
    generated: bool = False
    """True when the model wrote the text; False when it is quoted."""
    tokens_in: int = 0
    """Tokens that the model read for this answer; 0 for one that came from the cache."""
    tokens_out: int = 0
    """Tokens that it wrote."""
