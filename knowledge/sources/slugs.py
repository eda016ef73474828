"""Names for machines made from words for people."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

LONGEST = 64
"""Ids stay short enough for a button's value on every platform."""


@lru_cache(maxsize=4096)  # tags come again in every row
def slug(text: str, longest: int = LONGEST) -> str:
    """Lower-case words joined by `-`, Latin letters without accents; cut ones end in a hash of the whole text."""
    plain = text[:2000]
    if not plain.isascii():
        plain = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
        plain = unicodedata.normalize("NFC", plain)
    words = re.sub(r"['’`]", "", plain.lower())
    name = re.sub(r"[\W_]+", "-", words).strip("-")
    if len(name) <= longest:
        return name
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:6]
    head = name[: longest - 7]
    return f"{head.rsplit('-', 1)[0] if '-' in head[20:] else head}-{digest}"


def anchor(heading: str) -> str:
    """The fragment that GitHub gives a heading: lower case, punctuation dropped, spaces to `-`."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
