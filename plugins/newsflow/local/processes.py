"""Child processes that never outlive us: sessions of their own, death signals, and a sweep by mark."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psutil

from newsflow.isolation.child_lifetime import die_with_parent

MARK = "NEWSFLOW_LAUNCH"  # in the environment of all that a launcher started, Airflow's own children included


def dies_with_parent(number: int = signal.SIGTERM) -> Callable[[], None] | None:
    """For `preexec_fn`: have the kernel signal the child when we die, kill -9 included.

    The kernel ties this to the starting *thread*, so other threads than the main one get None.
    """
    if threading.current_thread() is not threading.main_thread():
        return None
    return partial(die_with_parent, os.getpid(), number)


def end(pids: Sequence[int], number: int = signal.SIGTERM, grace_s: float = 10.0) -> None:
    """Signal processes, wait, and SIGKILL those that stay."""
    found = []
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            found.append(psutil.Process(pid))
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)
    _gone, alive = psutil.wait_procs(found, timeout=grace_s)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=5)


def marked(mark: str) -> list[int]:
    """Processes whose environment carries the mark, ourselves left out."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(MARK) == mark:
                found.append(process.pid)
    return found


def in_sessions(sessions: Collection[int]) -> list[int]:
    """Processes of these sessions: also those that wrote their title over their environment, and so over the mark."""
    found = []
    for pid in psutil.pids():
        with suppress(OSError):
            if pid != os.getpid() and os.getsid(pid) in sessions:
                found.append(pid)
    return found


@dataclass
class ProcessGroup:
    """The servers of one launcher, by name."""

    mark: str
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, command: Sequence[str], env: Mapping[str, str], log: Path, cwd: Path) -> None:
        """Start a server in a session of its own; its output goes to `log`.

        What an ended one of that name has left is ended first.
        """
        if name in self.children:
            end(in_sessions([self.children[name].pid]), signal.SIGKILL, grace_s=5)
        with log.open("ab") as output:
            self.children[name] = subprocess.Popen(
                list(command),
                env={**env, MARK: self.mark},
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=dies_with_parent(),  # noqa: PLW1509 - started from the main thread
            )

    def ended(self) -> dict[str, int]:
        """Servers that are no longer there, with their exit codes."""
        return {name: child.returncode for name, child in self.children.items() if child.poll() is not None}

    def stop(self, grace_s: float = 15.0, stateless: Sequence[str] = ()) -> None:
        """Ask all to end at once, wait, then end whatever of theirs is left.

        :param stateless: servers that lose nothing when they are killed once the others are gone.
        """
        for child in (c for c in self.children.values() if c.poll() is None):
            with suppress(ProcessLookupError):
                child.terminate()
        deadline = time.monotonic() + grace_s
        for child in (c for name, c in self.children.items() if name not in stateless):
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, deadline - time.monotonic()))
        # servers start processes of their own, which outlive them when they are killed
        left = {*marked(self.mark), *in_sessions([child.pid for child in self.children.values()])}
        end(sorted(left), signal.SIGKILL, grace_s=5)
        for child in self.children.values():
            child.wait()
        self.children.clear()
