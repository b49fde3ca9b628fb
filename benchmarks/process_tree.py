"""CPU seconds of all processes below this one, of those that have ended too."""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress

import psutil

_PR_SET_CHILD_SUBREAPER = 36  # prctl(2)


def adopt() -> None:
    """Become the parent of grandchildren whose parents end, so that none of their CPU seconds is lost (Linux)."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def below(pid: int | None = None) -> float:
    """CPU seconds (user and system) of all that a process has started; default: this process.

    A living process tells its own seconds and those of its children that it has waited for.
    """
    top = psutil.Process(pid)
    ended = top.cpu_times()
    found = float(ended.children_user + ended.children_system)
    for child in top.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            times = child.cpu_times()
            found += times.user + times.system + times.children_user + times.children_system
    return found


def of(pid: int) -> float:
    """CPU seconds of a process and of all below it."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system) + below(pid)


def bury() -> None:
    """Wait for adopted children that have ended."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
