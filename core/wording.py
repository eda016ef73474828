"""Every sentence that users read: Markdown, in plain words, and never a promise that nobody made."""

from __future__ import annotations

from collections.abc import Sequence

# --- answers

UNKNOWN = (
    "I don't know the answer to that, and I would rather not guess. You can put it in other words, or talk to a human."
)
UNKNOWN_WHILE_WAITING = "I don't know the answer to that. I've noted it for the colleague who will look after you."
SUGGEST = "I'm not sure that I understood. Did you mean one of these?"
UNAVAILABLE = (
    "I can't look things up right now, so I can't answer this. Please try again in a few minutes, or talk to a human."
)
BROKEN = (
    "Something went wrong on our side and I couldn't handle your last message. It has been kept for the people who run "
    "this. Please try again, or talk to a human."
)
NOT_SHOWN = "I had something to tell you, but it could not be shown here. Please ask again, or talk to a human."
EMPTY = "I only see an empty message. What would you like to know?"
FILES_ONLY = "I can't read files. Tell me in words what it is about, or talk to a human, who can look at it."
NO_WORDS = "I can't make words out of that. What would you like to know?"
SLOW_DOWN = (
    "You write faster than I can read: I haven't taken in your last messages. "
    "Please wait a minute and tell me again, or talk to a human."
)
I_AM_A_BOT = (
    "I'm a bot: software that answers from our FAQ. If you would rather talk to a human, say so or press the button."
)
SMALL_TALK = {
    "greeting": "Hello! What can I help you with?",
    "thanks": "You're welcome!",
    "goodbye": "Goodbye, and come back any time.",
    "who_are_you": (
        "I'm the support bot here: I answer questions from our FAQ, and I get you a human whenever you want one."
    ),
    "how_are_you": "Running smoothly, thank you. What can I help you with?",
    "are_you_human": I_AM_A_BOT,
}
SMALL_TALK_OTHER = "What can I help you with?"
HELPFUL = "Thank you, that helps us."
NOT_HELPFUL = "I'm sorry that it didn't help. You can put it in other words, or talk to a human."
NEVER_MIND_BUTTONS = "This button belongs to something that is over. Just write to me."


# --- buttons

TALK_TO_A_HUMAN = "Talk to a human"
HELPFUL_BUTTON = "Helpful"
NOT_HELPFUL_BUTTON = "Not helpful"
CANCEL_WAIT = "No human needed any more"
CLAIM = "Claim"
RELEASE = "Release"
RESOLVE = "Resolve"
TRANSFER = "Transfer"
TAKE_OVER = "Take over"
SNOOZE = "Snooze"
NOTE = "Note"
SUGGEST_DRAFT = "Suggest"
RETRY = "Retry"
RATINGS = ("1", "2", "3", "4", "5")


# --- offers

_OFFERS = {
    "offer_anger": "I can hear that this is frustrating. Would you like to talk to a human?",
    "offer_useless": "I'm sorry that I'm not much help here. Would you like to talk to a human?",
    "offer_complaint": "I'm sorry about this. A human can take up your complaint, if you like.",
    "offer_leaving": "I'm sorry to read that. Would you like to talk to a human about it first?",
    "offer_low_confidence": "I've been unsure several times now. A human may help you better.",
    "offer_perhaps_asked": "If you'd rather talk to a human, just say so.",
    "offer_rephrasing": "It seems that I keep missing your point. Would you like to talk to a human?",
    "topic_fraud": "If this is about fraud, don't wait: a human can look at it with you now.",
    "topic_lost_card": "If something was lost or stolen, a human can block it for you.",
    "topic_legal": "A human can take this up with the people responsible.",
    "topic_self_harm": (
        "I'm really glad that you wrote. I'm only software and can't give you the help that you deserve now. If you "
        "are in danger, please call your local emergency number (112 in Europe, 911 in the US). In the US you can "
        "also call or text 988, in the UK call 116 123; elsewhere, findahelpline.com lists people to talk to, day and "
        "night."
    ),
    "topic_harassment": "I'm sorry that this happens to you. A human can look into it.",
    "topic_data_protection": "A human can handle requests about your personal data.",
}
OFFER = "Would you like to talk to a human?"


def offer(key: str) -> str:
    """The sentence that offers a human for a cause or topic of `core/routing`."""
    return _OFFERS.get(key, OFFER)


