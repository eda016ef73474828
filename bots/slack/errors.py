"""What the SDK and the network raise -> the errors of the port. The only place that does so."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from core.errors import Ambiguous, ConfigurationError, DeliveryError, PlatformUnavailable, RateLimited, Rejected

CALL_ERRORS = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError)
"""Everything that a call of the Web API raises when it fails."""
BAD_TOKEN = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type"}
)
_TROUBLE = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "accesslimited", ""})
"""Slack failed; whether it took the request, it does not say."""
_ADVICE = {
    "channel_not_found": "check the channel id and invite the app to the channel",
    "not_in_channel": "invite the app to the channel",
    "is_archived": "the channel is archived",
    "missing_scope": "add the scope to the app and reinstall it",
}


def code_of(error: BaseException) -> str:
    """Slack's error code, or "" when there is none."""
    data = getattr(getattr(error, "response", None), "data", None)
    return str(data.get("error") or "") if isinstance(data, dict) else ""


def translated(error: Exception, *, creates: bool) -> DeliveryError:
    """The error of the port for one of a Web API call.

    `creates` is True where a repetition would make a second message: there an unknown end is Ambiguous, elsewhere
    PlatformUnavailable, since trying again is safe.
    """
    unknown = Ambiguous if creates else PlatformUnavailable
    if isinstance(error, SlackApiError):
        code, status = code_of(error), getattr(error.response, "status_code", 0)
        if status == 429 or code in ("ratelimited", "rate_limited"):
            return RateLimited(_retry_after(error))
        if code in BAD_TOKEN:
            return PlatformUnavailable(f"Slack refuses the token ({code}); check SLACK_BOT_TOKEN")
        if status >= 500 or code in _TROUBLE:
            return unknown(f"Slack failed ({code or status})")
        advice = f": {_ADVICE[code]}" if code in _ADVICE else ""
        needed = f" (needs {error.response.get('needed')})" if code == "missing_scope" else ""
        return Rejected(f"Slack refused it, {code}{needed}{advice}")
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return PlatformUnavailable(f"can't connect to Slack ({error})")
    return unknown(f"no answer from Slack ({type(error).__name__})")


def _retry_after(error: SlackApiError) -> float:
    headers = getattr(error.response, "headers", None) or {}
    try:
        return max(0.1, float(headers.get("Retry-After", 1)))
    except ValueError:
        return 1.0


@contextlib.contextmanager
def mapped(*, creates: bool = False) -> Iterator[None]:
    """Raise the port's errors instead of the vendor's."""
    try:
        yield
    except CALL_ERRORS as error:
        raise translated(error, creates=creates) from error


def bad_setting(error: BaseException, setting: str, advice: str) -> ConfigurationError | None:
    """ConfigurationError when `error` says that the token in `setting` is wrong, else None."""
    code = code_of(error)
    if code not in BAD_TOKEN and code != "missing_scope":
        return None
    return ConfigurationError(f"{setting}: Slack refuses it ({code}). {advice}")
