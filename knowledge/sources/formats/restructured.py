"""reStructuredText, plain or written for Sphinx: read by docutils with everything off that reaches beyond the file."""

from __future__ import annotations

import re

from docutils import nodes
from docutils.core import publish_doctree, publish_from_doctree
from docutils.utils import SystemMessage

from knowledge.errors import SourceError
from knowledge.sources.drafts import Draft, SourceFile
from knowledge.sources.formats.markdown import read_body
from knowledge.sources.front_matter import FrontMatter
from knowledge.sources.html_markdown import html_to_markdown
from knowledge.sources.markdown_entries import Page
from knowledge.sources.positions import Positions
from knowledge.sources.problems import ProblemLog
from knowledge.sources.questions import is_faq_title

_SETTINGS = {
    "file_insertion_enabled": False,  # include, csv-table :file:, literalinclude
    "raw_enabled": False,
    "_disable_config": True,  # docutils.conf of wherever the process runs
    "report_level": 5,
    "halt_level": 5,
    "input_encoding": "unicode",
    "output_encoding": "unicode",
    "doctitle_xform": False,  # a lone first heading stays a heading
    "sectsubtitle_xform": False,
    "smart_quotes": False,
    "syntax_highlight": "none",
    "math_output": "LaTeX",
    "embed_stylesheet": False,
    "stylesheet_path": None,
    "line_length_limit": 20_000,
    "id_prefix": "",
    "initial_header_level": 1,
    "cloak_email_addresses": False,
    "xml_declaration": False,
    "traceback": True,  # raise, instead of leaving the process
    "exit_status_level": 6,
    "warning_stream": False,
}

_ROLE = re.compile(r"(?<![\w:])((?::[\w.+-]+)+):`([^`\n]*(?:\n[^`\n]+)*)`")
_KNOWN_ROLES = frozenset(
    (
        "emphasis",
        "strong",
        "literal",
        "code",
        "math",
        "sub",
        "subscript",
        "sup",
        "superscript",
        "title-reference",
        "raw",
    )
)
_KNOWN_DIRECTIVES_WORDS = """
attention caution code code-block sourcecode danger error important note tip hint warning admonition sidebar
topic rubric epigraph highlights pull-quote compound container parsed-literal table csv-table list-table image
figure math line-block replace unicode date class default-role
"""
_KNOWN_DIRECTIVES = frozenset(_KNOWN_DIRECTIVES_WORDS.split())
_DROPPED = (
    "contents",
    "toctree",
    "include",
    "literalinclude",
    "index",
    "only",
    "highlight",
    "meta",
    "raw",
    "sectnum",
    "role",
)
_VERSIONS = {
    "versionadded": "New in version",
    "versionchanged": "Changed in version",
    "deprecated": "Deprecated since version",
}
_DIRECTIVE = re.compile(r"^([ \t]*)\.\. ([\w:+.-]+)::[ \t]*(.*)$")
_ADORNED = re.compile(r"[=\-~^\"'`#*+.:_<>]{3,}\s*")


def read(file: SourceFile, log: ProblemLog) -> list[Draft]:
    """Entries of a reStructuredText file. Includes are not followed: the included file is read as a file of its own."""
    text = "\n".join(_plain_docutils(file.text.expandtabs(8).split("\n")))
    positions = _positions(file.text)
    if _has_endless_markup(file.text):
        raise SourceError(file.path, "has a paragraph with more than 1,000 marks of inline markup; split it")
    try:
        tree = publish_doctree(text, settings_overrides=_SETTINGS)
        for message in list(tree.findall(nodes.system_message)):
            message.parent.remove(message)
        for problematic in list(tree.findall(nodes.problematic)):
            problematic.replace_self(nodes.Text(problematic.astext()))
        for node in [*tree.findall(nodes.footnote_reference), *tree.findall(nodes.label)]:
            node.parent.remove(node)  # the notes themselves stay, at the end of the section
        html = str(publish_from_doctree(tree, writer="html5", settings_overrides=_SETTINGS))
    except (
        SystemMessage,
        RecursionError,
        ValueError,
        KeyError,
        AttributeError,
        IndexError,
        AssertionError,
        TypeError,
    ) as error:
        raise SourceError(file.path, f"can't be read as reStructuredText ({type(error).__name__})") from error
    body = re.search(r"<body[^<>]*>(.*)</body>", html, re.DOTALL)
    markdown = html_to_markdown(_familiar(body[1] if body else html))
    page = Page(FrontMatter(), is_faq_title(file.stem), file.language)
    drafts = read_body(file, positions.numbered(markdown), page, log)
    if not drafts and re.search(r"^\s*\.\. (?:include|toctree)::", file.text, re.MULTILINE):
        log.problems.clear()  # a frame around other files
    return drafts


