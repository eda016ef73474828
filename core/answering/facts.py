"""What a sentence states that must not be made up: amounts, dates, times, links, contacts, codes and names.

Pure functions over text; nothing here knows a model. Two texts agree on a fact when their extracted values are equal,
so spelling variants meet here: `1,000.00` and `1000`, `three` and `3`, `5 p.m.` and `5pm`, `$7` and `7 dollars`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from core.answering import vocabulary
from knowledge.search.plain import plain_text
from knowledge.search.words import fold

# Each pattern starts at the start of a word and is bounded, so that no text makes it look at anything twice.
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_URL = re.compile(
    r"(?:https?://|www\.)[^\s<>()\[\]\"'`]{1,2000}"
    r"|(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.[a-z]{2,10}/[^\s<>()\[\]\"'`]{0,2000}",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?<![\w.-])(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,10}\b(?!\.\w)", re.IGNORECASE)
_TARGET = re.compile(r"\]\(\s*<?([^)\s>]+)")
_HANDLE = re.compile(r"(?<![\w.])[@#][\w-]+|<[@#!][^>\s]{0,100}>?")
_LONG_NUMBER = re.compile(r"(?<![\w.,])\+?\(?\d[\d\s().\-/]{5,30}\d(?![\w])")
_AMOUNT = re.compile(r"\d+\.\d{1,2}|\d{1,3}(?:\.\d{3})+")
_CLOCK = re.compile(r"\b(\d{1,2})(?:[:.](\d{2}))?\s*([ap])\.?\s?m\b\.?|\b(\d{1,2}):(\d{2})\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:[,.'’\u00a0\u202f]\d+)*")
_CODE = re.compile(r"\b(?=\w*\d)(?=\w*[^\W\d_])[^\W_][\w-]*\b")
_WORD = re.compile(r"[^\W_]+(?:[-'’&.][^\W_]+)*")
_RANGE = re.compile(r"^\s*(?:-|–|—|to|bis|a|à|and|und|et|y|e|en|tot|till|do)\s*$", re.IGNORECASE)
_START = re.compile(r"(?:^|[.!?:…]\s+|\n\s*)[^\w\s]*\s*$")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with what makes it a fact."""

    value: str
    """Digits without grouping or trailing zeros (`1000`, `7.5`), or `each` ("per month")."""
    unit: str
    """Currency, `percent`, unit of time or month, with what narrows it (`business day`); "" for a bare number."""
    noun: str = ""
    """Without a unit: the word behind it, folded."""
    bound: str = ""
    """`min` ("at least"), `max` ("within", "up to") or ""."""
    range: tuple[str, str] | None = None
    """The whole range that it is an end of."""


@lru_cache(maxsize=4096)
def links(text: str) -> frozenset[str]:
    """URLs, hosts, link targets, e-mail addresses and handles of a text (Markdown), in lower case."""
    found = {match.group() for pattern in (_EMAIL, _URL, _HANDLE) for match in pattern.finditer(text)}
    found.update(match[1] for match in _TARGET.finditer(text))
    rest = _EMAIL.sub(" ", _URL.sub(" ", _TARGET.sub("]( ", text)))
    found.update(match.group() for match in _HOST.finditer(rest) if match.group().casefold() not in vocabulary.DOTTED)
    return frozenset(_link(link) for link in found)


@lru_cache(maxsize=4096)
def long_numbers(text: str) -> frozenset[str]:
    """Digits of telephone, account and reference numbers and of dates written in digits."""
    return frozenset(
        digits
        for match in _LONG_NUMBER.finditer(without_links(text))
        if not _AMOUNT.fullmatch(match.group()) and len(digits := _digits(match.group())) >= 6
    )


@lru_cache(maxsize=4096)
def clock_times(text: str) -> frozenset[str]:
    """Times of day: `9:00am`, `17:30`."""
    found = set()
    for match in _CLOCK.finditer(without_links(text)):
        hour, minute, half, hour24, minute24 = match.groups()
        found.add(f"{int(hour)}:{minute or '00'}{half.lower()}m" if half else f"{int(hour24)}:{minute24}")
    return frozenset(found)


