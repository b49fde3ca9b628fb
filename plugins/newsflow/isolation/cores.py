"""How many cores this process may use, counted here only, and how many tasks and children that is worth."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

_MOST_TASKS = 4  # of a stage, unless a setting says otherwise
_V1 = ("cpu", "cpu,cpuacct", "cpuacct,cpu")  # names of the controller's mount, by distribution
_V2 = ("", "unified")  # alone, or beside version 1


def cores(root: Path = Path("/")) -> int:
    """Cores by CPU affinity and by the limits of the control groups that we are in; at least 1.

    A limit of 1.5 cores counts as 2, as in the JVM and in Go: one worker would leave a third of it unused.

    :param root: where `proc` and `sys` are found.
    """
    limits = [math.ceil(limit) for limit in _limits(root)]
    return max(1, min([len(os.sched_getaffinity(0)), *limits]))


def tasks_at_once(asked: int) -> int:
    """Tasks of a stage that are to run at the same time.

    :param asked: what the setting says, 0 where it says nothing: then as many as fit this machine. Each task is a
        process with all of Airflow in it, so there are a few at most; its own children take the other cores.
    """
    return asked or min(_MOST_TASKS, cores())


def children_each(tasks: int) -> int:
    """Child processes of each of so many tasks on this machine, so that none of its cores is idle."""
    return math.ceil(cores() / tasks)


def _limits(root: Path) -> Iterator[float]:
    """Limits in cores of our groups and of the groups around them: each of them binds."""
    for controllers, group in _groups(root):
        for mount in _V2 if controllers == "" else _V1 if "cpu" in controllers.split(",") else ():
            base = root / "sys/fs/cgroup" / mount
            yield from (limit for folder in _upwards(base, group) if (limit := _limit(folder)) is not None)


def _groups(root: Path) -> Iterator[tuple[str, PurePosixPath]]:
    """Controllers ("" for version 2) and group of each line of /proc/self/cgroup, as cgroups(7) tells."""
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        _number, controllers, group = line.split(":", 2)
        yield controllers, PurePosixPath(group)


def _upwards(base: Path, group: PurePosixPath) -> Iterator[Path]:
    """The group's folder and those above it; in a container the lower ones may be missing, the mount is the group."""
    inside = PurePosixPath(str(group).lstrip("/"))
    yield from (base / part for part in (inside, *inside.parents))


def _limit(folder: Path) -> float | None:
    """Cores that a group may use, from `cpu.max` (version 2) or `cpu.cfs_quota_us` (version 1); None for all."""
    said = _read(folder / "cpu.max").split()
    if len(said) != 2:
        said = [_read(folder / "cpu.cfs_quota_us"), _read(folder / "cpu.cfs_period_us")]
    try:
        quota, period = map(int, said)
    except ValueError:  # "max", or no such file
        return None
    return quota / period if quota > 0 and period > 0 else None


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except OSError:
        return ""
