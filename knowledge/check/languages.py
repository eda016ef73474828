"""Entries in another language than they say, or than the rest of their file."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from knowledge.check.duplicates import shorten
from knowledge.entries import Entry
from knowledge.sources.problems import Problem, Severity

# The commonest words that (nearly) only one of these languages has.
_WORDS = {
    "en": "the and you your is are with this that can for not have will from what when how",
    "es": "el los las una para con que por está esta puede usted cómo qué cuando más pero sus del",
    "fr": "le les des une pour avec dans vous votre est sont pas qui comment sur ce cette aux du",
    "de": "der die das und ist nicht sie mit ein eine für auf wie wenn kann werden ihre sich zu",
    "it": "il gli una per con che sono non come questo della delle nel puoi può anche dei alla",
    "pt": "o os uma para com que não você seu sua como está pode mais dos das ao pelo são",
    "nl": "de het een en van is niet voor met uw wat hoe kan zijn op deze wordt naar",
}
_SCRIPTS = {
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "el": re.compile(r"[\u0370-\u03ff]"),
    "he": re.compile(r"[\u0590-\u05ff]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "hi": re.compile(r"[\u0900-\u097f]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
    "ja": re.compile(r"[\u3040-\u30ff]"),
    "ko": re.compile(r"[\uac00-\ud7af]"),
    "zh": re.compile(r"[\u4e00-\u9fff]"),
}
_SHARED_SCRIPT = {"uk": "ru", "bg": "ru", "sr": "ru", "be": "ru", "mk": "ru", "fa": "ar", "ur": "ar", "mr": "hi"}
_OWNERS: dict[str, list[str]] = defaultdict(list)
for _language, _list in _WORDS.items():
    for _word in _list.split():
        _OWNERS[_word].append(_language)


def language_of(text: str) -> str:
    """BCP 47 tag of a text by its script and commonest words; "" when it is too short or too mixed to tell."""
    text = re.sub(r"```.*?```|`[^`\n]+`|\]\([^()]*\)|https?://\S+", " ", text[:20_000], flags=re.DOTALL)
    letters = len(re.findall(r"[^\W\d_]", text))
    if not letters:
        return ""
    for language, script in _SCRIPTS.items():
        share = len(script.findall(text)) / letters
        if share > (0.2 if language == "ja" else 0.5):
            return language
    counts: Counter[str] = Counter()
    for word in re.findall(r"[^\W\d_]+", text.lower()):
        counts.update(_OWNERS.get(word, ()))
    if not counts:
        return ""
    (best, most), *rest = counts.most_common(2)
    second = rest[0][1] if rest else 0
    return best if most >= 6 and most >= 2 * second else ""


def check_languages(entries: Sequence[Entry]) -> list[Problem]:
    """Answers whose language is not the declared one, or not that of nearly everything else in an undeclared file."""
    problems: list[Problem] = []
    undeclared: dict[str, list[tuple[Entry, str]]] = defaultdict(list)
    for entry in entries:
        found = language_of(f"{entry.question}\n{entry.answer}")
        declared = entry.language.split("-")[0].lower()
        if not found:
            continue
        if not declared:
            undeclared[entry.path].append((entry, found))
        elif found != _SHARED_SCRIPT.get(declared, declared) and (declared in _WORDS or found not in _WORDS):
            problems.append(
                Problem(
                    Severity.WARNING,
                    "language",
                    entry.path,
                    entry.line,
                    f"“{shorten(entry.question)}” says that it is in “{entry.language}” and looks like “{found}”.",
                    "Put the language right, or translate the entry.",
                )
            )
    for found_entries in undeclared.values():
        main, count = Counter(language for _, language in found_entries).most_common(1)[0]
        if count * 10 < len(found_entries) * 7:
            continue
        problems += [
            Problem(
                Severity.WARNING,
                "language-mix",
                entry.path,
                entry.line,
                f"“{shorten(entry.question)}” looks like “{language}” in a file that is mostly “{main}”.",
                "Say which language it is (`language: …`), or move it to a file of its own.",
            )
            for entry, language in found_entries
            if language != main
        ]
    return problems
