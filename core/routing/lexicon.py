"""The words of each language, sorted into the word classes that the grammar speaks of, and into wider concepts.

A lexicon is a YAML file in `core/routing/lexicon/`: class name -> list of words and phrases. `word*` also matches
longer forms (inflection). Words of the classes that carry a request are matched with typos too. The files in
`core/routing/concepts/` sort many more words (trades, colloquial names for persons, ways to fetch somebody) into a few
concepts; the grammar does not know them, the classifier does (`core.routing.features`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Final

import yaml
from rapidfuzz import process
from rapidfuzz.distance import OSA

from core.routing.text import PICTURES, Token, fold, tokens, unleet

LANGUAGES: Final = ("en", "es", "de", "fr", "pt", "it", "nl", "sv", "pl", "tr")
"""Languages with a lexicon, the most common first; ties between languages go to the earlier."""

# Class -> the one character that stands for it in a tag string. A phrase found in two classes gets the earlier one.
CLASSES: Final[Mapping[str, str]] = {
    "genitive": "g", "transfer_me": "y", "takeover": "t", "block": "x", "word": "x", "through": "J",
    "am_i_talking": "z", "are_you": "Z", "being": "b", "enough": "F", "instead": "I", "past": "V",
    "must_i": "k", "cannot": "n", "exist": "e", "not": "N", "no": "0", "human": "H", "role": "R",
    "aide": "a", "service": "S", "team": "s", "someone": "P", "person": "E", "bot": "B", "machine": "m",
    "talk": "T", "contact": "K", "call": "c", "transfer": "X", "get": "G", "want": "W", "can": "C",
    "let": "L", "real": "A", "available": "v", "who": "w", "wh": "Q", "when": "q", "third": "3", "you": "Y",
    "me": "M", "your": "O", "my": "o", "article": "D", "relative": "r", "this": "d", "with": "l", "to": "p",
    "polite": "f", "help": "h", "conj": "j", "be": "i", "neutral": "u",
}  # fmt: skip
CONCEPTS: Final[Mapping[str, str]] = {
    "callback": "5", "past_time": "9", "shows": "U", "hire": "7", "summon": "4", "job": "1", "folk": "2",
    "gadget": "6", "manage": "8",
}  # fmt: skip
"""Concept -> the one character that stands for it. A word found in two gets the earlier one."""
UNKNOWN: Final = "x"
_FUZZY: Final = frozenset("HRSTKXaEPWGBA")
_SHORTEST_FUZZY: Final = {"en": 5}  # other languages: 6, for want of a list of words to keep apart
_TWO_TYPOS_FROM: Final = 9
_SHORTEST_IN_PHRASE: Final = 7
_SHORTEST_STEM: Final = 6
_MEMO: Final = 20_000
"""Spellings remembered per lexicon."""

_MARKS: Final = frozenset({".", ",", "?"})
_SHOWN: Final = {"🤖": "gadget", "🧑": "folk", "📞": "callback"}
"""Concept of a picture. The grammar takes pictures for small talk."""
_PICTURES: Final = frozenset(PICTURES.values())

Phrase = tuple[str, ...]


class Lexicon:
    """One language's words, ready to tag tokens."""

    def __init__(self, language: str, classes: Mapping[str, Sequence[str]], tags: Mapping[str, str] = CLASSES) -> None:
        """
        Args:
            language: its code.
            classes: the words of each class.
            tags: the character of each class, the classes that go first at the front.
        """
        self.language = language
        self._shortest = _SHORTEST_FUZZY.get(language, 6)
        self._words: dict[str, str] = {}
        self._phrases: dict[str, list[tuple[Phrase, str]]] = {}
        self._stems: dict[str, list[tuple[str, str]]] = {}
        self._fuzzy: dict[int, list[str]] = {}
        self._near_stems: dict[int, dict[str, str]] = {}
        self._pictures = {shown: tags.get(_SHOWN.get(shown, ""), tags.get("polite", UNKNOWN)) for shown in _PICTURES}
        self._typo_memo: dict[str, str] = {}
        self._known_memo: dict[str, bool] = {}
        self._spelling_memo: dict[str, str] = {}
        self._in_phrases: set[str] = set()
        for name, tag in tags.items():
            for text in classes.get(name, ()):
                self._add(text, tag)
        self._long_words = sorted(w for w in self._in_phrases if len(w) >= _SHORTEST_IN_PHRASE and w.isalpha())
        for variants in self._phrases.values():
            variants.sort(key=lambda item: -len(item[0]))
        for word, tag in self._words.items():
            if tag in _FUZZY and len(word) >= self._shortest and word.isalpha():
                self._fuzzy.setdefault(len(word), []).append(word)
        if tags is CONCEPTS:
            self._fill_near_stems()

    def _fill_near_stems(self) -> None:
        """Beginnings of words, by length, that a mistyped word is compared with."""
        stems = {stem: tag for family in self._stems.values() for stem, tag in family}
        for stem, tag in (self._words | stems).items():
            if len(stem) >= _SHORTEST_STEM and stem.isalpha():
                self._near_stems.setdefault(len(stem), {}).setdefault(stem, tag)

    def _add(self, text: str, tag: str) -> None:
        phrase = tuple(token.text for token in tokens(text.replace("*", "")) if token.text not in _MARKS)
        if not phrase:
            return
        if len(phrase) > 1:
            self._in_phrases.update(phrase)
            phrase = (*phrase[:-1], phrase[-1] + "*") if text.endswith("*") else phrase
        if text.endswith("*") and len(phrase) == 1:
            self._stems.setdefault(phrase[0][:3], []).append((phrase[0], tag))
        elif len(phrase) == 1:
            self._words.setdefault(phrase[0], tag)
        else:
            variants = self._phrases.setdefault(phrase[0], [])
            if all(phrase != known for known, _ in variants):
                variants.append((phrase, tag))

    def knows(self, word: str) -> bool:
        """Whether the word, spelled right, belongs to this lexicon (used to tell languages apart)."""
        known = self._known_memo.get(word)
        if known is None:
            if len(self._known_memo) > _MEMO:
                self._known_memo.clear()
            known = word in self._words or word in self._in_phrases or self._stem(word) is not None
            self._known_memo[word] = known
        return known

    def tag(self, words: Sequence[Token]) -> tuple[str, list[tuple[int, int]]]:
        """The tag string of a sentence, and for each of its characters the span of tokens [from, to) it covers."""
        words = [self._respelled(word) for word in words]
        tags: list[str] = []
        spans: list[tuple[int, int]] = []
        at = 0
        while at < len(words):
            length, tag = self._longest(words, at)
            tags.append(tag)
            spans.append((at, at + length))
            at += length
        return "".join(tags), spans

    def _respelled(self, token: Token) -> Token:
        """A long word of a phrase, mistyped once, put right: phrases themselves are compared exactly."""
        word = token.text
        if len(word) < _SHORTEST_IN_PHRASE or not word.isascii() or not word.isalpha() or self.knows(word):
            return token
        if (meant := self._spelling_memo.get(word)) is None:
            if len(self._spelling_memo) > _MEMO:
                self._spelling_memo.clear()
            best = process.extractOne(word, self._long_words, scorer=OSA.distance, score_cutoff=1)
            meant = self._spelling_memo[word] = best[0] if best else word
        return token if meant == word else replace(token, text=meant)

    def _longest(self, words: Sequence[Token], at: int) -> tuple[int, str]:
        word = words[at].text
        if word in _MARKS:
            return 1, word
        for phrase, tag in self._phrases.get(word, ()):
            end = at + len(phrase)
            if end <= len(words) and all(_same(phrase[i], words[at + i].text) for i in range(1, len(phrase))):
                return len(phrase), tag
        return 1, self._word(word)

    def _word(self, word: str) -> str:
        known = self._words.get(word) or self._pictures.get(word)
        if known is not None:
            return known
        if (stem := self._stem(word)) is not None:
            return stem
        memo = self._typo_memo.get(word)
        if memo is None:
            if len(self._typo_memo) > _MEMO:  # bounded: customers choose the keys
                self._typo_memo.clear()
            memo = self._typo_memo[word] = self._mistyped(word)
        return memo

    def _stem(self, word: str) -> str | None:
        for stem, tag in self._stems.get(word[:3], ()):
            if word.startswith(stem):
                return tag
        return None

    def _mistyped(self, word: str) -> str:
        if any(c.isdigit() for c in word) and any(c.isalpha() for c in word):
            plain = self._words.get(unleet(word), UNKNOWN)
            return plain if plain in _FUZZY else UNKNOWN
        size = len(word)
        if size < self._shortest - 1 or size > 24 or not word.isascii():
            return UNKNOWN
        allowed = 2 if size >= _TWO_TYPOS_FROM else 1
        near = [w for n in range(size - allowed, size + allowed + 1) for w in self._fuzzy.get(n, ())]
        if self._near_stems:
            return self._near_stem(word)
        best = process.extractOne(word, near, scorer=OSA.distance, score_cutoff=allowed)
        # Typists rarely miss the first letter; requiring it keeps real words ("peach", "beach") out.
        if best is None or (best[0][0] != word[0] and best[0][1:2] != word[:1] and best[0][:1] != word[1:2]):
            return UNKNOWN
        return self._words[best[0]]

    def _near_stem(self, word: str) -> str:
        """The concept of a word that begins, but for one slip, like one that is known."""
        for size in range(len(word) + 1, _SHORTEST_STEM - 1, -1):
            known = self._near_stems.get(size)
            if known is None:
                continue
            for end in (size, size - 1, size + 1):
                best = process.extractOne(word[:end], known.keys(), scorer=OSA.distance, score_cutoff=1)
                if best is not None and best[0][0] == word[0]:
                    return known[best[0]]
        return UNKNOWN


