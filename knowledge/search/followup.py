"""Follow-ups: "And for the other card?" means nothing alone; with the question before it, it can be searched.

A cheap local rewrite for when no model does it. A message that leans on an earlier one (it opens like a continuation,
or points back with a pronoun) is put after the messages from the last that stood alone on. Which of their parts are
still meant, what they find tells: see `history.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from knowledge.search.smalltalk import question_in, small_talk
from knowledge.search.words import fold

LONG = 14
"""Words from which on a message is taken to say what it is about, pronouns or not."""
SHORT = 5
"""Words up to which a message without any sign may still be a follow-up ("with a debit card?")."""
MIDDLING = 8
"""Words up to which a pronoun is taken to point at an earlier message; in a longer one it may point inside it."""
BACK = 6
"""Earlier messages that are looked at."""

_OPENING = re.compile(
    r"^(?:ok(?:ay)?|yes|no|hm+|ah|oh|right|sure|thanks|thank you|great)?[\s,.!]*"
    r"(?:and|but|or|so|then|also|plus|what about|how about|what if|what else|even if|same for|only"
    r"|for (?:how long|which|the|my|a)|with (?:the|my|a)"
    r"|y|pero|und|aber|oder|was ist mit|wie ist es|et|mais|ou|maar|och|a co|ve|peki|ya)\b"
    r"|^(?:why(?: not)?|how(?: so| long| much| many)?|when|where|since when|until when)\W*$"
)
_POINTING = frozenset(
    {
        *("it", "its", "that", "this", "these", "those", "they", "them", "their", "one", "ones", "other", "another"),
        *("same", "there", "then", "instead", "either", "both", "such", "latter", "former", "too"),
        *("eso", "esa", "ese", "esto", "ello", "otro", "otra", "mismo", "misma", "ahi", "alli"),
        *("dies", "dieser", "dieses", "ihn", "davon", "damit", "dafur", "anderen", "anderer", "anderes", "gleiche"),
        *("ca", "cela", "ceci", "celui", "celle", "ceux", "autre", "meme"),
        *("isso", "isto", "esse", "essa", "aquilo", "outro", "outra", "mesmo"),
        *("questo", "quello", "quella", "altro", "altra", "stesso"),
        *("hetzelfde", "ander", "detta", "samma", "andra", "bunu", "onu", "diger"),
    }
)
_NOT_POINTING = re.compile(
    r"\b(?:there (?:is|are|was|were|a)|is there|are there|this (?:is|month|week|year|morning)|"
    r"that i|that my|that the|that you|so that|it is not possible|is it possible|does it (?:take|cost) to|it says)\b"
)
_WORD = re.compile(r"[\w'’-]+")
_ENGLISH = """
a an the and or but so if then also too as at by for from in into of off on onto out over to up with without about
i im ive id me my mine we our ours us you your yours he him his she her it its they them their this that these those
there here who whom whose what whats which when where why how is isnt are arent am was wasnt were be been being do
does dont doesnt did didnt have has had havent can cant could will would wont should may might must not no yes ok
okay please just only any some one ones other another same else more most than such either both now still again hm
hmm ah oh well right sure great good fine get got
"""
_FUNCTION = frozenset(_ENGLISH.split())
_ONLY_ASKING = """
much many long often far soon else something anything nothing everything happen happens need want know tell
"""
_ASKING = frozenset(_ONLY_ASKING.split())


class Standing(Enum):
    """Whether a message can be understood alone."""

    ALONE = "alone"
    LEANS = "leans"
    UNSURE = "unsure"


@lru_cache(maxsize=1024)  # what was said before is judged again with every message that follows
def standing(message: str) -> Standing:
    """Judge from the words alone; what was said before is not looked at."""
    text = " ".join(fold(message).split())
    count = len(re.findall(r"\w+", text))
    if count >= LONG:
        return Standing.ALONE
    if _OPENING.match(text):
        return Standing.LEANS
    rest = re.findall(r"\w+", _NOT_POINTING.sub(" ", text))
    if any(word in _POINTING for word in rest):
        return Standing.LEANS if count <= MIDDLING else Standing.UNSURE
    return Standing.UNSURE if count <= SHORT else Standing.ALONE


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a message."""

    message: str
    """The message."""
    thread: tuple[str, ...] = ()
    """The earlier messages that it leans on, oldest first; none where it is understood alone."""


def readings(message: str, history: Sequence[str]) -> tuple[Reading, ...]:
    """The ways to understand a message: one, or two where only what they find can tell which is meant.

    history: the customer's earlier messages in this conversation, oldest first; small talk among them is passed over.
    """
    alone = Reading(message)
    judged = standing(message)
    if not history or judged is Standing.ALONE or small_talk(message) or not (thread := _thread(history)):
        return (alone,)
    together = Reading(message, thread)
    return (together,) if judged is Standing.LEANS else (alone, together)


def parts(text: str) -> list[tuple[int, int]]:
    """Where the runs of words between function words and marks begin and end: what is spoken of, a name for instance.

    Function words are known in English only. In another language a part is all that stands between two marks.
    """
    found: list[tuple[int, int]] = []
    for word in _WORD.finditer(text):
        if fold(word[0]) in _FUNCTION:
            continue
        if found and text[found[-1][1] : word.start()].isspace():
            found[-1] = (found[-1][0], word.end())
        else:
            found.append(word.span())
    return found


def content(text: str) -> str:
    """The parts of `text`; all of it when there are none."""
    return " ".join(text[start:end] for start, end in parts(text)) or text


def subject(text: str) -> str:
    """The words of its parts but for those that only ask ("how often"); "" when there are no others."""
    found = (word for start, end in parts(text) for word in _WORD.findall(text[start:end]))
    return " ".join(word for word in found if fold(word) not in _ASKING)


def without(text: str, left_out: Sequence[tuple[int, int]]) -> str:
    """`text` without these of its parts."""
    for start, end in sorted(left_out, reverse=True):
        text = text[:start] + text[end:]
    return " ".join(text.split())


def _thread(history: Sequence[str]) -> tuple[str, ...]:
    """The recent messages from the last that stands alone on, oldest first; not those that say nothing ("yes")."""
    recent = [question_in(text) for text in history[-BACK:] if _says_something(text)]
    alone = [at for at, text in enumerate(recent) if standing(text) is Standing.ALONE]
    return tuple(recent[alone[-1] if alone else 0 :])


@lru_cache(maxsize=1024)  # looked at again with every message that follows
def _says_something(text: str) -> bool:
    return not small_talk(text) and bool(parts(text))
