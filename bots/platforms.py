"""Platforms by name, made from the settings. An adapter's SDK is imported only when its platform is wanted."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from core.errors import ConfigurationError
from core.messages import Address
from core.platform import Platform
from core.settings import Settings
from core.store.redis import Client

log = logging.getLogger(__name__)

PLATFORMS = ("slack", "discord", "console")
"""What `concierge run` can connect."""
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
"""Hosts that only this machine reaches."""


def configured(settings: Settings) -> tuple[str, ...]:
    """The platforms that have tokens; the console when none has."""
    found = []
    if settings.slack_bot_token.get_secret_value():
        found.append("slack")
    if settings.discord_token.get_secret_value():
        found.append("discord")
    return tuple(found) or ("console",)


def desks_of(settings: Settings, wanted: Sequence[str]) -> tuple[Address, ...]:
    """The desk channels of the connected platforms."""
    found = []
    if settings.slack_desk_channel and "slack" in wanted:
        found.append(Address("slack", settings.slack_desk_channel))
    if settings.discord_desk_channel and "discord" in wanted:
        found.append(Address("discord", settings.discord_desk_channel))
    if "console" in wanted or "terminal" in wanted:
        found.append(Address("console", "desk"))
    return tuple(found)


def make(wanted: Sequence[str], settings: Settings, redis: Client) -> dict[str, Platform]:
    """The wanted platforms, not yet listening. Raises ConfigurationError."""
    made: dict[str, Platform] = {}
    if "slack" in wanted:
        made["slack"] = _slack(settings)
    if "discord" in wanted:
        made["discord"] = _discord(settings, made.get("slack"))
    if "console" in wanted:
        made["console"] = _console(settings, redis)
    return made


def _slack(settings: Settings) -> Platform:
    from bots.slack.platform import SlackPlatform

    token = settings.slack_bot_token.get_secret_value()
    if not token:
        raise ConfigurationError("SLACK_BOT_TOKEN: not set. See bots/README.md, 'Connect Slack'")
    groups = {
        key.partition(":")[2] for key in (*settings.staff_groups, *settings.vip_groups) if key.startswith("slack:")
    }
    return SlackPlatform(
        bot_token=token,
        app_token=settings.slack_app_token.get_secret_value(),
        signing_secret=settings.slack_signing_secret.get_secret_value(),
        api_url=settings.slack_api_url,
        desk_channel=settings.slack_desk_channel,
        groups=sorted(groups),
    )


def _discord(settings: Settings, slack: Platform | None) -> Platform:
    from bots.discord.platform import DiscordPlatform

    token = settings.discord_token.get_secret_value()
    if not token:
        raise ConfigurationError("DISCORD_TOKEN: not set. See bots/README.md, 'Connect Discord'")
    return DiscordPlatform(
        token,
        desk_channel=settings.discord_desk_channel,
        staff_role=settings.discord_staff_role,
        fetch=getattr(slack, "fetch", None),  # a file that lies at Slack needs Slack's token
    )


def _console(settings: Settings, redis: Client) -> Platform:
    from bots.console.platform import ConsolePlatform

    if settings.http_host in LOOPBACK:
        return ConsolePlatform(redis)
    log.warning("HTTP_HOST %s: the console has no login; whoever reaches it can read and write", settings.http_host)
    return ConsolePlatform(redis, hosts=("*",))