def _familiar(html: str) -> str:
    """docutils writes literals and admonition titles in ways that say so only by their class."""
    html = re.sub(r'<(span|tt|code) class="docutils literal">(.*?)</\1>', _literal, html, flags=re.DOTALL)
    return re.sub(r'<p class="admonition-title">(.*?)</p>', r"<p><strong>\1:</strong></p>", html, flags=re.DOTALL)


def _literal(match: re.Match[str]) -> str:
    return f"<code>{re.sub(r'</?span[^<>]*>', '', match[2])}</code>"


def _plain_docutils(lines: list[str]) -> list[str]:
    """Sphinx's roles and directives in terms that docutils knows; what points beyond the file is dropped."""
    kept: list[str] = []
    dropping: int | None = None
    in_options = False
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if dropping is not None and (not line.strip() or indent > dropping):
            continue
        dropping = None
        if match := _DIRECTIVE.match(line):
            name = match[2].rsplit(":", 1)[-1]
            if name in _DROPPED:
                dropping = indent
                continue
            in_options = True
            if name in _VERSIONS:
                kept += [f"{match[1]}**{_VERSIONS[name]} {match[3] or 'now'}:**", ""]
                continue
            if name == "seealso":
                kept += [f"{match[1]}.. admonition:: See also", "", f"{match[1]}   {match[3]}"]
                continue
            if name not in _KNOWN_DIRECTIVES:
                kept.append(
                    f"{match[1]}.. admonition:: {match[3]}" if match[3] else f"{match[1]}.. container:: unknown"
                )
                continue
        elif in_options and re.match(r"\s+:[\w-]+:(?:\s|$)", line):
            if not re.match(r"\s+:(?:alt|target|class|name|header|header-rows|widths|title):", line):
                continue  # `:emphasize-lines:` and the like would make docutils drop the whole directive
        else:
            in_options = False
        kept.append(line)
    return _ROLE.sub(_role, "\n".join(kept)).split("\n")


def _role(match: re.Match[str]) -> str:
    name = match[1].strip(":").rsplit(":", 1)[-1]
    if name in _KNOWN_ROLES:
        return match[0]
    text = " ".join(match[2].split())
    if named := re.fullmatch(r"(.*?)\s*<[^<>]*>", text):
        return named[1]
    text = text.lstrip("!~")
    if name in ("ref", "doc", "term"):
        return text.rsplit("/", 1)[-1].replace("-", " ")
    return f"``{text}``" if text else ""


def _positions(text: str) -> Positions:
    """Titles are the lines over (or between) lines of punctuation."""
    positions = Positions()
    lines = text.split("\n")
    for number, line in enumerate(lines[:-1]):
        if line.strip() and _ADORNED.fullmatch(lines[number + 1]) and not _ADORNED.fullmatch(line):
            title = re.sub(r"``?|:[\w-]+:", "", line)
            positions.add(title, number + 1)
    return positions


def _has_endless_markup(text: str) -> bool:
    """Whether a paragraph holds so many inline marks that docutils, which looks for the end of each, needs minutes."""
    return any(
        paragraph.count("`") + paragraph.count("*") + paragraph.count("|") // 8 + paragraph.count("_`") > 1000
        for paragraph in re.split(r"\n\s*\n", text)
    )
