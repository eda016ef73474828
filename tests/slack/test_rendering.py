"""Whatever the core says, Slack takes it: checked against the limits of the strict fake."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.slack.rendering import display_name, render, render_outcome
from core.messages import Attachment
from core.platform import ActionOutcome
from core.posts import Button, Card, CardField, Content, Source, Speaker, Style
from tests.fake_slack.blocks import check_blocks
from tests.fake_slack.reading import buttons, pings, words

long = ("<&> " * 750, "`" * 3000, "a" * 3000, "**x** \n" * 400, "<!here>\n\n" * 300, "&" * 3000)
texts = st.text(max_size=60) | st.sampled_from(long)
short = st.text(max_size=200)
cards = st.builds(
    Card,
    handoff_id=short,
    title=short,
    state=st.sampled_from(["waiting", "human", ""]),
    vip=st.booleans(),
    fields=st.lists(st.builds(CardField, short, texts), max_size=14).map(tuple),
    transcript=st.lists(texts, max_size=30).map(tuple),
    draft=texts,
)
contents = st.builds(
    Content,
    text=texts,
    speaker=st.sampled_from(Speaker),
    author=short,
    card=st.none() | cards,
    sources=st.lists(st.builds(Source, short, texts, short | st.just("https://a.example/a|b")), max_size=12).map(tuple),
    files=st.just((Attachment("a.txt", "https://files.example/a.txt"),)) | st.just(()),
    buttons=st.lists(st.builds(Button, st.just("claim"), short, short, st.sampled_from(Style)), max_size=30).map(tuple),
    mention=st.sampled_from(["", "U0COLLEAGUE", "S0STAFF", "here", "slack:U0COLLEAGUE", "nonsense <!here>"]),
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(contents)
def test_every_content_is_within_slacks_limits_and_pings_only_who_is_meant(content: Content) -> None:
    message = render(content, prefix=display_name(content))
    if message["blocks"] is not None:
        check_blocks(message["blocks"])
    assert message["text"]
    assert len(message["text"]) <= 3000
    meant = {"U0COLLEAGUE": "U0COLLEAGUE", "S0STAFF": "S0STAFF", "here": "here", "slack:U0COLLEAGUE": "U0COLLEAGUE"}
    assert pings(message) == tuple(filter(None, [meant.get(content.mention)]))


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(contents, texts)
def test_every_outcome_is_within_slacks_limits(content: Content, text: str) -> None:
    message = render_outcome(ActionOutcome(text, content=content))
    if message["blocks"] is not None:
        check_blocks(message["blocks"])
    assert message["text"]


def test_a_card_shows_everything() -> None:
    card = Card(
        handoff_id="h1",
        title="Casey waits: lost card",
        state="waiting",
        vip=True,
        fields=(CardField("Reason", "asked for a **human**"), CardField("Platform", "discord")),
        transcript=("Casey: my card is gone", "Concierge: I am sorry"),
        draft="Block it under [Cards](https://faq.example/cards).",
    )
    message = render(Content("Casey waits", card=card, buttons=(Button("claim", "Claim", "h1", Style.PRIMARY),)))
    shown = words(message)
    for part in ("Casey waits: lost card", "VIP", "waiting", "Reason", "asked for a *human*", "discord"):
        assert part in shown
    for part in ("Casey: my card is gone", "Concierge: I am sorry", "Draft reply", "Block it under Cards"):
        assert part in shown
    (claim,) = buttons(message)
    assert (claim["text"]["text"], claim["value"], claim["style"]) == ("Claim", "h1", "primary")
    assert message["text"] == "Casey waits"


def test_a_long_transcript_keeps_its_newest_lines() -> None:
    card = Card(
        "h1", "t", "waiting", False, transcript=tuple(f"Casey: line {number} " + "x" * 80 for number in range(99))
    )
    shown = words(render(Content(card=card)))
    assert "line 98 " in shown
    assert "line 0 " not in shown


def test_nobody_passes_as_a_colleague() -> None:
    assert display_name(Content(speaker=Speaker.COLLEAGUE, author="Ada")) == "Ada"
    assert display_name(Content(speaker=Speaker.CUSTOMER, author="Ada\u202e\n")) == "Ada (customer)"
    assert display_name(Content(speaker=Speaker.BOT, author="Ada")) == ""