# --- waiting for a human

STILL_WAITING = "A human has been asked for already."
CANCELLED = "All right, I've taken back the request for a human. Ask me anything, any time."
WHILE_WAITING = "While you wait you can go on asking me; I pass everything on."
HUMAN_ALREADY = "You are talking to a human already; just write here."
NOTHING_TO_CANCEL = "No human is being waited for."


def span(seconds: float) -> str:
    """A length of time in words, roughly."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 90:
        return "1 minute" if minutes == 1 else f"{minutes} minutes"
    hours = round(minutes / 60)
    if hours < 36:
        return "1 hour" if hours == 1 else f"{hours} hours"
    return f"{round(hours / 24)} days"


def requested(place: int, wait: float | None, opens: str, preface: str = "", *, on_call: bool = False) -> str:
    """A human was asked for.

    `place` is 1 for the next in line; `wait` seconds, None when too little is known; `opens` names the next opening
    when the desk is closed, `on_call` that somebody is called all the same; `preface` is said first.
    """
    parts = [preface] if preface else []
    if opens and on_call:
        parts.append(
            f"I've asked for a human. Our team is away at the moment and is back {opens}; I'm calling those who are on "
            "call now, and you will be told here when somebody takes it."
        )
    elif opens:
        parts.append(
            f"I've asked for a human. Our team is away at the moment and is back {opens}; your request is in their "
            "queue, and you will be told here when somebody takes it. Leave a message with everything that they should "
            "know."
        )
    else:
        line = "you are next in line" if place <= 1 else f"you are number {place} in line"
        parts.append(f"I've asked for a human; {line}.")
        if wait is not None:
            parts.append(f"Lately the wait was about {span(wait)}.")
    parts.append(WHILE_WAITING)
    return " ".join(parts)


def place_now(place: int, wait: float | None) -> str:
    """The place in the queue has changed, or was asked for."""
    line = "You are next in line" if place <= 1 else f"You are number {place} in line"
    return f"{line} for a human." + (f" Lately the wait was about {span(wait)}." if wait is not None else "")


def claimed(name: str) -> str:
    """To the customer: a colleague has taken over."""
    return f"**{name}** has joined and reads what you wrote. You can write here as before."


def transferred(to: str) -> str:
    """To the customer: another colleague has it now."""
    return f"**{to}** is looking after you now."


def back_in_queue(place: int) -> str:
    """To the customer: the owner gave it back."""
    line = "You are next in line" if place <= 1 else f"You are number {place} in line"
    return f"You are waiting for another colleague now. {line}."


def resolved(name: str) -> str:
    """To the customer: done."""
    return f"**{name}** has closed this conversation. From here on I answer again. How was it?"


RESOLVED_UNCLAIMED = "Your request was closed by our team. If you still need a human, just say so."
RATED = "Thank you for your rating."


def reopened_for(name: str) -> str:
    """To the customer who asks again soon: the same colleague is offered it first."""
    return f"You were talking to {name} before, so I ask them first."


def nobody_came(fallback: str) -> str:
    """To the customer: the ladder has ended, and nobody claimed."""
    text = (
        "I'm sorry: I've called everybody whom I can call, and nobody has answered yet. Your request stays in "
        "the queue, and you will be told here when somebody takes it."
    )
    return f"{text} Meanwhile: {fallback}" if fallback else text


WAIT_EXPIRED = (
    "I'm sorry: nobody took your request in all this time, so I've closed it. If you still need a human, say so and I "
    "will call again."
)
REMINDER = "Are you still there? This conversation will be closed when nobody writes for a while."
CUSTOMER_SILENT = "As nobody wrote for a while, this conversation was closed. From here on I answer again."


# --- the desk

ALREADY_YOURS = "You own this one already."
ALREADY_REPLIED = "The owner has written already."
NOT_STAFF = "This is for support staff. Ask an administrator to add you to STAFF_USERS or a STAFF_GROUPS group."
NOT_ALLOWED = "You are not allowed to do this."
NOT_YOUR_CONVERSATION = "Only whoever asked for help here can do this."
NOT_CLAIMED_YET = "Nobody has claimed this one yet. Claim it first."
NO_SUCH_HANDOFF = "There is no such handoff."
CLAIM_TO_ANSWER = "This does not reach the customer: nobody has claimed the handoff yet. Press Claim to answer."
EDIT_STAYS_INSIDE = (
    "The customer doesn't see this edit, as the message was never sent to them. To answer, write it as a new message."
)
HINT_NOTE = "Lines that begin with `//` stay inside."
NOTED = "Noted; it stays inside."
CLAIMED_BY_YOU = "It's yours. The bot is silent now; what you write in this thread reaches the customer. " + HINT_NOTE
RELEASED_BY_YOU = "Back in the queue."
RESOLVED_BY_YOU = "Resolved. The bot answers again."
NO_HANDOFFS = "Nobody is waiting, and nobody is being looked after."
NO_DRAFT = "The FAQ has nothing that fits."
CUSTOMER_CANCELLED = "The customer no longer needs a human."
EXPIRED_AT_DESK = "Closed: nobody wrote any more."
WAKE_UP = "The snooze is over."
WOKEN_BY_CUSTOMER = "The customer has written, so the snooze is over."
CANNED_NONE = "No prepared replies are configured (`desk.canned` in the policy file)."


SEND = "Send"
SENT = "Sent."
DRAFT = "Reply to the customer"
TRANSFER_TO = "Colleague (slack:U…, discord:…)"
TRANSFER_TO_PRESENT = "Colleague who is present"
TRANSFER_TO_WHOM = "To whom? Choose a colleague, or write slack:U… or discord:…"
SNOOZE_FOR = "Until when (2h, tomorrow, friday 14:00)"
WHICH_HANDOFF = "For which handoff? Write its id before the name (`H3-17 name`), or do it in the thread under its card."
SENT_AGAIN = "Sent again."
NOTHING_TO_RETRY = "There is nothing to send again."
EMPTY_REPLY = "There is nothing to send."


def unknown_command(name: str) -> str:
    """No such action."""
    return f"I don't know the command `{name.replace('_', ' ')}`."


KB_SEARCH_WHAT = "Search for what? Write `search how do I…`."
NO_GAPS = "No gaps: everything that was asked was answered."
NOTHING_ASIDE = "Nothing was set aside."
BACK_IN_ITS_LANE = "Back in its lane."
DROPPED = "Dropped."
TEST_PAGE = "A test page of Concierge: nothing is wrong, and nobody is waiting."
NO_VIPS = "The list of VIPs is empty (settings and groups may name more)."
WHICH_VIP = "Who? Write `add slack:U… why` or `remove slack:U…`."
NO_DESK = (
    "nobody could be paged: set SLACK_DESK_CHANNEL or DISCORD_DESK_CHANNEL to the channel in which your colleagues "
    "answer, or run the console beside it (concierge run slack console)"
)


PROPOSE_ENTRY = "Propose an FAQ entry"
PROPOSED_QUESTION = "Question, as any customer would ask it"
PROPOSED_ANSWER = "Answer, for every customer"
PROPOSAL_EMPTY = "Both are needed: the question and its answer."
PROPOSED = "Proposed. Operations see it with `/kb drafts`."
NO_DRAFTS = "Nobody has proposed an entry."
DRAFTS_BUSY = "Another proposed entry is being approved. Try again in a moment."


def draft_block(draft_id: str, by: str, question: str, answer: str) -> str:
    """A proposed entry, with what can be done."""
    return (
        f"**{question}**\n{answer}\n`{draft_id}`, proposed by {by}: `/kb approve {draft_id}` or `/kb reject {draft_id}`"
    )


def no_such_draft(draft_id: str) -> str:
    """Decided already, or never proposed."""
    return f"There is no proposed entry {draft_id!r}. `/kb drafts` lists them."


def draft_served(entry_id: str, version: str) -> str:
    """It is part of the FAQ."""
    return f"{version} serves, with the new entry `{entry_id}` (in `proposed.md`)."


def draft_not_served(why: str) -> str:
    """It did not get into the FAQ."""
    return f"Not taken; the old FAQ goes on serving, and the proposal stays: {why}"


def draft_rejected(draft_id: str) -> str:
    """Dropped."""
    return f"The proposed entry {draft_id} is dropped."


def kb_status(version: str, entries: int, source: str, problem: str) -> str:
    """Which FAQ is served."""
    text = f"{version} serves: {entries} entries from {source}." if version else "No FAQ is served."
    return f"{text} Problem: {problem}" if problem else text


KB_RELOAD_CUT_SHORT = "It was cut short; the old FAQ goes on serving."


def phrases_wrong(problem: str) -> str:
    """The operators' phrases were changed, and can't be read."""
    return f"The changed phrases are not used, the ones before stay: {problem}"


def kb_last_reload(text: str, by: str, when: str) -> str:
    """How the last reload ended; shown below which FAQ is served."""
    return f"Last reload ({by}, {when}): {text}"


def kb_progress(who: str, stage: str, done: int, total: int, rate: float, left: float) -> str:
    """How far a reload is; edited every few seconds. `rate` per second, `left` in seconds, 0 while unknown."""
    stages = {
        "read": "reading the files", "compare": "comparing", "embed": "embedding", "write": "writing",
        "test": "asking test questions", "switch": "switching", "clean": "cleaning up",
    }  # fmt: skip
    text = f"{who} reloads the FAQ: {stages.get(stage, stage)}"
    if total:
        text += f" {done:,} of {total:,}"
    if rate and left:
        remaining = f"{left / 60:.0f} min" if left >= 90 else f"{left:.0f} s"
        text += f", {rate:,.0f} a second, {remaining} left"
    return f"{text}."


def kb_reload_over(who: str, text: str) -> str:
    """What the message of a reload's progress says in the end."""
    return f"{who} asked for a reload of the FAQ. {text}"


