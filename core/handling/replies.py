"""Answers as posts: worded, split to the platform's limit, with sources and buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from core import wording
from core.answering.answer import Answer, AnswerKind
from core.conversation import Conversation, Turn
from core.messages import IncomingMessage
from core.posts import Button, Content, Post, Source, Speaker, Style
from core.text import has_words, shorten, split

HUMAN = Button(action="human", label=wording.TALK_TO_A_HUMAN)
"""The one tap that brings a person."""
QUOTED = 150
"""Characters of a question that are quoted."""
_MARKUP = str.maketrans("[]<>`", "     ")
MOST_VALUE = 64
"""Characters that a button carries at most."""


class Replies:
    """Builds the posts and turns of one reply."""

    def __init__(self, text_limit: Callable[[str], int]) -> None:
        """`text_limit` tells how much text a message of a platform holds."""
        self._limit = text_limit

    def say(
        self, message: IncomingMessage, state: Conversation, text: str, *, kind: str, buttons: Sequence[Button] = (),
        sources: Sequence[Source] = (), entries: Sequence[str] = (), speaker: Speaker = Speaker.BOT, now: float,
        part: str = "",
    ) -> tuple[list[Post], Turn]:  # fmt: skip
        """A reply of the bot to a message, in as many posts as it takes; buttons and sources are under the last.

        A message that arrived after newer ones (Slack repeats what nobody acknowledged, minutes later) is quoted.
        """
        late = 0 < message.sent_at < state.heard and has_words(message.text)
        pieces = split(f"> {_one_line(message.text)}\n\n{text}" if late else text, self._limit(state.address.platform))
        posts = []
        for number, piece in enumerate(pieces):
            last = number == len(pieces) - 1
            posts.append(
                Post(
                    id=f"{message.event_id}>{part}{number}",
                    to=state.address,
                    content=Content(
                        text=piece,
                        speaker=speaker,
                        sources=tuple(sources) if last else (),
                        buttons=tuple(buttons) if last else (),
                    ),
                    reply_to=message.event_id,
                    epoch=state.epoch,
                )
            )
        turn = Turn(at=now, speaker=speaker, name="", text=text, id=posts[-1].id, entries=tuple(entries), kind=kind)
        return posts, turn

    def answer(
        self, message: IncomingMessage, state: Conversation, answer: Answer, *, waiting: bool, offer: str, now: float
    ) -> tuple[list[Post], Turn]:
        """The reply that an answer of the chain makes; `offer` is an offer of a human to add, or ""."""
        text, buttons = _worded(answer, waiting=waiting)
        kind = answer.kind.value
        if offer:
            text = f"{text}\n\n{offer}" if answer.kind is AnswerKind.ANSWER else offer
            kind = "offer"
            buttons = (replace(HUMAN, style=Style.PRIMARY), *(b for b in buttons if b.action != HUMAN.action))
        if waiting:
            buttons = tuple(button for button in buttons if button.action != HUMAN.action)
        sources = answer.sources
        if answer.generated:  # the text cites them by number
            sources = tuple(replace(one, title=f"[{n}] {one.title}") for n, one in enumerate(sources, start=1))
        return self.say(
            message, state, text, kind=kind, buttons=buttons, sources=sources, entries=answer.entries, now=now
        )


def _one_line(words: str) -> str:
    """What somebody wrote, short, and with no links behind other words."""
    return shorten(words.translate(_MARKUP), QUOTED)


def _worded(answer: Answer, *, waiting: bool) -> tuple[str, tuple[Button, ...]]:
    match answer.kind:
        case AnswerKind.ANSWER:
            entry = answer.sources[0].entry_id[:MOST_VALUE] if answer.sources else ""
            return answer.text, (
                Button("helpful", wording.HELPFUL_BUTTON, entry),
                Button("not_helpful", wording.NOT_HELPFUL_BUTTON, entry),
                HUMAN,
            )
        case AnswerKind.SUGGEST:
            picks = tuple(
                Button("pick", shorten(source.title, 75), source.title[:MOST_VALUE]) for source in answer.suggestions
            )
            return wording.SUGGEST, (*picks, HUMAN)
        case AnswerKind.SMALL_TALK:
            return wording.SMALL_TALK.get(answer.small_talk, wording.SMALL_TALK_OTHER), ()
        case AnswerKind.UNAVAILABLE:
            return wording.UNAVAILABLE, (HUMAN,)
        case _:
            return wording.UNKNOWN_WHILE_WAITING if waiting else wording.UNKNOWN, (HUMAN,)
