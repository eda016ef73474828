"""The connection to Redis: opened from a URL, scripts called by digest, vendor errors mapped once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Sequence
from typing import Any, cast
from urllib.parse import urlsplit

from redis import exceptions as vendor
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.cluster import RedisCluster
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import ExponentialBackoff, NoBackoff

from core.errors import ConfigurationError, StoreUnavailable
from core.store.pipeline import PipelinedRedis

Client = Redis | RedisCluster
"""What redis-py offers for one node, Sentinel and Cluster."""

CONNECTIONS = 64
"""Connections of a process at most; who comes later waits for one."""

_AWAY = (vendor.ConnectionError, vendor.TimeoutError, OSError)
_REFUSED = (vendor.OutOfMemoryError, vendor.ReadOnlyError, vendor.ClusterDownError, vendor.TryAgainError)
_REFUSED_CODES = re.compile(r"\b(MISCONF|NOREPLICAS|BUSY)\b")
"""For those redis-py has no class: the disk is full, replicas are away, a script of others runs."""


def _passing(error: Exception) -> StoreUnavailable | None:
    """An error of Redis that passes by itself, as the core calls it; None when it is a mistake of ours."""
    if isinstance(error, _AWAY):
        return StoreUnavailable(f"Redis did not answer: {error}")
    if isinstance(error, _REFUSED) or _REFUSED_CODES.search(str(error)):
        return StoreUnavailable(f"Redis refused: {error}")
    return None


def connect(url: str) -> Client:
    """A client for `url`; nothing is sent yet.

    `redis://`, `rediss://` and `unix://` name one server, `redis+sentinel://host:port,host:port/service` one that
    Sentinels guard, `redis+cluster://host:port` any node of a cluster. Raises ConfigurationError for anything else.
    """
    options: dict[str, Any] = {
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "retry": Retry(NoBackoff(), 1),
        "retry_on_error": [vendor.ConnectionError],
    }
    scheme = urlsplit(url).scheme
    try:
        if scheme in {"redis", "rediss", "unix"}:
            pool = BlockingConnectionPool.from_url(url, max_connections=CONNECTIONS, timeout=20, **options)
            return PipelinedRedis.from_pool(pool)
        if scheme == "redis+cluster":
            options["retry"] = Retry(ExponentialBackoff(), 3)
            del options["retry_on_error"]
            return RedisCluster.from_url("redis" + url.removeprefix("redis+cluster"), **options)
        if scheme == "redis+sentinel":
            hosts, _, service = url.removeprefix("redis+sentinel://").partition("/")
            nodes = [(host, int(port or 26379)) for host, _, port in (part.partition(":") for part in hosts.split(","))]
            sentinel = Sentinel(nodes, **options)  # type: ignore[no-untyped-call]
            return cast(Redis, sentinel.master_for(service or "mymaster", PipelinedRedis))
    except ValueError as error:
        raise ConfigurationError(f"REDIS_URL: {error}") from error
    raise ConfigurationError(
        f"REDIS_URL: {scheme or url!r} is not a scheme that is understood; "
        "use redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://"
    )


class Script:
    """One Lua script, called by its SHA-1 digest and loaded when the server does not have it."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._digest = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()

    async def __call__(self, client: Client, keys: Sequence[str], *arguments: str | int | float | bytes) -> Any:
        """The script's result. Raises StoreUnavailable."""
        try:
            try:
                return await client.evalsha(self._digest, len(keys), *keys, *arguments)
            except vendor.NoScriptError:
                return await client.eval(self._source, len(keys), *keys, *arguments)
        except (vendor.RedisError, OSError) as error:
            if passing := _passing(error):
                raise passing from error
            raise


async def call(reply: Awaitable[Any]) -> Any:
    """Await one command, with vendor errors mapped. Raises StoreUnavailable."""
    try:
        return await reply
    except (vendor.RedisError, OSError) as error:
        if passing := _passing(error):
            raise passing from error
        raise
