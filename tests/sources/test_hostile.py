"""Broken and hostile files: never an exception, never half a file, never more than linear time."""

from __future__ import annotations

import io
import json
import tempfile
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from knowledge.sources import SourceReading, read_source
from knowledge.sources.names import FORMATS

EXTENSIONS = sorted(FORMATS)
TEXT_EXTENSIONS = [name for name in EXTENSIONS if name not in (".docx", ".pdf")]
PIECES = (
    "# ", "## ", "\n", "\n\n", "?", "**", "Q: ", "A: ", "- ", "1. ", "> ", "```\n", "| a | b |\n", "---\n",
    "<details>", "<summary>", "</summary>", "<!-- id: x -->", "<!--", "<h2>", "</h2>", "<div>", "<p>", "&amp;",
    "{{ x }}", "{% if %}", "{: .x}", "[a](b)", "[a][b]", "[a]: b\n", "![", "](", ": ", "question: ", "answer: ",
    "- question: a\n  answer: b\n", "&a ", "*a ", "!!python/object:os.system ", "\"", "'", ",", ";", "\t",
    "question,answer\n", "{\"question\": \"", "\"}", "[", "]", "{", "}", ".. note::\n\n   ",
    ".. include:: /etc/passwd\n", "====\n", "``", ":ref:`x`", "Why", "\u00e9", "\u202e", "\ud7ff", "\u0000",
    "\r", "Also asked: a? \u00b7 b", "<script type='application/ld+json'>", "FAQPage", "</script>",
    "!!! note\n    ", ":::tip\n", "= ", "Why?::\n", "----\n", "|===\n", "+\n", "link:a[b]", "[qanda]\n", "////\n",
    "<Accordion title=\"Why?\">", "</Accordion>", "nlu:\n- intent: a\n  examples: |\n    - b\n", "version: 3\n",
    "responses:\n  utter_a:\n  - text: b\n", "{\"tag\": \"a\", \"patterns\": [\"b\"], \"responses\": [\"c\"]}",
)  # fmt: skip


def read_bytes(name: str, data: bytes) -> SourceReading:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(data)
        (Path(folder) / "zz.md").write_text("# Whole\n\nText.\n")
        return read_source(folder)


def assert_sound(reading: SourceReading, name: str) -> None:
    """What holds for every file: it was taken whole or failed, every entry can be stored and found again."""
    (file,) = (file for file in reading.files if file.path == name)
    mine = [entry for entry in reading.entries if entry.path == name]
    if file.outcome == "failed":
        assert not mine
        assert any(problem.code == "unreadable" and problem.path == name for problem in reading.problems)
    assert "Whole" in {entry.question for entry in reading.entries}, "another file suffered"
    assert len({entry.id for entry in reading.entries}) == len(reading.entries)
    for entry in mine:
        assert entry.id
        assert entry.question.strip()
        assert "\n" not in entry.question
        assert entry.answer.strip()
        assert entry.audience in ("everyone", "vip", "staff")
        assert entry.content_hash
    for problem in reading.problems:
        assert problem.message
        assert problem.advice
        assert problem.line >= 0


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(extension=st.sampled_from(EXTENSIONS), data=st.binary(max_size=300))
@example(extension=".md", data=b"\xff\xfe#\x00")
@example(extension=".yaml", data=b"- ? [a]\n: b\n")
@example(extension=".csv", data=b'question,answer\n"')
@example(extension=".json", data=b'{"question": NaN, "answer": 1e999}')
def test_random_bytes(extension: str, data: bytes) -> None:
    assert_sound(read_bytes(f"a{extension}", data), f"a{extension}")


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(extension=st.sampled_from(TEXT_EXTENSIONS), pieces=st.lists(st.sampled_from(PIECES), max_size=40))
def test_random_markup(extension: str, pieces: list[str]) -> None:
    assert_sound(read_bytes(f"a{extension}", "".join(pieces).encode()), f"a{extension}")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["question", "answer", "q_en", "a_fr", "id", "tags", "updated", "audience", "x", "Is it?", "en"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(value=JSON, extension=st.sampled_from([".json", ".jsonl", ".yaml"]))
def test_random_structures(value: object, extension: str) -> None:
    assert_sound(read_bytes(f"a{extension}", json.dumps(value).encode("utf-8", "replace")), f"a{extension}")


def test_yaml_bombs_are_refused() -> None:
    levels = ["a: &a [x, x, x, x, x, x, x, x, x]"] + [
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]" for n in range(9)
    ]
    started = time.perf_counter()
    reading = read_bytes("bomb.yaml", "\n".join(levels).encode())
    assert [problem.code for problem in reading.errors] == ["unreadable"]
    assert not read_bytes("loop.yaml", b"a: &a [*a]\n").complete
    assert time.perf_counter() - started < 10


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as part:
        for _ in range(300):
            part.write(b"\0" * 1_000_000)
    reading = read_bytes("bomb.docx", out.getvalue())
    assert "unpacks to more" in reading.errors[0].message


