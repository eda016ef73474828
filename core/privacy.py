"""Masking of personal data in what is kept for reports."""

from __future__ import annotations

import re

_NUMBER = r"(?:\+?\d[\d ().\-/]{5,}\d)"
_WORD = r"[A-Z][\w'’-]*"
_NAME = rf"{_WORD}(?:\s+{_WORD}){{0,2}}"
_STREET = r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Way|Court|Ct|Place|Square)"
_UNTIL_THE_NEXT_CLAUSE = r"(?=[^?!\n]{0,80}\d)(?:(?! and | but )[^?!\n]){4,120}"
_MASKS = (
    ("<email>", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("<link>", re.compile(r"\b(?:https?://|www\.)\S+")),
    ("<iban>", re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")),
    ("<ip>", re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")),
    ("<number>", re.compile(_NUMBER)),
    ("<number>", re.compile(r"\b\d{5,}\b")),
    (
        r"\1 <name>",
        re.compile(
            r"\b((?i:my name is|my name's|name:|i am called|i'm called|this is|regards,?|sincerely,?))\s+" + _NAME
        ),
    ),
    (r"\1 <name>", re.compile(r"\b(Mr|Mrs|Ms|Miss|Dr)\.?\s+" + _NAME)),
    (r"\1 <name>", re.compile(rf"\b((?i:i am|i'm))\s+{_WORD}\s+{_WORD}")),  # one word is often none: "I'm French"
    (r"\1 <address>", re.compile(rf"\b((?i:address is|address:|lives? at|living at))\s+{_UNTIL_THE_NEXT_CLAUSE}")),
    ("<address>", re.compile(rf"\b\d{{1,5}}\s+(?:{_WORD}\s+){{1,3}}{_STREET}\b\.?")),
    ("<address>", re.compile(r"\b(?i:apt|suite|unit|flat)\.?\s+#?\d{1,5}[A-Za-z]?\b")),
    (
        r"\1 <zip>",
        re.compile(r"\b((?i:(?:zip|postal)(?: code)?|postcode)(?: is|:)?)\s+[A-Z0-9]{2,5}[ -]?[A-Z0-9]{0,4}\b"),
    ),
)


def mask(text: str) -> str:
    """The text with e-mail and postal addresses, links, account and telephone numbers, and introduced names taken out.

    By patterns, for English: an address counts when a street word or "address is" tells it, a name when "my name is" or
    a title does. What looks like none of these stays.
    """
    for label, pattern in _MASKS:
        text = pattern.sub(label, text)
    return text
