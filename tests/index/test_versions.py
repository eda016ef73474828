"""The catalogue of versions: one builder, one pointer, and nothing deleted that somebody may need."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from knowledge.errors import NoSuchVersion, ReloadBusy
from knowledge.index.reports import VersionInfo
from knowledge.index.store import NameTaken, Store
from knowledge.index.versions import BEAT, GRACE, KEEP, STALE, Build, Versions

SCRIPT = Path(__file__).parent / "beginning.py"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(data_dir=tmp_path)
    yield store
    store.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def versions(store: Store, clock: Clock) -> Versions:
    return Versions(store, clock)


def complete(store: Store, build: Build, base: str = "") -> VersionInfo:
    """Write what a version consists of: a segment of its own, unless it uses another's."""
    if not base:
        collection = store.create(build.base_name, {"records": 1})
        store.add(collection, ["x#q"], np.ones((1, 4), np.float32), [])
    segments = (base or build.base_name,)
    info = VersionInfo(build.number, NOON, "me", "faq", "words", 1, 1, f"print{build.number}", segments, "s", False)
    build.finish(info)
    return info


def serve(versions: Versions, store: Store) -> int:
    build = versions.begin()
    complete(store, build)
    versions.move(build.basis, build.number, "reload")
    return build.number


def numbers(versions: Versions) -> list[int]:
    return [version.number for version in versions.read().versions]


def test_a_version_does_not_serve_before_the_pointer_is_moved(versions: Versions, store: Store) -> None:
    build = versions.begin()
    assert versions.read().versions == ()
    complete(store, build)
    assert versions.read().active is None

    versions.move(build.basis, build.number, "reload")

    active = versions.read().active
    assert active
    assert (active.number, active.fingerprint, active.segments) == (1, "print1", (build.base_name,))


def test_one_build_at_a_time(versions: Versions, store: Store) -> None:
    build = versions.begin()
    with pytest.raises(ReloadBusy, match=r"builds v1 since 2026-01-01 12:00:00 UTC"):
        versions.begin()

    build.abandon()
    assert versions.begin().number == 1


async def test_of_many_processes_that_begin_at_once_one_builds(tmp_path: Path, store: Store) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, SCRIPT, tmp_path, "3", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin
    assert process.stdout
    for _ in range(3):
        assert await asyncio.wait_for(process.stdout.readline(), 60) == b"ready\n"
    process.stdin.write(b"go\n")
    outcomes = [(await asyncio.wait_for(process.stdout.readline(), 60)).decode().strip() for _ in range(3)]
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), 60) == 0

    assert sorted(outcomes) == ["builds 1", "busy", "busy"]
    # They are gone, and the one that was building did not finish: its build is dead at once.
    assert Versions(store).begin().number == 2


def test_a_build_without_a_sign_of_life_is_dead(versions: Versions, store: Store, clock: Clock) -> None:
    elsewhere = {"by": "ann@other-host:1", "since": NOON.isoformat(), "beat": NOON.isoformat()}
    store.create("concierge-build-00000004", elsewhere)
    clock.now += STALE - timedelta(seconds=1)
    with pytest.raises(ReloadBusy, match="ann@other-host:1 builds v4"):
        versions.begin()

    clock.now += timedelta(seconds=2)
    build = versions.begin()
    versions.clean_up(build)

    assert build.number == 5
    assert [item.number for item in versions.read().builds] == [5]


def test_signs_of_life_keep_a_build_alive_and_leave_the_finished_version_alone(
    versions: Versions, store: Store, clock: Clock
) -> None:
    build = versions.begin()
    clock.now += STALE
    build.beat()
    clock.now += STALE
    assert versions.read().builds[0].beat == NOON + STALE
    with pytest.raises(ReloadBusy):
        versions.begin()

    info = complete(store, build)
    clock.now += BEAT
    build.beat()

    versions.move(build.basis, build.number, "reload")
    active = versions.read().active
    assert active
    assert active.fingerprint == info.fingerprint


