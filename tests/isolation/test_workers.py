"""A set of workers: in order, within limits, pinned, replaced when one dies."""

from __future__ import annotations

import gc
import os
import signal
import time
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pebble.pool import process

from newsflow.isolation import workers as sets
from newsflow.isolation.limits import Ending, Finished, Limits, Stopped
from newsflow.isolation.workers import WorkerDiedError, Workers
from tests.isolation.processes import burn, die, fail_first, fill, frozen, gone, nap, recurse

AMPLE = Limits(cpu_s=60, memory_mb=1024)


def test_results_come_in_the_order_of_the_items_each_with_its_key() -> None:
    with Workers(2, limits=AMPLE) as workers:
        found = list(workers.in_order(abs, ((f"key {n}", -n) for n in range(50))))
    assert found == [(f"key {n}", Finished(n)) for n in range(50)]


def test_what_the_parent_holds_is_left_out_of_a_childs_collections() -> None:
    was_frozen = bool(gc.get_freeze_count())
    with Workers(1, limits=AMPLE) as workers:
        ((_, found),) = workers.in_order(frozen, [("", 0)])
    assert isinstance(found, Finished)
    assert found.value > 10_000
    assert bool(gc.get_freeze_count()) == was_frozen


def test_items_are_read_no_further_ahead_than_the_workers_need() -> None:
    read: list[int] = []

    def items() -> Iterator[tuple[int, int]]:
        for n in range(200):
            read.append(n)
            yield n, n

    with Workers(2, limits=AMPLE) as workers:
        made = workers.in_order(abs, items())
        next(made)
        assert 2 < len(read) <= 2 * sets.LOOK_AHEAD
        assert len(list(made)) == 199


def test_a_call_over_its_cpu_seconds_is_stopped_though_the_clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pebble.pool.process.time", SimpleNamespace(time=lambda: 1.0, sleep=time.sleep))
    with Workers(1, limits=Limits(0.3, 1024)) as workers:
        found = [result for _, result in workers.in_order(_burn_at_zero, enumerate(range(2)))]
    assert found == [Stopped(Ending.TIMED_OUT, exit_code=-signal.SIGPROF), Finished(1)]


def _burn_at_zero(number: int) -> int:
    if number == 0:
        burn()
    return number


def test_a_call_may_take_more_than_its_cpu_seconds_by_the_clock() -> None:
    with Workers(1, limits=Limits(1, 1024)) as workers:
        assert workers.submit(nap, 1.1).result() == Finished("awake")


