"""Markdown to HTML that is safe to show whoever wrote it.

No HTML of the writer's passes, links lead to http(s) and mail only and say where, and images become links, so a message
loads nothing from anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

LONG = 8_000
"""Characters beyond which a text is shown as it was typed: parsing it would hold up everybody else."""

_SCHEMES = {"http", "https", "mailto"}


class _Renderer(RendererHTML):
    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        return _link(str(token.attrGet("src") or ""), escape(token.content) or "image") + "</a>"

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return _link(str(tokens[idx].attrGet("href") or ""), "")

    def link_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        start, depth = idx - 1, 1
        while start >= 0 and depth:
            depth += (tokens[start].type == "link_close") - (tokens[start].type == "link_open")
            start -= 1
        label = "".join(token.content for token in tokens[start + 1 : idx])
        host = urlsplit(str(tokens[start + 1].attrGet("href") or "")).hostname or ""
        note = f' <span class="link-host">({escape(host)})</span>' if host and host not in label.lower() else ""
        return "</a>" + note

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"<pre><code>{escape(tokens[idx].content)}</code></pre>\n"


def _link(href: str, label: str) -> str:
    return f'<a href="{escape(href)}" target="_blank" rel="noopener noreferrer nofollow">{label}'


def _allowed(url: str) -> bool:
    try:
        return urlsplit(url.strip()).scheme.lower() in _SCHEMES
    except ValueError:
        return False


def _make(*, breaks: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": breaks, "maxNesting": 20}, renderer_cls=_Renderer)
    parser.enable(["table", "strikethrough"])
    parser.validateLink = _allowed  # type: ignore[method-assign]
    return parser


_parser, _typed = _make(breaks=False), _make(breaks=True)


@lru_cache(maxsize=512)
def to_html(text: str, *, typed: bool = False) -> str:
    """HTML of a Markdown text; a text longer than LONG characters is escaped and kept as it is.

    Lines of what somebody `typed` in a chat stay lines; those of an FAQ file flow.
    """
    if len(text) > LONG:
        return f'<p class="as-typed">{escape(text)}</p>'
    return str((_typed if typed else _parser).render(text))


def to_line(text: str) -> str:
    """HTML of a short text, without a paragraph around it."""
    return str(_parser.renderInline(text)) if len(text) <= LONG else escape(text)


def to_plain(text: str) -> str:
    """The words of a Markdown text, for toasts and labels."""
    if len(text) > LONG:
        return text
    inline = [token for token in _parser.parse(text) if token.type == "inline"]
    return "\n".join("".join(_words(child) for child in token.children or ()) for token in inline)


def _words(token: Token) -> str:
    return "\n" if token.type in {"softbreak", "hardbreak"} else token.content
