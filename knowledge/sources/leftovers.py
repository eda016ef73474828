"""Template code that help centres leave in their Markdown: Liquid, kramdown, Hugo shortcodes, MDX, admonitions.

Every function keeps the number of lines, so that problems point at the right place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_INCLUDE_LIST = re.compile(r"\{%-?\s*include\b[^{}%]{0,500}?\bitems\s*=\s*page\.([\w-]+)[^{}%]{0,500}%\}")
_LIQUID = re.compile(r"\{%(?:[^%{]|%(?!\})|\{(?!%))*%\}")
_COMMENT_BLOCK = re.compile(r"\{%-?\s*comment\s*-?%\}(?:[^{]|\{(?!%-?\s*(?:end)?comment))*\{%-?\s*endcomment\s*-?%\}")
_VARIABLE = re.compile(r"\{\{-?\s*([^{}]{1,300}?)\s*-?\}\}")
_ATTRIBUTES = re.compile(r"[ \t]?\{:(?:\s|\.|#|[a-z-]+=)[^{}\n]{0,300}\}|\{:toc\}")
_SHORTCODE = re.compile(r"\{\{[<%]\s*/?.{0,500}?[>%]\}\}")
_MDX = re.compile(
    r"^(?:import\s+[\w{*][^\n]*\s+from\s+['\"][^\n]*|import\s+['\"][^\n]*|export\s+(?:const|default)\s[^\n]*)$",
    re.MULTILINE,
)
_COLON_FENCE = re.compile(
    r"^[ \t]*:::+[ \t]*(?:\{?\.?(\w+)\}?)?[ \t]*(?:\[([^\]\n]*)\]|([^\n{]*))?[^\n]*$", re.MULTILINE
)
_GITHUB_ALERT = re.compile(r"^(>\s*)\[!(\w+)\][-+]?[ \t]*$", re.MULTILINE)
_FENCE = re.compile(r"^[ \t]{0,3}(```+|~~~+)[^\n]*\n.*?(?:^[ \t]{0,3}\1[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)


def without_leftovers(text: str, values: Mapping[str, object], *, mdx: bool = False) -> str:
    """Markdown without template code; lists and values of the page's front matter are put where the template would."""
    pieces: list[str] = []
    position = 0
    for fence in _FENCE.finditer(text):  # code is quoted as it is
        pieces += [_clean(text[position : fence.start()], values, mdx), fence[0]]
        position = fence.end()
    pieces.append(_clean(text[position:], values, mdx))
    return "".join(pieces)


def _clean(text: str, values: Mapping[str, object], mdx: bool) -> str:
    if "{" in text:
        text = _COMMENT_BLOCK.sub(lambda match: "\n" * match[0].count("\n"), text)
        text = _INCLUDE_LIST.sub(lambda match: _one_line_list(values.get(match[1])), text)
        text = _SHORTCODE.sub("", text)
        text = _LIQUID.sub(lambda match: "\n" * match[0].count("\n"), text)
        text = _VARIABLE.sub(lambda match: _variable(match, values), text)
        text = _ATTRIBUTES.sub("", text)
    if mdx:
        text = _MDX.sub("", text)
    if ":::" in text:
        text = _COLON_FENCE.sub(_admonition, text)
    if "[!" in text:
        text = _GITHUB_ALERT.sub(lambda match: f"{match[1]}**{match[2].capitalize()}:**", text)
    if "!!!" in text or "???" in text:
        text = _material_admonitions(text)
    return text


LIST_BREAK = "\x03"
"""Stands for a line break inside an inserted list until the lines have been numbered: `split_list` puts it in."""


def _one_line_list(value: object) -> str:
    items = [str(item).strip() for item in value if isinstance(item, str)] if isinstance(value, list) else []
    return LIST_BREAK.join(f"- {' '.join(item.split())}" for item in items)


def split_list(text: str) -> list[str]:
    """The lines of a line into which a list from front matter was put."""
    return text.split(LIST_BREAK)


def _variable(match: re.Match[str], values: Mapping[str, object]) -> str:
    name, *filters = (part.strip() for part in match[1].split("|"))
    if re.fullmatch(r"(?:site\.)?(?:baseurl|base_url|BaseURL)|site\.url|\.Site\.BaseURL", name):
        return ""
    if name.startswith("page.") and isinstance(found := values.get(name[5:]), str):
        return found
    if re.fullmatch(r"(['\"])[^'\"]*\1", name) and any("url" in item for item in filters):
        return name[1:-1]
    return match[0]  # left for `kb check`: nobody here knows what it stands for


def _admonition(match: re.Match[str]) -> str:
    if not match[1]:
        return ""
    title = (match[2] or match[3] or "").strip() or match[1].capitalize()
    return f"**{title}:**"


def _material_admonitions(text: str) -> str:
    """MkDocs: `!!! note "Title"` and `??? "Question"` become bold lines, what is indented below them plain text."""
    lines = text.split("\n")
    inside = False
    for number, line in enumerate(lines):
        if match := re.match(r"(!!!|\?\?\?\+?)\s+([\w-]*)[^\"\n]*(?:\"([^\"\n]*)\")?\s*$", line):
            inside = True
            title = match[3] or match[2].capitalize()
            lines[number] = f"**{title}**" if match[1].startswith("?") else f"**{title}:**"
        elif inside and line.startswith(("    ", "\t")):
            lines[number] = line[1:] if line.startswith("\t") else line[4:]
        elif inside and line.strip():
            inside = False
    return "\n".join(lines)
