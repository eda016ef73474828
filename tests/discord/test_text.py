"""Text between CommonMark and Discord, and what fits into a message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.discord.components import action_of, custom_id
from bots.discord.markdown import plain, to_discord, to_markdown
from bots.discord.marker import LENGTH, mark_of, nonce_of, without_mark
from bots.discord.rendering import MOST, TEXT, render
from core.messages import Attachment
from core.posts import Content, Source, Speaker

LONG_URL = "https://faq.example/" + "x" * 200


@pytest.mark.parametrize(
    ("common", "shown"),
    [
        ("#### Small", "**Small**"),
        ("## Large", "## Large"),
        ("![a cat](https://x.example/cat.png)", "[a cat](https://x.example/cat.png)"),
        ("__strong__ and snake__case__name", "**strong** and snake__case__name"),
        ("above\n---\nbelow", "above\n⎯⎯⎯\nbelow"),
        ("one\\\ntwo", "one\ntwo"),
        ("`__code__` and ```\n#### code @here\n```", "`__code__` and ```\n#### code @here\n```"),
        ("@everyone <@1> <@&2> <#3> <:a:4> </go:5>", "＠everyone ‹@1> ‹@&2> ‹#3> ‹:a:4> ‹/go:5>"),
        ("<https://x.example>", "<https://x.example>"),
    ],
)
def test_common_mark_as_discord_shows_it(common: str, shown: str) -> None:
    assert to_discord(common) == shown


def test_a_customers_link_shows_where_it_leads() -> None:
    link = "[your bank](https://evil.example)"
    assert to_discord(link, outsider=True) == "your bank (https://evil.example)"
    assert to_discord(link) == link


@pytest.mark.parametrize(
    ("written", "common"),
    [
        ("<@1> <@!2> <@3> <@&4> <#5>", "Ada  @3 @Team #help"),
        ("<a:dance:1> </kb:2>", ":dance: /kb"),
        ("at <t:0:R>", "at 1970-01-01 00:00 UTC"),
        ("at <t:99999999999999999:R>", "at 99999999999999999"),
        ("a ||secret||\n-# small", "a secret\nsmall"),
        (">>> all\nof it", "> all\n> of it"),
        ("`<@1>`", "`<@1>`"),
    ],
)
def test_discord_as_common_mark(written: str, common: str) -> None:
    names = {("@", "1"): "Ada", ("@", "2"): "", ("@&", "4"): "@Team", ("#", "5"): "#help"}
    assert to_markdown(written, names) == common


def test_a_name_is_no_markup() -> None:
    assert plain("**@everyone** <@1>\n# x") == "\\*\\*＠everyone\\*\\* <@1\\> \\# x".replace("<@1", "‹@1")


@given(st.text(alphabet=st.sampled_from("a#*_`~|<>@!&:()[]/\\-\n 1t") | st.characters(), max_size=200))
def test_conversion_never_makes_a_text_longer(text: str) -> None:
    assert len(to_discord(text, outsider=True)) <= len(text)
    assert len(to_discord(text)) <= len(text)


@given(
    st.text(max_size=TEXT),
    st.text(max_size=100),
    st.lists(st.text(max_size=300), max_size=5),
    st.sampled_from(list(Speaker)),
)
def test_whatever_is_rendered_fits_and_is_marked(text: str, author: str, titles: list[str], speaker: Speaker) -> None:
    sources = tuple(Source(str(number), title, LONG_URL) for number, title in enumerate(titles))
    content = Content(text, speaker=speaker, author=author, sources=sources)
    parts = render(content, "p1", mention="<@&1>", links=(Attachment("a", "https://x.example/" + "y" * 500),))
    assert len(parts.content) <= MOST
    assert parts.content.endswith(mark_of("p1"))
    assert to_discord(text, outsider=speaker is Speaker.CUSTOMER).rstrip() in parts.content


def test_marks_differ_and_come_off() -> None:
    assert len({mark_of(f"p{number}") for number in range(2000)}) == 2000
    assert len(mark_of("p1")) == LENGTH
    assert without_mark("hello" + mark_of("p1")) == "hello"
    assert without_mark("hello") == "hello"
    assert len(nonce_of("p1" * 100)) <= 25


def test_a_custom_id_carries_action_and_value() -> None:
    assert action_of(custom_id("helpful", "a:b/ü 1")) == ("helpful", "a:b/ü 1")
    assert action_of("somebody:else") is None
    with pytest.raises(ValueError, match="too much"):
        custom_id("helpful", "x" * 100)