def kb_reloaded(version: str, difference: str) -> str:
    """A new version serves."""
    return f"{version} serves: {difference}."


def kb_unchanged(version: str) -> str:
    """Nothing to do."""
    return f"Nothing has changed: {version} goes on serving."


def kb_not_reloaded(why: str) -> str:
    """The gate said no."""
    return f"Not reloaded, the old FAQ goes on serving: {why}"


def kb_rolled_back(version: str) -> str:
    """An older version serves."""
    return f"{version} serves again."


def kb_no_version(named: str) -> str:
    """Not a version."""
    return f"{named!r} is not a version. Write `rollback` or `rollback 12`."


def kb_outcome(outcome: str, confidence: float) -> str:
    """What a customer would get."""
    what = {"answer": "would be answered", "suggest": "would get suggestions", "unknown": "would not be answered"}
    return f"A customer {what.get(outcome, outcome)} (confidence {confidence:.2f})."


def gap_line(count: int, example: str, kinds: dict[str, int]) -> str:
    """One group of gaps."""
    return f"- {count}× {example} ({', '.join(f'{kind} {number}' for kind, number in sorted(kinds.items()))})"


def no_such_message(event_id: str) -> str:
    """Not among what was set aside."""
    return f"There is no message {event_id!r} that was set aside."


