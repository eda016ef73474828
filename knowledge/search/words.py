"""Words of a text, folded so that spelling variants of one word meet."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]+")
MAX_CHARACTERS = 20_000
"""Longer texts are cut: nobody asks, and no passage says, that much."""


def fold(text: str) -> str:
    """Lower case, compatibility forms and accents folded, apostrophes dropped ("Can't" and "cant" meet)."""
    text = text[:MAX_CHARACTERS]
    if text.isascii():
        return text.lower().replace("'", "")
    text = unicodedata.normalize("NFKD", text).casefold()
    text = "".join(char for char in text if not unicodedata.combining(char))
    return text.replace("'", "").replace("’", "")


def words(text: str) -> list[str]:
    """Folded words in order, plurals stripped; runs of a script without spaces become pairs of characters."""
    found: list[str] = []
    folded = fold(text).replace("_", " ")
    spaced = folded.isascii()
    for word in _WORD.findall(folded):
        if not spaced and _UNSPACED.fullmatch(word):
            found += [word[at : at + 2] for at in range(max(1, len(word) - 1))]
        else:
            found.append(_singular(word))
    return found


def _singular(word: str) -> str:
    """Strip an English plural (the S-stemmer of Harman, 1991): mild enough to leave other languages alone."""
    if len(word) < 4 or word[-1] != "s":
        return word
    if word.endswith("ies") and word[-4] not in "ae":
        return word[:-3] + "y"
    if word.endswith("es") and word[-3] not in "aeo":
        return word[:-1]
    if word[-2] not in "uis":
        return word[:-1]
    return word
