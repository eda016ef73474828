"""HTML pages and fragments."""

from __future__ import annotations

import json

import pytest

from tests.sources.conftest import Read

PAGE = """<!doctype html>
<html lang="es"><head><title>Ayuda | Shop</title><style>p {{}}</style></head>
<body><nav><h2>¿Menú?</h2><p>no</p></nav>
<main>
{content}
</main>
<footer><h2>¿Contacto?</h2><p>no</p></footer></body></html>
"""


@pytest.mark.parametrize(
    "content",
    [
        "<h1>Ayuda</h1>\n<h2 id='free'>¿Es <em>gratis</em>?</h2><p>Sí.</p>\n<h2>¿Es nuevo?</h2><p>No.</p>",
        "<dl>\n<dt>¿Es gratis?</dt><dd>Sí.</dd>\n<dt>¿Es nuevo?</dt><dd><p>No.</p></dd></dl>",
        "<details>\n<summary>¿Es gratis?</summary>Sí.</details>"
        "<details>\n<summary>¿Es nuevo?</summary><p>No.</p></details>",
        "<div class='faq-question'>¿Es gratis?</div><div class='faq-answer'>Sí.</div>"
        "<div class='faq-question'>¿Es nuevo?</div><div class='faq-answer'>No.</div>",
        "<p><strong>¿Es gratis?</strong></p><p>Sí.</p><p><b>¿Es nuevo?</b></p><p>No.</p>",
        "<h3><button aria-expanded='false'>¿Es gratis?</button></h3><div><p>Sí.</p></div>"
        "<h3><button>¿Es nuevo?</button></h3><div>No.</div>",
        "<div itemscope itemtype='https://schema.org/Question'><h3 itemprop='name'>¿Es gratis?</h3>"
        "<div itemprop='acceptedAnswer'><div itemprop='text'>Sí.</div></div></div>"
        "<div itemscope itemtype='https://schema.org/Question'><h3 itemprop='name'>¿Es nuevo?</h3>"
        "<div itemprop='acceptedAnswer'><div itemprop='text'>No.</div></div></div>",
    ],
    ids=["headings", "dl", "details", "accordion", "bold", "buttons", "microdata"],
)
def test_questions_of_the_main_content(read: Read, content: str) -> None:
    reading = read({"faq.html": PAGE.format(content=content)})
    assert not reading.problems
    assert [(entry.question, entry.answer, entry.language) for entry in reading.entries] == [
        ("¿Es gratis?", "Sí.", "es"),
        ("¿Es nuevo?", "No.", "es"),
    ]


def test_lines_and_anchors_are_those_of_the_page(read: Read) -> None:
    reading = read(
        {"faq.html": PAGE.format(content="<h1>Ayuda</h1>\n<h2 id='f'>¿Es gratis?</h2>\n<h2>¿Y?</h2><p>Sí.</p>")}
    )
    (entry,) = reading.entries
    assert (entry.line, entry.source) == (7, "faq.html#y")
    (problem,) = reading.errors
    assert (problem.code, problem.line) == ("no-answer", 6)


def test_structured_data_comes_first(read: Read) -> None:
    data = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebPage", "name": "Is this a page?"},
            {
                "@type": "FAQPage",
                "mainEntity": [
                    {
                        "@type": "Question",
                        "name": "Is it free?",
                        "acceptedAnswer": {"@type": "Answer", "text": "<p>Yes, <a href='/p'>really</a>.</p>"},
                    }
                ],
            },
        ],
    }
    reading = read(
        {"a.html": f"<h2>What else?</h2><p>x</p><script type='application/ld+json'>{json.dumps(data)}</script>"}
    )
    assert [(entry.question, entry.answer) for entry in reading.entries] == [("Is it free?", "Yes, [really](/p).")]


def test_an_article_is_one_entry(read: Read) -> None:
    reading = read(
        {"exports.html": "<html><body><article><h1>Exports</h1><p>Files.</p><h2>Format</h2><p>CSV.</p></article>"}
    )
    assert [(entry.question, entry.answer) for entry in reading.entries] == [("Exports", "Files.\n\n## Format\n\nCSV.")]


def test_scripts_and_forms_are_no_text(read: Read) -> None:
    reading = read({"a.html": "<h1>Cards</h1><script>alert('x')</script><p>All.</p><form><input value='Y'>Send</form>"})
    assert [entry.answer for entry in reading.entries] == ["All."]


def test_text_behind_details_belongs_to_the_page(read: Read) -> None:
    page = """<h1>FAQ</h1>
    <details><summary>Is it free?</summary><p>Yes.</p><details><summary>For ever?</summary>No.</details></details>
    <p>Prices are without tax.</p>
    <details><summary>Is it new?</summary></details><p>Since May.</p>
    <details><summary>For teams?</summary><p>No.</p></details>
    <p>Something else? Write to us.</p>"""
    entries = read({"faq.html": page}).entries
    assert {entry.question: entry.answer for entry in entries} == {
        "Is it free?": "Yes.", "For ever?": "No.", "Is it new?": "Since May.", "For teams?": "No.",
    }  # fmt: skip


def test_tables_that_arrange_the_page_are_no_tables(read: Read) -> None:
    page = """<table><tr><td><table><tr><th>Menu</th></tr><tr><td><ul><li>Home</li></ul></td></tr></table></td><td>
    <h1>FAQ</h1>
    <h2><a href="#free">Is it free?</a></h2><p>Yes.</p>
    <h2>What does it cost?</h2>
    <table><tr><th>Plan</th><th>Price</th></tr><tr><td>One</td><td>0</td></tr></table>
    </td></tr></table>"""
    entries = read({"faq.html": page}).entries
    assert [(entry.question, entry.answer, entry.line) for entry in entries] == [
        ("Is it free?", "Yes.", 3),
        ("What does it cost?", "| Plan | Price |\n| --- | --- |\n| One | 0 |", 4),
    ]
