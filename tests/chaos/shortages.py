"""What runs out: room for the archive, the database and the logs, and file descriptors."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newsflow.local.unprivileged import unprivileged
from tests.chaos.result import Result
from tests.chaos.scene import PASSAGES, Scene, end, execute, trapped

LARGE = "256m"
_NOT_ROOT = "skipped: only root can mount a small disk"


def disk_full(scene: Scene, step: str) -> Result:
    """No space left for the archive, said by a small file system, by a limit on files, or by the file layer."""
    kind = scene.chance.choice((_small_archive, _file_limit, _file_layer))
    return kind(scene, step)


def _file_limit(scene: Scene, step: str) -> Result:
    size = scene.chance.randint(1_000, 12_000)
    process = scene.start(step, {"act": "limit", "bytes": size})
    return end(process, Result("disk full (file limit)", step, f"at {size} bytes"))


def _file_layer(scene: Scene, step: str) -> Result:
    point = scene.chance.choice(("write", "seal-before"))
    return trapped(scene, step, "disk full (ENOSPC)", "full", point, scene.chance.randint(1, PASSAGES[point]))


def _small_archive(scene: Scene, step: str) -> Result:
    size = scene.chance.randint(1, 7) * 4
    result = Result("archive's disk full", step, f"of {size} KiB")
    if os.geteuid():
        result.ended = _NOT_ROOT
        return result
    kept = scene.archive.with_name(f"{scene.archive.name}-kept")
    shutil.copytree(scene.archive, kept)
    _mount(scene, scene.archive, f"{size}k")
    shutil.copytree(kept, scene.archive, dirs_exist_ok=True)
    end(scene.start(step, {"act": "none"}), result)
    _grow(scene.archive)
    return result


def database_full(scene: Scene, step: str) -> Result:
    """No space left for the database, whose tables are on a small file system."""
    pages = scene.chance.randint(0, 12)
    result = Result("database's disk full", step, f"but for {pages} blocks")
    if os.geteuid():
        result.ended = _NOT_ROOT
        return result
    with _small_tablespace(scene) as folder:
        _fill(folder, leave=pages * 8192)
        end(scene.start(step, {"act": "none"}), result)
    return result


@contextmanager
def _small_tablespace(scene: Scene) -> Iterator[Path]:
    """The run's database, moved to a disk of its own; what `ballast` is filled with is freed in the end."""
    folder, name = scene.archive.with_name(f"{scene.archive.name}-disk"), scene.archive.name
    folder.mkdir()
    scene.after.callback(shutil.rmtree, folder)
    _mount(scene, folder, LARGE)
    if user := unprivileged():
        os.chown(folder, user.uid, user.gid)
    space = f"space_{name}"
    execute(scene.server.url(), f"create tablespace {space} location '{folder}'")
    scene.after.callback(execute, scene.server.url(), f"drop tablespace {space}")
    execute(scene.server.url(), f"alter database {name} set tablespace {space}")
    execute(scene.settings.dsn)  # the first session writes a file that the others read
    yield folder
    (folder / "ballast").unlink()


def _fill(folder: Path, *, leave: int) -> None:
    found = os.statvfs(folder)
    with (folder / "ballast").open("wb") as out:
        os.posix_fallocate(out.fileno(), 0, found.f_bavail * found.f_frsize - leave)


def _mount(scene: Scene, folder: Path, size: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)], check=True)
    scene.after.callback(subprocess.run, ["umount", str(folder)], check=True)


def _grow(folder: Path) -> None:
    subprocess.run(["mount", "-o", f"remount,size={LARGE}", str(folder)], check=True)


def log_full(scene: Scene, step: str) -> Result:
    """No space left for what the step logs."""
    with Path("/dev/full").open("w") as full:
        process = scene.start(step, {"act": "log"}, stderr=full)
        return end(process, Result("logs' disk full", step, "from the first line", hit=True))


def no_descriptors(scene: Scene, step: str) -> Result:
    """No file descriptor is left from a point on."""
    return trapped(scene, step, "0 descriptors left", "descriptors", *scene.point(step))