def vip_added(person: str) -> str:
    """On the list."""
    return f"{person} is a VIP now."


def vip_removed(person: str) -> str:
    """Off the list."""
    return f"{person} is no VIP of the list any more."


def no_such_vip(person: str) -> str:
    """Not on the list."""
    return f"{person} is not on the list of VIPs."


def not_staff(person: str) -> str:
    """The named colleague can't take it."""
    return f"{person} is not known as staff. Name a colleague as slack:U… or discord:…"


def not_a_time(text: str) -> str:
    """Not a time to come."""
    return f"I can't read {text!r} as a time to come. Write 30m, 2h, tomorrow, friday 14:00 or 2026-12-24."


def snoozed(until: str) -> str:
    """Set aside."""
    return f"Set aside until {until}."


def no_such_canned(name: str, known: Sequence[str]) -> str:
    """There is no prepared reply of this name."""
    return f"There is no prepared reply {name!r}; there are: {', '.join(known)}."


HERE = "You are present: handoffs may be offered to you first, until you say `/handoffs away`."
AWAY = "You are away: nothing is offered to you until you say `/handoffs here`. You can claim all the same."
NOBODY_PRESENT = "Nobody is present: nobody said `/handoffs here` or did anything at the desk lately."


def present_line(name: str, load: int) -> str:
    """One colleague who is present, and how many handoffs they have."""
    return f"- **{name}**, {load} open"


