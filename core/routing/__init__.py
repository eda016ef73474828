"""Who gets a human: decided locally, before any model is called."""

from core.routing.human_request import HumanRequestDetector, Kind, Verdict
from core.routing.phrases import Phrases, PhrasesError, load_phrases
from core.routing.route import (
    Action,
    Cause,
    Decision,
    Router,
    RoutingContext,
    RoutingPolicy,
    VipPolicy,
    VipStatus,
)

__all__ = [
    "Action",
    "Cause",
    "Decision",
    "HumanRequestDetector",
    "Kind",
    "Phrases",
    "PhrasesError",
    "Router",
    "RoutingContext",
    "RoutingPolicy",
    "Verdict",
    "VipPolicy",
    "VipStatus",
    "load_phrases",
]
