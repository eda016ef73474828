"""The composition root: everything is made here, started in order, and given back in the reverse order."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self, cast

from redis import exceptions as redis_errors
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from bots.platforms import LOOPBACK, configured, desks_of, make
from bots.web import WebServer
from core import wording
from core.access.roles import Roster
from core.access.vips import Lookup
from core.answering.answerer import Answerer
from core.answering.model import load_model
from core.answering.ports import Search
from core.clock import Clock, SystemClock
from core.desk.actions import Handler
from core.desk.knowledge import KnowledgeActions
from core.drafts import Drafts
from core.endings import end
from core.engine import Engine, Surroundings, router_for
from core.errors import ConfigurationError
from core.gaps import Gaps
from core.notices import Notices
from core.pager import pager_for
from core.platform import Platform
from core.policy import Policy, load_policy
from core.reloads import Reloads
from core.routing.followed import FollowedRouter
from core.routing.route import Routing
from core.settings import Settings
from core.store.redis import Client, connect
from core.store.server import EmbeddedRedis
from knowledge.errors import IndexUnavailable
from knowledge.index import KnowledgeBase
from knowledge.search.results import SearchResult

log = logging.getLogger(__name__)

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
            heard = {name: made for name, made in platforms.items() if not listen or name in listen}
            web = _web_app(heard, settings) if self._role != "worker" else None
            router = FollowedRouter(self._phrases_folder(), partial(router_for, policy))
        except BaseException:
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)
            raise
        knowledge = await opening
        notices = Notices(platforms, desks_of(settings, self._wanted))
        reloads = Reloads(knowledge, settings.knowledge_path, redis, clock, notices)
        operations = KnowledgeActions(knowledge, settings.knowledge_path, Gaps(redis), Drafts(redis), reloads, notices)
        engine = self._make_engine(policy, redis, knowledge, platforms, clock, router, operations.handlers())
        web = self._with_hook(web, reloads)
        self._stack.push_async_callback(reloads.stop)
        self.parts = Parts(settings, policy, redis, knowledge, platforms, engine)
        if self._role != "gateway":
            engine.start()
            self._stack.push_async_callback(engine.stop)
            knowledge.follow()
            self._follow(router, notices, redis)
            reloads.start(policy.knowledge.reload_every)
        if self._role != "worker":
            await self._open_doors(heard, engine, web)

    def _follow(self, router: FollowedRouter, notices: Notices, redis: Client) -> None:
        async def tell(problem: str) -> None:
            await notices.tell_once(redis, wording.phrases_wrong(problem))

        following = asyncio.create_task(router.follow(tell), name="follow phrases.yaml")
        self._stack.push_async_callback(end, [following])

    @asynccontextmanager
    async def office(self) -> AsyncIterator[Engine]:
        """The core without FAQ, doors or workers: for commands. Raises ConfigurationError."""
        policy = load_policy(self._settings.policy_path)
        try:
            redis = await self._open_redis()
            platforms = self._make_platforms(policy, redis, ())
            yield self._make_engine(policy, redis, NoKnowledge(), platforms, SystemClock(), router_for(policy))
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
        made |= make(self._wanted, self._settings, redis)
        pager = pager_for(self._settings.page_urls, policy)
        made[pager.name] = pager
        self.platforms = made
        for platform in made.values():
            self._stack.push_async_callback(platform.aclose)
        return made

    def _make_engine(
        self, policy: Policy, redis: Client, knowledge: Search, platforms: dict[str, Platform], clock: Clock,
        router: Routing, handlers: Mapping[str, Handler] = MappingProxyType({}),
    ) -> Engine:  # fmt: skip
        settings = self._settings
        desks = desks_of(settings, self._wanted)
        if not desks:
            raise ConfigurationError(wording.NO_DESK)
        model = load_model(settings.chat_model, settings.chat_model_url)
        demo = "console" in self._wanted and settings.http_host in LOOPBACK
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
                router=router,
                vip_users=frozenset(vips),
                vip_groups=frozenset(settings.vip_groups),
                vip_lookup=_lookup(policy),
                handlers=handlers,
            )
        )

    def _with_hook(self, web: ASGIApp | None, reloads: Reloads) -> ASGIApp | None:
        """The web side with the webhook, when it has a secret."""
        secret = self._settings.knowledge_webhook_secret.get_secret_value()
        if not secret or self._role == "worker":
            return web
        from bots.knowledge_hook import KnowledgeHook

        return with_routes(web, KnowledgeHook(secret, reloads).routes())

    def _phrases_folder(self) -> Path:
        """Where `phrases.yaml` is: beside the FAQ."""
        path = self._settings.knowledge_path
        return path if path.is_dir() else path.parent

    async def _open_doors(self, platforms: dict[str, Platform], engine: Engine, web: ASGIApp | None) -> None:
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


def _lookup(policy: Policy) -> Lookup | None:
    if not policy.vip.lookup_url:
        return None
    from bots.vip_lookup import HttpLookup  # brings an HTTP client along

    return HttpLookup(policy.vip.lookup_url)


class NoKnowledge:
    """Stands where the FAQ is not needed; answers nothing."""

    version = ""

    async def search(self, query: str, **_: object) -> SearchResult:
        """Raises IndexUnavailable."""
        raise IndexUnavailable("this process does not open the FAQ")


def _web_app(platforms: dict[str, Platform], settings: Settings) -> ASGIApp | None:
    """One ASGI app for everything that wants HTTP; None when nothing does."""
    slack, console = platforms.get("slack"), platforms.get("console")
    by_http = slack is not None and not settings.slack_app_token.get_secret_value()
    routes = slack.routes() if by_http else []  # type: ignore[union-attr]
    return with_routes(cast(ASGIApp, console.app) if console is not None else None, routes)  # type: ignore[attr-defined]


def with_routes(web: ASGIApp | None, routes: Sequence[BaseRoute]) -> ASGIApp | None:
    """`web` (a Starlette, or None for none yet) answering at `routes` too."""
    if not routes:
        return web
    from starlette.applications import Starlette

    app = cast(Starlette, web) if web is not None else Starlette()
    app.router.routes[:0] = routes
    return app
