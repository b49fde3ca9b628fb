"""Who runs PostgreSQL where we are root, and where its data go then."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsflow.local import unprivileged as module
from newsflow.local.unprivileged import Unprivileged, data_folder, reachable_copy, reaches, unprivileged

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
SOMEBODY = Unprivileged(uid=54321, gid=54321)


@pytest.fixture
def place() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="nf-place-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def house(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where folders for PostgreSQL's user are made, instead of /var/lib."""
    (place / "var").mkdir()
    monkeypatch.setattr(module, "PLACES", (place / "var",))
    return place / "var/newsflow"


def closed(folder: Path) -> Path:
    folder.mkdir(parents=True)
    folder.chmod(0o700)
    return folder


def test_a_folder_below_a_closed_one_is_out_of_reach(place: Path) -> None:
    inner = closed(place / "closed") / "inner"
    inner.mkdir()
    assert reaches(SOMEBODY, place)
    assert not reaches(SOMEBODY, inner)


def test_owner_and_group_rights_count_for_owner_and_group(place: Path) -> None:
    found = place.stat()
    place.chmod(0o710)
    assert reaches(Unprivileged(uid=found.st_uid, gid=1), place)
    assert reaches(Unprivileged(uid=54321, gid=found.st_gid), place)
    assert not reaches(SOMEBODY, place)


@root_only
def test_root_hands_over_to_nobody() -> None:
    user = unprivileged()
    assert user is not None
    assert user.uid not in (0, os.geteuid())


@root_only
def test_data_stay_in_a_home_that_can_be_reached(place: Path, house: Path) -> None:
    assert data_folder(place) == place / "postgres"
    assert not house.exists()


@root_only
def test_data_of_a_closed_home_go_elsewhere_and_are_found_again(place: Path, house: Path) -> None:
    home = closed(place / "root/checkout/.newsflow")
    (place / "root").chmod(0o700)
    first = data_folder(home)
    assert first.parent == house
    assert (home / "postgres").resolve() == first
    assert data_folder(home) == first
    assert stat.S_IMODE((place / "root").stat().st_mode) == 0o700


@root_only
def test_data_of_a_deleted_home_are_swept_and_not_taken_over(place: Path, house: Path) -> None:
    home = closed(place / "closed")
    first = data_folder(home)
    shutil.rmtree(home)
    closed(home)
    second = data_folder(home)
    assert second != first
    assert not first.exists()


@root_only
def test_programs_out_of_reach_are_copied_once(place: Path, house: Path) -> None:
    site = closed(place / "closed")
    (site / "pkg/bin").mkdir(parents=True)
    (site / "pkg/bin/postgres").write_text("#!/bin/sh\necho it runs\n")
    (site / "pkg/bin/postgres").chmod(0o700)
    copy = reachable_copy(site, ("pkg", "no-such-folder"), site / "pkg/bin")
    assert copy != site / "pkg/bin"
    assert reachable_copy(site, ("pkg",), site / "pkg/bin") == copy
    user = unprivileged()
    assert user is not None
    done = subprocess.run(
        [copy / "postgres"], user=user.uid, group=user.gid, extra_groups=[], capture_output=True, text=True, check=True
    )
    assert done.stdout == "it runs\n"


@root_only
def test_a_folder_that_is_not_roots_is_not_trusted(place: Path, house: Path) -> None:
    house.mkdir()
    os.chown(house, 54321, 54321)
    with pytest.raises(OSError, match="no folder"):
        data_folder(closed(place / "closed"))


@root_only
def test_a_whole_server_runs_from_a_closed_home(place: Path, house: Path) -> None:
    from newsflow.local.postgres import Server, binaries

    home = closed(place / "closed")
    server = Server(data_folder(home) / "data", 0, binaries(), fast=True)
    server.start()
    assert server.running()
    server.stop("immediate")


def test_a_user_who_is_not_root_runs_the_server_itself(
    place: Path, house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    home = closed(place / "closed")
    assert unprivileged() is None
    assert data_folder(home) == home / "postgres"
    assert reachable_copy(place, ("closed",), home) == home
    assert not house.exists()
