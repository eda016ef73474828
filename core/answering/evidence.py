"""An entry as the verifier reads it: what it says, sentence by sentence and clause by clause."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from core.answering import facts, vocabulary
from core.answering.facts import Quantity
from core.answering.sentences import sentences
from knowledge.entries import Entry
from knowledge.search.plain import plain_text
from knowledge.search.words import fold

_AND = r"(?:and|or|but|while|whereas|although|because|und|oder|aber|et|ou|mais|y|o|pero|e|ma|en|of|maar|och)"
_SPLIT = re.compile(
    # "between 5 and 10" is one statement.
    rf"[,;:()]+(?=\s|$)|\s[—–-]\s|(?<!\d)\s{_AND}\s|\s{_AND}\s(?![$€£]?\d)",
    re.IGNORECASE,
)
_WRAP = re.compile(r"(?<=\S)[ \t]*\n[ \t]*(?![-+#>|\s]|\*[ \t]|\d{1,3}[.)])")
"""A line break inside a paragraph or a list item."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LONGEST = 20_000
"""Characters of an answer that are read; no passage of a prompt is longer, and what is not read bears nothing out."""
_ENDINGS = (
    "ations",
    "ation",
    "ingly",
    "ments",
    "ment",
    "ings",
    "edly",
    "ing",
    "ied",
    "ies",
    "ed",
    "es",
    "ly",
    "s",
    "e",
    "y",
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A statement: a sentence, or a clause of one."""

    text: str
    """Plain text."""
    sentence: str
    """The sentence that it belongs to."""
    words: frozenset[str]
    """Every word, folded."""
    stems: frozenset[str]
    """Stems of the words that state something; numbers left out."""
    subject: str
    """The first of them: what it speaks of, as a rule; "" when there is none."""
    quantities: frozenset[Quantity]
    """Its numbers."""
    negated: bool
    """Whether it says "not"."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that an entry says."""

    text: str
    """Question and answer, Markdown."""
    words: frozenset[str]
    """Every word, folded."""
    stems: frozenset[str]
    """Stems of every word."""
    title: tuple[Unit, ...]
    """The question: it names things, and states nothing."""
    units: tuple[Unit, ...]
    """The answer: its sentences and their clauses."""
    lines: frozenset[str]
    """Its sentences, for "is it word for word?"."""
    steps: tuple[Unit, ...]
    """The items of its lists, in order."""


def evidence_of(entry: Entry) -> Evidence:
    """The evidence that an entry gives: its question and its answer, nothing else of it."""
    return _evidence(entry.question, entry.answer[:_LONGEST])


@lru_cache(maxsize=1024)
def _evidence(question: str, answer: str) -> Evidence:
    text = f"{question}\n\n{answer}"
    said = [plain for sentence in sentences(_WRAP.sub(" ", answer)) if (plain := plain_text(sentence.text))]
    units = [unit for sentence in said for unit in units_of(sentence)]
    words = folded_words(plain_text(text))
    items = re.findall(r"^[ \t]*\d{1,2}[.)][ \t]+(.+)$", answer, re.MULTILINE)
    return Evidence(
        text=text,
        words=words | _parts(words),
        stems=frozenset(stem(word) for word in words | _parts(words)),
        title=tuple(units_of(plain_text(question))),
        units=tuple(units),
        lines=frozenset(normal(line) for line in said),
        steps=tuple(unit(plain_text(item), plain_text(item)) for item in items),
    )


@lru_cache(maxsize=8192)
def units_of(sentence: str) -> tuple[Unit, ...]:
    """A sentence, and its clauses where it has several."""
    whole = unit(sentence, sentence)
    parts = clauses(sentence)
    return (whole, *(unit(part, sentence) for part in parts)) if len(parts) > 1 else (whole,)


def clauses(sentence: str) -> list[str]:
    """The clauses of a sentence; one that hardly states anything stays with its neighbour."""
    spans: list[tuple[int, int]] = []
    start = 0
    for end in [*(match.start() for match in _SPLIT.finditer(sentence)), len(sentence)]:
        part = sentence[start:end]
        if spans and (len(_stems(part)) < 2 or len(_stems(sentence[slice(*spans[-1])])) < 2):
            spans[-1] = (spans[-1][0], end)
        elif part.strip():
            spans.append((start, end))
        start = end
    return [sentence[start:end].strip(" ,;:()—–-") for start, end in spans]


def unit(text: str, sentence: str) -> Unit:
    """One statement, taken apart."""
    words = folded_words(text)
    stems = _stems(text)
    in_order = (stem(fold(word)) for word in _WORD.findall(facts.without_links(text)))
    subject = next((one for one in in_order if one in stems), "")
    negated = bool(words & vocabulary.NEGATIONS)
    return Unit(text, sentence, words, stems, subject, frozenset(facts.quantities(text)), negated)


def folded_words(text: str) -> frozenset[str]:
    """Every word of plain text, folded."""
    return frozenset(fold(word) for word in _WORD.findall(text))


def stem(word: str) -> str:
    """A folded word without its English ending, so that "refunded" and "refunds" meet; never shorter than 3."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    if len(word) > 4 and word[-1] == word[-2]:
        return word[:-1]
    return word[:-1] if len(word) > 3 and word[-1] in "ei" else word


def normal(text: str) -> str:
    """Plain text without case, surplus spaces and the marks at its end: equal for a sentence and its copy."""
    return " ".join(text.casefold().split()).strip(" .!…:;*_-•")


def overlap(left: frozenset[str], right: frozenset[str]) -> float:
    """How alike two sets are, 0..1 (Dice, 1945)."""
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0


def _stems(text: str) -> frozenset[str]:
    words = folded_words(facts.without_links(text)) - vocabulary.GLUE - vocabulary.COUNTED - vocabulary.NEGATIONS
    return frozenset(stem(word) for word in words if not word[0].isdigit())


def _parts(words: frozenset[str]) -> frozenset[str]:
    return frozenset(part for word in words for part in word.split("-"))
