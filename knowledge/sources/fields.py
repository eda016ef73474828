"""Rows with named fields (CSV columns, YAML and JSON keys) to drafts, whatever sensible names the author chose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.sources.drafts import Draft
from knowledge.sources.languages import language_tag
from knowledge.sources.markup import answer_markdown, plain_text, storable
from knowledge.sources.problems import ProblemLog
from knowledge.sources.slugs import slug
from knowledge.sources.values import STATES, audience_of, date_of, is_draft

# In order of preference: of two columns that could be the question, the earlier name wins.
NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "entry_id", "faq_id", "question_id", "article_id", "qid", "qna_id", "key", "slug", "uid", "uuid",
           "identifier", "intent"),
    "question": (
        "question", "q", "questions", "faq", "question_text", "query", "pregunta", "frage", "domanda", "pergunta",
        "vraag", "title", "titel", "titre", "titulo", "heading", "subject", "header", "summary", "name",
        "prompt",
    ),
    "answer": (
        "answer", "a", "answers", "answer_text", "accepted_answer", "suggested_answer", "response", "reply",
        "respuesta", "antwort", "reponse", "risposta", "resposta", "antwoord", "answer_html",
        "solution", "resolution",
        "article_body", "body_html", "body", "content_html", "content", "text", "html", "markdown", "description",
    ),
    "alternates": (
        "alternates", "alternate", "alternate_questions", "alternatives", "alternative_questions", "also_asked",
        "variants", "variations", "paraphrases", "utterances", "similar_questions", "synonyms", "aliases", "examples",
    ),
    "tags": ("tags", "tag", "label_names", "labels", "label", "keywords", "topics", "topic", "category", "categories",
             "section", "group", "product", "domain", "course", "entity", "kategorie", "categoria", "categorie",
             "rubrik", "thema", "tema", "schlagworte", "etiquetas"),
    "audience": ("audience", "visibility"),
    "language": ("language", "lang", "locale", "in_language"),
    "updated": ("updated", "updated_at", "last_updated", "last_modified", "modified", "date_modified", "lastmod",
                "reviewed", "last_reviewed", "date"),
    "source": ("source", "url", "html_url", "link", "permalink"),
}  # fmt: skip

_DISCRIMINATING = frozenset({"domain", "course", "entity", "product", "group", "category", "section"})
_BY_LANGUAGE = frozenset({"question", "answer", "alternates"})

_ID = re.compile(r"[\w.:-]{1,64}")
_BETWEEN_TAGS = re.compile(r"[,;|]")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds what."""

    single: tuple[tuple[str, tuple[str, ...]], ...]
    """Role -> columns, best first, for the roles without a language."""
    languages: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    """Language -> (role, column) pairs, when questions or answers stand side by side in several languages."""
    state: tuple[tuple[str, str], ...] = ()
    """(field, column) pairs that may say that the row is not published."""

    @property
    def usable(self) -> bool:
        """Whether there are a question and an answer."""
        roles = dict(self.single)
        if "question" in roles and "answer" in roles:
            return True
        return any(
            ("question" in found or "question" in roles) and ("answer" in found or "answer" in roles)
            for found in ({role for role, _ in pairs} for _, pairs in self.languages)
        )


def field_name(name: object) -> str:
    """`Question (EN)`, `questionEn` and `question-en` are all `question_en`."""
    return _field_name(str(name)[:200])


@lru_cache(maxsize=1024)
def _field_name(name: str) -> str:
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.removesuffix("__c"))  # Salesforce: a custom field
    accents = str.maketrans("éèêàáíóúüñ", "eeeaaiouun")
    return re.sub(r"[\W_]+", "_", text.lower().translate(accents)).strip("_")


def columns_of(names: Iterable[object]) -> Columns:
    """Finds the role of every column."""
    return _columns(tuple(str(name) for name in names))


@lru_cache(maxsize=256)
def _columns(names: tuple[str, ...]) -> Columns:
    normal = [(field_name(name), name) for name in names]
    single: dict[str, tuple[str, ...]] = {}
    for role, known in NAMES.items():
        found = [(known.index(short), name) for short, name in normal if short in known]
        if found:
            single[role] = tuple(name for _, name in sorted(found, key=lambda pair: pair[0]))
    languages: dict[str, dict[str, str]] = {}
    for short, name in normal:
        if any(short in known for known in NAMES.values()):
            continue
        role, language = _role_and_language(short)
        if role:
            languages.setdefault(language, {}).setdefault(role, name)
    return Columns(
        single=tuple(single.items()),
        languages=tuple((language, tuple(found.items())) for language, found in languages.items()),
        state=tuple((short, name) for short, name in normal if short in STATES),
    )


def _role_and_language(short: str) -> tuple[str, str]:
    """`q_fr` -> ("question", "fr"); `en_us_answer` -> ("answer", "en-US"); ("", "") when it is neither."""
    words = short.split("_")
    for size in (1, 2):
        if len(words) <= size:
            break
        for code, rest in ((words[-size:], words[:-size]), (words[:size], words[size:])):
            language = language_tag("-".join(code))
            role = next((role for role in _BY_LANGUAGE if "_".join(rest) in NAMES[role]), "")
            if language and role:
                return role, language
    return "", ""


