"""A parent that tells its children's process ids and then waits to be killed: `python parent.py KIND`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from newsflow.isolation.bounded_call import BoundedChildren
from newsflow.isolation.limits import Finished, Limits, Stopped
from newsflow.isolation.workers import Workers

LIMITS = Limits(30, 1024)
SETS = Workers(1, limits=LIMITS), Workers(1)
CALLS: BoundedChildren[int] = BoundedChildren(1, "os:getpid", LIMITS)


def value(result: Finished[int] | Stopped) -> int:
    """A process id."""
    assert isinstance(result, Finished)
    return result.value


ASK: dict[str, Callable[[], int]] = {
    "limited worker": lambda: value(SETS[0].submit(os.getpid).result()),
    "pinned worker": lambda: value(SETS[1].submit(os.getpid).result()),
    "bounded call": lambda: value(CALLS.call()),
}


def main() -> None:
    """The first call comes from a thread that ends before the second."""
    ask = ASK[sys.argv[1]]
    with ThreadPoolExecutor(1) as passing:
        first = passing.submit(ask).result()
    assert ask() == first, "the child died with the thread that asked first"
    sys.stdout.write(f"{first}\n")
    sys.stdout.flush()
    signal.pause()


if __name__ == "__main__":
    main()
