"""Operators' phrases are followed while the product runs; a mistake in them changes nothing, and is told."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest

from core.routing import PhrasesError, Router, RoutingContext
from core.routing.followed import FollowedRouter


def followed(folder: Path) -> FollowedRouter:
    return FollowedRouter(folder, lambda phrases: Router(phrases=phrases))


def pages(router: FollowedRouter) -> bool:
    return router.route("take me to the butler's pantry now", RoutingContext()).pages


async def looked(router: FollowedRouter) -> list[str]:
    """What two looks find: a file counts once it no longer changes."""
    return [problem for problem in [await router.look(), await router.look()] if problem]


async def test_a_new_file_a_changed_one_and_none_again_are_followed(tmp_path: Path) -> None:
    path, router = tmp_path / "phrases.yaml", followed(tmp_path)
    assert not pages(router)
    path.write_text("human: [the butler*]\n", "utf-8")
    assert await looked(router) == []
    assert pages(router)
    path.write_text("human: [the gardener of the house]\n", "utf-8")
    assert await looked(router) == []
    assert not pages(router)
    path.write_text("human: [the butler*]\n", "utf-8")
    await looked(router)
    path.unlink()
    assert await looked(router) == []
    assert not pages(router)


async def test_a_broken_file_keeps_the_old_phrases_and_is_told_once_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "phrases.yaml"
    path.write_text("human: [the butler*]\n", "utf-8")
    router = followed(tmp_path)
    path.write_text("human:\n  - the gardener\nhumans: [x]\n", "utf-8")
    (problem,) = await looked(router)
    assert problem.startswith(f"{path}:3: unknown key 'humans'")
    assert pages(router), "the old ones go on"
    assert await looked(router) == []
    path.write_text("human:\n  - the gardener\n", "utf-8")
    assert await looked(router) == []
    assert not pages(router)


async def test_a_file_that_is_still_being_written_waits(tmp_path: Path) -> None:
    path, router = tmp_path / "phrases.yaml", followed(tmp_path)
    path.write_text("human: [the", "utf-8")
    assert await router.look() == ""
    path.write_text("human: [the butler*]\n", "utf-8")
    assert await looked(router) == []
    assert pages(router)


def test_at_the_start_a_broken_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "phrases.yaml").write_text("humans: [x]\n", "utf-8")
    with pytest.raises(PhrasesError):
        followed(tmp_path)


async def test_following_looks_again_and_again_and_tells_what_is_wrong(tmp_path: Path) -> None:
    path, router = tmp_path / "phrases.yaml", followed(tmp_path)
    told: asyncio.Queue[str] = asyncio.Queue()
    following = asyncio.create_task(router.follow(told.put, every=0.01))
    try:
        path.write_text("humans: [x]\n", "utf-8")
        async with asyncio.timeout(20):
            assert f"{path}:1" in await told.get()
            path.write_text("human: [the butler*]\n", "utf-8")
            while not pages(router):
                await asyncio.sleep(0.01)
    finally:
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following
