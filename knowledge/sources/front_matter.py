"""The YAML block between `---` lines at the top of a Markdown or HTML file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import yaml

from knowledge.errors import SourceError
from knowledge.sources.fields import NAMES, field_name
from knowledge.sources.languages import language_tag
from knowledge.sources.problems import ProblemLog
from knowledge.sources.slugs import slug
from knowledge.sources.values import audience_of, date_of

_BLOCK = re.compile(r"\A---[ \t]*\n(.*?)(?:^)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TOML = re.compile(r"\A\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_LONGEST = 100_000


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a file says about all of its entries."""

    title: str = ""
    """The page's title: its question, if the page is one answer."""
    id: str = ""
    """The page's id."""
    tags: tuple[str, ...] = ()
    """Topics of every entry in the file."""
    audience: str = ""
    """Audience of every entry in the file."""
    language: str = ""
    """BCP 47 tag."""
    updated: date | None = None
    """When the file was last confirmed."""
    alternates: tuple[str, ...] = ()
    """Other wordings of the title."""
    values: Mapping[str, object] = field(default_factory=dict)
    """Everything in the block, for templates that refer to it."""


def split_front_matter(text: str, path: str, log: ProblemLog) -> tuple[FrontMatter, str, int]:
    """(front matter, the rest of the text, number of lines taken). Raises SourceError if the block is not YAML."""
    match = _BLOCK.match(text[:_LONGEST])
    if match is None:
        if toml := _TOML.match(text[:_LONGEST]):
            return _from_toml(toml, text, path, log)
        return FrontMatter(), text, 0
    try:
        # scalars stay strings: `title: No` is a title
        values = yaml.load(match[1], Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        if not re.search(r"^\w[\w -]*:", match[1], re.MULTILINE):
            return FrontMatter(), text, 0  # two horizontal rules with text between them
        mark = getattr(error, "problem_mark", None)
        raise SourceError(
            path,
            "has front matter that is not well-formed YAML; put quotes around values that hold a colon",
            mark.line + 2 if mark else 1,
        ) from error
    if not isinstance(values, dict):
        return FrontMatter(), text, 0
    return _interpret(values, log), text[match.end() :], match[0].count("\n")


def _from_toml(match: re.Match[str], text: str, path: str, log: ProblemLog) -> tuple[FrontMatter, str, int]:
    try:
        values = tomllib.loads(match[1])
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise SourceError(path, f"has front matter that is not well-formed TOML ({error})", 1) from error
    return _interpret(values, log), text[match.end() :], match[0].count("\n")


def _interpret(values: Mapping[str, object], log: ProblemLog) -> FrontMatter:
    named = {field_name(key): value for key, value in values.items()}

    def text(*names: str) -> str:
        value = next((named[name] for name in names if named.get(name) not in (None, "", [])), "")
        return " ".join(str(value).split()) if not isinstance(value, list | dict) else ""

    def items(*names: str) -> list[str]:
        found: list[str] = []
        for name in names:
            value = named.get(name)
            parts = value if isinstance(value, list) else str(value).split(",") if isinstance(value, str) else []
            found += [str(part).strip() for part in parts if isinstance(part, str) and part.strip()]
        return found

    tags = items("tags", "tag", "categories", "category", "topics", "topic", "keywords", "section", "collection")
    return FrontMatter(
        title=text("question", "title", "page_title", "heading"),
        id=text("id", "faq_id", "entry_id"),
        tags=tuple(dict.fromkeys(tag for item in tags if (tag := slug(item)))),
        audience=audience_of(text("audience", "visibility"), log, 1),
        language=language_tag(text("language", "lang", "locale")),
        updated=date_of(text(*NAMES["updated"]), log, 1),
        alternates=tuple(items("alternates", "also_asked", "alternate_questions", "aliases_asked")),
        values=dict(values),
    )