def _same(part: str, word: str) -> bool:
    return word.startswith(part[:-1]) if part[-1] == "*" else word == part


@cache
def lexicons() -> Mapping[str, Lexicon]:
    """All languages' lexicons, read once on first use (a tenth of a second)."""
    return _read("lexicon", CLASSES)


@cache
def concepts() -> Mapping[str, Lexicon]:
    """All languages' concepts, read once on first use."""
    return _read("concepts", CONCEPTS)


def _read(folder: str, tags: Mapping[str, str]) -> Mapping[str, Lexicon]:
    here = files("core.routing") / folder
    return {
        language: Lexicon(language, yaml.load((here / f"{language}.yaml").read_text("utf-8"), Loader=_LOADER), tags)
        for language in LANGUAGES
    }


# Every scalar as text: YAML 1.1 would read the words "no" and "on" as booleans.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def candidates(words: Iterable[str], known: Mapping[str, Lexicon]) -> list[Lexicon]:
    """The languages a sentence may be written in, best first: those that know most of its words (at most three)."""
    unique = [w for w in dict.fromkeys(words) if len(w) > 1 or w.isalpha()][:60]
    scores = {language: sum(lexicon.knows(w) for w in unique) for language, lexicon in known.items()}
    best = max(scores.values(), default=0)
    ranked = sorted(known, key=lambda language: -scores[language])
    chosen = [language for language in ranked if scores[language] and scores[language] >= 0.75 * best][:3]
    if "en" not in chosen and best <= 2:
        chosen.append("en")  # English role words ("agent", "support") are used everywhere
    return [known[language] for language in chosen]


__all__ = ["CLASSES", "CONCEPTS", "LANGUAGES", "Lexicon", "candidates", "concepts", "fold", "lexicons"]
