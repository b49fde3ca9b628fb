"""Limits of a call in a child process, and how such calls end."""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")

PATIENCE = 6  # times its CPU seconds that a call may take by the clock: a machine may be busy


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may take.

    :param cpu_s: CPU seconds (user and system).
    :param memory_mb: MiB of address space on top of what its child starts with.
    """

    cpu_s: float
    memory_mb: int

    @property
    def clock_s(self) -> float:
        """Seconds by the clock after which a child is taken for one that stands still."""
        return PATIENCE * self.cpu_s


class Ending(Enum):
    """Why a call has no result."""

    TIMED_OUT = "timed out"
    CRASHED = "crashed"
    OUT_OF_MEMORY = "out of memory"


@dataclass(frozen=True, slots=True)
class Finished(Generic[T]):
    """A call that returned.

    :param cpu_s: CPU seconds (user and system) that it took; 0 for a call without limits, which isn't measured.
    """

    value: T
    cpu_s: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Stopped:
    """A call that did not return.

    :param error: name of the exception's type, where there was one.
    :param exit_code: of the child, where it died; -n for signal n.
    """

    ending: Ending
    error: str = ""
    exit_code: int | None = None

    @property
    def is_verdict(self) -> bool:
        """Whether the call itself is to blame for its end, and not what befell its child."""
        return self.exit_code in (None, -signal.SIGPROF)


def died(exit_code: int | None, *, late: bool = False) -> Stopped:
    """The end of a call whose child died.

    :param late: it was killed because the clock had run out.
    """
    timed_out = late or exit_code == -signal.SIGPROF
    return Stopped(Ending.TIMED_OUT if timed_out else Ending.CRASHED, exit_code=exit_code or 0)


def take_limits(limits: Limits | None) -> None:
    """To be called in a child before its first call: bound its memory, and let SIGPROF end it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends its children
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if limits is not None:
        most = _address_space() + limits.memory_mb * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _address_space() -> int:
    """Bytes of address space of this process (proc_pid_statm(5))."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")


def bounded(limits: Limits, function: Callable[..., T], *args: object) -> Finished[T] | Stopped:
    """To be called in a child: a call within its CPU seconds; over them, the kernel ends the process (setitimer(2))."""
    signal.setitimer(signal.ITIMER_PROF, limits.cpu_s)
    began = time.process_time()
    try:
        value = function(*args)
        return Finished(value, time.process_time() - began)
    except MemoryError:
        return Stopped(Ending.OUT_OF_MEMORY, error="MemoryError")
    except Exception as error:  # whatever an input provokes is that input's result
        return Stopped(Ending.CRASHED, error=type(error).__name__)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
