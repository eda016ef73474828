"""Which language a file, a column or a key is in, as far as its name says."""

from __future__ import annotations

import re

_CODES_WORDS = """
af ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk km kn
ko lt lv mk ml mn mr ms my nb ne nl nn no pa pl pt ro ru si sk sl sq sr sv sw ta te th tl tr uk ur uz vi zh
"""
CODES = frozenset(_CODES_WORDS.split())
"""ISO 639-1 codes that files and columns are named by."""

NAMES = {
    "english": "en", "anglais": "en", "englisch": "en", "french": "fr", "francais": "fr", "français": "fr",
    "spanish": "es", "espanol": "es", "español": "es", "german": "de", "deutsch": "de", "italian": "it",
    "italiano": "it", "portuguese": "pt", "portugues": "pt", "português": "pt", "dutch": "nl", "nederlands": "nl",
    "polish": "pl", "polski": "pl", "russian": "ru", "japanese": "ja", "chinese": "zh", "korean": "ko",
    "arabic": "ar", "turkish": "tr", "swedish": "sv", "danish": "da", "norwegian": "no", "finnish": "fi",
    "ukrainian": "uk", "greek": "el", "czech": "cs", "hindi": "hi",
}  # fmt: skip

_TAG = re.compile(r"([a-z]{2})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|\d{3}))?", re.IGNORECASE)


def language_tag(text: object) -> str:
    """BCP 47 tag for `en`, `pt_BR`, `zh-Hant-TW` or `English`; "" for anything else."""
    if not isinstance(text, str):
        return ""
    text = text.strip()
    if name := NAMES.get(text.lower()):
        return name
    match = _TAG.fullmatch(text)
    if not match or match[1].lower() not in CODES:
        return ""
    script, region = match[2], match[3]
    return "-".join([match[1].lower()] + ([script.title()] if script else []) + ([region.upper()] if region else []))


def language_of_path(path: str) -> str:
    """Language of `faq_es.md`, `faq.pt-BR.md`, `es/faq.md` or `i18n/es/faq.md`; "" when the path doesn't say."""
    *folders, name = path.split("/")
    stem = name.rsplit(".", 1)[0]
    match = (
        re.search(r"[._]([A-Za-z]{2}(?:[-_][A-Za-z]{2})?)$", stem)
        or re.search(r"-([a-z]{2}(?:[-_][A-Z]{2})?)$", stem)
        or re.fullmatch(r"([a-z]{2}(?:-[A-Za-z]{2})?)", stem)
    )
    if match and (tag := language_tag(match[1])) and _is_safe(match[1], stem):
        return tag
    for folder in reversed(folders):
        if folder.lower() not in _WORDS_TOO and (tag := language_tag(folder)):
            return tag
    return ""


_WORDS_TOO = frozenset({"am", "be", "he", "hr", "id", "is", "it", "my", "no", "or", "to"})
"""Codes that are words or departments as well: as a folder or after a hyphen they say nothing."""


def _is_safe(code: str, stem: str) -> bool:
    """Whether the ending is meant as a language: `sign-in_it.md` yes, `my-id.md` and `what-is-it.md` no."""
    separator = stem[-len(code) - 1 : -len(code)]
    return code.lower() not in _WORDS_TOO or separator in ("", ".", "_")
