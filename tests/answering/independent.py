"""A second opinion on grounded text, sharing no code with the verifier: crude, literal, and hard to argue with."""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.answering import Answer
from knowledge.entries import Entry

_CITED = re.compile(r"(?P<text>.+?)\s*(?P<marks>(?:\[\d+\])+)(?P<end>[^\w\s\[]*)(?:\s+|$)", re.DOTALL)
_SPELLED = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
]
_CALENDAR = re.compile(
    r"\b(january|february|april|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday"
    r"|friday|saturday|sunday|today|tomorrow|tonight|hundred|thousand|million|half|dozen|thirty|forty|fifty|sixty|ninety)\b"
)


def cited_sentences(answer: Answer) -> list[tuple[str, tuple[int, ...]]]:
    """(sentence, places in `answer.sources` from 1) of a generated answer; fails when a part cites nothing."""
    found, at = [], 0
    for match in _CITED.finditer(answer.text):
        assert match.start() == at, f"uncited: {answer.text[at : match.start()]!r}"
        found.append((match["text"].strip(), tuple(int(number) for number in re.findall(r"\d+", match["marks"]))))
        at = match.end()
    assert at == len(answer.text), f"uncited: {answer.text[at:]!r}"
    return found


def inventions(answer: Answer, entries: Mapping[str, Entry]) -> list[str]:
    """Numbers, amounts, dates, names and links of a generated answer that its cited entries lack."""
    wrong = []
    for sentence, places in cited_sentences(answer):
        cited = [entries[answer.sources[place - 1].entry_id] for place in places]
        known = "\n".join(f"{entry.question}\n{entry.answer}" for entry in cited)
        wrong += [f"{fact!r} of {sentence!r}" for fact in _facts(sentence) if not _has(known, fact)]
    return wrong


def _facts(sentence: str) -> list[str]:
    text = re.sub(r"^\s*\d{1,2}[.)]\s+", "", sentence)
    found = re.findall(r"https?://[^\s)>\]*]*[^\s)>\]*.,;:!?]|[\w.+-]+@[\w.-]+\w", text)
    for link in found:
        text = text.replace(link, " ")
    found += re.findall(r"[$€£]\s?\d[\d.,]*\d|[$€£]\s?\d|\d[\d.,]*\d|\d", text)
    found += re.findall(r"\d+(?:[.,]\d+)?\s?%", text)
    found += [word for word in re.findall(r"[a-z]+", text.lower()) if word in _SPELLED[2:]]
    found += _CALENDAR.findall(text.lower())
    words = re.sub(r"[*_`\[\]()\"“”]", " ", text)
    # Not the first word of a sentence, nor of what follows a colon: those are capital anyway.
    found += re.findall(r"(?<=[a-z0-9,;] )[A-Z][\w'-]*|(?<=[A-Z][a-z] )[A-Z][\w'-]*", words)
    return [fact for fact in found if fact not in ("I", "I'm", "I've", "I'll")]


def _has(known: str, fact: str) -> bool:
    text = re.sub(r"\s+", " ", re.sub(r"[*_`]", "", known)).lower()
    fact = fact.lower()
    if re.fullmatch(r"[$€£]\s?[\d.,]+", fact):
        amount = re.sub(r"\s", "", fact)
        value = re.escape(amount[1:].removesuffix(".00"))
        return bool(
            re.search(rf"(?:{re.escape(amount[0])}\s?{value}|{value}(?:\.00)?\s?(?:dollars|euros|pounds))(?!\d)", text)
        )
    if fact[0].isdigit():
        number = fact.rstrip("% ")
        spelled = _SPELLED[int(number)] if number.isdigit() and int(number) < len(_SPELLED) else ""
        return bool(re.search(rf"(?<![\d.]){re.escape(number)}(?!\d)", text)) or (
            bool(spelled) and re.search(rf"\b{spelled}\b", text) is not None
        )
    if fact in _SPELLED:
        return re.search(rf"\b(?:{fact}|{_SPELLED.index(fact)})\b", text) is not None
    return fact.removesuffix("'s") in text
