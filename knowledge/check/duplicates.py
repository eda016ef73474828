"""The same question twice: with different answers a contradiction, which comes before everything else."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import Levenshtein

from knowledge.entries import Entry
from knowledge.sources.problems import Problem, Severity

_STOPWORDS = """
a an the i my me you your we our us it its is are am be been was were do does did can could may might will would should
shall to of in on at for from with by and or if so that this there what which who how when where why please have has had
"""
_FILLERS = frozenset(_STOPWORDS.split())
_MOST_PER_WORD = 200
"""A word that more questions share than this says nothing about two of them being the same."""


def check_duplicates(entries: Sequence[Entry]) -> list[Problem]:
    """Questions with the same words: contradictions, copies, shared wordings, typos."""
    problems: list[Problem] = []
    by_question: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_question[words(entry.question) or entry.question].append(entry)
    for same in by_question.values():
        problems += _same_question(same)
    problems += _shared_wordings(entries, by_question)
    problems += _nearly_same(by_question)
    return problems


def _same_question(same: Sequence[Entry]) -> list[Problem]:
    """Each entry against the first one before it that a customer could get instead."""
    problems: list[Problem] = []
    by_path: dict[str, Entry] = {}
    by_tags: dict[tuple[str, frozenset[str]], Entry] = {}
    for entry in same:
        key = (entry.path, frozenset(entry.tags))
        others = [found for path, found in by_path.items() if path != entry.path]
        first = next((found for found in [*others[:50], by_tags.get(key)] if found and can_meet(found, entry)), None)
        if first is not None:
            problems.append(_copy(first, entry) if _same_answer(first, entry) else contradiction(first, entry))
        by_path.setdefault(entry.path, entry)
        by_tags.setdefault(key, entry)
    return problems


def _same_answer(first: Entry, second: Entry) -> bool:
    return first.answer.split() == second.answer.split()


def _copy(first: Entry, second: Entry) -> Problem:
    return Problem(
        Severity.WARNING,
        "duplicate",
        second.path,
        second.line,
        f"“{shorten(second.question)}” has the same answer at {place(first)}, under the id “{first.id}”.",
        "Keep one of them.",
    )


def words(question: str) -> str:
    """A question as it is compared: lower-case words and nothing else."""
    return " ".join(re.findall(r"\w+", question.lower().replace("'", "").replace("’", "")))


def can_meet(first: Entry, second: Entry) -> bool:
    """Whether one customer could get either entry for one question.

    Not if they are in different languages, or are rows of one table told apart by a column (an entity, a course).
    """
    if first.language and second.language and first.language.split("-")[0] != second.language.split("-")[0]:
        return False
    return first.path != second.path or set(first.tags) == set(second.tags)


def contradiction(first: Entry, second: Entry) -> Problem:
    """Two entries with the same question and different answers."""
    audiences = {first.audience, second.audience}
    if len(audiences) > 1:
        return Problem(
            Severity.NOTE,
            "per-audience",
            second.path,
            second.line,
            f"“{shorten(second.question)}” is answered differently for {first.audience} ({place(first)}) and for "
            f"{second.audience}.",
            "Nothing to do if this is meant.",
        )
    return Problem(
        Severity.ERROR,
        "contradiction",
        second.path,
        second.line,
        f"“{shorten(second.question)}” has another answer at {place(first)}: customers would get one or the other.",
        "Keep one answer, or make the questions say how they differ.",
    )


def _shared_wordings(entries: Sequence[Entry], by_question: dict[str, list[Entry]]) -> list[Problem]:
    """Alternates that are the question, or an alternate, of another entry."""
    problems: list[Problem] = []
    owners: dict[str, Entry] = {}
    for entry in entries:
        for alternate in dict.fromkeys(words(text) for text in entry.alternates):
            other = next(
                (found for found in by_question.get(alternate, ()) if found.id != entry.id), owners.get(alternate)
            )
            owners.setdefault(alternate, entry)
            if not alternate or other is None or other.id == entry.id or not can_meet(other, entry):
                continue
            problems.append(
                Problem(
                    Severity.WARNING,
                    "shared-alternate",
                    entry.path,
                    entry.line,
                    f"“{shorten(alternate)}” is a wording of “{shorten(entry.question)}” and of "
                    f"“{shorten(other.question)}” ({place(other)}).",
                    "Leave it with the entry that answers it.",
                )
            )
    return problems


def _nearly_same(by_question: dict[str, list[Entry]]) -> list[Problem]:
    """Pairs whose telling words are the same but for a typo or an ending."""
    problems: list[Problem] = []
    firsts = [(question, same[0], tuple(sorted(_telling(question)))) for question, same in by_question.items()]
    seen: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
    for _, entry, telling in firsts:
        if telling:
            seen[telling].append(entry)
    pairs = [(same[0], later) for same in seen.values() for later in same[1:] if len(same) <= _MOST_PER_WORD]
    # one word off: group by "all telling words but one", so that only plausible pairs are compared
    slots: dict[tuple[str, ...], list[tuple[str, Entry]]] = defaultdict(list)
    for telling, same in seen.items():
        for position, word in enumerate(telling):
            slots[(*telling[:position], "", *telling[position + 1 :])].append((word, same[0]))
    for slot, candidates in slots.items():
        if len(slot) < 3 or len(candidates) > _MOST_PER_WORD:
            continue
        for position, (word, entry) in enumerate(candidates):
            pairs += [(other, entry) for another, other in candidates[:position] if _same_word(word, another)]
    for first, second in pairs:
        if can_meet(first, second) and not _same_answer(first, second):
            problems.append(near_duplicate(first, second))
    return problems


def near_duplicate(first: Entry, second: Entry) -> Problem:
    """Two entries that ask nearly the same and answer differently."""
    likely = answers_disagree(first.answer, second.answer)
    return Problem(
        Severity.WARNING,
        "likely-contradiction" if likely else "near-duplicate",
        second.path,
        second.line,
        f"“{shorten(second.question)}” asks nearly the same as “{shorten(first.question)}” ({place(first)})"
        + (", and the answers disagree" if likely else "")
        + ".",
        "Make them one entry (the other wording becomes an alternate), or make the questions say how they differ.",
    )


def answers_disagree(first: str, second: str) -> bool:
    """Whether one says yes and the other no, or both give numbers and share none."""
    verdicts = [
        match[0].lower() if (match := re.match(r"\W*(yes|no)\b", text, re.IGNORECASE)) else ""
        for text in (first, second)
    ]
    verdicts = [re.sub(r"\W", "", verdict) for verdict in verdicts]
    if all(verdicts) and verdicts[0] != verdicts[1]:
        return True
    numbers = [set(re.findall(r"\d+(?:[.,]\d+)*", text)) for text in (first, second)]
    return all(numbers) and not numbers[0] & numbers[1]


def _telling(question: str) -> set[str]:
    return {word for word in question.split() if word not in _FILLERS}


def _same_word(first: str, second: str) -> bool:
    """A typo or another ending: long words, no digits, at most two letters apart."""
    if min(len(first), len(second)) < 5 or first[:2] != second[:2] or any(char.isdigit() for char in first + second):
        return False
    return Levenshtein.distance(first, second, score_cutoff=2) <= (1 if len(first) < 8 else 2)


def place(entry: Entry) -> str:
    """`file:line` of an entry."""
    return f"{entry.path}:{entry.line}" if entry.line else entry.path


def shorten(text: str, longest: int = 80) -> str:
    """A text for a message."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def ids(problems: Iterable[Problem]) -> set[tuple[str, int]]:
    """The places that problems point at."""
    return {(problem.path, problem.line) for problem in problems}
