"""Cores are counted by affinity and by the control groups' limits."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from newsflow.isolation import cores as module
from newsflow.isolation.cores import children_each, cores, tasks_at_once

V2, V1 = "sys/fs/cgroup", "sys/fs/cgroup/cpu"
DOCKER = "docker/0a1b"


def files(root: Path, content: dict[str, str]) -> Path:
    """A root folder with these files."""
    for name, text in content.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text + "\n")
    return root


@pytest.fixture
def eight(monkeypatch: pytest.MonkeyPatch) -> None:
    """We may run on eight cores."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(8)))


CASES = {
    "no control groups": ({}, 8),
    "version 2, without a limit": ({"proc/self/cgroup": "0::/", f"{V2}/cpu.max": "max 100000"}, 8),
    "version 2, in a container": ({"proc/self/cgroup": "0::/", f"{V2}/cpu.max": "200000 100000"}, 2),
    "version 2, a part of a core counts as one": ({"proc/self/cgroup": "0::/", f"{V2}/cpu.max": "150000 100000"}, 2),
    "version 2, less than a core": ({"proc/self/cgroup": "0::/", f"{V2}/cpu.max": "20000 100000"}, 1),
    "version 2, more than there are": ({"proc/self/cgroup": "0::/", f"{V2}/cpu.max": "6400000 100000"}, 8),
    "version 2, a group of systemd": (
        {"proc/self/cgroup": "0::/system.slice/a.service", f"{V2}/system.slice/a.service/cpu.max": "300000 100000"},
        3,
    ),
    "version 2, the group around it has less": (
        {
            "proc/self/cgroup": "0::/system.slice/a.service",
            f"{V2}/system.slice/cpu.max": "200000 100000",
            f"{V2}/system.slice/a.service/cpu.max": "500000 100000",
        },
        2,
    ),
    "version 1, without a limit": (
        {"proc/self/cgroup": "4:cpu:/", f"{V1}/cpu.cfs_quota_us": "-1", f"{V1}/cpu.cfs_period_us": "100000"},
        8,
    ),
    "version 1": (
        {
            "proc/self/cgroup": f"5:memory:/{DOCKER}\n4:cpu:/{DOCKER}",
            f"{V1}/{DOCKER}/cpu.cfs_quota_us": "250000",
            f"{V1}/{DOCKER}/cpu.cfs_period_us": "100000",
        },
        3,
    ),
    "version 1, in a container that sees its own group as the mount": (
        {
            "proc/self/cgroup": f"4:cpu,cpuacct:/{DOCKER}",
            f"{V2}/cpu,cpuacct/cpu.cfs_quota_us": "400000",
            f"{V2}/cpu,cpuacct/cpu.cfs_period_us": "100000",
        },
        4,
    ),
    "both versions": (
        {
            "proc/self/cgroup": "4:cpu:/\n0::/",
            f"{V1}/cpu.cfs_quota_us": "200000",
            f"{V1}/cpu.cfs_period_us": "100000",
            f"{V2}/unified/cgroup.procs": "1",
        },
        2,
    ),
    "what can't be read": ({"proc/self/cgroup": "0::/", f"{V2}/cpu.max": "what?"}, 8),
}


@pytest.mark.usefixtures("eight")
@pytest.mark.parametrize(("content", "expected"), CASES.values(), ids=CASES)
def test_the_smallest_limit_counts(tmp_path: Path, content: dict[str, str], expected: int) -> None:
    assert cores(files(tmp_path, content)) == expected


def test_affinity_counts_where_it_is_less(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {5})
    assert cores(files(tmp_path, {"proc/self/cgroup": "0::/", f"{V2}/cpu.max": "400000 100000"})) == 1


def test_here_there_is_at_least_one_and_no_more_than_the_machine_has() -> None:
    assert 1 <= cores() <= (os.cpu_count() or 1)


def test_nothing_else_counts_cores() -> None:
    package = Path(__file__).parents[2] / "plugins" / "newsflow"
    counted = ("cpu_count", "sched_getaffinity", "process_cpu_count")
    users = {p.name for p in package.rglob("*.py") if any(name in p.read_text() for name in counted)}
    assert users == {"cores.py"}


@pytest.mark.parametrize(
    ("machine", "asked", "tasks", "children"),
    [(1, 0, 1, 1), (2, 0, 2, 1), (4, 0, 4, 1), (16, 0, 4, 4), (6, 0, 4, 2), (4, 16, 16, 1), (4, 1, 1, 4)],
)
def test_tasks_and_their_children_fill_a_machine_unless_a_setting_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, machine: int, asked: int, tasks: int, children: int
) -> None:
    monkeypatch.setattr(module, "cores", lambda: machine)
    assert tasks_at_once(asked) == tasks
    assert children_each(tasks) == children
    assert tasks * children >= machine  # no core is idle
