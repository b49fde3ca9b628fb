"""Who runs PostgreSQL where we are root, and where its data go then."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsflow.errors import NewsflowError
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
def test_root_hands_over_to_a_user_of_its_own() -> None:
    user = unprivileged()
    assert user is not None
    assert user.uid not in (0, pwd.getpwnam("nobody").pw_uid)
    assert pwd.getpwuid(user.uid).pw_shell == "/bin/false"


@root_only
def test_where_none_can_be_made_it_is_nobody_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "USER", "newsflow-none")
    monkeypatch.setattr(module, "MAKERS", (("no-such-program",),))
    module._server_user.cache_clear()
    assert unprivileged() == Unprivileged(pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid)
    assert "newsflow-none" in caplog.text
    module._server_user.cache_clear()


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


def with_database(home: Path) -> Path:
    """The data folder of a home, with a database in it."""
    (data_folder(home) / "data").mkdir()
    (data_folder(home) / "data/PG_VERSION").write_text("18\n")
    return data_folder(home)


@root_only
@pytest.mark.parametrize("fate", ["moved", "deleted", "unmounted", "link lost"])
def test_nothing_of_another_deletes_a_database(place: Path, house: Path, fate: str) -> None:
    home = closed(place / "closed/checkout/.newsflow")
    data = with_database(home)
    if fate == "link lost":
        (home / "postgres").unlink()
    elif fate == "deleted":
        shutil.rmtree(home)
    else:
        home.parent.rename(place / "closed" / fate)
    for other in ("b", "c"):
        data_folder(closed(place / "closed" / other))
    assert (data / "data/PG_VERSION").is_file()


@root_only
def test_data_of_a_deleted_home_are_not_taken_over(place: Path, house: Path) -> None:
    home = closed(place / "closed")
    first = with_database(home)
    shutil.rmtree(home)
    closed(home)
    assert data_folder(home) != first


@root_only
@pytest.mark.parametrize("by", ["rename", "copy"])
def test_a_moved_home_is_tied_again(place: Path, house: Path, by: str) -> None:
    """`copy`: across disks, `mv` copies and deletes."""
    home = closed(place / "closed/checkout/.newsflow")
    data, moved = with_database(home), place / "closed/moved"
    if by == "rename":
        home.parent.rename(moved)
    else:
        shutil.copytree(home.parent, moved, symlinks=True)
        shutil.rmtree(home.parent)
    assert data_folder(moved / ".newsflow") == data
    copy = place / "closed/again"
    shutil.copytree(moved, copy, symlinks=True)
    assert data_folder(copy / ".newsflow") != data
    assert data_folder(moved / ".newsflow") == data


@root_only
def test_a_copied_home_gets_data_of_its_own(place: Path, house: Path) -> None:
    home, copy = closed(place / "closed/a/.newsflow"), place / "closed/copy"
    data = with_database(home)
    shutil.copytree(home.parent, copy, symlinks=True)
    own = data_folder(copy / ".newsflow")
    assert own != data
    assert data_folder(copy / ".newsflow") == own
    assert data_folder(home) == data


@root_only
def test_data_or_homes_that_are_not_mounted_are_not_forgotten(place: Path, house: Path) -> None:
    home = closed(place / "closed/a/.newsflow")
    data = with_database(home)
    data.rename(place / "away")
    with pytest.raises(NewsflowError, match="mount its disk"):
        data_folder(home)
    (place / "away").rename(data)
    # the home's disk is not there, and what looks like the home is a copy from it
    path, _device, inode = (data / "home").read_text().split()
    (data / "home").write_text(f"{path}\n1\n{inode}\n")
    home.parent.rename(place / "closed/mounted-elsewhere")
    with pytest.raises(NewsflowError, match="whose disk is not there"):
        data_folder(place / "closed/mounted-elsewhere/.newsflow")
    assert (data / "data/PG_VERSION").is_file()


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
