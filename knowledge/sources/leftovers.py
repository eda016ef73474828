"""Template code that help centres leave in their Markdown: Liquid, kramdown, Hugo shortcodes, MDX, admonitions.

Every function keeps the number of lines, so that problems point at the right place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_INCLUDE_LIST = re.compile(r"\{%-?\s*include\b[^{}%]{0,500}?\bitems\s*=\s*page\.([\w-]+)[^{}%]{0,500}%\}")
_LIQUID = re.compile(r"\{%(?:[^%{]|%(?!\})|\{(?!%))*%\}")
_TAB = re.compile(
    r"^[ \t]*\{%-?\s*(?:tab|stepper-step|step)\s+(?:title|name)\s*=\s*\"([^\"\n]{1,200})\"\s*-?%\}[ \t]*$", re.MULTILINE
)
"""A tab of GitBook: without its name nobody could tell it from the next one."""
_COMMENT_BLOCK = re.compile(r"\{%-?\s*comment\s*-?%\}(?:[^{]|\{(?!%-?\s*(?:end)?comment))*\{%-?\s*endcomment\s*-?%\}")
_VARIABLE = re.compile(r"\{\{-?\s*([^{}]{1,300}?)\s*-?\}\}")
_ATTRIBUTES = re.compile(r"[ \t]?\{:(?:\s|\.|#|[a-z-]+=)[^{}\n]{0,300}\}|\{:toc\}")
_FOLD = r"(?:details|expand|accordion|collapse|toggle|spoiler|faq|question|qa)[\w-]*"
_FOLD_OPEN = re.compile(
    rf"\{{\{{[<%]\s*{_FOLD}\s+(?:[\w-]+=[\w\"]+\s+)*?(?:(?:title|summary|question|q|name|header)\s*=\s*)?"
    r"\"([^\"\n]{1,500})\"[^{}\n]{0,300}[%>]\}\}"
)
_FOLD_CLOSE = re.compile(rf"\{{\{{[<%]\s*/\s*{_FOLD}\s*[%>]\}}\}}")
_SHORTCODE_REFERENCE = re.compile(r"\{\{[<%]\s*(?:rel)?ref\s+\"([^\"\n]{1,300})\"\s*[%>]\}\}")
_HIGHLIGHT = re.compile(
    r"^[ \t]*\{%-?\s*(?:highlight\s+([\w+-]+)[^%\n]{0,100}|(endhighlight)\s*)-?%\}[ \t]*$", re.MULTILINE
)
_MDX_COMMENT = re.compile(r"\{/\*(?:[^*{]|\*(?!/)|\{(?!/\*))*\*/\}")
_WIKI_LINK = re.compile(r"`[^`\n]*`|(?<![\[\\])\[\[([^\[\]|\n]{1,200})(?:\|([^\[\]|\n]{1,200}))?\]\](?!\()")
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
    if "highlight" in text:
        text = _HIGHLIGHT.sub(lambda match: "```" if match[2] else f"```{match[1]}", text)
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
        text = _FOLD_OPEN.sub(r"<details><summary>\1</summary>", text)
        text = _FOLD_CLOSE.sub("</details>", text)
        text = _SHORTCODE_REFERENCE.sub(r"\1", text)
        text = _SHORTCODE.sub("", text)
        text = _MDX_COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)
        text = _TAB.sub(rf"**\1**{LIST_BREAK}", text)
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
        for _ in range(3):  # boxes in boxes
            text = _material_admonitions(text)
    if "[[" in text:
        text = _WIKI_LINK.sub(_wiki_words, text)
    if "**" in text:
        text = _bold_list_questions(text)
    return text


def _wiki_words(match: re.Match[str]) -> str:
    """The words of a wiki's link: GitHub writes them before the page, others behind it; a page has no spaces."""
    if match[1] is None:
        return match[0]  # code
    first, second = match[1].strip(), (match[2] or "").strip()
    return first if not second or " " in first else second


_LIST_QUESTION = re.compile(r"[-*+] (\*\*(?=\S).{1,500}?[?？]\s*\*\*)\s*$")


def _bold_list_questions(text: str) -> str:
    """Two or more list items that are a bold question with the answer indented below it, as Notion exports toggles."""
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines) if _LIST_QUESTION.match(line)]
    if len(starts) < 2 or not all(_indented_below(lines, number) for number in starts):
        return text
    inside = False
    for number, line in enumerate(lines):
        if match := _LIST_QUESTION.match(line):
            inside = True
            lines[number] = f"{LIST_BREAK}{match[1]}{LIST_BREAK}"
        elif inside and line.strip():
            inside = line.startswith(("  ", "\t"))
            lines[number] = re.sub(r"^(?: {1,4}|\t)", "", line) if inside else line
    return "\n".join(lines)


def _indented_below(lines: list[str], number: int) -> bool:
    following = next((line for line in lines[number + 1 :] if line.strip()), "")
    return following.startswith(("  ", "\t"))


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
    if name.startswith("page.") and isinstance(value := values.get(name[5:]), str):
        return value
    if re.fullmatch(r"(['\"])[^'\"]*\1", name) and any("url" in item for item in filters):
        return name[1:-1]
    default = next((item for item in filters if item.startswith("default")), "")
    if found := re.fullmatch(r"default\s*:\s*(['\"])([^'\"]*)\1", default):
        return found[2]
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
