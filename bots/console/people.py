"""Who can be picked in the console. Their ids go into settings as `console:<id>`; what each may do is decided there."""

from __future__ import annotations

import re

from core.messages import Person

NAME = "console"
"""The `platform` of every address and person of the console."""

DESK = "desk"
"""The channel in which handoff cards appear."""

CUSTOMERS: dict[str, str] = {"ada": "Ada", "grace": "Grace"}
"""Customers by id; each one's conversation is the channel of that id."""

COLLEAGUES: dict[str, str] = {"sam": "Sam", "kim": "Kim"}
"""Support staff by id."""

HINTS: dict[str, str] = {"ada": "ordinary customer", "grace": "VIP in the default settings"}
"""What the picker says about a person."""

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


def customer(person_id: str) -> Person:
    """The customer of an id; one that is not listed is a visitor, named after the id. Falls back to the first."""
    return _person(person_id, CUSTOMERS, taken={DESK, *COLLEAGUES})


def colleague(person_id: str) -> Person:
    """The member of staff of an id; falls back to the first."""
    return _person(person_id, COLLEAGUES, taken={DESK, *CUSTOMERS})


def _person(person_id: str, known: dict[str, str], taken: set[str]) -> Person:
    if not _ID.fullmatch(person_id) or person_id in taken:
        person_id = next(iter(known))
    return Person(NAME, person_id, known.get(person_id, person_id.replace("-", " ").replace("_", " ").title()))
