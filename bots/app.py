"""The composition root: everything is made here, started in order, and given back in the reverse order."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from redis import exceptions as redis_errors

from bots.web import WebServer
from core import wording
from core.access.roles import Roster
from core.answering.answerer import Answerer
from core.answering.model import load_model
from core.answering.ports import Search
from core.clock import Clock, SystemClock
from core.desk.actions import Handler
from core.desk.knowledge import KnowledgeActions
from core.drafts import Drafts
from core.engine import Engine, Surroundings, router_for
from core.errors import ConfigurationError, DeliveryError
from core.gaps import Gaps
from core.handoff.effects import PAGER
from core.messages import Address
from core.pager import pager_for
from core.platform import Platform
from core.policy import Policy, load_policy
from core.posts import Content, Post, Speaker
from core.routing.phrases import Phrases, load_phrases
from core.settings import Settings
from core.store.redis import Client, connect
from core.store.server import EmbeddedRedis
from knowledge.errors import IndexUnavailable
from knowledge.index import KnowledgeBase
from knowledge.search.results import SearchResult

log = logging.getLogger(__name__)

PLATFORMS = ("slack", "discord", "console")
"""What `concierge run` can connect."""
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
ROLES = ("all", "gateway", "worker")
"""Parts that a process can play: taking in, handling and delivering, or both."""


@dataclass(slots=True)
class Parts:
    """What a running process consists of. Tests replace any of them before `start`."""

    settings: Settings
    """The settings."""
    policy: Policy
    """The policy."""
    redis: Client
    """The connection."""
    knowledge: KnowledgeBase
    """The FAQ."""
    platforms: dict[str, Platform]
    """By name, the pager included."""
    engine: Engine
    """The core."""
    served: dict[str, Any] = field(default_factory=dict)
    """What wants to be reached over HTTP: `console` its app, `slack` its routes."""


class App:
    """One process of Concierge."""

    def __init__(self, settings: Settings, wanted: Sequence[str] = (), role: str = "all") -> None:
        """`wanted` are platforms; empty connects what has tokens, else the console. Raises ConfigurationError."""
        self._settings, self._role = settings, role
        self._wanted = tuple(wanted) or configured(settings)
        self._stack = AsyncExitStack()
        self._gateways: list[asyncio.Task[None]] = []
        self.platforms: dict[str, Platform] = {}
        """By name, the pager included; there after `start`."""
        self.web: WebServer | None = None
        """The HTTP side, when something wants it."""

    @property
    def wanted(self) -> tuple[str, ...]:
        """Names of the platforms that are connected."""
        return self._wanted

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.stop()

    async def start(
        self, clock: Clock | None = None, extra: Sequence[Platform] = (), listen: Sequence[str] = ()
    ) -> None:
        """Open, connect and begin; `listen` limits the platforms that take messages in.

        Raises ConfigurationError, KnowledgeError, StoreUnavailable.
        """
        settings, clock = self._settings, clock or SystemClock()
        policy = load_policy(settings.policy_path)
        opening = asyncio.create_task(self._open_knowledge(), name="open the FAQ")  # while Redis starts
        try:
            redis = await self._open_redis()
            platforms = self._make_platforms(policy, redis, extra)
        except BaseException:
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)
            raise
        knowledge = await opening
        engine = self._make_engine(policy, redis, knowledge, platforms, clock)
        self.parts = Parts(settings, policy, redis, knowledge, platforms, engine)
        if self._role != "gateway":
            engine.start()
            self._stack.push_async_callback(engine.stop)
            knowledge.follow()
        if self._role != "worker":
            await self._open_doors(
                {name: platform for name, platform in platforms.items() if not listen or name in listen}, engine
            )

    @asynccontextmanager
    async def office(self) -> AsyncIterator[Engine]:
        """The core without FAQ, doors or workers: for commands. Raises ConfigurationError."""
        policy = load_policy(self._settings.policy_path)
        try:
            redis = await self._open_redis()
            platforms = self._make_platforms(policy, redis, ())
            yield self._make_engine(policy, redis, NoKnowledge(), platforms, SystemClock())
        finally:
            await self._stack.aclose()

    async def _open_redis(self) -> Client:
        url = self._settings.redis_url
        if not url:
            server = EmbeddedRedis(self._settings.data_dir)
            url = await server.start()
            client = connect(url)
            self._stack.push_async_callback(server.stop)
        else:
            client = connect(url)
        self._stack.push_async_callback(client.aclose)
        try:
            await client.ping()
        except (redis_errors.RedisError, OSError) as error:
            raise ConfigurationError(
                f"REDIS_URL: no Redis answers there ({error}). Start it, correct REDIS_URL, or leave it empty"
            ) from error
        return client

    async def _open_knowledge(self) -> KnowledgeBase:
        settings = self._settings
        base = await KnowledgeBase.open(
            data_dir=settings.data_dir, chroma_url=settings.chroma_url, embedding_model=settings.embedding_model
        )
        self._stack.push_async_callback(base.aclose)
        if self._role != "gateway":
            await base.ensure(settings.knowledge_path)
        return base

    def _make_platforms(self, policy: Policy, redis: Client, extra: Sequence[Platform]) -> dict[str, Platform]:
        made: dict[str, Platform] = {platform.name: platform for platform in extra}
        for name in sorted(self._wanted, reverse=True):  # Slack before Discord, which may need its files
            if name == "slack":
                made[name] = _slack(self._settings)
            elif name == "discord":
                made[name] = _discord(self._settings, made.get("slack"))
            elif name == "console":
                made[name] = _console(self._settings, redis)
        pager = pager_for(self._settings.page_urls, policy)
        made[pager.name] = pager
        self.platforms = made
        for platform in made.values():
            self._stack.push_async_callback(platform.aclose)
        return made

    def _make_engine(
        self, policy: Policy, redis: Client, knowledge: Search, platforms: dict[str, Platform], clock: Clock
    ) -> Engine:
        settings = self._settings
        desks = desks_of(settings, self._wanted)
        if not desks:
            raise ConfigurationError(wording.NO_DESK)
        model = load_model(settings.chat_model, settings.chat_model_url)
        handlers: Mapping[str, Handler] = {}
        if isinstance(knowledge, KnowledgeBase):
            gaps = Gaps(redis)
            actions = KnowledgeActions(knowledge, settings.knowledge_path, gaps, Drafts(redis), knowledge.embed)
            handlers = actions.handlers()
        demo = "console" in self._wanted and settings.http_host in _LOOPBACK
        staff, vips, ops = set(settings.staff_users), set(settings.vip_users), set(settings.ops_users)
        groups = set(settings.staff_groups)
        if settings.discord_staff_role:
            groups.add(f"discord:{settings.discord_staff_role}")
        if demo:  # whoever reaches a page that listens on this machine only is at home here
            staff |= {"console:sam", "console:kim"}
            vips |= {"console:grace"}
            ops |= {"console:sam"}
        return Engine(
            Surroundings(
                redis=redis,
                clock=clock,
                policy=policy,
                roster=Roster(
                    staff=frozenset(staff),
                    staff_groups=frozenset(groups),
                    leads=frozenset(policy.desk.leads),
                    ops=frozenset(ops),
                ),
                platforms=platforms,
                desks=desks,
                answerer=Answerer(knowledge, model, policy.limits.answer),
                router=router_for(policy, self._phrases()),
                vip_users=frozenset(vips),
                vip_groups=frozenset(settings.vip_groups),
                handlers=handlers,
            )
        )

    def _phrases(self) -> Phrases:
        """The operators' own phrases, from `phrases.yaml` beside the FAQ."""
        path = self._settings.knowledge_path
        return load_phrases(path if path.is_dir() else path.parent)

    async def _open_doors(self, platforms: dict[str, Platform], engine: Engine) -> None:
        web = _web_app(platforms, self._settings)
        if web is not None:
            self.web = WebServer(web, self._settings.http_host, self._settings.http_port)
            await self.web.start()
            self._stack.push_async_callback(self.web.stop)
        for platform in platforms.values():
            task = asyncio.create_task(platform.listen(engine.door), name=f"listen to {platform.name}")
            self._gateways.append(task)
        self._stack.push_async_callback(self._close_doors)

    async def _close_doors(self) -> None:
        for task in self._gateways:
            task.cancel()
        await asyncio.gather(*self._gateways, return_exceptions=True)

    async def run(self) -> None:
        """Work until SIGTERM, Ctrl-C, or until a platform can't go on. Raises what stopped it."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        waiting = asyncio.create_task(stop.wait(), name="wait for a signal")
        vital = [*self._gateways, *self.parts.engine.tasks]
        try:
            done, _ = await asyncio.wait([waiting, *vital], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            waiting.cancel()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    async def stop(self) -> None:
        """Give everything back: doors first, so that nothing comes in; then what is under way; then connections."""
        await self._stack.aclose()


class NoKnowledge:
    """Stands where the FAQ is not needed; answers nothing."""

    version = ""

    async def search(self, query: str, **_: object) -> SearchResult:
        """Raises IndexUnavailable."""
        raise IndexUnavailable("this process does not open the FAQ")


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

    if settings.http_host in _LOOPBACK:
        return ConsolePlatform(redis)
    log.warning("HTTP_HOST %s: the console has no login; whoever reaches it can read and write", settings.http_host)
    return ConsolePlatform(redis, hosts=("*",))


def _web_app(platforms: dict[str, Platform], settings: Settings) -> Any:
    """One ASGI app for everything that wants HTTP; None when nothing does."""
    slack, console = platforms.get("slack"), platforms.get("console")
    by_http = slack is not None and not settings.slack_app_token.get_secret_value()
    routes = slack.routes() if by_http else []  # type: ignore[union-attr]
    if console is not None:
        app = console.app  # type: ignore[attr-defined]
        app.router.routes[:0] = routes
        return app
    if routes:
        from starlette.applications import Starlette

        return Starlette(routes=routes)
    return None