@lru_cache(maxsize=4096)
def codes(text: str) -> frozenset[str]:
    """Words of letters and digits (`A12-B`, `1099-K`, `3D`), folded."""
    clean = _CLOCK.sub(" ", without_links(text))
    return frozenset(
        fold(match.group()) for match in _CODE.finditer(clean) if not vocabulary.MEASURE.fullmatch(match.group())
    )


@lru_cache(maxsize=4096)
def quantities(text: str) -> tuple[Quantity, ...]:
    """Numbers of a text, in digits or English words, each with its unit, its bound and its range."""
    text = _CLOCK.sub(" ", _without_long_numbers(without_links(text)))
    text = vocabulary.spelled_out_to_digits(text)
    text = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", text)
    matches = [match for match in _NUMBER.finditer(text) if not _inside_code(text, match)]
    found = []
    for index, match in enumerate(matches):
        start, end = match.span()
        tail = text[end:]
        span: tuple[str, str] | None = None
        # The first end of a range has the unit of the second: "3 to 5 business days".
        if index + 1 < len(matches) and _is_range(text[:start], text[end : matches[index + 1].start()]):
            span = (number(match.group()), number(matches[index + 1].group()))
            tail = text[matches[index + 1].end() :]
        elif index and _is_range(text[: matches[index - 1].start()], text[matches[index - 1].end() : start]):
            span = (number(matches[index - 1].group()), number(match.group()))
            start = matches[index - 1].start()
        unit, noun = _unit(text[:start], tail)
        found.append(Quantity(number(match.group()), unit, noun, _bound(text[:start], tail), span))
    found += [
        Quantity("each" if match[1].casefold() in vocabulary.EACH else "1", vocabulary.TIME_UNITS[fold(match[2])])
        for match in vocabulary.A_UNIT.finditer(text)
    ]
    return tuple(found)


def number(written: str) -> str:
    """The value of a written number as digits: `1,000.50`, `1.000,50` and `1000.5` are `1000.5`."""
    text = re.sub(r"['’\u00a0\u202f ]", "", written)
    marks = [char for char in text if char in ",."]
    if len(set(marks)) == 2:
        decimal = marks[-1]
        text = text.replace("," if decimal == "." else ".", "").replace(decimal, ".")
    elif len(marks) > 1 or (marks and not text.startswith("0") and len(re.split("[,.]", text)[1]) == 3):
        text = re.sub("[,.]", "", text)
    else:
        text = text.replace(",", ".")
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{fraction}" if fraction else whole


@lru_cache(maxsize=4096)
def names(text: str) -> tuple[tuple[str, ...], ...]:
    """Runs of capitalised words, each run folded word by word: (("apple", "pay"), ("klarna",)).

    A run that opens a sentence is given without its first word, which is capital anyway: see `openers`.
    """
    found: list[tuple[str, ...]] = []
    run: list[str] = []
    plain = _visible(text)
    before = 0
    for match in _WORD.finditer(plain):
        word, gap = match.group(), plain[before : match.start()]
        starts = bool(_START.search(plain[: match.start()]))
        before = match.end()
        if run and (gap.strip() or starts):
            found.append(tuple(run))
            run = []
        if word[0].isupper() or any(char.isupper() for char in word[1:]):
            if not starts or any(char.isupper() for char in word[1:]):
                run.append(_name(word))
        elif run:
            found.append(tuple(run))
            run = []
    if run:
        found.append(tuple(run))
    return tuple(found)


@lru_cache(maxsize=4096)
def openers(text: str) -> tuple[str, ...]:
    """The capitalised words that open sentences, folded."""
    plain = _visible(text)
    return tuple(
        _name(match.group())
        for match in _WORD.finditer(plain)
        if match.group()[0].isupper() and _START.search(plain[: match.start()])
    )


