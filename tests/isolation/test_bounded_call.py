"""A bounded call: in a fresh interpreter that knows nothing of its parent, within limits."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from newsflow.isolation import bounded_call
from newsflow.isolation.bounded_call import BoundedChild, BoundedChildren
from newsflow.isolation.limits import Ending, Finished, Limits, Stopped
from tests.isolation.processes import MOST_S, gone

AMPLE = Limits(cpu_s=60, memory_mb=1024)


@contextmanager
def child(name: str, limits: Limits = AMPLE) -> Iterator[BoundedChild[Any]]:
    """A child that calls a function of `processes.py`, or another "module:name"."""
    function = name if ":" in name else f"tests.isolation.processes:{name}"
    made: BoundedChild[Any] = BoundedChild(function, limits)
    try:
        yield made
    finally:
        made.close()


def test_a_child_has_no_secrets_in_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSFLOW_DATABASE_URL", "postgresql://secret@db/news")
    with child("environment") as one:
        found = one.call()
    assert isinstance(found, Finished)
    assert "secret" not in str(found.value)
    assert not any(name.startswith("NEWSFLOW") for name in found.value)


def test_a_child_is_kept_for_the_next_call() -> None:
    with child("os:getpid") as one:
        assert one.call() == one.call() != Finished(os.getpid())


def test_a_call_over_its_cpu_seconds_is_stopped_though_no_clock_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_call.threading, "Timer", _StoppedClock)
    with child("burn", Limits(0.3, 1024)) as one:
        assert one.call() == Stopped(Ending.TIMED_OUT, exit_code=-signal.SIGPROF)


class _StoppedClock:
    """A timer whose time never comes."""

    def __init__(self, _seconds: float, _function: Callable[[], None]) -> None:
        pass

    def start(self) -> None:
        pass

    cancel = start


def test_a_call_may_take_more_than_its_cpu_seconds_by_the_clock() -> None:
    with child("nap", Limits(1, 1024)) as one:
        assert one.call(1.1) == Finished("awake")


@pytest.mark.parametrize("fate", ["killed", "stopped"])
def test_what_befalls_a_child_is_no_verdict(fate: str, tmp_path: Path) -> None:
    with child("fail_first", Limits(0.3, 1024)) as one:
        assert one.call(fate, str(tmp_path)) == Finished("second")  # it has started
        assert one.call(fate, str(tmp_path / "marker")) == Finished("second")


def test_a_call_that_stands_still_twice_has_timed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_call, "_START_S", 0.1)
    with child("nap", Limits(0.1, 1024)) as one:
        found = one.call(2 * MOST_S)
    assert isinstance(found, Stopped)
    assert found.ending is Ending.TIMED_OUT


def test_a_call_whose_child_dies_twice_has_crashed_and_the_next_is_made() -> None:
    with child("die_at") as one:
        assert one.call(0, 0) == Stopped(Ending.CRASHED, exit_code=-signal.SIGKILL)
        assert one.call(1, 0) == Finished(1)


def test_memory_is_bounded() -> None:
    with child("fill", Limits(60, 100)) as one:
        assert one.call(50) == Finished(50 << 20)
        assert one.call(150) == Stopped(Ending.OUT_OF_MEMORY, error="MemoryError")
        assert one.call(50) == Finished(50 << 20)


def test_an_exception_is_a_result() -> None:
    with child("recurse") as one:
        assert one.call(0) == Stopped(Ending.CRASHED, error="RecursionError")


def test_a_child_that_died_idle_is_replaced() -> None:
    with child("os:getpid") as one:
        before = one.call()
        assert isinstance(before, Finished)
        os.kill(before.value, signal.SIGKILL)
        assert gone(before.value)
        after = one.call()
    assert isinstance(after, Finished)
    assert after != before


def test_large_arguments_to_a_child_that_does_not_read_do_not_hang() -> None:
    """It is stopped before it reads: the clock frees the sender, and the next child answers."""
    with child("builtins:len", Limits(0.3, 1024)) as one:
        assert one.call(b"x") == Finished(1)
        assert one._child is not None
        os.kill(one._child[0].pid, signal.SIGSTOP)
        assert one.call(b"x" * 20_000_000) == Finished(20_000_000)


def test_a_call_that_was_left_is_not_answered_to_the_next() -> None:
    with child("interrupt") as one:
        assert one.call(0) == Finished(0)
        with pytest.raises(KeyboardInterrupt):
            one.call(os.getpid())
        assert one._child is None
        assert one.call(0) == Finished(0)


def test_a_child_that_can_t_start_has_crashed() -> None:
    with child("newsflow.nowhere:nothing") as one:
        assert one.call() == Stopped(Ending.CRASHED, exit_code=1)


def test_many_threads_share_few_children() -> None:
    found: list[Finished[int] | Stopped] = []
    with BoundedChildren[int](2, "os:getpid", AMPLE) as few:
        threads = [threading.Thread(target=lambda: found.append(few.call())) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == 20
    assert 1 <= len(set(found)) <= 2
    assert all(gone(result.value) for result in found if isinstance(result, Finished))
