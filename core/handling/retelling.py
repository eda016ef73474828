"""Words that were taken back or changed go from where they were repeated too: the transcript, cards and pages, and what
was made of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo

from core import wording
from core.conversation import Conversation, Handoff, Turn
from core.desk.card import card, card_id, state_of
from core.handoff.change import timer
from core.handoff.effects import CLOSED_CASE
from core.messages import IncomingMessage
from core.posts import Button, Content, Post, PostKind, Speaker
from core.store.codec import CONVERSATION, dump
from core.store.conversations import Step

_QUOTED = re.compile(r"""(.+?): (['"])(.*)\2""", re.DOTALL)
"""A reason that quotes the customer: "asked for a human: 'put me through'"."""


def retold(
    step: Step, message: IncomingMessage, text: str, state: Conversation, closed: Conversation | None,
    turns: Sequence[Turn], zone: tzinfo,
) -> Step:  # fmt: skip
    """The step of a correction, with all that repeats the message: it reads `text` now, or is gone when that is empty.

    `closed` is the conversation as it was before its last handoff ended, if one did. What never was a turn of this
    conversation (a note, what nobody handled) changes nothing more.
    """
    speaker = Speaker.CUSTOMER if message.via is None else Speaker.COLLEAGUE
    old = next((t for t in turns if t.id == message.message_id and t.speaker is speaker and not t.gone), None)
    if not message.message_id or old is None or (text and text == old.text):
        return step
    new = replace(old, text=text) if text else replace(old, text="", files=(), gone=True)
    said = [new if turn is old else turn for turn in turns]
    after, timers = state, dict(step.timers)
    posts, refs = list(step.posts), dict(step.refs)
    if state.asked and state.asked == old.text[: len(state.asked)]:
        after = replace(after, asked=text[:500])
    if state.handoff is not None:
        handoff = _without(state.handoff, old.text, text)
        if (handoff.draft, handoff.summary) != (state.handoff.draft, state.handoff.summary):
            timers[timer("draft", handoff)] = step.now  # written anew, of what stands
        posts += _cards(message, handoff, state_of(handoff, state.mode), said, zone) + _calls(message, handoff)
        after = replace(after, handoff=handoff)
    if closed is not None and closed.handoff is not None and state.ended is not None and old.at <= state.ended.at:
        handoff = _without(closed.handoff, old.text, text)
        until_then = [turn for turn in said if turn.at <= state.ended.at]
        posts += _cards(message, handoff, state.ended.outcome.value, until_then, zone)
        refs[CLOSED_CASE] = dump(CONVERSATION, replace(closed, handoff=handoff))
    return replace(
        step,
        state=after if after != state else None,
        amended=((old, new),),
        posts=tuple(posts),
        timers=timers,
        refs=refs,
    )


def _without(handoff: Handoff, old: str, new: str) -> Handoff:
    """The handoff without what was made of a message that reads otherwise now."""
    handoff = replace(handoff, summary="")
    if handoff.question != old:
        return handoff
    quoting = _QUOTED.fullmatch(handoff.reason)
    if quoting is None or quoting[3].casefold() in " ".join(new.split()).casefold():
        return replace(handoff, question=new, draft="")
    calls = tuple(replace(call, text=call.text.replace(handoff.reason, quoting[1])) for call in handoff.calls)
    return replace(handoff, question=new, draft="", reason=quoting[1], calls=calls)


def _cards(
    message: IncomingMessage, handoff: Handoff, state: str, turns: Sequence[Turn], zone: tzinfo
) -> list[Post]:  # fmt: skip
    content = card(handoff, state, turns, zone)
    return [
        Post(
            id=f"{message.event_id}>card:{handoff.id}:{desk.platform}", to=desk, content=content, kind=PostKind.EDIT,
            of=card_id(handoff.id, desk.platform), urgent=True,
        )
        for desk in handoff.desks
    ]  # fmt: skip


def _calls(message: IncomingMessage, handoff: Handoff) -> list[Post]:
    """Pages beside the cards, which can still be claimed."""
    claim = (Button("claim", wording.CLAIM, handoff.id),)
    return [
        Post(
            id=f"{message.event_id}>call:{number}", to=call.to, kind=PostKind.EDIT, of=call.post, urgent=True,
            content=Content(text=call.text, speaker=Speaker.SYSTEM, mention=call.mention, buttons=claim),
        )
        for number, call in enumerate(handoff.calls)
    ]  # fmt: skip
