"""Masking of personal data in what is kept for reports."""

from __future__ import annotations

import re

_NUMBER = r"(?:\+?\d[\d ().\-/]{5,}\d)"
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
            r"\b((?i:my name is|i am called|i'm called|this is|regards,?|sincerely,?))\s+[A-Z]\w+(?:\s+[A-Z]\w+){0,2}"
        ),
    ),
)


def mask(text: str) -> str:
    """The text with addresses, links, account and telephone numbers, and names after "my name is" taken out.

    By patterns: what looks like none of these stays.
    """
    for label, pattern in _MASKS:
        text = pattern.sub(label, text)
    return text