def test_a_build_that_was_taken_for_dead_can_change_nothing(versions: Versions, store: Store, clock: Clock) -> None:
    suspended = versions.begin()
    clock.now += STALE + timedelta(seconds=1)
    other = versions.begin()
    versions.clean_up(other)
    complete(store, other)

    # The first wakes up while the other has finished but not switched ...
    with pytest.raises(ReloadBusy, match="taken for dead"):
        suspended.beat()
    with pytest.raises(NoSuchVersion):
        complete(store, suspended)
    versions.move(other.basis, other.number, "reload")
    # ... and even a complete version is not put into service behind the other's back.
    with pytest.raises(ReloadBusy, match="switched"):
        versions.move(suspended.basis, suspended.number, "reload")
    assert versions.read().pointer.version == other.number


def test_a_pointer_that_moved_often_is_not_moved_back(versions: Versions, store: Store) -> None:
    first = serve(versions, store)
    basis = versions.read().pointer
    for _ in range(12):
        versions.move(versions.read().pointer, first, "rollback")
    versions.clean_up()
    pointer = versions.read().pointer
    assert f"concierge-active-{basis.sequence + 1:08d}" not in versions.read().names  # free again

    with pytest.raises(ReloadBusy):
        versions.move(basis, first, "reload")

    assert versions.read().pointer == pointer


def test_clean_up_keeps_the_last_versions_and_what_serves(versions: Versions, store: Store, clock: Clock) -> None:
    for _ in range(6):
        serve(versions, store)
        clock.now += GRACE + timedelta(seconds=1)
    versions.clean_up()
    assert numbers(versions) == [4, 5, 6]
    assert len(numbers(versions)) == KEEP

    versions.move(versions.read().pointer, 4, "rollback")
    clock.now += GRACE + timedelta(seconds=1)
    for _ in range(4):
        complete(store, versions.begin())  # built, but never put into service
    versions.clean_up()

    assert numbers(versions) == [4, 8, 9, 10]
    assert {name for name in versions.read().names if "-base-" in name} == {
        f"concierge-base-{number:08d}" for number in (4, 8, 9, 10)
    }


def test_a_version_that_served_a_moment_ago_stays(versions: Versions, store: Store, clock: Clock) -> None:
    for _ in range(6):
        serve(versions, store)
        clock.now += timedelta(seconds=15)

    versions.clean_up()

    # 90 seconds: those that served within the last 60.
    assert numbers(versions) == [3, 4, 5, 6] or numbers(versions) == [2, 3, 4, 5, 6]


def test_a_segment_stays_while_any_version_uses_it(versions: Versions, store: Store, clock: Clock) -> None:
    serve(versions, store)
    for _ in range(5):
        build = versions.begin()
        complete(store, build, base="concierge-base-00000001")
        versions.move(build.basis, build.number, "reload")
        clock.now += GRACE + timedelta(seconds=1)
    versions.clean_up()
    assert "concierge-base-00000001" in versions.read().names
    assert 1 not in numbers(versions)

    for _ in range(3):
        serve(versions, store)
        clock.now += GRACE + timedelta(seconds=1)
    versions.clean_up()
    assert "concierge-base-00000001" not in versions.read().names


def test_a_clean_up_that_was_killed_leaves_no_number_to_trip_over(versions: Versions, store: Store) -> None:
    serve(versions, store)
    store.create("concierge-base-00000007", {"records": 0})  # its build is gone, it is not

    build = versions.begin()
    assert build.number == 8
    versions.clean_up(build)

    assert "concierge-base-00000007" not in versions.read().names


def test_collections_of_others_are_left_alone(versions: Versions, store: Store) -> None:
    store.create("somebody-elses", {"theirs": 1})
    store.create("concierge-of-another-kind", {"theirs": 1})
    for _ in range(5):
        serve(versions, store)
    versions.clean_up()

    with pytest.raises(NameTaken):
        store.create("somebody-elses", {"theirs": 1})
    with pytest.raises(NameTaken):
        store.create("concierge-of-another-kind", {"theirs": 1})
