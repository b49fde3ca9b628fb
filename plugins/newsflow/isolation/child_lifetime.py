"""Child processes that don't outlive their parent, kill -9 included."""

from __future__ import annotations

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1  # prctl(2), Linux
_LIBC = ctypes.CDLL(None, use_errno=True)  # opened before any fork: a child may find its locks taken


def die_with_parent(parent: int, number: int = signal.SIGKILL) -> None:
    """To be called in a child: have the kernel signal it when its parent's thread ends.

    :param parent: its process id as the parent knows it; a child whose parent has died already ends here.
    """
    _LIBC.prctl(_PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        os._exit(1)