def row_drafts(
    row: Mapping[str, object],
    log: ProblemLog,
    *,
    line: int = 0,
    tags: Sequence[str] = (),
    language: str = "",
) -> list[Draft]:
    """The entries of one row: one, or one per language. What is missing is logged; an empty row gives nothing."""
    columns = columns_of(row)
    if columns.state and is_draft({short: row.get(name) for short, name in columns.state}):
        log.note("draft", "is marked as not published and left out.", "Publish it when it may be shown.", line)
        return []
    roles = dict(columns.single)
    row_language = language_tag(_text(_pick(row, roles.get("language", ())))) or language
    drafts: list[Draft] = []
    versions: list[tuple[str, dict[str, object]]] = []
    if columns.languages:
        versions = [(tag, {role: row.get(name) for role, name in pairs}) for tag, pairs in columns.languages]
    base = {role: _pick(row, roles.get(role, ())) for role in _BY_LANGUAGE}
    if by_key := _nested_languages(base):
        versions += by_key
    elif not versions or (_text(base["question"]) and _text(base["answer"])):
        versions.insert(0, ("", base))

    identity = _text(_pick(row, roles.get("id", ())))
    row_tags = list(tags)
    discriminators: list[str] = []
    for name in roles.get("tags", ()):
        values = _tag_list(row.get(name))
        row_tags += values
        if field_name(name) in _DISCRIMINATING:
            discriminators += values
    audience = audience_of(_text(_pick(row, roles.get("audience", ()))), log, line)
    if row.get("user_segment_id") not in (None, "", "null") and not audience:
        audience = "staff"  # Zendesk: only some users may see it, and nobody here knows which
    updated = date_of(_text(_pick(row, roles.get("updated", ()))), log, line)
    source = _text(_pick(row, roles.get("source", ())))

    for version_language, version in versions:
        asked = version.get("question") or base["question"]
        question = "" if isinstance(asked, list | tuple) else plain_text(_text(asked))
        answer = answer_markdown(_text(version.get("answer") or (base["answer"] if not columns.languages else "")))
        alternates = _lines(version.get("alternates") or (base["alternates"] if not version_language else None))
        if isinstance(asked, list | tuple):  # several wordings, the first of which stands for all
            question, *more = _lines(asked) or [""]
            alternates = more + alternates
        if not question and not answer:
            continue
        if not question:
            log.error("no-question", "has an answer but no question.", "Fill in the question, or delete the row.", line)
            continue
        if not answer:
            log.error("no-answer", f"“{question}” has no answer.", "Write the answer, or delete the question.", line)
            continue
        own_id = slug(identity) if identity and not _ID.fullmatch(identity) else identity
        if own_id and drafts:
            own_id = f"{own_id}-{version_language or len(drafts) + 1}"
        drafts.append(
            Draft(
                question=question,
                answer=answer,
                line=line,
                id=own_id,
                alternates=tuple(alternates),
                tags=tuple(dict.fromkeys(row_tags)),
                audience=audience,
                language=version_language or row_language,
                updated=updated,
                source=source if source.startswith(("http://", "https://")) else "",
                discriminators=tuple(discriminators),
            )
        )
    return drafts


def is_row(value: object) -> bool:
    """Whether a mapping is an entry (as opposed to a group of entries)."""
    if not isinstance(value, Mapping):
        return False
    columns = columns_of(value)
    if not columns.usable:
        return False
    roles = dict(columns.single)
    answers = [value.get(name) for name in roles.get("answer", ())] + [
        value.get(name) for _, pairs in columns.languages for role, name in pairs if role == "answer"
    ]
    # {title: "Billing", content: [{question: …}, …]} is a group, whatever its keys are called.
    return any(not _holds_rows(answer) for answer in answers)


def _holds_rows(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(item, Mapping) and columns_of(item).usable for item in value)


def _pick(row: Mapping[str, object], names: Sequence[str]) -> object:
    """The first of the columns that isn't empty."""
    return next((row[name] for name in names if row.get(name) not in (None, "", [], {})), None)


def _nested_languages(base: Mapping[str, object]) -> list[tuple[str, dict[str, object]]]:
    """`question: {en: …, fr: …}` beside `answer: {en: …, fr: …}`."""
    question, answer = base["question"], base["answer"]
    if not isinstance(question, Mapping) or not isinstance(answer, Mapping):
        return []
    return [
        (tag, {"question": question[key], "answer": _best(question[key], answer.get(key)), "alternates": None})
        for key in question
        if (tag := language_tag(key))
    ]


def _best(question: object, answer: object) -> object:
    """Beside several wordings, several answers are variants (Botpress), the first of which is taken."""
    return answer[0] if isinstance(question, list) and isinstance(answer, list) and answer else answer


def _text(value: object) -> str:
    """A value as text: lists become Markdown bullets, `{text: …}` its text."""
    if isinstance(value, str):
        return "" if value in ("~", "null") else storable(value).strip()
    if value is None:
        return ""
    if isinstance(value, Mapping):
        for name in ("text", "value", "rendered", "html", "markdown", "name", "content", "body"):
            if isinstance(value.get(name), str):
                return str(value[name]).strip()
        return ""
    if isinstance(value, list | tuple):
        if all(isinstance(item, Mapping) and "answer_start" in item for item in value):
            value = value[:1]  # SQuAD: several readers' marks of one answer
        parts = [part for part in (_text(item) for item in value) if part]
        return parts[0] if len(parts) == 1 else "\n".join(f"- {part}" for part in parts)
    return str(value)


def _lines(value: object) -> list[str]:
    """Alternates: a list, or one text with a wording per line (or between `|` or `;`)."""
    if not value:
        return []
    if isinstance(value, list | tuple):
        texts = [_text(item) for item in value]
    else:
        text = _text(value)
        separator = next((mark for mark in ("\n", "|", ";") if mark in text), "\n")
        texts = [re.sub(r"^\s*[-*]\s+", "", part) for part in text.split(separator)]
    return [clean for text in texts if (clean := plain_text(text))]


def _tag_list(value: object) -> list[str]:
    parts = value if isinstance(value, list | tuple) else _BETWEEN_TAGS.split(_text(value))
    return [tag for part in parts if (tag := _tag(_text(part)))]


_tag = lru_cache(maxsize=1024)(slug)  # few tags, many entries
