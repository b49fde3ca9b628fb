"""What the tests do to processes, and what children do for them. Nothing waits for a length of time."""

from __future__ import annotations

import gc
import os
import select
import signal
import time
from pathlib import Path

MOST_S = 120.0  # a bound for what should come soon, for a machine that is very busy


def frozen(_: int) -> int:
    """Objects that collections of this process pass over."""
    return gc.get_freeze_count()


def gone(pid: int) -> bool:
    """Wait until a process has ended, whoever its parent is (pidfd_open(2)); False where it goes on."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], MOST_S)[0])
    finally:
        os.close(handle)


def burn(_: object = None) -> None:
    """Use CPU, without end."""
    while True:
        pass


def die(_: object = None) -> None:
    """What the kernel's memory killer does."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(number: int, fatal: int) -> int:
    """The number, unless it is the fatal one."""
    if number == fatal:
        die()
    return number


def interrupt(pid: int) -> int:
    """As Ctrl-C does to the parent, while it waits for an answer; no process for 0."""
    if pid:
        os.kill(pid, signal.SIGINT)
        signal.pause()
    return pid


def nap(seconds: float) -> str:
    """Take time and no CPU."""
    time.sleep(seconds)
    return "awake"


def fill(mib: int) -> int:
    """Take memory."""
    return len(bytearray(mib << 20))


def recurse(depth: int) -> int:
    """Go deeper than Python does."""
    return recurse(depth + 1)


def fail_first(fate: str, marker: str) -> str:
    """Meet a fate the first time, and return the second time."""
    if Path(marker).exists():
        return "second"
    Path(marker).touch()
    if fate == "killed":
        die()
    if fate == "stopped":
        os.kill(os.getpid(), signal.SIGSTOP)
    signal.pause()
    return "never"


def environment() -> dict[str, str]:
    """What a child finds in its environment."""
    return dict(os.environ)
