"""Who is asked next, and when all is done."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from newsflow.clock import utcnow
from newsflow.web.origin_queue import OriginQueue, OriginQueues, UrlJob
from newsflow.web.origins import Origin
from newsflow.web.pace import Pace
from newsflow.web.time_budget import TimeBudget
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
        worker.join(PATIENCE_S)
    assert len(done) == len(set(done)) == sum(range(1, 40))


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def with_budget(clock: Hands, budget: TimeBudget, *sizes: int, slow: int = -1) -> OriginQueues:
    lines = OriginQueues(clock, budget)
    for number, size in enumerate(sizes):
        at = origin(number, Pace(crawl_delay_s=30.0) if number == slow else None)
        for n in range(size):
            lines.add(UrlJob(f"{at.origin}/{n}", at))
    lines.open()
    return lines


def serve(lines: OriginQueues, clock: Hands, *, times: int, each_s: float) -> list[int]:
    """Serve the queues one after the other; whose turns they were."""
    turns = []
    for _ in range(times):
        line = taken(lines)
        turns.append(line.origin.origin_id)
        line.jobs.popleft()
        clock.pass_s(each_s)
        at = line.origin
        at.pace = replace(at.pace, next_request_at=clock.now + timedelta(seconds=at.pace.crawl_delay_s or 0.0))
        lines.give_back(line)
    return turns


def test_a_slow_origin_holds_the_others_for_the_tail_only() -> None:
    clock = Hands()
    lines = with_budget(clock, TimeBudget(3600.0, 60.0, (1.0, 30.0)), 400, 2, slow=0)
    assert serve(lines, clock, times=3, each_s=10.0) == [0, 1, 1]
    clock.pass_s(30.0)
    assert serve(lines, clock, times=1, each_s=10.0) == [0]
    clock.pass_s(30.0)
    assert lines.take() is None
    assert lines.cut


def test_an_origin_alone_that_is_not_slow_has_the_whole_time() -> None:
    clock = Hands()
    lines = with_budget(clock, TimeBudget(3600.0, 60.0, (1.0, 30.0)), 2000)
    serve(lines, clock, times=1800, each_s=2.0)
    assert lines.take() is None
    assert lines.cut


def test_who_took_less_of_the_workers_time_goes_first() -> None:
    clock = Hands()
    lines = with_budget(clock, TimeBudget(), 500, 3, 3)
    turns = serve(lines, clock, times=30, each_s=1.0)
    assert turns[:3] == [0, 1, 2]
    assert turns.count(1) == turns.count(2) == 3


def test_a_publisher_of_many_origins_holds_half_of_the_workers_while_others_wait() -> None:
    lines = OriginQueues(Hands())  # type: ignore[arg-type]
    for number in range(60):
        at = Origin(number, f"http://h{number}.many.com", Pace())
        for n in range(4):
            lines.add(UrlJob(f"{at.origin}/{n}", at))
    other = Origin(99, "http://other.com", Pace())
    for n in range(3):
        lines.add(UrlJob(f"{other.origin}/{n}", other))
    lines.open(8)
    held = [taken(lines) for _ in range(5)]
    assert [line.origin for line in held].count(other) == 1
    for _ in range(2):  # its own worker comes back at once each time
        own = next(line for line in held if line.origin is other)
        own.jobs.popleft()
        lines.give_back(own)
        assert taken(lines) is own
    own.jobs.popleft()
    lines.give_back(own)
    assert taken(lines).origin is not other  # nobody else waits now: the rest is free


def test_work_that_is_done_in_time_is_not_cut() -> None:
    clock = Hands()
    lines = with_budget(clock, TimeBudget(100.0, 10.0), 3, 2)
    serve(lines, clock, times=5, each_s=1.0)
    assert lines.take() is None
    assert not lines.cut


def test_a_worker_that_waits_for_a_slow_origin_wakes_when_the_time_is_up() -> None:
    lines = OriginQueues(utcnow, TimeBudget(tail_s=0.2, pause_s=(0.0, 3600.0)))
    at = origin(0, Pace(crawl_delay_s=3600.0, next_request_at=utcnow() + timedelta(hours=1)))
    lines.add(UrlJob(at.origin, at))
    lines.open()
    assert lines.take() is None
    assert lines.cut
