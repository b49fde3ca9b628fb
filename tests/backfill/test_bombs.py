"""No record of a file costs the parent more memory than one record may, or the records behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsflow.isolation.bounded_call import BoundedChild
from newsflow.isolation.limits import Finished, Limits
from tests.backfill.bombs import KINDS, large_neighbours
from tests.paths import ROOT

ROOM = Limits(cpu_s=60.0, memory_mb=384)  # less than three bombs; one is made there, too


@pytest.fixture
def child(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[BoundedChild[object]]:
    monkeypatch.syspath_prepend(str(ROOT))
    found = BoundedChild[object](f"tests.backfill.bombs:{request.param}", ROOM)
    yield found
    found.close()


@pytest.mark.parametrize("child", ["reading"], indirect=True)
def test_a_bomb_is_refused_and_the_record_behind_it_is_found(child: BoundedChild[tuple[list[str], int]]) -> None:
    found = {}
    for kind in KINDS:
        result = child.call(kind)
        assert isinstance(result, Finished), (kind, result)
        found[kind] = result.value
    assert {kind: sound for kind, (_, sound) in found.items()} == dict.fromkeys(KINDS, 1)
    assert found["behind the record"][0] == ["damaged"]
    assert {code for refused, _ in found.values() for code in refused} <= {"damaged", "unreadable"}


@pytest.mark.parametrize("child", ["parsing"], indirect=True)
def test_a_bomb_in_our_archive_is_a_damaged_capture(child: BoundedChild[str]) -> None:
    for kind in KINDS:
        assert child.call(kind) == Finished("bad record"), kind


@pytest.mark.parametrize("child", ["reading_file"], indirect=True)
def test_what_is_passed_over_is_not_kept(child: BoundedChild[int], tmp_path: Path) -> None:
    large_neighbours(tmp_path / "a.warc.gz")
    assert child.call(str(tmp_path / "a.warc.gz")) == Finished(1)
