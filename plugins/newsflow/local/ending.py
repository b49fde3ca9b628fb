"""How servers of this machine end: on signals, and not under those who still use them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from newsflow.local.home import Home
from newsflow.local.terminal import Terminal

_ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def let_others_end(home: Home, show: Terminal) -> None:
    """Take no more users, and wait for those that are at work with our servers; Ctrl-C ends the waiting."""
    home.withdraw()
    if not home.in_use():
        return
    show.line("· another newsflow uses these servers: they stop when it is done (Ctrl-C: at once)")
    hurry = threading.Event()
    with _handled(lambda _number, _frame: hurry.set()):
        while home.in_use() and not hurry.wait(0.5):
            pass


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """End on SIGTERM and SIGHUP as on Ctrl-C; a second Ctrl-C does not break the clean end."""

    def stop(number: int, _frame: object) -> None:
        for each in _ENDS:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt(number)

    with _handled(stop):
        yield


@contextmanager
def _handled(handler: Callable[[int, Any], None]) -> Iterator[None]:
    """Handle the signals that ask for an end; Python allows that in the main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in _ENDS}
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)