@lru_cache(maxsize=4096)
def flat(text: str) -> str:
    """Every word of a text, folded, single-spaced and with a space at both ends: for "is this phrase in it?"."""
    return f" {' '.join(_name(match.group()) for match in _WORD.finditer(_visible(text)))} "


def _visible(text: str) -> str:
    return plain_text(_EMAIL.sub(" ", _URL.sub(" ", text)))


def _name(word: str) -> str:
    folded = fold(re.sub(r"['’]s$", "", word))
    return re.sub(r"[^\w]+", " ", folded).strip()


def _link(link: str) -> str:
    link = re.sub(r"^(?:https?://)?(?:www\.)?", "", link.casefold())
    return link.rstrip(".,;:!?*_/")


def without_links(text: str) -> str:
    """Markdown without its addresses; the words of its links stay."""
    return _EMAIL.sub(" ", _URL.sub(" ", _TARGET.sub("]( ", text)))


def _without_long_numbers(text: str) -> str:
    return _LONG_NUMBER.sub(lambda match: match.group() if _AMOUNT.fullmatch(match.group()) else " ", text)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _inside_code(text: str, match: re.Match[str]) -> bool:
    """Whether a number is part of a word like `A12` or `3D`, which `codes` has."""
    start, end = match.span()
    if start and (text[start - 1].isalpha() or (text[start - 1] == "-" and start > 1 and text[start - 2].isalpha())):
        return True
    joined = re.match(r"[^\W\d_]+", text[end:])
    return bool(joined) and not vocabulary.MEASURE.fullmatch(match.group() + joined.group())  # type: ignore[union-attr]


def _is_range(before: str, between: str) -> bool:
    if not _RANGE.match(re.sub(r"[$€£¥%]", "", between)):
        return False
    # "and" joins a range only behind "between": "5 and 10" are two numbers.
    joined_by_and = between.strip().casefold() in vocabulary.AND
    return not joined_by_and or bool(
        re.search(r"\b(?:between|zwischen|entre|tra|fra|tussen|mellan)\s*\W*$", before, re.I)
    )


def _unit(before: str, after: str) -> tuple[str, str]:
    symbol = re.search(r"(\S{1,4})\s?$", before)
    if symbol and (currency := vocabulary.CURRENCIES.get(symbol[1].lstrip("(*_~-–").casefold())):
        return currency, ""
    if symbol and symbol[1] and symbol[1][-1] in vocabulary.CURRENCIES:
        return vocabulary.CURRENCIES[symbol[1][-1]], ""
    month = re.search(r"([^\W\d_]{3,})\.?\s+(?:the\s+)?$", before)
    if (
        month
        and fold(month[1]) in vocabulary.MONTHS
        and (month[1][0].isupper() or fold(month[1]) not in ("may", "march"))
    ):
        return vocabulary.MONTHS[fold(month[1])], ""
    rest = re.match(r"\s*[-‑]?\s*(%|[$€£¥₹]|[^\W\d_]+)(?:\s+([^\W\d_]+))?(?:\s+([^\W\d_]+))?", after)
    if not rest:
        return "", ""
    following = [fold(word) for word in rest.groups() if word]
    if following[0] == "of" and len(following) > 1:
        following = following[1:]
    narrowed = ""
    if following[0] in vocabulary.NARROWING and len(following) > 1:
        narrowed, following = f"{vocabulary.NARROWING[following[0]]} ", following[1:]
    first = following[0]
    for table in (vocabulary.CURRENCIES, vocabulary.TIME_UNITS, vocabulary.MONTHS):
        if first in table:
            return f"{narrowed}{table[first]}".strip(), ""
    return "", first


def _bound(before: str, after: str) -> str:
    lead = f" {fold(before[-40:])}"
    lead = re.sub(r"[$€£¥*_~(\s]+$", " ", lead)
    for bound, pattern in vocabulary.BOUNDS_BEFORE:
        if pattern.search(lead):
            return bound
    tail = fold(after[:40])
    for bound, pattern in vocabulary.BOUNDS_AFTER:
        if pattern.match(tail):
            return bound
    return ""
