"""The webhook over HTTP: who knows the secret gets a reload, everybody else gets nothing."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from bots.knowledge_hook import PATH, KnowledgeHook
from core.errors import ConfigurationError
from core.notices import Notices
from core.reloads import Reloads
from core.store.redis import Client, connect
from core.store.server import EmbeddedRedis
from knowledge.index import KnowledgeBase
from knowledge.index.store import Store
from tests.contract.driver import eventually
from tests.core.harness import ManualClock
from tests.index.faq import WordEmbedder, generation, write_faq

SECRET = "a secret of sufficient length, gehe\u00edm"
BODY = b'{"ref": "refs/heads/main"}'


def signature(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def as_bytes(headers: dict[str, str]) -> dict[bytes, bytes]:
    """As a client sends them that does not insist on ASCII."""
    return {name.encode(): value.encode() for name, value in headers.items()}


@pytest.fixture
async def redis(tmp_path: Path) -> AsyncIterator[Client]:
    server = EmbeddedRedis(tmp_path / "redis")
    client = connect(await server.start())
    yield client
    await client.aclose()
    await server.stop()


@pytest.fixture
async def base(tmp_path: Path) -> AsyncIterator[KnowledgeBase]:
    base = KnowledgeBase(Store.open(data_dir=tmp_path / "data"), WordEmbedder())
    await base.reload(write_faq(tmp_path / "faq.jsonl", generation(1)))
    yield base
    await base.aclose()


@pytest.fixture
async def client(base: KnowledgeBase, redis: Client, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    reloads = Reloads(base, tmp_path / "faq.jsonl", redis, ManualClock(), Notices({}, []))
    app = Starlette(routes=KnowledgeHook(SECRET, reloads).routes())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        yield client
    await reloads.stop()


async def test_a_request_with_the_secret_reloads_and_the_state_can_be_asked_for(
    client: httpx.AsyncClient, base: KnowledgeBase, tmp_path: Path
) -> None:
    bearer = as_bytes({"Authorization": f"Bearer {SECRET}"})
    assert (await client.get(PATH, headers=bearer)).json() == {"running": False, "last": None}
    ways = (as_bytes(signature(BODY)), as_bytes({"X-Gitlab-Token": SECRET}), bearer)
    for number, headers in enumerate(ways, 2):
        write_faq(tmp_path / "faq.jsonl", generation(number))
        answer = await client.post(PATH, content=BODY, headers=headers)
        assert (answer.status_code, answer.json()["status"]) == (202, "accepted")

        async def state() -> dict[str, object]:
            return dict((await client.get(PATH, headers=bearer)).json())

        seen = await eventually(state, lambda seen: not seen["running"])
        assert f"v{number} serves" in str(seen["last"])


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": f"Basic {SECRET}"},
        {"Authorization": f"Bearer {SECRET[:-1]}"},
        {"X-Gitlab-Token": SECRET.upper()},
        {"X-Gitlab-Token": "gehe\u00edm"},
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": SECRET},
        signature(BODY, "another secret of some length"),
        signature(BODY + b" "),
    ],
)
async def test_without_it_nothing_happens(
    client: httpx.AsyncClient, base: KnowledgeBase, tmp_path: Path, headers: dict[str, str]
) -> None:
    write_faq(tmp_path / "faq.jsonl", generation(2))
    for method in ("POST", "GET"):
        answer = await client.request(method, PATH, content=BODY, headers=as_bytes(headers))
        assert answer.status_code == 401
        assert SECRET not in answer.text
    state = (await client.get(PATH, headers=as_bytes({"X-Gitlab-Token": SECRET}))).json()
    assert state == {"running": False, "last": None}


async def test_a_signature_that_was_overheard_does_not_read_the_state(client: httpx.AsyncClient) -> None:
    assert (await client.request("GET", PATH, content=BODY, headers=signature(BODY))).status_code == 401


async def test_other_methods_and_huge_bodies_are_refused(client: httpx.AsyncClient) -> None:
    assert (await client.put(PATH, headers=as_bytes({"X-Gitlab-Token": SECRET}))).status_code == 405
    large = await client.post(PATH, content=b"x" * (25 * 1024 * 1024 + 1), headers=as_bytes({"X-Gitlab-Token": SECRET}))
    assert large.status_code == 413


def test_a_secret_that_can_be_guessed_is_refused_at_start() -> None:
    with pytest.raises(ConfigurationError, match="KNOWLEDGE_WEBHOOK_SECRET"):
        KnowledgeHook("secret", None)  # type: ignore[arg-type]
