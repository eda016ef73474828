"""Nested data (YAML, JSON) to drafts: groups become tags, rows become entries, `question: answer` pairs too."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from knowledge.errors import SourceError
from knowledge.sources.chatbots import intent_row
from knowledge.sources.drafts import Draft, SourceFile
from knowledge.sources.fields import NAMES, field_name, is_row, row_drafts
from knowledge.sources.languages import language_tag
from knowledge.sources.problems import ProblemLog
from knowledge.sources.questions import looks_like_question
from knowledge.sources.slugs import slug

_DEEPEST = 40
_MOST_NODES = 500_000
_GENERIC_WORDS = """
faq faqs questions entries entry items item data results articles docs documents rows list content main_entity records
qa section question_answers intents nodes node edges attributes fields props children sections categories groups pages
json graph paragraphs qas qnas qna qna_documents qna_list faq_list faq_items faq_data faq_page translation translations
category folders folder solution
"""
_GENERIC = frozenset(_GENERIC_WORDS.split())
_LABELS = ("title", "name", "category", "section", "topic", "group", "label", "heading")


class TreeReader:
    """Walks one file's data. `line_of(value)` tells where a mapping starts (0 when unknown)."""

    def __init__(self, file: SourceFile, log: ProblemLog, line_of: Callable[[object], int]) -> None:
        self._file, self._log, self._line_of = file, log, line_of
        self._left = _MOST_NODES
        self._drafts: list[Draft] = []

    def read(self, data: object) -> list[Draft]:
        """All entries, in file order. Raises SourceError for data that nests or repeats itself beyond reason."""
        self._walk(data, (), self._file.language, 0)
        return self._drafts

    def _walk(self, value: object, tags: tuple[str, ...], language: str, depth: int) -> None:
        self._left -= 1
        if depth > _DEEPEST or self._left < 0:
            reason = "is nested too deeply" if depth > _DEEPEST else "repeats itself too often (aliases of aliases)"
            raise SourceError(self._file.path, f"{reason}; an FAQ needs a few levels: topic, entry, fields")
        if isinstance(value, list):
            for item in value:
                self._walk(item, tags, language, depth + 1)
        elif isinstance(value, Mapping):
            row = value if is_row(value) else intent_row(value, self._log, self._line_of)
            if row is not None:
                self._drafts += row_drafts(row, self._log, line=self._line_of(value), tags=tags, language=language)
            else:
                self._group(value, tags, language, depth)

    def _group(self, value: Mapping[str, object], tags: tuple[str, ...], language: str, depth: int) -> None:
        own = {field_name(key): item for key, item in value.items() if isinstance(item, str)}
        if (named := next((own[name] for name in _LABELS if own.get(name)), "")) and len(named) < 80:
            tags = (*tags, slug(named))
        language = language_tag(own.get("language", own.get("lang", ""))) or language
        pairs = _numbered_pairs(value)
        for key, item in value.items():
            if isinstance(item, list | Mapping):
                inner_tags, inner_language = tags, language
                if tag := language_tag(key):
                    inner_language = tag
                elif field_name(key) not in _GENERIC and not str(key).startswith("@"):
                    inner_tags = (*tags, slug(str(key)))
                self._walk(item, inner_tags, inner_language, depth + 1)
            elif str(key) in pairs:
                pair = {"question": item, "answer": value[pairs[str(key)]]}
                self._drafts += row_drafts(pair, self._log, line=self._line_of(value), tags=tags, language=language)
            elif looks_like_question(str(key)) and field_name(key) not in NAMES["question"]:
                pair = {"question": str(key), "answer": item}
                self._drafts += row_drafts(pair, self._log, line=self._line_of(value), tags=tags, language=language)
            elif field_name(key) in NAMES["question"][:6] and isinstance(item, str) and item.strip():
                self._log.error(
                    "no-answer",
                    f"“{item.strip()[:80]}” has no answer.",
                    "Add an answer field, or delete the question.",
                    self._line_of(value),
                )


_ROLE = "(?:(?P<asks>questions?|q|title)|answers?|a|content|text)"
_NUMBERED = (
    re.compile(rf"(?:(?P<before>.*)_)?{_ROLE}_?(?P<number>\d{{1,3}})(?:_(?P<behind>.*))?"),  # faq_q1, answer_2_text
    re.compile(rf"(?P<before>.*?)_?(?P<number>\d{{1,3}})_{_ROLE}(?P<behind>)"),  # item1_question
)


def _numbered_pairs(value: Mapping[str, object]) -> dict[str, str]:
    """Key of a question -> key of its answer, for `q1`, `a1`, `q2`, `a2` side by side, as translations have them."""
    questions: dict[tuple[str | None, ...], str] = {}
    answers: dict[tuple[str | None, ...], str] = {}
    for key, item in value.items():
        found = (form.fullmatch(field_name(key)) for form in _NUMBERED) if isinstance(item, str) else ()
        if match := next(filter(None, found), None):
            side = questions if match["asks"] else answers
            side.setdefault(match.group("before", "number", "behind"), str(key))
    return {key: answers[place] for place, key in questions.items() if place in answers}
