"""Markdown and mrkdwn, both ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.slack.incoming_text import to_markdown
from bots.slack.outgoing_text import cut, to_mrkdwn
from tests.fake_slack.reading import pings

NAMES = {"U1": "Ada"}


@pytest.mark.parametrize(
    ("raw", "markdown"),
    [
        ("plain words", "plain words"),
        ("<@UBOT> where is my parcel?", "where is my parcel?"),
        ("<@UBOT|concierge> hi", "hi"),
        ("*bold* _italic_ ~gone~", "**bold** _italic_ ~~gone~~"),
        ("2 * 3 * 4 ~ 12", "2 * 3 * 4 ~ 12"),
        ("`*raw* &lt;b&gt;` and *bold*", "`*raw* <b>` and **bold**"),
        ("```\n*x* <https://a.example>\n```", "```\n*x* https://a.example\n```"),
        ("<https://a.example|click>", "[click](https://a.example)"),
        ("<https://a.example|a.example> <https://b.example>", "https://a.example https://b.example"),
        ("<mailto:a@b.example|a@b.example> <tel:+491|+491>", "a@b.example +491"),
        ("<@U1> and <@U2> in <#C1|general>", "@Ada and @U2 in #general"),
        ("<!here> <!channel> <!subteam^S1|@staff>", "@here @channel @staff"),
        ("<!date^1392734382^{date}|18 February 2014>", "18 February 2014"),
        ("AT&amp;T &lt;3", "AT&T <3"),
        ("• one\n• two", "- one\n- two"),
        ("&gt; quoted", "> quoted"),
    ],
)
def test_what_people_write_becomes_markdown(raw: str, markdown: str) -> None:
    assert to_markdown(raw, bot="UBOT", name_of=lambda user: NAMES.get(user, "")) == markdown


@pytest.mark.parametrize(
    ("markdown", "mrkdwn"),
    [
        ("**bold** *it* ~~gone~~ `a<b`", "*bold* _it_ ~gone~ `a&lt;b`"),
        ("# Title\n\ntext", "*Title*\n\ntext"),
        ("# A **bold** title", "*A bold title*"),
        ("[fees](https://faq.example/fees?a=1&b=2)", "<https://faq.example/fees?a=1&amp;b=2|fees>"),
        ("see https://faq.example/fees.", "see <https://faq.example/fees>."),
        ("[faq.example](https://faq.example/x)", "<https://faq.example/x|faq.example>"),
        ("[bank.example](https://evil.example)", "bank.example (https://evil.example)"),
        ("[x](javascript:alert)", "[x](javascript:alert)"),
        ("[x](/relative)", "x (/relative)"),
        ("- a\n- b\n  1. c\n  2. d", "• a\n• b\n    1. c\n    2. d"),
        ("3. c\n4. d", "3. c\n4. d"),
        ("> a\n> b", "> a\n> b"),
        ("```python\nx = 1 < 2\n```", "```\nx = 1 &lt; 2\n```"),
        ("| a | bb |\n|---|---|\n| ccc | d |", "```\na    bb\nccc  d\n```"),
        ("one\ntwo", "one\ntwo"),
        ("<b>no html</b>", "&lt;b&gt;no html&lt;/b&gt;"),
        ("![cat](https://a.example/cat.png)", "<https://a.example/cat.png|cat>"),
        ("---", "———"),
    ],
)
def test_markdown_becomes_mrkdwn(markdown: str, mrkdwn: str) -> None:
    assert to_mrkdwn(markdown, trusted=True) == [mrkdwn]


def test_lines_of_a_file_flow_and_lines_of_a_chat_stay() -> None:
    text = "- never more\n  than 25 %\n\nnext  \nline"
    assert to_mrkdwn(text, trusted=True, reflow=True) == ["• never more than 25 %\n\nnext\nline"]
    assert to_mrkdwn("one\ntwo", trusted=True) == ["one\ntwo"]


def test_a_customers_links_are_spelled_out() -> None:
    assert to_mrkdwn("[click](https://evil.example)", trusted=False) == ["click (https://evil.example)"]
    assert to_mrkdwn("go to https://evil.example", trusted=False) == ["go to https://evil.example"]


def test_long_code_keeps_its_fences_in_every_piece() -> None:
    code = "\n".join(f"line {number}" for number in range(600))
    pieces = to_mrkdwn(f"```\n{code}\n```", trusted=True, limit=1000)
    assert len(pieces) > 3
    assert all(piece.startswith("```\n") and piece.endswith("\n```") for piece in pieces)
    assert "\n".join(piece[4:-4] for piece in pieces) == code


@given(st.text(alphabet="ab &<>\n", max_size=200), st.integers(12, 40))
def test_cutting_breaks_neither_entities_nor_links(text: str, limit: int) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    rest, pieces = escaped, []
    while rest:
        piece, rest = cut(rest, limit)
        assert len(piece) <= limit
        assert piece.count("&") == piece.count(";")
        pieces.append(piece)
    assert "".join("".join(pieces).split()) == "".join(escaped.split())


MARKUP = st.lists(
    st.sampled_from(
        ["<!here>", "<!channel|x>", "@everyone", "@here", "<@U0COLLEAGUE>", "<!subteam^S1|@s>", "[a](<!here>)",
         "`", "```", "**", "\n", "> ", "- ", "&lt;!here&gt;", "&#60;!here>", "\\<!here>", "[<!here>](https://x.example)",
         "|", "~~", "<https://x.example|<!here>>", "![<@U1>](<@U1>)", "word ", "<", ">", "!", "\u200b"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@given(MARKUP | st.text(max_size=200), st.booleans())
def test_no_text_can_ping(text: str, trusted: bool) -> None:
    for piece in to_mrkdwn(text, trusted=trusted, limit=200):
        section = {"type": "section", "text": {"type": "mrkdwn", "text": piece, "verbatim": True}}
        assert pings({"blocks": [section], "parse": "none"}) == ()
        assert 0 < len(piece) <= 200