def test_a_clock_that_jumps_is_no_verdict(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An hour passes between the first look at the clock, when the call is taken, and the second."""
    looks = count()
    jumping = SimpleNamespace(time=lambda: 1.0 if next(looks) == 0 else 3601.0, sleep=time.sleep)
    monkeypatch.setattr("pebble.pool.process.time", jumping)
    with Workers(1, limits=AMPLE) as workers:
        found = workers.submit(fail_first, "waits", str(tmp_path / "marker")).result()
    assert found == Finished("second")


@pytest.mark.parametrize("fate", ["killed", "stopped"])
def test_what_befalls_a_child_is_no_verdict(fate: str, tmp_path: Path) -> None:
    with Workers(1, limits=Limits(0.3, 1024)) as workers:
        assert workers.submit(fail_first, fate, str(tmp_path / "marker")).result() == Finished("second")


def test_a_call_whose_child_dies_twice_has_crashed_and_the_next_is_made() -> None:
    with Workers(1, limits=AMPLE) as workers:
        assert workers.submit(die).result() == Stopped(Ending.CRASHED, exit_code=-signal.SIGKILL)
        assert workers.submit(abs, -1).result() == Finished(1)


def test_memory_is_bounded_on_top_of_what_the_parent_has() -> None:
    held = bytearray(200 << 20)
    far_more = 2048  # what else this process holds may be freed in a child: a limit is that much wider then
    with Workers(1, limits=Limits(60, 100)) as workers:
        assert workers.submit(fill, 50).result() == Finished(50 << 20)
        assert workers.submit(fill, far_more).result() == Stopped(Ending.OUT_OF_MEMORY, error="MemoryError")
        assert workers.submit(fill, 50).result() == Finished(50 << 20)
    assert held


def test_an_exception_is_a_result_of_a_call_with_limits_and_raised_without() -> None:
    with Workers(1, limits=AMPLE) as bounded, Workers(1) as trusted:
        assert bounded.submit(recurse, 0).result() == Stopped(Ending.CRASHED, error="RecursionError")
        with pytest.raises(ZeroDivisionError):
            trusted.submit(divmod, 1, 0).result()
        assert trusted.submit(divmod, 7, 2).value() == (3, 1)


def test_a_set_of_one_pins_its_calls_to_a_child_that_has_begun_once(tmp_path: Path) -> None:
    log = tmp_path / "begun"
    with Workers(1, begin=partial(_note, log)) as one, Workers(1, begin=partial(_note, log)) as other:
        first = {one.submit(os.getpid).value() for _ in range(5)}
        second = {other.submit(os.getpid).value() for _ in range(5)}
    assert (len(first), len(second), len(first | second)) == (1, 1, 2)
    assert {int(pid) for pid in log.read_text().split()} == first | second


def _note(log: Path) -> None:
    with log.open("a") as lines:
        lines.write(f"{os.getpid()}\n")


def test_a_child_that_dies_idle_is_replaced() -> None:
    """pebble gives up its whole pool then."""
    with Workers(1) as workers:
        for _ in range(3 + sets._MOST_RESTARTS):
            pid = workers.submit(os.getpid).value()
            os.kill(pid, signal.SIGKILL)
            assert gone(pid)
        assert workers.submit(os.getpid).value() != pid


def test_calls_that_wait_for_a_child_that_dies_idle_are_made_by_the_next() -> None:
    with Workers(1, limits=AMPLE) as workers:
        pid = workers.submit(os.getpid).result()
        assert isinstance(pid, Finished)
        os.kill(pid.value, signal.SIGSTOP)
        calls = [workers.submit(len, b"x" * 300_000) for _ in range(5)]  # more than its pipe holds
        os.kill(pid.value, signal.SIGKILL)
        assert [call.result() for call in calls] == [Finished(300_000)] * 5


def test_a_call_that_is_lost_with_its_child_is_made_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A child dies when it has taken a call and not yet said so, while another is at work: pebble forgets it."""
    marker, real = tmp_path / "marker", process.task_transaction

    def take(channel: Any) -> Any:
        if marker.exists():
            return real(channel)
        with channel.lock():
            task = channel.recv()
        if task.payload.args[1] is abs:
            marker.touch()
            die()
        channel.send(process.Acknowledgement(os.getpid(), task.id))
        return task

    monkeypatch.setattr(process, "task_transaction", take)
    with Workers(2, limits=Limits(0.3, 1024)) as workers:
        busy = workers.submit(nap, 1.0)
        assert workers.submit(abs, -1).result() == Finished(1)
        assert busy.result() == Finished("awake")
    assert marker.exists()


def test_a_trusted_call_whose_child_dies_twice_raises() -> None:
    with Workers(1) as workers:
        with pytest.raises(WorkerDiedError, match="exit code -9"):
            workers.submit(die).value()
        assert workers.submit(abs, -1).value() == 1


def _no_database() -> None:
    raise ConnectionError("no database")


def test_a_child_that_can_t_begin_says_so_to_the_call() -> None:
    with Workers(1, begin=_no_database) as workers, pytest.raises(ConnectionError, match="no database"):
        workers.submit(abs, -1).value()


def test_children_that_die_as_they_start_are_trouble_of_our_own() -> None:
    with Workers(1, limits=AMPLE, begin=die) as workers, pytest.raises(WorkerDiedError, match="as soon as they start"):
        workers.submit(abs, -1).result()


def test_children_are_replaced_after_so_many_calls() -> None:
    with Workers(1, limits=AMPLE, recycle=2) as workers:
        found = [workers.submit(os.getpid).result() for _ in range(6)]
    assert len(set(found)) == 3


def test_left_with_an_error_nothing_goes_on() -> None:
    with pytest.raises(KeyError), Workers(1, limits=AMPLE) as workers:
        pid = workers.submit(os.getpid).result()
        workers.submit(signal.pause)
        raise KeyError
    assert isinstance(pid, Finished)
    assert gone(pid.value)


def test_a_set_that_is_not_used_starts_no_child() -> None:
    with Workers(4, limits=AMPLE, begin=die):
        pass
