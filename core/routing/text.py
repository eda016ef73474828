"""Make what people type comparable: hidden characters, look-alikes, elongations, quotes, code and links.

Everything here is linear in the length of the text: no pattern has a repetition inside another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

MAX_CHARACTERS = 20_000
"""Of a longer message the first and the last half of this many characters are read."""

_MESSAGES = 64
"""Messages remembered: requests, topics and signs are each looked for in the same one."""

_LONGEST_SENTENCE = 120
"""Tokens; a longer run without punctuation is read in overlapping pieces."""
_OVERLAP = 20

_FENCE = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)", re.DOTALL)
_CODE = re.compile(r"`[^`\n]{0,400}`")
_QUOTED_LINE = re.compile(r"(?m)^[ \t]{0,8}(?:>|&gt;).*$")
_QUOTE = re.compile(
    r"\"[^\"\n]{1,400}\"|“[^”\n]{1,400}”|„[^“”\n]{1,400}[“”]|«[^»\n]{1,400}»|»[^«\n]{1,400}«|(?<![^\s(,:])'[^'\n]{2,400}'(?!\w)"
)
_LINK = re.compile(r"<?\b(?:https?://|www\.)\S{1,2000}|\S{1,64}@\S{1,64}\.\w{2,10}")
_MENTION = re.compile(r"<[@#!][^>\s]{1,60}>|<a?:\w{1,40}:\d{1,24}>")
_WORD = re.compile(r"[^\W_]+")
_ELONGATED = re.compile(r"(.)\1{2,}")
_ASTERISKS = re.compile(r"[*_~]{1,3}(?=\w)|(?<=\w)[*_~]{1,3}")

# Cyrillic and Greek letters that look like Latin ones; applied on both sides of every comparison.
_LOOK_ALIKE = str.maketrans(
    "аеорсухіјѕԁһӏмтвнкгиАЕОРСУХІЈЅМТВНК" "αεοικνρτυχηωϲΑΕΟΙΚΝΡΤΥΧΗΜΒΖ",
    "aeopcyxijsdhlmtbhkruAEOPCYXIJSMTBHK" "aeoiknptuxhwcAEOIKNPTYXHMBZ",
)  # fmt: skip
_LEET = str.maketrans("013457@$!|", "oieastasii")
_LATIN = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "ı": "i", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})


@dataclass(frozen=True, slots=True)
class Token:
    """One word or one mark of a message."""

    text: str
    """Folded form that is compared: lower case, Latin, no accents. For a mark: `.` `,` or `?`."""
    start: int
    """Where it begins in the readable text, in characters."""
    end: int
    """Where it ends in the readable text, exclusive."""


def readable(text: str) -> str:
    """The text as a reader sees it: compatibility forms composed, invisible and control characters gone."""
    if len(text) > MAX_CHARACTERS:
        half = MAX_CHARACTERS // 2
        text = f"{text[:half]}\n{text[-half:]}"
    if text.isascii():
        return text
    composed = unicodedata.normalize("NFKC", text)
    return "".join(c for c in composed if c in "\n\t" or unicodedata.category(c) not in {"Cf", "Cc", "Cs", "Co", "Cn"})


def own_words(text: str) -> str:
    """Blank out what the writer quotes rather than says: code, quotations, links, mentions.

    A message that is nothing but one quotation is taken as said (people quote buttons: `"agent"`). Same length
    as the input, so positions stay valid.
    """
    without = text
    for pattern in (_FENCE, _CODE, _QUOTED_LINE, _LINK, _MENTION):
        without = pattern.sub(_blank, without)
    unquoted = _QUOTE.sub(_blank, without)
    return unquoted if _WORD.search(unquoted) else without


def _blank(match: re.Match[str]) -> str:
    # U+FFFC stands for an object: the grammar sees an unknown word, so what surrounds a quotation is not joined.
    return "\ufffc".ljust(match.end() - match.start())


_LONGEST_KNOWN: Final = 24
"""Letters; longer words are not said twice."""


def fold(word: str) -> str:
    """Lower case, look-alikes as Latin, accents removed, letters repeated three times or more once."""
    return _fold(word) if len(word) <= _LONGEST_KNOWN else _fold.__wrapped__(word)


@lru_cache(maxsize=8192)
def _fold(word: str) -> str:
    lowered = word.lower()
    if not lowered.isascii():
        lowered = lowered.translate(_LOOK_ALIKE).translate(_LATIN)
        lowered = "".join(c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c))
    return _ELONGATED.sub(r"\1", lowered)


def unleet(word: str) -> str:
    """Digits and signs that stand for letters, as letters: `hum4n` becomes `human`."""
    return word.translate(_LEET)


PICTURES: Final = {
    **dict.fromkeys("🤖👾", "🤖"),
    **dict.fromkeys("🧑👩👨👤👥🧍💁🙋👮👷👵👴👦👧🗣🫂", "🧑"),
    **dict.fromkeys("📞📱☎🤙", "📞"),
    **dict.fromkeys("❌🚫⛔🙅✖", "❌"),
}
"""Pictures that are read as words, each as one that stands for its like. Any other picture ends a sentence."""
_PICTURE = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]")
_TOKEN = re.compile(
    r"[^\W_]+(?:[$@4013!|](?=[^\W_]))?[^\W_]*"
    r"|[\u2600-\u27bf\U0001f000-\U0001faff]|[.!?;:\n…。！？،؟]|[,()\[\]{}–—]|\ufffc| - "
)
_HARD = frozenset(".!;:\n…。！")
_QUESTION = frozenset("?？؟")


@lru_cache(maxsize=_MESSAGES)
def said(text: str) -> tuple[str, tuple[Token, ...]]:
    """A message as a reader sees it, and the words and marks in it that are the writer's own."""
    shown = readable(text)
    return shown, tokens(own_words(shown))


