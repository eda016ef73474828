"""Answers that were given before, so that the same question is not embedded and searched again."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from core.answering.answer import Answer

SIZE = 4096
"""Answers kept per process; of about 2 kB each."""
_LONGEST = 500
"""Characters; longer questions are not asked twice and would only fill memory."""


@dataclass(frozen=True, slots=True)
class CacheKey:
    """Everything that an answer to a stand-alone question depends on."""

    text: str
    """The question in lower case, with single spaces."""
    audience: str
    """Who asks: what one audience was shown never reaches another."""
    language: str
    """Language that the search was limited to."""
    version: str
    """Version of the FAQ that was searched."""


class AnswerCache:
    """The most recently used answers. For one event loop; holds nothing of a version that no longer serves."""

    def __init__(self, size: int = SIZE) -> None:
        self._size = size
        self._answers: OrderedDict[CacheKey, Answer] = OrderedDict()
        self._version = ""

    def key(self, text: str, *, audience: str, language: str, version: str) -> CacheKey | None:
        """The key of a question; None when it is not worth keeping or no version serves."""
        if not version or len(text) > _LONGEST:
            return None
        return CacheKey(" ".join(text.casefold().split()), audience, language, version)

    def get(self, key: CacheKey) -> Answer | None:
        """What was answered before, or None."""
        answer = self._answers.get(key)
        if answer is not None:
            self._answers.move_to_end(key)
        return answer

    def put(self, key: CacheKey, answer: Answer) -> None:
        """Keep an answer; the first one of another version drops all that are kept of the one before."""
        if key.version != self._version:
            self._answers.clear()
            self._version = key.version
        self._answers[key] = answer
        self._answers.move_to_end(key)
        if len(self._answers) > self._size:
            self._answers.popitem(last=False)

    def __len__(self) -> int:
        return len(self._answers)
