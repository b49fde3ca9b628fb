"""Children never outlive their launcher: stop, kill -9 of the launcher, grandchildren."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from newsflow.local.processes import MARK, ProcessGroup, dies_with_parent, end, marked
from tests.paths import ROOT
from tests.waiting import wait_for

SLEEP = [sys.executable, "-c", "import time; time.sleep(300)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(300)",
]
PARENT = [
    sys.executable,
    "-c",
    "import subprocess, sys, time; subprocess.Popen(['sleep', '300'], start_new_session=True); time.sleep(300)",
]


UNMARKED = [
    sys.executable,
    "-c",
    "import subprocess, time; print(subprocess.Popen(['sleep', '300'], env={}).pid, flush=True); time.sleep(300)",
]


@pytest.fixture
def family(tmp_path: Path) -> Iterator[ProcessGroup]:
    found = ProcessGroup(uuid.uuid4().hex)
    yield found
    found.stop(grace_s=0.1)


def start(family: ProcessGroup, command: list[str], folder: Path, name: str = "server") -> psutil.Process:
    family.start(name, command, os.environ, folder / "log", folder)
    return psutil.Process(family.children[name].pid)


def dead(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_child_has_a_session_of_its_own_so_that_ctrl_c_does_not_reach_it(
    family: ProcessGroup, tmp_path: Path
) -> None:
    child = start(family, SLEEP, tmp_path)
    assert os.getsid(child.pid) == child.pid != os.getsid(0)


def test_output_goes_to_the_log(family: ProcessGroup, tmp_path: Path) -> None:
    start(family, [sys.executable, "-c", "print('hello')"], tmp_path)
    wait_for(lambda: (tmp_path / "log").read_text() == "hello\n", "the line in the log")


def test_ended_names_who_is_gone_with_the_exit_code(family: ProcessGroup, tmp_path: Path) -> None:
    start(family, [sys.executable, "-c", "raise SystemExit(3)"], tmp_path, "short")
    start(family, SLEEP, tmp_path, "long")
    wait_for(family.ended, "the process to end")
    assert family.ended() == {"short": 3}


def test_stop_ends_children_and_their_children_in_other_sessions(family: ProcessGroup, tmp_path: Path) -> None:
    start(family, PARENT, tmp_path)
    wait_for(lambda: len(marked(family.mark)) == 2, "the grandchild")
    family.stop()
    assert marked(family.mark) == []


@pytest.mark.parametrize("how", ["stopped", "started again"])
def test_a_killed_server_leaves_nobody_though_they_carry_no_mark(
    family: ProcessGroup, tmp_path: Path, how: str
) -> None:
    """As Airflow's log server, whose title is written over its environment, after a SIGKILL of its scheduler."""
    server = start(family, UNMARKED, tmp_path)
    wait_for(lambda: (tmp_path / "log").read_text().endswith("\n"), "the line in the log")
    orphan = psutil.Process(int((tmp_path / "log").read_text()))
    server.kill()
    wait_for(family.ended, "the process to end")
    assert not dead(orphan)
    if how == "stopped":
        family.stop()
    else:
        start(family, SLEEP, tmp_path)
    assert dead(orphan)


def test_stop_kills_who_does_not_listen(family: ProcessGroup, tmp_path: Path) -> None:
    child = start(family, STUBBORN, tmp_path)
    wait_for(lambda: (tmp_path / "log").read_text() == "1\n", "the line in the log")
    family.stop(grace_s=0.2)
    assert dead(child)


def test_stateless_servers_are_not_waited_for(family: ProcessGroup, tmp_path: Path) -> None:
    child = start(family, STUBBORN, tmp_path, "api")
    wait_for(lambda: (tmp_path / "log").read_text() == "1\n", "the line in the log")
    family.stop(grace_s=3600, stateless=("api",))  # would hang if it waited
    assert dead(child)


def test_marked_finds_only_its_own(family: ProcessGroup, tmp_path: Path) -> None:
    child = start(family, SLEEP, tmp_path)
    other = subprocess.Popen(SLEEP, env={**os.environ, MARK: "another"})
    try:
        assert marked(family.mark) == [child.pid]
    finally:
        other.kill()
        other.wait()


def test_end_of_a_process_that_is_gone_is_fine() -> None:
    child = subprocess.Popen(["true"])
    child.wait()
    end([child.pid])


def test_kill_9_of_the_launcher_takes_the_children_along(tmp_path: Path) -> None:
    code = (
        "import os, sys, time\nfrom pathlib import Path\nfrom newsflow.local.processes import ProcessGroup\n"
        "f = ProcessGroup('x')\n"
        f"f.start('server', ['sleep', '300'], os.environ, Path({str(tmp_path / 'log')!r}), Path('/'))\n"
        "print(f.children['server'].pid, flush=True); time.sleep(300)\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT / "plugins")}
    launcher = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=env)
    assert launcher.stdout
    child = psutil.Process(int(launcher.stdout.readline()))
    launcher.send_signal(signal.SIGKILL)
    launcher.wait()
    wait_for(lambda: dead(child), "the child to end")


def test_threads_can_not_tie_a_child_to_the_process() -> None:
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(dies_with_parent()))
    thread.start()
    thread.join()
    assert found == [None]
