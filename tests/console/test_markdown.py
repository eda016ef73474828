"""What a message may do in a browser: be read, and nothing else."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from bots.console.markdown import LONG, to_html, to_line, to_plain

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:x) [y](file:///etc/passwd) [z](//evil.example)",
    "![x](https://evil.example/pixel.png)",
    "[![x](https://evil.example/a.png)](https://evil.example)",
    '[x](https://evil.example "onmouseover=alert(1)")',
    '[x](https://evil.example/"onmouseover="alert(1))',
    "<https://evil.example/><b onclick=alert(1)>",
    "```html\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "| a |\n|---|\n| <script>alert(1)</script> |",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "[a]: javascript:alert(1)\n\n[a]",
]

TAGS = frozenset(
    re.findall(
        r"\w+",
        "p br strong em s a span ul ol li code pre blockquote h1 h2 h3 h4 h5 h6 hr table thead tbody tr th td",
    )
)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("render", [to_html, to_line])
def test_hostile_text_stays_text(text: str, render: object) -> None:
    page = BeautifulSoup(render(text), "html.parser")  # type: ignore[operator]
    assert {element.name for element in page.find_all(True)} <= TAGS
    for element in page.find_all(True):
        assert set(element.attrs) <= {"href", "target", "rel", "class", "style", "start"}, element
        assert re.match(r"https?://|mailto:", element.get("href", "https://")), element
        assert element.get("style", "") in {"", "text-align:left", "text-align:right", "text-align:center"}


def test_a_link_says_where_it_leads() -> None:
    assert "(evil.example)" in BeautifulSoup(to_html("[bank.example](https://evil.example/x)"), "html.parser").text
    assert "(" not in BeautifulSoup(to_html("<https://faq.example/x>"), "html.parser").text


def test_ordinary_markdown_is_laid_out() -> None:
    html = to_html("Pay **within** _30_ days:\n\n- once\n- or `twice`\n\nnext line\nhere")
    for part in ("<strong>within</strong>", "<em>30</em>", "<li>once</li>", "<code>twice</code>"):
        assert part in html
    assert "<br" not in html


def test_lines_that_were_typed_stay_lines() -> None:
    assert "<br" in to_html("one\ntwo", typed=True)


def test_a_very_long_text_is_shown_whole_without_being_parsed() -> None:
    text = "[" * LONG + "<b>"
    assert BeautifulSoup(to_html(text), "html.parser").text == text


def test_a_toast_reads_as_words() -> None:
    assert to_plain("**Sam** was faster: [see](https://x.example)\nhere") == "Sam was faster: see\nhere"
