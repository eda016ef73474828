"""The words of each language, sorted into the word classes that the grammar speaks of, and into wider concepts.

A lexicon is a YAML file in `core/routing/lexicon/`: class name -> list of words and phrases. `word*` also matches
longer forms (inflection). Words of the classes that carry a request are matched with typos too. The files in
`core/routing/concepts/` sort many more words (trades, colloquial names for persons, ways to fetch somebody) into a few
concepts; the grammar does not know them, the classifier does (`core.routing.features`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

import yaml
from rapidfuzz import process
from rapidfuzz.distance import OSA

from core.routing.text import PICTURES, tokens, unleet

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
"""Words remembered per lexicon."""
_SENTENCES: Final = 64
"""Sentences remembered per lexicon."""

_MARKS: Final = frozenset({".", ",", "?"})
_SHOWN: Final = {"🤖": "gadget", "🧑": "folk", "📞": "callback"}
"""Concept of a picture. The grammar takes pictures for small talk."""
_PICTURES: Final = frozenset(PICTURES.values())


@dataclass(frozen=True, slots=True)
class _Phrase:
    """What may follow a word and make a phrase of it."""

    rest: tuple[str, ...]
    """The words after the first that have to be just so."""
    stem: str
    """How the word after those begins; "" when there is none."""
    tag: str
    """Its class."""

    @property
    def length(self) -> int:
        """Words, the first included."""
        return 1 + len(self.rest) + bool(self.stem)

    def follows(self, words: Sequence[str], at: int) -> bool:
        """Whether the phrase stands in `words`, beginning at `at`."""
        if self.rest and (at + 1 == len(words) or words[at + 1] != self.rest[0]):
            return False  # so most end: looked at first, without a copy
        end = at + 1 + len(self.rest)
        if tuple(words[at + 1 : end]) != self.rest:
            return False
        return not self.stem or (end < len(words) and words[end].startswith(self.stem))


@dataclass(frozen=True, slots=True)
class _Word:
    """All that a lexicon makes of one word."""

    text: str
    """The word, put right when it is a mistyped one of a phrase."""
    tag: str
    """Its class when it stands alone; a mark is its own."""
    phrases: tuple[_Phrase, ...]
    """The phrases that begin with it, longest first."""


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
        self._phrases: dict[str, list[_Phrase]] = {}
        self._stems: dict[str, list[tuple[str, str]]] = {}
        self._fuzzy: dict[int, list[str]] = {}
        self._near_stems: dict[int, dict[str, str]] = {}
        self._pictures = {shown: tags.get(_SHOWN.get(shown, ""), tags.get("polite", UNKNOWN)) for shown in _PICTURES}
        self._in_phrases: set[str] = set()
        for name, tag in tags.items():
            for text in classes.get(name, ()):
                self._add(text, tag)
        self._long_words = sorted(w for w in self._in_phrases if len(w) >= _SHORTEST_IN_PHRASE and w.isalpha())
        for variants in self._phrases.values():
            variants.sort(key=lambda phrase: -phrase.length)
        for word, tag in self._words.items():
            if tag in _FUZZY and len(word) >= self._shortest and word.isalpha():
                self._fuzzy.setdefault(len(word), []).append(word)
        if tags is CONCEPTS:
            self._fill_near_stems()
        # A conversation's words come again, and a sentence is tagged for the grammar and for the classifier.
        self._word = lru_cache(_MEMO)(self._looked_up)
        self.tag = lru_cache(_SENTENCES)(self._tag)

    def _fill_near_stems(self) -> None:
        """Beginnings of words, by length, that a mistyped word is compared with."""
        stems = {stem: tag for family in self._stems.values() for stem, tag in family}
        for stem, tag in (self._words | stems).items():
            if len(stem) >= _SHORTEST_STEM and stem.isalpha():
                self._near_stems.setdefault(len(stem), {}).setdefault(stem, tag)

    def _add(self, text: str, tag: str) -> None:
        words = [token.text for token in tokens(text.replace("*", "")) if token.text not in _MARKS]
        if not words:
            return
        first, *rest = words
        if not rest:
            if text.endswith("*"):
                self._stems.setdefault(first[:3], []).append((first, tag))
            else:
                self._words.setdefault(first, tag)
            return
        self._in_phrases.update(words)
        stem = rest.pop() if text.endswith("*") else ""
        variants = self._phrases.setdefault(first, [])
        if all((tuple(rest), stem) != (known.rest, known.stem) for known in variants):
            variants.append(_Phrase(tuple(rest), stem, tag))

    def knows(self, word: str) -> bool:
        """Whether the word, spelled right, belongs to this lexicon (used to tell languages apart)."""
        return word in self._words or word in self._in_phrases or self._stem(word) is not None

    def _tag(self, texts: tuple[str, ...]) -> tuple[str, list[tuple[int, int]]]:
        """The tag string of a sentence, and for each of its characters the span of tokens [from, to) it covers.

        texts: the folded forms of the sentence's tokens. `tag` is this, remembered for the last few sentences.
        """
        known = [self._word(text) for text in texts]
        words = [word.text for word in known]
        tags: list[str] = []
        spans: list[tuple[int, int]] = []
        at = 0
        while at < len(words):
            word = known[at]
            end, tag = at + 1, word.tag
            for phrase in word.phrases:
                if phrase.follows(words, at):
                    end, tag = at + phrase.length, phrase.tag
                    break
            tags.append(tag)
            spans.append((at, end))
            at = end
        return "".join(tags), spans

    def _looked_up(self, word: str) -> _Word:
        if word in _MARKS:
            return _Word(word, word, ())
        word = self._respelled(word)
        tag = self._words.get(word) or self._pictures.get(word) or self._stem(word) or self._mistyped(word)
        return _Word(word, tag, tuple(self._phrases.get(word, ())))

    def _respelled(self, word: str) -> str:
        """A long word of a phrase, mistyped once, put right: phrases themselves are compared exactly."""
        if len(word) < _SHORTEST_IN_PHRASE or not word.isascii() or not word.isalpha() or self.knows(word):
            return word
        best = process.extractOne(word, self._long_words, scorer=OSA.distance, score_cutoff=1)
        return best[0] if best else word

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


def candidates(words: Iterable[str]) -> tuple[Lexicon, ...]:
    """The languages a sentence may be written in, best first: those that know most of its words (at most three)."""
    unique = [w for w in dict.fromkeys(words) if len(w) > 1 or w.isalpha()][:_COUNTED]
    return _most_likely(sum(map(_knowing, unique)))


_COUNTED: Final = 60
"""Different words of a sentence by which its language is told; one more than fits into a byte would be too many."""


@lru_cache(maxsize=_MEMO)
def _knowing(word: str) -> int:
    """Which languages know a word: a byte each, so that the sum over words is the count of each language."""
    return sum(lexicon.knows(word) << 8 * place for place, lexicon in enumerate(lexicons().values()))


@lru_cache(maxsize=1024)
def _most_likely(counts: int) -> tuple[Lexicon, ...]:
    """The languages that know the most words; `counts` as in `_knowing`."""
    scores = dict(zip(LANGUAGES, counts.to_bytes(len(LANGUAGES), "little"), strict=True))
    best = max(scores.values())
    ranked = sorted(LANGUAGES, key=lambda language: -scores[language])
    chosen = [language for language in ranked if scores[language] and scores[language] >= 0.75 * best][:3]
    if "en" not in chosen and best <= 2:
        chosen.append("en")  # English role words ("agent", "support") are used everywhere
    return tuple(lexicons()[language] for language in chosen)


__all__ = ["CLASSES", "CONCEPTS", "LANGUAGES", "Lexicon", "candidates", "concepts", "lexicons"]
