"""PostgreSQL refuses to run as root: who runs it then, and where that user can reach."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from newsflow.errors import NewsflowError

USER = "nobody"
PLACES = (Path("/var/lib"), Path("/var/tmp"))  # noqa: S108 - we make a folder of root's own there


@dataclass(frozen=True, slots=True)
class Unprivileged:
    """The user that the server runs as where we are root."""

    uid: int
    gid: int


def unprivileged() -> Unprivileged | None:
    """Who runs the server; None where we are not root and run it ourselves.

    :raises NewsflowError: where there is no such user.
    """
    if os.geteuid():
        return None
    try:
        entry = pwd.getpwnam(USER)
    except KeyError:
        raise NewsflowError(f"PostgreSQL can't run as root, and there is no user {USER!r} to run it") from None
    return Unprivileged(entry.pw_uid, entry.pw_gid)


def reaches(user: Unprivileged, folder: Path) -> bool:
    """Whether the user can traverse the folder and all above it."""
    resolved = folder.resolve()
    return all(_may_enter(user, path.stat()) for path in (resolved, *resolved.parents))


def _may_enter(user: Unprivileged, found: os.stat_result) -> bool:
    if found.st_uid == user.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == user.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _house() -> Path:
    """A folder of root's that everyone can traverse.

    :raises OSError: where none can be made.
    """
    for place in PLACES:
        house = place / "newsflow"
        try:
            house.mkdir(mode=0o755, exist_ok=True)
        except OSError:
            continue
        found = house.lstat()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == 0 and not found.st_mode & 0o022:
            house.chmod(0o755)
            return house
    raise OSError(f"no folder that {USER} can reach could be made in {', '.join(map(str, PLACES))}")


def data_folder(home: Path) -> Path:
    """Where the server's folder goes: in the home, or, where the server's user can't reach that, elsewhere.

    Elsewhere is noted by a symbolic link in the home, so that the next start finds it. No
    permission of a folder that is not ours is ever changed.
    """
    user, link = unprivileged(), home / "postgres"
    if link.is_symlink() and link.is_dir():
        return link.resolve()
    if user is None or link.is_dir() or reaches(user, home):
        return link
    _sweep()
    link.unlink(missing_ok=True)
    target = Path(tempfile.mkdtemp(prefix="home-", dir=_house()))
    link.symlink_to(target)
    (target / "home").write_text(str(home))  # last: a sweep looks only at folders that have it
    return target


def _sweep() -> None:
    """Remove data whose home was deleted (its link no longer leads here)."""
    for note in _house().glob("home-*/home"):
        link = Path(note.read_text()) / "postgres"
        if not link.is_symlink() or link.resolve() != note.parent.resolve():
            shutil.rmtree(note.parent, ignore_errors=True)


def reachable_copy(base: Path, parts: Sequence[str], wanted: Path) -> Path:
    """`wanted` (a folder below `base`), or its copy where the server's user can't reach it.

    :param parts: folders below `base` that belong together and are copied.
    """
    user = unprivileged()
    if user is None or reaches(user, wanted):
        return wanted
    stamp = int((wanted / "postgres").stat().st_mtime)
    copy = _house() / f"bin-{stamp}"
    if not copy.exists():
        fresh = Path(tempfile.mkdtemp(prefix="bin.new-", dir=_house()))
        for part in (part for part in parts if (base / part).exists()):
            shutil.copytree(base / part, fresh / part, symlinks=True)
        _open_to_all(fresh)
        _settle(fresh, copy)
    return copy / wanted.relative_to(base)


def _open_to_all(folder: Path) -> None:
    """Let everyone read and enter: the files may come out of a folder that only root could."""
    for path in (folder, *folder.rglob("*")):
        if path.is_symlink():
            continue  # chmod would change what it leads to, which is not ours
        path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)


def _settle(fresh: Path, place: Path) -> None:
    """Move a finished copy to its place; another process may have been quicker with the same one."""
    try:
        fresh.rename(place)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
