"""Is a sentence borne out by the entry that it cites? Pure functions, no model.

A sentence passes when everything in it that can be checked stands in the entry: its numbers with their units, bounds
and subjects, dates, times, links, contacts, codes, names; when nothing is negated, widened, narrowed or turned round;
when no condition of the entry is left out; and when hardly a word of it is new. What can't be understood does not pass:
the entry is quoted then, which is never wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from core.answering import facts, vocabulary
from core.answering.evidence import Evidence, Unit, clauses, folded_words, normal, overlap, stem, unit
from core.answering.facts import Quantity
from knowledge.search.plain import plain_text
from knowledge.search.words import fold

NEW_WORDS = 0.2
"""Share of a sentence's telling words that the entry may lack; everyday words only, in case they are names."""
_SAID_TOGETHER = 0.6
"""Share of a clause's telling words that one statement of the entry must hold."""
_SAID_WITH_NUMBERS = 0.5
"""The same for a clause whose numbers tie it to the statement."""
_SUBORDINATE = frozenset(
    {"to", "if", "when", "for", "in", "after", "before", "once", "um", "wenn", "pour", "para", "per"}
)
"""What opens a clause that may take its words from the entry's question: "To reset your password, …"."""
_COMMON = frozenset(stem(word) for word in vocabulary.COMMON)
_PREFIXES = ("un", "in", "im", "ir", "dis", "non")


