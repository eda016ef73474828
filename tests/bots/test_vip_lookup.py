"""The VIP look-up at the wire."""

from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bots.vip_lookup import HttpLookup
from core.messages import Person

KNOWN = {"gold": {"vip": True, "why": "gold contract"}, "bare": {"vip": True}, "plain": {"vip": False}, "odd": ["vip"]}


async def answer(request: web.Request) -> web.Response:
    assert request.query["platform"] == "slack"
    if request.query["id"] == "broken":
        return web.Response(text="<html>")
    return web.json_response(KNOWN[request.query["id"]])


@pytest.mark.parametrize(
    ("person", "why"), [("gold", "gold contract"), ("bare", "looked up"), ("plain", None), ("odd", None)]
)
async def test_what_the_other_system_says_counts(person: str, why: str | None) -> None:
    app = web.Application()
    app.router.add_get("/vip", answer)
    async with TestServer(app) as server:
        assert await HttpLookup(str(server.make_url("/vip")))(Person("slack", person)) == why


@pytest.mark.parametrize("person", ["broken", "unheard of"])
async def test_trouble_is_an_os_error(person: str) -> None:
    app = web.Application()
    app.router.add_get("/vip", answer)
    async with TestServer(app) as server:
        with pytest.raises(OSError, match="look-up"):
            await HttpLookup(str(server.make_url("/vip")))(Person("slack", person))
