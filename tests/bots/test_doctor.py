"""What the doctor says of ladders: a rung that reaches nobody is named, with what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bots.doctor import rungs, send_test_pages
from core.handoff.sayer import PAGER
from core.pager import Pager
from core.platform import FrontDoor, Platform
from core.policy import Policy, Rung, load_policy
from core.posts import Post

pytestmark = pytest.mark.filterwarnings("ignore:.(imghdr|cgi|telnetlib). is deprecated:DeprecationWarning")


class Place(Platform):
    """A platform that knows a few people."""

    def __init__(self, name: str, known: set[str]) -> None:
        self.name, self._known = name, known

    async def listen(self, door: FrontDoor) -> None:
        raise NotImplementedError

    async def send(self, post: Post) -> str:
        raise NotImplementedError

    async def unreachable(self, target: str) -> str:
        return "" if target in self._known else f"no {target} here"


PLATFORMS = {"slack": Place("slack", {"U1", "#C1"}), "discord": Place("discord", {"7", "#8"}), PAGER: Pager({})}


def paging(*targets: str) -> Policy:
    policy = load_policy()
    return replace(
        policy, ladders={"default": (Rung(0.0, ("desk",)), Rung(60.0, targets)), "vip": policy.ladders["vip"][:1]}
    )


async def problems(*targets: str, urls: bool = True) -> list[str]:
    return await rungs(paging(*targets), PLATFORMS, {"slack"}, urls=urls)


async def test_a_ladder_whose_rungs_reach_somebody_is_fine() -> None:
    assert await problems("here", "desk", "urls", "slack:U1", "slack:#C1", "discord:#8", "json://localhost") == []


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("slack:U2", "no U2 here"), ("discord:7", "discord has none"), ("discord:#9", "no #9 here"),
        ("teams:U1", "teams is not connected"), ("everyone", "write desk, here, urls"), ("slack:", "write desk"),
        ("pager:urls", "pager is not connected"),
    ],
)  # fmt: skip
async def test_a_rung_that_reaches_nobody_is_named(target: str, why: str) -> None:
    (problem,) = await problems("desk", target)
    assert problem.startswith(f"ladders.default: the rung at 60s pages {target!r}: ")
    assert why in problem


async def test_urls_without_addresses_reach_nobody() -> None:
    (problem,) = await problems("urls", urls=False)
    assert "PAGE_URLS is empty" in problem


async def test_a_test_page_goes_to_every_group_of_addresses_and_failures_are_told() -> None:
    pager = Pager({"urls": ("json://127.0.0.1:9/",), "rung-vip-1": ("nonsense://x",), "empty": ()})
    told = await send_test_pages(pager)
    assert [line.split(":")[0] for line in told] == ["test page to urls", "test page to rung-vip-1"]
