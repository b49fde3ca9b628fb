"""PostgreSQL refuses to run as root: who runs it then, and where that user can reach."""

from __future__ import annotations

import logging
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from newsflow.errors import NewsflowError

log = logging.getLogger(__name__)

USER = "newsflow-db"
# `nobody` is shared: another program that runs as it could read the data and signal the server
FALLBACK = "nobody"
# shadow-utils (Debian, Fedora), then busybox (Alpine)
MAKERS = (
    ("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/false"),
    ("adduser", "-S", "-D", "-H", "-h", "/nonexistent", "-s", "/bin/false"),
)
PLACES = (Path("/var/lib"), Path("/var/tmp"))  # noqa: S108 - we make a folder of root's own there


@dataclass(frozen=True, slots=True)
class Unprivileged:
    """The user that the server runs as where we are root."""

    uid: int
    gid: int


def unprivileged() -> Unprivileged | None:
    """Who runs the server; None where we are not root and run it ourselves.

    It is a user of its own, made once. Where none can be made (no program for it, a read-only /etc) it is `nobody`.

    :raises NewsflowError: where there is no such user either.
    """
    return None if os.geteuid() else _server_user()


@lru_cache(maxsize=1)
def _server_user() -> Unprivileged:
    if found := _lookup(USER) or _made():
        return found
    if found := _lookup(FALLBACK):
        log.warning("no user %s could be made to run PostgreSQL: it runs as %s, whom others may share", USER, FALLBACK)
        return found
    raise NewsflowError(f"PostgreSQL can't run as root, and there is no user {USER} or {FALLBACK} to run it")


def _lookup(name: str) -> Unprivileged | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Unprivileged(entry.pw_uid, entry.pw_gid) if entry.pw_uid else None


def _made() -> Unprivileged | None:
    """Make the user, with no password, no shell and no home; another process may be making it at this moment."""
    maker = next((words for words in MAKERS if shutil.which(words[0])), None)
    for _try in range(10 if maker else 0):
        done = subprocess.run([*(maker or ()), USER], capture_output=True, stdin=subprocess.DEVNULL, check=False)
        if found := _lookup(USER):
            return found
        if done.returncode != 1:  # 1: the file of users is locked (useradd(8))
            break
        time.sleep(0.2)
    return None


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

    Elsewhere is tied to the home both ways: a symbolic link in the home, and a note beside the data of whose they
    are. So a moved home keeps its data, and a copied one gets its own. No permission of a folder that is not ours is
    ever changed, and nothing that may hold a database is ever deleted: data without a home stay.

    :raises NewsflowError: where the data of this home are not there, or it can't be told whose they are.
    """
    user, link = unprivileged(), home / "postgres"
    if link.is_symlink() and _is_ours(home, link):
        return link.resolve()
    if not link.is_symlink() and (user is None or link.is_dir() or reaches(user, home)):
        return link
    return _make_folder(home, link)


def _make_folder(home: Path, link: Path) -> Path:
    target = Path(tempfile.mkdtemp(prefix="home-", dir=_house()))
    link.unlink(missing_ok=True)
    link.symlink_to(target)
    _note(home, target)
    return target


def _is_ours(home: Path, link: Path) -> bool:
    """Whether the data that the link leads to are this home's; a home that was moved is tied to them again."""
    target = link.resolve()
    if not target.is_dir():
        raise NewsflowError(
            f"the database of this home is in {target}, which is not there: mount its disk;"
            f" or, to begin anew without it, remove {link}"
        )
    if (owner := _Owner.read(target)) and not owner.is_at(home):
        if owner.has_its_home(target):
            return False  # this home is a copy of that one
        if not owner.disk_is_there():
            raise NewsflowError(
                f"{target} holds the database of {owner.path}, whose disk is not there: mount it;"
                f" or, if that home was moved to here, remove {target / NOTE}; for a database of its own, remove {link}"
            )
    _note(home, target)
    return True


NOTE = "home"


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose data a folder holds: the home's path, device and inode; a move within a disk keeps the latter two."""

    path: Path
    device: int
    inode: int

    @classmethod
    def read(cls, target: Path) -> _Owner | None:
        try:
            path, device, inode = (target / NOTE).read_text().splitlines()
            return cls(Path(path), int(device), int(inode))
        except (OSError, ValueError):
            return None

    def is_at(self, home: Path) -> bool:
        """Whether this is the noted home: at its place, or moved within its disk."""
        found = home.stat()
        return home.resolve() == self.path or (found.st_dev, found.st_ino) == (self.device, self.inode)

    def has_its_home(self, target: Path) -> bool:
        """Whether the noted home is there, and its link leads here."""
        link = self.path / "postgres"
        return link.is_symlink() and link.resolve() == target

    def disk_is_there(self) -> bool:
        """Whether what is left of the noted path lies on the noted disk; if not, the home may only not be mounted."""
        left = next(folder for folder in (self.path, *self.path.parents) if folder.exists())
        return left.stat().st_dev == self.device


def _note(home: Path, target: Path) -> None:
    found = home.stat()
    (target / NOTE).write_text(f"{home.resolve()}\n{found.st_dev}\n{found.st_ino}\n")


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