def handoff_line(
    handoff_id: str, customer: str, reason: str, waited: str, owner: str, offered: str = "", unanswered: str = ""
) -> str:
    """One line of the queue."""
    reason = f"{reason} — **unanswered for {unanswered}**" if unanswered else reason
    who = f"with {owner}" if owner else f"waiting (offered to {offered})" if offered else "waiting"
    return f"- `{handoff_id}` **{customer}** {who} for {waited} — {reason}"


def record_line(at: str, who: str, what: str, why: str, detail: str, allowed: bool) -> str:
    """One line of a history."""
    refused = "" if allowed else " (refused)"
    rest = " — ".join(part for part in (why, detail) if part)
    return f"- {at} {who} {what.replace('_', ' ')}{refused}" + (f": {rest}" if rest else "")


def already_claimed(name: str) -> str:
    """To the colleague who came second."""
    return f"{name} was faster: this one is claimed."


def already_over(outcome: str) -> str:
    """The handoff has ended."""
    return f"This one is over ({outcome})." if outcome else "There is no open handoff here."


def not_the_owner(name: str) -> str:
    """Only the owner may."""
    return f"This one belongs to {name}. Take it over first, if you must."


def not_while_owned(event: str) -> str:
    """The event does not fit."""
    return f"Not possible now ({event.replace('_', ' ')}): a colleague owns this conversation."


def does_not_reach(owner: str) -> str:
    """In the desk thread, to a colleague who is not the owner."""
    return f"This stays inside: {owner} owns the conversation. Take it over to answer."


def taken_from_you(name: str) -> str:
    """To the former owner."""
    return f"**{name}** has taken this over from you."


def taken(name: str) -> str:
    """In the desk thread."""
    return f"**{name}** has claimed this."


def taken_before(name: str, offered: str) -> str:
    """In the desk thread: it was offered to another colleague first."""
    return f"**{name}** has claimed this, which was offered to {offered} first."


def handed_over(by: str, to: str) -> str:
    """In the desk thread."""
    return f"**{by}** has handed this to **{to}**." if by else f"This was handed to **{to}**."


def open_to_all(headline: str, offered: str) -> str:
    """Beside the cards: the offer to one colleague is over."""
    return f"{headline} — for everybody now" + (f": {offered} has not taken it." if offered else ".")


def offered_until(name: str, until: str) -> str:
    """On the card."""
    return f"{name}, until {until}"


def nudge(name: str, left: float) -> str:
    """To the owner who has not written yet."""
    return f"{name}, the customer is still waiting for your first reply; in {span(left)} this goes back to the queue."


def unanswered(name: str, seconds: float, left: float) -> str:
    """To the owner, who has written before."""
    waited = f"{name}, the customer has waited for your answer for {span(seconds)}"
    return f"{waited}; without one this goes back to the queue in {span(left)}."


def left_unanswered(name: str) -> str:
    """In the desk thread."""
    return f"Back in the queue: {name} has not answered the customer."


def claim_expired(name: str) -> str:
    """In the desk thread."""
    return f"Back in the queue: {name} has not written yet."


def page(title: str, waited: float) -> str:
    """A rung of the ladder, at the desk or on a phone."""
    return f"{title} — waiting for {span(waited)}" if waited >= 30 else title


def page_failed(why: str) -> str:
    """Under the card: a rung of the ladder reached nobody."""
    return f"A page reached nobody: {why}"


def relay_failed(why: str) -> str:
    """To the writer of a message that did not reach the customer."""
    return f"This did not reach the customer: {why}"


def card_title(name: str, vip: bool, state: str) -> str:
    """The first line of a card."""
    mark = "⭐ VIP " if vip else ""
    verb = {
        "waiting": "is waiting for a human",
        "human": "is being looked after",
        "snoozed": "is set aside",
        "resolved": "was helped",
        "abandoned": "no longer needs a human",
        "expired": "has gone quiet",
    }[state]
    return f"{mark}{name} {verb}"


TAKEN_BACK = "(message deleted)"
"""In a transcript, in place of what its writer took back."""
CARD_REASON = "Reason"
CARD_CUSTOMER = "Customer"
CARD_OWNER = "Owner"
CARD_OFFERED = "Offered to"
CARD_SINCE = "Waiting since"
CARD_ENTRIES = "Entries tried"
CARD_UNTIL = "Set aside until"
CARD_SUMMARY = "Summary, written by a machine"
