"""Waiting in tests: for something to become so, never for so long.

The limits are against a hang, not against slowness: a machine that has twenty times more to do than it can must not
reach them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import pytest

PATIENCE_S = 300.0

Found = TypeVar("Found")


def wait_for(found: Callable[[], Found], what: str, *, within_s: float = PATIENCE_S, pause_s: float = 0.02) -> Found:
    """First answer of `found` that counts as true; the test fails where there is none within `within_s`.

    :param what: what is waited for, for the message.
    :param pause_s: seconds between two questions.
    """
    limit = time.monotonic() + within_s
    while not (value := found()):
        if time.monotonic() > limit:
            pytest.fail(f"waited {within_s:.0f} s for {what}")
        time.sleep(pause_s)
    return value
