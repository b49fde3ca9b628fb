"""Who is asked next, and when all is done."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta, timezone

from newsflow.clock import utcnow
from newsflow.web.origin_queue import OriginQueue, OriginQueues, UrlJob
from newsflow.web.origins import Origin
from newsflow.web.pace import Pace
from tests.waiting import PATIENCE_S

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


def origin(number: int, pace: Pace | None = None) -> Origin:
    return Origin(number, f"http://h{number}.example", pace or Pace())


def filled(*sizes: int, clock: object = utcnow) -> OriginQueues:
    lines = OriginQueues(clock)  # type: ignore[arg-type]
    for number, size in enumerate(sizes):
        at = origin(number)
        for n in range(size):
            lines.add(UrlJob(f"{at.origin}/{n}", at))
    lines.open()
    return lines


def taken(lines: OriginQueues) -> OriginQueue:
    line = lines.take()
    assert line is not None
    return line


def test_longest_line_goes_first() -> None:
    lines = filled(1, 5, 3)
    assert [taken(lines).origin.origin_id for _ in range(3)] == [1, 2, 0]


def test_line_in_hands_is_not_given_out_twice() -> None:
    lines = filled(2)
    line = taken(lines)
    got: list[OriginQueue | None] = []
    other = threading.Thread(target=lambda: got.append(lines.take()))
    other.start()
    other.join(0.1)
    assert other.is_alive()
    line.jobs.popleft()
    lines.give_back(line)
    other.join(PATIENCE_S)
    assert got == [line]


def test_ends_for_all_when_the_work_is_done() -> None:
    lines = filled(1)
    line = taken(lines)
    line.jobs.clear()
    waiting = [threading.Thread(target=lines.take) for _ in range(5)]
    for thread in waiting:
        thread.start()
    lines.give_back(line)
    for thread in waiting:
        thread.join(PATIENCE_S)
    assert not any(thread.is_alive() for thread in waiting)


def test_waits_for_the_pace() -> None:
    lines = filled(1, clock=utcnow)
    line = taken(lines)
    line.origin.pace = Pace(next_request_at=utcnow() + timedelta(seconds=0.2))
    lines.give_back(line)
    began = time.monotonic()
    assert lines.take() is line
    assert time.monotonic() - began >= 0.19


def test_long_pause_ends_the_work_and_a_short_one_does_not() -> None:
    lines = OriginQueues(utcnow)
    soon = origin(1, Pace(cool_until=utcnow() + timedelta(seconds=0.2)))
    late = origin(2, Pace(cool_until=utcnow() + timedelta(hours=1)))
    for at in (soon, late):
        lines.add(UrlJob(at.origin, at))
    lines.open()
    line = taken(lines)
    assert line.origin is soon
    line.jobs.clear()
    lines.give_back(line)
    assert lines.take() is None
    assert [len(line.jobs) for line in lines] == [0, 1]


def test_redirected_job_joins_another_line() -> None:
    lines = filled(1)
    line = taken(lines)
    job = line.jobs.popleft()
    lines.leave(job)
    lines.give_back(line)
    lines.arrive(job, origin(7))
    moved = taken(lines)
    assert (moved.origin.origin_id, list(moved.jobs)) == (7, [job])


def test_many_workers_do_each_job_once() -> None:
    lines = filled(*range(1, 40))
    done: list[str] = []

    def work() -> None:
        while (line := lines.take()) is not None:
            done.append(line.jobs.popleft().url)
            line.origin.pace = Pace(next_request_at=utcnow() + timedelta(milliseconds=1))
            lines.give_back(line)

    workers = [threading.Thread(target=work) for _ in range(16)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)
    assert len(done) == len(set(done)) == sum(range(1, 40))