HOSTILE = {
    "deep json": (".json", b"[" * 200_000),
    "deep yaml": (".yaml", b"[" * 200_000),
    "deep yaml blocks": (".yaml", b"".join(b" " * n + b"a:\n" for n in range(900))),
    "deep html": (".html", b"<div>" * 100_000),
    "deep html lists": (".html", b"<ul><li>" * 50_000),
    "deep html paragraphs": (".html", b"<p><b>" * 50_000),
    "unclosed tags": (".html", b"<a " * 100_000),
    "deep quotes": (".md", b"> " * 100_000 + b"x"),
    "deep lists": (".md", b"\n".join(b" " * (2 * n) + b"- x" for n in range(1000))),
    "brackets": (".md", b"[" * 100_000),
    "links": (".md", b"# A\n\n" + b"[a](" * 50_000),
    "images": (".md", b"# A\n\n" + b"![a][" * 50_000),
    "emphasis": (".md", b"# A\n\n" + b"*a **b " * 40_000),
    "bold heading": (".md", b"# " + b"**a" * 50_000),
    "backticks": (".md", b"# A\n\n" + b"`a``b" * 40_000),
    "comments": (".md", b"# A\n\n" + b"<!-- " * 60_000),
    "html in markdown": (".md", b"# A\n\n" + b"<a href='" * 40_000),
    "liquid": (".md", b"# A\n\n" + b"{% x " * 60_000 + b"{{ y " * 60_000),
    "one line": (".md", b"# A\n\n" + b"word " * 200_000),
    "headings": (".md", b"# A?\n" * 8_000),
    "bold questions": (".md", b"# FAQ\n\n" + b"**A?**\n\nb\n\n" * 4_000),
    "front matter": (".md", b"---\n" + b"a: b\n" * 20_000),
    "tables": (".md", b"# A\n\n" + b"|" * 100_000 + b"\n" + b"|-" * 50_000 + b"\n"),
    "one cell": (".csv", b"question,answer\na?,\"" + b"x" * 300_000 + b"\"\n"),
    "quotes": (".csv", b"question,answer\n" + b'"' * 300_001),
    "one row": (".csv", b"question,answer\n" + b"a," * 200_000),
    "escapes": (".jsonl", b'{"question": "' + b"\\u0041" * 50_000 + b'", "answer": "x"}'),
    "digits": (".json", b'[{"question": "a?", "answer": ' + b"9" * 100_000 + b"}]"),
    "rst markup": (".rst", b"A\n=\n\n" + b"`a *b " * 3_000),
    "rst bullets": (".rst", b"".join(b" " * n + b"- x\n\n" for n in range(300))),
    "rst roles": (".rst", b"A\n=\n\n" + b":ref:`" * 20_000),
    "spaces": (".md", b"# A\n\n" + b" " * 300_000 + b"x"),
    "newlines": (".md", b"\n" * 300_000),
    "components": (".mdx", b"<Accordion title='a'>\n" * 30_000),
    "components without an end": (".mdx", b"<Accordion \"\n" * 30_000 + b"<Accordion { {\n" * 30_000),
    "asciidoc markup": (".adoc", b"= A\n\n" + b"*a image:b[ <<c link:http://d[" * 10_000),
    "asciidoc terms": (".adoc", b"= A\n\n" + b"a::b" * 40_000 + b"\n" + b"1" * 50_000 + b"|" * 50_000),
    "asciidoc tables": (".adoc", b"= A\n\n|===\n" + b"|1 " * 50_000 + b"\n" + b"\n" * 50_000),
    "asciidoc titles": (".adoc", b"= A" + b" " * 200_000 + b"b\n" + b"a\n--\n" * 20_000),
    "intents": (".yml", b"version: '3'\nnlu:\n- intent: a\n  examples: |\n" + b"    - [a](" * 40_000),
    "question starts": (".md", b"# " + b"q " * 100_000),
}  # fmt: skip


@pytest.mark.parametrize(("extension", "data"), HOSTILE.values(), ids=HOSTILE.keys())
def test_size_alone_costs_no_more_than_linear_time(extension: str, data: bytes) -> None:
    started = time.process_time()
    assert_sound(read_bytes(f"a{extension}", data), f"a{extension}")
    assert time.process_time() - started < 20, "something grows faster than the file"
