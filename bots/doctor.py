"""What would keep a human from being reached: looked for by `concierge doctor`."""

from __future__ import annotations

from bots.app import App
from bots.platforms import configured
from core import wording
from core.errors import DeliveryError
from core.handoff.sayer import PAGER
from core.messages import Address
from core.policy import load_policy
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
        for name, rungs in policy.ladders.items():
            for rung in rungs:
                if "urls" in rung.to and not settings.page_urls:
                    problems.append(f"ladders.{name}: the rung at {rung.after:g}s pages `urls`, but PAGE_URLS is empty")
        if not policy.fallback:
            problems.append(
                "policy: `fallback` is empty: a customer whom nobody answers is told no other way to reach you"
            )
        if app.wanted != ("console",) and not (
            settings.staff_users or settings.staff_groups or settings.discord_staff_role
        ):
            problems.append("nobody may claim: set STAFF_USERS, STAFF_GROUPS or DISCORD_STAFF_ROLE")
        if page:
            post = Post(
                id="doctor", to=Address(PAGER, "urls"), content=Content(text=wording.TEST_PAGE, speaker=Speaker.SYSTEM)
            )
            try:
                await app.platforms[PAGER].send(post)
            except DeliveryError as error:
                problems.append(f"test page: {error}")
    return problems
