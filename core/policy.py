"""The policy of the desk: office hours, ladders, limits; read from YAML once by the composition root."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import yaml
from pydantic import BeforeValidator, TypeAdapter, ValidationError

from core.errors import ConfigurationError
from core.routing.route import Cause, VipPolicy

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Keys of `hours.open`, Monday first."""


def _seconds(value: Any) -> Any:
    if isinstance(value, str) and (match := re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd])\s*", value)):
        return float(match[1]) * _UNITS[match[2]]
    if isinstance(value, (int, float)) and value == 0:
        return 0.0
    raise ValueError(f"{value!r} is not a time; write 30s, 5m, 2h or 1d")


def _zone(value: Any) -> Any:
    try:
        return ZoneInfo(str(value))
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{value!r} is not a time zone; write Europe/Berlin, America/New_York, UTC…") from error


def _spans(value: Any) -> Any:
    found = []
    for part in str(value).split(","):
        match = _SPAN.fullmatch(part.strip())
        if not match:
            raise ValueError(f"{part.strip()!r} is not a span of time; write 09:00-18:00")
        start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
        if not start < end <= 24 * 60:
            raise ValueError(f"{part.strip()!r} does not end after it starts")
        found.append((start, end))
    return tuple(found)


def _weekdays(value: Any) -> Any:
    if isinstance(value, dict) and (wrong := set(value) - set(DAYS)):
        raise ValueError(f"{sorted(map(str, wrong))[0]!r} is not a day; write mon, tue, wed, thu, fri, sat or sun")
    return value


Seconds = Annotated[float, BeforeValidator(_seconds)]
Spans = Annotated[tuple[tuple[int, int], ...], BeforeValidator(_spans)]


@dataclass(frozen=True, slots=True)
class Hours:
    """When people are at the desk."""

    timezone: Annotated[Any, BeforeValidator(_zone)]
    """A ZoneInfo."""
    open: Annotated[dict[str, Spans], BeforeValidator(_weekdays)]
    """Day -> spans in minutes since midnight; empty: always open."""
    holidays: str
    """Country or country-subdivision whose public holidays are days off, or ""."""
    closed: tuple[date, ...]
    """Further days off."""
    urgent_pages_anyway: bool
    """Urgent handoffs page outside the hours too."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder."""

    after: Seconds
    """Seconds since the request."""
    to: tuple[str, ...]
    """`desk`, `here`, `urls`, `<platform>:<id>` or an Apprise URL."""


@dataclass(frozen=True, slots=True)
class DeskPolicy:
    """How the desk works."""

    assignment: str
    """`anyone`, `round_robin` or `least_loaded`."""
    offer_for: Seconds
    """Seconds for which an offer to one colleague stands."""
    here_for: Seconds
    """Seconds for which `/handoffs here` and `/handoffs away` hold."""
    active_for: Seconds
    """Seconds for which somebody who did something at the desk counts as present."""
    first_reply: Seconds
    """Seconds after a claim in which the owner must write; later on, after which they are reminded to answer."""
    unanswered: Seconds
    """Seconds after that reminder in which the owner must answer, before it goes back to the queue."""
    customer_silent: Seconds
    """Seconds of silence of the customer after which an owned conversation is closed."""
    reopen: Seconds
    """Seconds after a resolve in which the same colleague is asked first."""
    waiting_expires: Seconds
    """Seconds after which a request that nobody claimed is closed."""
    leads: tuple[str, ...]
    """Keys of the persons who may act for others."""
    canned: dict[str, str]
    """Prepared replies by name."""


@dataclass(frozen=True, slots=True)
class VipRules:
    """Who is a VIP beside the settings, and what it means."""

    default: VipPolicy
    """What being a VIP means where no group says otherwise."""
    groups: dict[str, VipPolicy]
    """By group key."""
    lookup_url: str
    """HTTP look-up, or ""."""
    lookup_timeout: Seconds
    """Seconds."""
    lookup_cache: Seconds
    """Seconds for which its answer is kept."""
    unknown_pages: bool
    """Treat a customer as VIP when the look-up fails and nothing is known."""


@dataclass(frozen=True, slots=True)
class RoutingRules:
    """When a human is offered or paged without being asked for."""

    page_on: tuple[Cause, ...]
    """Causes that page instead of offering."""
    low_confidence_limit: int
    """Unsure answers in a row that bring an offer."""
    repeats_limit: int
    """Repetitions that bring an offer."""


@dataclass(frozen=True, slots=True)
class KnowledgeRules:
    """How the FAQ is kept."""

    reload_every: Seconds
    """Seconds between two reloads on schedule; 0 is never."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds."""

    messages: int
    """Per conversation and window."""
    window: Seconds
    """Seconds."""
    answer: Seconds
    """The model's budget in seconds."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The whole file."""

    hours: Hours
    ladders: dict[str, tuple[Rung, ...]]
    """By name; `default` and `vip` exist."""
    fallback: str
    """Other ways to reach people, for when nobody comes."""
    ladder_end: Seconds
    """Seconds after the request at which the customer is told that nobody came."""
    desk: DeskPolicy
    vip: VipRules
    routing: RoutingRules
    knowledge: KnowledgeRules
    limits: Limits
    source: str = field(default="")
    """The file it comes from."""


_POLICY: TypeAdapter[Policy] = TypeAdapter(Policy)


def load_policy(path: Path | None = None) -> Policy:
    """The policy that comes with the package, overridden by `path`.

    Raises ConfigurationError with the file, the line or field, and what to write instead.
    """
    default = yaml.safe_load((files("core") / "policy.yaml").read_text("utf-8"))
    if path is None:
        return _validate(default, "policy")
    try:
        own = yaml.safe_load(path.read_text("utf-8")) or {}
    except OSError as error:
        raise ConfigurationError(f"POLICY_PATH: can't read {path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise ConfigurationError(f"{where}: not readable as YAML: {getattr(error, 'problem', error)}") from error
    if not isinstance(own, dict):
        raise ConfigurationError(f"{path}: a policy is a mapping of names to values, as in core/policy.yaml")
    return _validate(_merge(default, own, str(path), ""), str(path))


def _merge(base: dict[str, Any], own: dict[Any, Any], path: str, under: str) -> dict[str, Any]:
    free = under in {"ladders.", "hours.open.", "desk.canned.", "vip.groups."}
    result = dict(base)
    for key, value in own.items():
        if key not in base and not free:
            raise ConfigurationError(f"{path}: {under}{key} is not known; one of {', '.join(base)}")
        inner = base.get(key)
        result[str(key)] = (
            _merge(inner, value, path, f"{under}{key}.")
            if isinstance(inner, dict) and isinstance(value, dict)
            else value
        )
    return result


def _validate(raw: dict[str, Any], path: str) -> Policy:
    try:
        policy = _POLICY.validate_python(raw | {"source": path})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"{path}: {where}: {first['msg'].removeprefix('Value error, ')}") from error
    for name, rungs in policy.ladders.items():
        if not rungs or rungs[0].after:
            raise ConfigurationError(f"{path}: ladders.{name}: the first rung must be at 0s, so that somebody is paged")
        if [r.after for r in rungs] != sorted(r.after for r in rungs):
            raise ConfigurationError(f"{path}: ladders.{name}: the rungs must be in order of `after`")
    if policy.desk.assignment not in {"anyone", "round_robin", "least_loaded"}:
        raise ConfigurationError(f"{path}: desk.assignment: write anyone, round_robin or least_loaded")
    return policy
