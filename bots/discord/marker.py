"""How a message is known again as the one that a post became.

Discord drops a repeated nonce (`enforce_nonce`) for a few minutes only and gives the nonce back in the gateway's event,
not in a channel's history. So each message also ends in sixteen characters without width that spell a hash of the
post's id: they are there for as long as the message is, in every process.
"""

from __future__ import annotations

from hashlib import blake2b

_DIGITS = "\u200b\u200c\u2060\u2063"
LENGTH = 16
"""Characters of a mark."""


def nonce_of(post_id: str) -> str:
    """The nonce of a post: 24 characters (Discord takes 25)."""
    return blake2b(post_id.encode(), digest_size=12).hexdigest()


def mark_of(post_id: str) -> str:
    """The mark of a post: 32 bits in `LENGTH` invisible characters."""
    number = int.from_bytes(blake2b(post_id.encode(), digest_size=4).digest())
    return "".join(_DIGITS[number >> shift & 3] for shift in range(0, 32, 2))


def without_mark(text: str) -> str:
    """The text as it was before it was marked."""
    tail = text[-LENGTH:]
    return text[:-LENGTH] if len(tail) == LENGTH and set(tail) <= set(_DIGITS) else text
