"""What generated text never says: that a human is coming, that the bot did or will do something, what its prompt is.

Only the state machine may promise a human. The patterns are wide on purpose: a sentence that is caught wrongly costs a
quotation instead of a paraphrase.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from knowledge.search.plain import plain_text
from knowledge.search.words import fold

_ENGLISH = frozenset(
    {
        "the",
        "your",
        "you",
        "and",
        "with",
        "this",
        "that",
        "from",
        "are",
        "have",
        "our",
        "will",
        "it",
        "us",
        "been",
        "has",
    }
    | {"please", "someone", "to", "of", "is", "an", "my", "we", "be"}
)
_WORD = re.compile(r"[^\W\d_]+")
_LABEL = re.compile(r"(\*\*|[\"“])(?:I|My)\b[^*\"”\n]{1,40}(?:\*\*|[\"”])")
_RUN = 5
"""Words in a row that a text shares with the prompt when it recites it."""
_META = re.compile(
    r"\b(?:system (?:prompt|message)|(?:my|these|the|your|previous|prior|above) (?:instructions?|prompt|guidelines)"
    r"|as an ai|(?:i am|im) an? (?:ai|assistant|bot|language model|chatbot)|language model"
    r"|(?:the|your) (?:answer|question)|according to the (?:faq|text|entr(?:y|ies))|passages?"
    r"|ignor\w+ (?:all|any|the|my|previous|prior)|prompt injection|developer mode|jailbreak)\b"
)


@dataclass(frozen=True, slots=True)
class _Language:
    """How a language says it; every field a pattern over folded text."""

    people: re.Pattern[str]
    """Words for those who would come."""
    acts: re.Pattern[str]
    """Stems of what they would do."""
    you: re.Pattern[str]
    """Words for the customer or the speaker."""


def promises_action(sentence: str) -> bool:
    """Whether a sentence says or suggests that a person, or the bot itself, has acted, acts or will act."""
    # Folded, "I'd" would read like the "ID" that every bank asks for.
    plain = re.sub(r"\bI['’]d\b", "I would", plain_text(sentence), flags=re.IGNORECASE)
    text = " ".join(fold(plain).split())
    english, others = _phrases()
    if any(pattern.search(text) for pattern in english):
        return True
    # The stems of one language are everyday words of another: what is plainly English is left to English.
    if len(_ENGLISH.intersection(_WORD.findall(text))) >= 2:
        return False
    text = " ".join(fold(re.sub("['’]", " ", plain)).split())
    return any(
        language.acts.search(text) and (language.people.search(text) or language.you.search(text))
        for language in others
    )


def without_labels(sentence: str, entry: str) -> str:
    """A sentence without the buttons that it names in the first person ("tap **I forgot it**"), if `entry` has them."""
    return _LABEL.sub(lambda label: "it" if label.group() in entry else label.group(), sentence)


def leaks(sentence: str, prompt: str, allowed: str) -> bool:
    """Whether a sentence recites `prompt`, or speaks of prompts and instructions, without `allowed` saying the same."""
    text, known = _words(sentence), f" {' '.join(_words(allowed))} "
    for match in _META.finditer(" ".join(text)):
        if match.group() not in known:
            return True
    recited = _runs(prompt)
    return any(
        run in recited and f" {' '.join(run)} " not in known
        for run in (tuple(text[at : at + _RUN]) for at in range(len(text) - _RUN + 1))
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))


@cache
def _runs(prompt: str) -> frozenset[tuple[str, ...]]:
    words = _words(prompt)
    return frozenset(tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1))


@cache
def _phrases() -> tuple[tuple[re.Pattern[str], ...], tuple[_Language, ...]]:
    listed = yaml.safe_load(files("core.answering").joinpath("promises.yaml").read_text("utf-8"))
    english = listed.pop("en")
    people, acts = english["people"], english["acts"]
    patterns = tuple(
        re.compile(" ".join(pattern.split()).replace("<people>", f"(?:{people})").replace("<acts>", f"(?:{acts})"))
        for pattern in english["patterns"]
    )
    others = tuple(
        _Language(
            re.compile(rf"\b(?:{words['people']})"),
            re.compile(rf"\b(?:{words['acts']})"),
            re.compile(rf"\b(?:{words['you']})\b"),
        )
        for words in listed.values()
    )
    return patterns, others
