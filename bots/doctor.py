"""What would keep a human from being reached: looked for by `concierge doctor`."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bots.app import App
from bots.platforms import configured, desks_of
from core import wording
from core.errors import DeliveryError
from core.handoff.sayer import PAGER
from core.messages import Address
from core.pager import Pager
from core.platform import Platform
from core.policy import Policy, load_policy
from core.posts import Content, Post, Speaker
from core.settings import Settings


async def examine(settings: Settings, *, page: bool = False) -> list[str]:
    """Problems that would keep a human from being reached; with `page` a test page is sent too."""
    problems: list[str] = []
    app = App(settings, configured(settings))
    async with app.office():
        for platform in app.platforms.values():
            problems += [f"{platform.name}: {problem}" for problem in await platform.check()]
        policy = load_policy(settings.policy_path)
        desks = {desk.platform for desk in desks_of(settings, app.wanted)}
        problems += await rungs(policy, app.platforms, desks, urls=bool(settings.page_urls))
        if not policy.fallback:
            problems.append(
                "policy: `fallback` is empty: a customer whom nobody answers is told no other way to reach you"
            )
        if app.wanted != ("console",) and not (
            settings.staff_users or settings.staff_groups or settings.discord_staff_role
        ):
            problems.append("nobody may claim: set STAFF_USERS, STAFF_GROUPS or DISCORD_STAFF_ROLE")
        if page:
            pager = app.platforms[PAGER]
            assert isinstance(pager, Pager)
            problems += await send_test_pages(pager)
    return problems


async def rungs(policy: Policy, platforms: Mapping[str, Platform], desks: Collection[str], *, urls: bool) -> list[str]:
    """Rungs that reach nobody; `desks` are the platforms with a desk channel, `urls` whether PAGE_URLS names any."""
    problems = []
    for name, ladder in policy.ladders.items():
        for rung in ladder:
            for target in rung.to:
                if why := await _nobody(target, platforms, desks, urls=urls):
                    problems.append(f"ladders.{name}: the rung at {rung.after:g}s pages {target!r}: {why}")
    return problems


async def _nobody(target: str, platforms: Mapping[str, Platform], desks: Collection[str], *, urls: bool) -> str:
    """Why a target of a rung reaches nobody; "" when it does, or when the pager's own check tells."""
    if target == "urls":
        return "" if urls else "PAGE_URLS is empty"
    if target in {"desk", "here"} or "://" in target:
        return ""
    platform, colon, who = target.partition(":")
    if not colon or not who:
        return "write desk, here, urls, slack:U…, slack:#C…, discord:… or an Apprise URL"
    if platform not in platforms or platform == PAGER:
        return f"{platform} is not connected"
    if platform not in desks and not who.startswith("#"):
        return f"persons and groups are mentioned in the desk channel, and {platform} has none"
    return await platforms[platform].unreachable(who)


async def send_test_pages(pager: Pager) -> list[str]:
    """Send a test page to every group of addresses; what went wrong."""
    problems = []
    for group in pager.groups:
        content = Content(text=wording.TEST_PAGE, speaker=Speaker.SYSTEM)
        try:
            await pager.send(Post(id=f"doctor:{group}", to=Address(PAGER, group), content=content))
        except DeliveryError as error:
            problems.append(f"test page to {group}: {error}")
    return problems