class Fault(StrEnum):
    """Why a sentence does not pass."""

    EMPTY = "it states nothing"
    LINK = "a link, address or handle that the entry lacks"
    NUMBER = "a number, amount or date that the entry lacks, or says of something else"
    TIME = "a time that the entry lacks"
    CODE = "a code that the entry lacks"
    NAME = "a name that the entry lacks"
    WORDS = "too many words, or uncommon ones, that the entry lacks"
    ABSOLUTE = "a word that widens or narrows what the entry says"
    NEGATION = "the entry says the opposite"
    CONDITION = "a condition of the entry is missing"
    SCATTERED = "the entry nowhere says this together"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a check."""

    faults: tuple[Fault, ...]
    """What is wrong; nothing when it passes."""
    support: float
    """Share of the telling words that the entry has, 0..1."""

    @property
    def passes(self) -> bool:
        """Whether it may be sent."""
        return not self.faults


def check(sentence: str, evidence: Evidence) -> Verdict:
    """Check one sentence (Markdown, without its citation) against the entry that it cites."""
    plain = plain_text(sentence)
    if not facts.links(sentence) <= _known_links(evidence):
        return Verdict((Fault.LINK,), 0.0)
    if normal(plain) in evidence.lines:
        return Verdict((), 1.0)
    whole = unit(plain, plain)
    telling = whole.stems
    known = telling & evidence.stems
    support = len(known) / len(telling) if telling else 0.0
    if not telling:
        return Verdict((Fault.EMPTY,), support)
    faults = [*_foreign(sentence, plain, evidence)]
    if support < 1 - NEW_WORDS or telling - known - _COMMON:
        faults.append(Fault.WORDS)
    faults += _misused(plain, whole, evidence)
    return Verdict(tuple(dict.fromkeys(faults)), support)


def _known_links(evidence: Evidence) -> frozenset[str]:
    found = facts.links(evidence.text)
    return found | frozenset(link.split("/")[0] for link in found)


def _foreign(sentence: str, plain: str, evidence: Evidence) -> Iterable[Fault]:
    """Facts that stand nowhere in the entry."""
    if not facts.long_numbers(sentence) <= facts.long_numbers(evidence.text):
        yield Fault.NUMBER
    if not facts.clock_times(sentence) <= facts.clock_times(evidence.text):
        yield Fault.TIME
    if not facts.codes(sentence) <= facts.codes(evidence.text):
        yield Fault.CODE
    flat = facts.flat(evidence.text)
    if any(f" {' '.join(name)} " not in flat for name in facts.names(sentence)):
        yield Fault.NAME
    for opener in facts.openers(sentence):
        parts = set(opener.split())
        if not parts <= evidence.words | vocabulary.GLUE and not {stem(part) for part in parts} <= evidence.stems:
            yield Fault.NAME
    words = folded_words(plain)
    exact = vocabulary.NUMBER_WORDS | vocabulary.RELATIVE_TIMES | vocabulary.ABSOLUTES | vocabulary.DAYS
    months = frozenset(vocabulary.MONTHS) - {"may", "march", "mar", "sep", "mars", "mai", "maj", "mei"}
    if words & (vocabulary.NUMBER_WORDS | vocabulary.DAYS | months) - evidence.words:
        yield Fault.NUMBER
    if words & exact - evidence.words:
        yield Fault.ABSOLUTE
    opening = fold(plain.split()[0]).strip(",.!:") if plain.split() else ""
    if opening in vocabulary.YES_NO and not any(line.startswith(opening) for line in evidence.lines):
        yield Fault.NEGATION


def _misused(plain: str, whole: Unit, evidence: Evidence) -> Iterable[Fault]:
    """Facts that the entry has, but says of something else, or under a condition, or denies."""
    aligned: list[Unit] = []
    for text in clauses(plain):
        clause = whole if text == plain else unit(text, plain)
        best = _nearest(clause, evidence)
        if not best:
            if clause.quantities or len(clause.stems) > 1:
                yield Fault.SCATTERED
            continue
        aligned += best
        if all(_exchanged(clause, whole, one) for one in best):
            yield Fault.SCATTERED
        if not any(_has(one.quantities, clause.quantities) for one in best):
            yield Fault.NUMBER
        if not any(one.negated == clause.negated for one in best):
            yield Fault.NEGATION
        if all(_turned(clause, one) for one in best):
            yield Fault.NEGATION
    for sentence in {one.sentence for one in aligned}:
        if _condition_missing(sentence, whole):
            yield Fault.CONDITION


def _nearest(clause: Unit, evidence: Evidence) -> list[Unit]:
    """The statements of the entry that are most like a clause; none when nothing is like it."""
    candidates = list(evidence.units)
    opening = clause.text.split()
    if opening and fold(opening[0]) in _SUBORDINATE and not clause.quantities:
        candidates += evidence.title
    if not clause.stems:
        return []
    rated = [
        (len(clause.stems & one.stems) / len(clause.stems), overlap(clause.stems, one.stems)) for one in candidates
    ]
    best = max(rated, default=(0.0, 0.0))
    if best[0] < (_SAID_WITH_NUMBERS if clause.quantities else _SAID_TOGETHER):
        return []
    return [one for rating, one in zip(rated, candidates, strict=True) if rating == best]


def _has(known: frozenset[Quantity], stated: frozenset[Quantity]) -> bool:
    """Whether each stated quantity is known: the same value, unit, bound and range."""
    return all(any(_same(one, other) for other in known) for one in stated)


def _same(stated: Quantity, known: Quantity) -> bool:
    if (stated.value, stated.unit, stated.bound, stated.range) != (known.value, known.unit, known.bound, known.range):
        return False
    if stated.unit or not stated.noun or stated.noun in vocabulary.GLUE:
        return True
    return stem(stated.noun) == stem(known.noun)


def _exchanged(clause: Unit, whole: Unit, known: Unit) -> bool:
    """Whether a clause says of one thing what the statement says of another: "the fees are worked out anew"."""
    stated = frozenset(stem(word) for word in folded_words(known.sentence))
    return bool(clause.subject) and clause.subject not in stated and known.subject not in whole.stems


def _turned(clause: Unit, known: Unit) -> bool:
    """Whether a clause says the contrary of a statement by one word: accept/decline, eligible/ineligible."""
    for one, other in vocabulary.OPPOSITES:
        for here, there in ((one, other), (other, one)):
            if clause.words & here and known.words & there and not (clause.words & there or known.words & here):
                return True
    mine, theirs = clause.words - known.words, known.words - clause.words
    return any(
        f"{prefix}{word}" in against
        for words, against in ((mine, theirs), (theirs, mine))
        for word in words
        for prefix in _PREFIXES
        if len(word) > 3
    )


def _condition_missing(sentence: str, stated: Unit) -> bool:
    """Whether the entry's sentence holds under a condition that the checked one does not mention."""
    folded = fold(sentence)
    for match in vocabulary.CONDITIONS.finditer(folded):
        rest = folded[match.end() :]
        condition = unit(rest.split(",")[0].split(";")[0].split(":")[0], rest).stems
        if condition and len(condition & stated.stems) < 0.5 * len(condition):
            return True
    return False
