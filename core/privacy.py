"""Masking of personal data in what is kept for reports."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NUMBER = r"(?:\+?\d[\d ().\-/\u00a0\u2010-\u2013\u202f]{5,}\d)"
_REFERRED = (
    r"order|booking|reservation|invoice|receipt|tracking|parcel|shipment|ticket|case|customer|account|member(?:ship)?"
    r"|contract|policy|reference|ref|confirmation|transaction"
)
"""What people tell the number of."""
_WORD = r"[A-Z][\w'’-]*"
_NAME = rf"{_WORD}(?:\s+{_WORD}){{0,2}}"
_STREET = r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Way|Court|Ct|Place|Square)"
_UNTIL_THE_NEXT_CLAUSE = r"(?=[^?!\n]{0,80}\d)(?:(?! and | but )[^?!\n]){4,120}"
_MASKS = (
    ("<email>", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("<email>", re.compile(r"[\w.+-]+\s*[\[(]\s*at\s*[\])]\s*[\w-]+(?:\s*(?:\.|[\[(]\s*dot\s*[\])])\s*\w+)*", re.I)),
    ("<link>", re.compile(r"\b(?:https?://|www\.)\S+")),
    ("<iban>", re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")),
    ("<ip>", re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")),
    (
        r"\1<number>",
        re.compile(
            rf"\b((?:{_REFERRED})\s*(?:(?:number|no\.?|nr\.?|id|code)\s*)?(?:is\s+|:\s*)?)#?\s*"
            r"(?=[\w-]*\d{2})[\w-]{3,}",
            re.IGNORECASE,
        ),
    ),
    ("<number>", re.compile(r"(?<![\w<])#(?=[\w-]*\d{2})[\w-]{3,}")),
    # A code of letters and digits, such as a parcel's: seven characters and more, of which four are digits.
    ("<number>", re.compile(r"\b(?=[\w-]{7,})(?=[\w-]*[A-Za-z])(?=(?:[A-Za-z_-]*\d){4})[\w-]+\b")),
    ("<number>", re.compile(_NUMBER)),
    ("<number>", re.compile(r"\b\d{5,}\b")),
    ("<name>", re.compile(r"(?<![\w<])@\w[\w.]{2,}")),
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


_SHORTEST_NAME = 3
"""Letters of a name: shorter ones are too often words."""
_ALSO_WORDS = frozenset(
    {
        *("art", "best", "bill", "black", "brown", "case", "cash", "chase", "day", "drew", "frank", "gold", "grant"),
        *(
            "green",
            "hope",
            "jack",
            "joy",
            "long",
            "love",
            "mark",
            "may",
            "max",
            "order",
            "page",
            "pat",
            "post",
            "price",
        ),
        *("rich", "rose", "sue", "white", "will", "young"),
    }
)
"""Names that are words as well: alone they stay."""
_NAME_PART = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def mask(text: str, names: Iterable[str] = ()) -> str:
    """The text with e-mail and postal addresses, links, numbers that identify somebody, and names taken out.

    names: see `mask_names`. Beyond these, by patterns, for English: an address counts when a street word or
    "address is" tells it, a name when "my name is" or a title does. What looks like none of these stays.
    """
    for label, pattern in _MASKS:
        text = pattern.sub(label, text)
    return mask_names(text, names)


def mask_names(text: str, names: Iterable[str]) -> str:
    """The text without what these people are called, whole or in parts, in any case."""
    for name in names:
        known = [name.strip(), *_NAME_PART.findall(name)]
        for part in known:
            if len(part) >= _SHORTEST_NAME and part.casefold() not in _ALSO_WORDS:
                # Not inside the labels that stand for what was masked already.
                text = re.sub(rf"(?<![\w<]){re.escape(part)}(?![\w>])", "<name>", text, flags=re.IGNORECASE)
    return re.sub(r"<name>(?:\s+<name>)+", "<name>", text)