@lru_cache(maxsize=_MESSAGES)
def tokens(text: str) -> tuple[Token, ...]:
    """Words and marks of a text, in order; single letters typed apart (`h u m a n`) are joined."""
    found: list[Token] = []
    for match in _TOKEN.finditer(_ASTERISKS.sub(_pad, text)):
        piece = match.group()
        if piece.isascii() and piece[0].isalnum():
            word = fold(piece)
        elif piece in _HARD:
            word = "."
        elif _PICTURE.match(piece):
            word = PICTURES.get(piece, ".")
        elif piece in _QUESTION:
            word = "?"
        elif piece == "\ufffc":
            word = piece
        elif not piece[0].isalnum():
            word = ","
        else:
            word = fold(piece)
        found.append(Token(word, match.start(), match.end()))
    return tuple(_join_spelled(found))


def _pad(match: re.Match[str]) -> str:
    return " " * (match.end() - match.start())


def _join_spelled(found: list[Token]) -> list[Token]:
    joined: list[Token] = []
    run: list[Token] = []

    def flush() -> None:
        letters = [t for t in run if t.text.isalnum()]
        if len(letters) >= 4:
            joined.append(Token("".join(t.text for t in letters), run[0].start, letters[-1].end))
            joined.extend(run[run.index(letters[-1]) + 1 :])
        else:
            joined.extend(run)
        run.clear()

    for token in found:
        spelled = len(token.text) == 1 and token.text.isalpha()
        separator = token.text in {".", ","} and bool(run) and run[-1].text.isalpha()
        apart = spelled and bool(run) and token.start - run[-1].end > 1
        if run and (apart or not (spelled or separator)):
            flush()  # a wider gap ends the word too: "h u m a n  p l e a s e"
        (run if spelled or separator else joined).append(token)
    flush()
    return joined


def sentences(words: Iterable[Token]) -> Iterator[list[Token]]:
    """Cut at sentence ends; the mark `?` stays with its sentence."""
    sentence: list[Token] = []
    for token in words:
        if token.text == ".":
            if sentence:
                yield sentence
            sentence = []
            continue
        sentence.append(token)
        if token.text == "?":
            yield sentence
            sentence = []
        elif len(sentence) >= _LONGEST_SENTENCE:
            yield sentence
            sentence = sentence[-_OVERLAP:]
    if sentence:
        yield sentence
