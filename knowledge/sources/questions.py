"""What a question looks like, and the notations around it: numbers, `Q:`, `Also asked:`."""

from __future__ import annotations

import re

_MARKS = ("?", "？", "؟", "\u037e")  # Latin, full width, Arabic, Greek
_NUMBER = re.compile(
    r"^\s*(?:(?:q(?:uestion)?\s*)?[#(]?\d{1,3}(?:\.\d{1,3})*\s*[.):]|"
    r"q(?:uestion)?\s*\d{0,3}\s*[.):]|[§#]\s*\d+\s*[.:]?)\s+(?=\S)",
    re.IGNORECASE,
)
_STARTS = re.compile(
    r"^(?:how|what|what's|why|when|where|which|who|whose|can|could|do|does|did|is|are|am|was|were|will|would|should|may|"
    r"must|have|has|i|i'm|i’m|i've|i’ve|i'd|i can't|i can’t|my|help|"
    r"¿|cómo|qué|por qué|cuándo|dónde|cuál|quién|puedo|"
    r"comment|pourquoi|quand|où|quel|quelle|quels|quelles|qui|que|qu'|est-ce|puis-je|combien|"
    r"wie|was|warum|wieso|wann|wo|welche|welcher|welches|wer|kann|darf|muss|"
    r"come|cosa|perché|quando|dove|quale|chi|posso|"
    r"como|o que|por que|onde|qual|quem|hoe|wat|waarom|wanneer|waar|welke|wie|kan)(?=[\s,]|$|\w*')",
    re.IGNORECASE,
)
_FAQ = re.compile(
    r"\b(?:faqs?|f\.a\.q\.?|frequently[ -]asked(?: questions?)?|commonly[ -]asked questions?|"
    r"common questions?|q\s*&\s*a|"
    r"questions?(?: and| &) answers?|preguntas(?: m[aá]s)? frecuentes|foire aux questions|questions fr[eé]quentes|"
    r"h[aä]ufig(?:e|e? gestellte) fragen|domande frequenti|perguntas frequentes|veelgestelde vragen)\b",
    re.IGNORECASE,
)
_ALSO = re.compile(
    r"^\s*[*_>\s]*(?:also asked(?: as)?|other ways to ask|alternative(?:ly)? asked|alternates?|tambi[eé]n preguntan|"
    r"autres formulations|auch gefragt)[*_]*\s*[:：]\s*[*_]*\s*(.+?)[*_\s]*$",
    re.IGNORECASE | re.DOTALL,
)
_RELATED = re.compile(
    r"^(?:related(?: (?:articles?|questions?|links?|topics?|pages?|content|resources?))?|see also|read more|learn more|"
    r"further reading|more (?:information|help|articles)|next steps|what'?s next|table of contents|contents|toc|"
    r"on this page|"
    r"in this article|index|otros art[ií]culos|art[ií]culos relacionados|v[eé]ase tambi[eé]n|"
    r"articles? (?:connexes|li[eé]s)|"
    r"voir aussi|siehe auch|verwandte artikel)\s*:?$",
    re.IGNORECASE,
)


def asks(text: str) -> bool:
    """Whether a text ends as a question does."""
    return text.rstrip(" \t*_\"'”’»)`.!:").endswith(_MARKS)


def looks_like_question(text: str) -> bool:
    """Whether a title reads like something a customer asks: it has a question mark, or starts as questions do."""
    text = without_number(text)
    return asks(text) or (len(text) < 200 and " " in text and bool(_STARTS.match(text)))


def is_faq_title(text: str) -> bool:
    """Whether a title or file name announces questions (`FAQ`, `Frequently asked questions`, other languages)."""
    return bool(_FAQ.search(re.sub(r"[_-]", " ", text[:300])))


def is_related_title(text: str) -> bool:
    """Whether a heading stands over links to elsewhere (`Related articles`, `See also`) or a table of contents."""
    return bool(_RELATED.match(text.strip()[:100]))


def without_number(text: str) -> str:
    """`3. How…`, `Q3: How…`, `Q: How…` without the number or mark."""
    return _NUMBER.sub("", text[:1000], count=1) + text[1000:]


def also_asked(paragraph: str) -> tuple[str, ...] | None:
    """The wordings of an `Also asked: A? · B? · C` line, or None if the paragraph is none."""
    if len(paragraph) > 5000 or not (match := _ALSO.match(paragraph)):
        return None
    text = " ".join(match[1].split())
    parts = re.split(r"\s*[·•|;]\s*|\s+/\s+|(?<=[?？؟])[”\"]?,?\s+", text)
    return tuple(part for part in (piece.strip(' "“”*_,') for piece in parts) if part)
