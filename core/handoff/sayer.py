"""What a transition says: to the customer, into the threads under the cards, beside the cards, and on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core import wording
from core.conversation import Call, Conversation, Handoff, Turn
from core.desk.card import card, card_id
from core.handoff.change import Change, Desk
from core.messages import Address, Person
from core.posts import Button, Content, Post, PostKind, Speaker

PAGER = "pager"
"""Platform name of what is reached by Apprise: PAGE_URLS and URLs in ladders."""


class Sayer:
    """Collects the posts of one change, and gives each its id."""

    def __init__(self, change: Change, state: Conversation, handoff: Handoff, desk: Desk) -> None:
        self.change, self.handoff, self.desk = change, handoff, desk
        self._version, self._epoch, self._home = state.version + 1, state.epoch, state.address

    def keep(self, handoff: Handoff) -> None:
        """The open handoff is as given from here on."""
        self.handoff = handoff
        self.change.state = replace(self.change.state, handoff=handoff)

    def _id(self) -> str:
        return f"{self.handoff.id}:{self._version}:{len(self.change.posts)}"

    def to_customer(self, text: str, buttons: tuple[Button, ...] = ()) -> Post:
        """The state machine speaks."""
        content = Content(text=text, speaker=Speaker.SYSTEM, buttons=buttons)
        post = Post(id=self._id(), to=self._home, content=content, epoch=self._epoch, urgent=True)
        self.change.posts.append(post)
        return post

    def waiting(self, text: str) -> None:
        """Tell the customer that a human was asked for, with a button that takes it back."""
        post = self.to_customer(text, (Button("cancel_wait", wording.CANCEL_WAIT, self.handoff.id),))
        self.keep(replace(self.handoff, notice=post.id, notice_text=text))

    def no_more_waiting(self, before: Handoff) -> None:
        """That button has had its time, and so have those that claim, on pages; the card is edited anyway."""
        if before.notice:
            content = Content(text=before.notice_text, speaker=Speaker.SYSTEM)
            post = Post(id=self._id(), to=self._home, content=content, kind=PostKind.EDIT, of=before.notice)
            self.change.posts.append(post)
        for call in before.calls:
            content = Content(text=call.text, speaker=Speaker.SYSTEM, mention=call.mention)
            post = Post(id=self._id(), to=call.to, content=content, kind=PostKind.EDIT, of=call.post)
            self.change.posts.append(post)

    def to_desk(self, text: str, mention: Person | None = None, former: Handoff | None = None) -> None:
        """Into the thread under every card, or under the owner's; and where the owner of `former` works."""
        for desk in dict.fromkeys((*where(self.handoff), *(where(former) if former else ()))):
            content = Content(text=text, speaker=Speaker.SYSTEM, mention=_on(desk, mention))
            under = card_id(self.handoff.id, desk.platform)
            self._post(desk, content, under)

    def page(self, desk: Address, text: str, mention: str) -> None:
        """Beside the cards, where everybody sees it."""
        buttons = (Button("claim", wording.CLAIM, self.handoff.id),) if desk.platform != PAGER else ()
        content = Content(text=text, speaker=Speaker.SYSTEM, mention=mention, buttons=buttons)
        post = self._post(desk, content, page=True)
        if buttons:
            self.keep(replace(self.handoff, calls=(*self.handoff.calls, Call(post.id, desk, text, mention))))

    def beside_the_cards(self, text: str, mention: Person | None = None) -> None:
        """To everybody at every desk."""
        for desk in self.handoff.desks:
            self.page(desk, text, _on(desk, mention))

    def cards(self, turns: Sequence[Turn]) -> None:
        """Post the cards; whom it is offered to first is notified by them."""
        content = card(self.handoff, "waiting", turns, self.desk.policy.hours.timezone)
        for desk in self.handoff.desks:
            shown = replace(content, mention=_on(desk, self.handoff.offered))
            self.change.posts.append(
                Post(id=card_id(self.handoff.id, desk.platform), to=desk, content=shown, urgent=True)
            )

    def edit_cards(self, turns: Sequence[Turn], state: str) -> None:
        """Show the state as it is now on every card that was posted before."""
        posted = {post.id for post in self.change.posts}
        content = card(self.handoff, state, turns, self.desk.policy.hours.timezone)
        for desk in self.handoff.desks:
            if (of := card_id(self.handoff.id, desk.platform)) not in posted:
                post_id = f"{self._id()}:{desk.platform}"
                self.change.posts.append(
                    Post(id=post_id, to=desk, content=content, kind=PostKind.EDIT, of=of, urgent=True)
                )

    def _post(self, to: Address, content: Content, under: str = "", *, page: bool = False) -> Post:
        post_id = f"{self._id()}:{to.platform}"
        post = Post(id=post_id, to=to, content=content, under=under, epoch=self._epoch, urgent=True, page=page)
        self.change.posts.append(post)
        return post


def where(handoff: Handoff) -> tuple[Address, ...]:
    """Desks that see what happens: the owner's, or all while nobody owns it."""
    if handoff.owner_at is not None:
        return tuple(desk for desk in handoff.desks if desk.platform == handoff.owner_at.platform) or handoff.desks
    return handoff.desks


def _on(desk: Address, person: Person | None) -> str:
    """How a person is mentioned at a desk; "" where they are not."""
    return person.id if person is not None and person.platform == desk.platform else ""
