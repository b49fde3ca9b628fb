"""Many origins at once, each asked politely: total time is that of the slowest origin.

One request at a time for each origin, robots.txt first, its pace between two requests. An
origin that cools is waited for as long as others are at work, and a few seconds longer. A
redirect to another origin joins that one's queue.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from newsflow.clock import Clock
from newsflow.model import Exchange
from newsflow.outcomes import Kind, Outcome, Reach, where
from newsflow.text.storable import replaced
from newsflow.web import outage, pace, refresh, rights, robots
from newsflow.web.byte_queue import ByteQueue
from newsflow.web.origin_queue import OriginQueue, OriginQueues, UrlJob
from newsflow.web.origins import Origin
from newsflow.web.time_budget import TimeBudget
from newsflow.web.transport import Transport
from newsflow.web.trip import CheckHop, Visits, Wants
from newsflow.web.urls import origin_of

log = logging.getLogger(__name__)

# Failures after which an origin's other jobs share its fate.
_UNREACHED = where(lambda it: it.reach is Reach.UNREACHED)
TRIES = 2  # of a job within one run
RULES_CPU_S = 5.0  # for the rules of one origin in a run: all origins share one interpreter
_FAREWELL_S = 5.0  # for exchanges under way when the consumer gives up
_WAITING = 32_000_000  # bytes of bodies that wait for the consumer


@dataclass(frozen=True, slots=True)
class FetchResult:
    """How a try ended; `final` when the job has no further one in this run.

    `asked` is False where no request was sent: denied by robots.txt, or never its turn.
    `origin` is the one that answered or failed, after redirects.
    """

    job: UrlJob
    exchange: Exchange
    origin: Origin
    at: datetime
    asked: bool
    final: bool
    rights: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Politeness:
    """How origins are asked: seconds between two requests (least, most), origins at once, and what is wanted.

    What doesn't fit into `most_time_s` seconds, or holds up the others for `tail_s`, ends as `postponed`.
    """

    least_s: float
    most_s: float
    threads: int
    redirects: int
    accept: str
    wants: Wants | None = None
    most_time_s: float = math.inf
    tail_s: float = math.inf
    refreshes: bool = False  # pages that are nothing but a refresh are followed, as redirects are

    @property
    def budget(self) -> TimeBudget:
        """Of a whole set of jobs."""
        return TimeBudget(self.most_time_s, self.tail_s, (self.least_s, self.most_s))


@dataclass(frozen=True, slots=True)
class _Redirected:
    job: UrlJob


class PoliteScheduler:
    """Visits the origins of a set of jobs. Use one for one set.

    :param find: gives the origin of a redirect's target; called in the thread that consumes `results`.
    :param jitter: gives numbers between 0 and 1.
    """

    def __init__(
        self,
        transport: Transport,
        politeness: Politeness,
        find: Callable[[str], Origin],
        clock: Clock,
        jitter: Callable[[], float],
    ) -> None:
        self._transport, self._politeness, self._find = transport, politeness, find
        self._clock, self._jitter = clock, jitter
        self._queues = OriginQueues(clock, politeness.budget)
        self._out: ByteQueue[FetchResult | _Redirected | BaseException | None] = ByteQueue(_WAITING)
        self._failures: list[outage.Failure] = []
        self._answers: list[float] = []
        self._changed: dict[int, Origin] = {}

    def results(self, jobs: Iterable[UrlJob]) -> Iterator[FetchResult]:
        """Do all jobs; their tries come as they end, and last the jobs whose turn never came."""
        for job in jobs:
            self._queues.add(job)
        number = max(1, min(self._politeness.threads, len(self._queues)))
        self._queues.open(number)
        threads = [threading.Thread(target=self._work, name=f"origins-{n}", daemon=True) for n in range(number)]
        for thread in threads:
            thread.start()
        try:
            yield from self._arrivals(number)
        finally:
            self._dismiss(threads)
        yield from self._leftovers()

    def changed(self, *, all_of_them: bool = False) -> list[Origin]:
        """Origins whose pace or robots.txt changed since the last call.

        Those that fail as a dead network fails are kept back until `own_outage` has spoken.
        """
        queues = {queue.origin.origin_id: queue for queue in self._queues}
        due = [
            origin
            for key, origin in list(self._changed.items())
            if all_of_them or key not in queues or queues[key].pace_before_failure is None
        ]
        for origin in due:
            self._changed.pop(origin.origin_id, None)
        return due

    def own_outage(self) -> set[int]:
        """Ids of the origins that failed while nobody answered; their pace is as before. Ask at the end."""
        found = outage.own(self._failures, sorted(self._answers))
        names = {self._failures[index].origin for index in found}
        ours = set()
        for queue in self._queues:
            if queue.origin.origin in names and queue.pace_before_failure is not None:
                queue.origin.pace = queue.pace_before_failure
                ours.add(queue.origin.origin_id)
        return ours

    # -- the consumer's thread --

    def _arrivals(self, workers: int) -> Iterator[FetchResult]:
        while workers:
            item = self._out.get()
            if item is None:
                workers -= 1
            elif isinstance(item, BaseException):
                raise item
            elif isinstance(item, _Redirected):
                self._queues.arrive(item.job, self._find(origin_of(item.job.target)))
            else:
                yield item

    def _dismiss(self, threads: list[threading.Thread]) -> None:
        self._queues.end()
        self._out.close()
        for thread in threads:
            thread.join(_FAREWELL_S / len(threads))

    def _leftovers(self) -> Iterator[FetchResult]:
        now = self._clock()
        for queue in self._queues:
            for job in queue.jobs:
                exchange = job.last or queue.robots_failure or self._unasked(queue, now)
                whole = replaced(exchange, url=job.url, hops=job.trail, body=b"")
                yield FetchResult(job, whole, queue.origin, now, False, True)

    def _unasked(self, queue: OriginQueue, now: datetime) -> Exchange:
        """What is said of a job whose turn never came: no time was left, its origin was dead, or asked for a pause."""
        found = queue.origin.pace
        if self._queues.cut and not found.cooling(now):
            pause = pace.delay_s(found, least=self._politeness.least_s, most=self._politeness.most_s)
            why = f"no time was left: {len(queue.jobs)} wait, and the site takes {pause:.0f} s between two requests"
            return Exchange("", Outcome.POSTPONED, detail=why)
        reason = found.cool_reason
        dead = next((outcome for outcome in _UNREACHED if outcome == reason), None)
        return Exchange("", dead or Outcome.COOLING, detail=f"waits for its origin: {reason}" if reason else "")

    # -- a worker's thread --

    def _work(self) -> None:
        try:
            while (queue := self._queues.take()) is not None:
                came = self._served(queue)
                self._queues.give_back(queue)
                for item in came:
                    self._out.put(item, len(item.exchange.body) if isinstance(item, FetchResult) else 0)
        except BaseException as error:
            self._out.put(error)
        finally:
            self._out.put(None)

    def _served(self, queue: OriginQueue) -> list[FetchResult | _Redirected]:
        """What one request brought; one that nobody thought of costs its job, and no other origin."""
        came: list[FetchResult | _Redirected] = []
        queue.in_hand = None
        try:
            came.extend(self._serve(queue))
        except Exception as error:
            log.exception("%s: an answer could not be dealt with", queue.origin.origin)
            job = queue.in_hand or (queue.jobs.popleft() if queue.jobs else None)
            if job is not None:
                why = f"{type(error).__name__} while dealing with the answer"
                came.append(self._unsent(queue, job, Outcome.BAD_RESPONSE, why))
        return came

    def _serve(self, queue: OriginQueue) -> Iterator[FetchResult | _Redirected]:
        """One request to the origin: robots.txt where it is not known, else the next job that it allows."""
        if not self._has_rules(queue):
            self._ask_robots(queue)
            return
        while queue.jobs:
            job = queue.in_hand = queue.jobs.popleft()
            if queue.rules_cpu_s > RULES_CPU_S:
                why = f"its robots.txt takes long to be applied: more than {RULES_CPU_S:.0f} CPU seconds in this run"
                yield self._unsent(queue, job, Outcome.POSTPONED, why)
            elif self._allows(queue, job.target or job.url):
                yield self._ask(queue, job)
                return
            else:
                yield self._unsent(queue, job, Outcome.ROBOTS_DENIED, "robots.txt disallows it")

    def _has_rules(self, queue: OriginQueue) -> bool:
        file = queue.origin.robots
        if file is None or file.expires_at <= self._clock():
            return False
        if queue.rules is None:
            self._learn(queue, file)
        return True

    def _learn(self, queue: OriginQueue, file: robots.RobotsFile) -> None:
        queue.rules = robots.Rules(file.body, (robots.AGENT, *rights.AI_AGENTS))
        queue.rights = rights.of_robots(queue.rules, file.body, queue.origin.origin + "/")
        delay = queue.rules.crawl_delay_s
        clamped = None if delay is None else min(delay, self._politeness.most_s)
        queue.origin.change(lambda found: replace(found, crawl_delay_s=clamped))

    def _ask_robots(self, queue: OriginQueue) -> None:
        where = robots.address(queue.origin.origin)
        exchange = self._transport.exchange(
            where, accept="text/plain, */*;q=0.5", max_bytes=robots.CAP, clip=True, any_success=True
        )
        now = self._clock()
        file = robots.read(exchange, now, queue.origin.robots)
        queue.robots_failure = None if file else replaced(exchange, detail=f"robots.txt: {exchange.detail}"[:500])
        if file:
            queue.origin.robots, queue.origin.robots_saved = file, False
            self._learn(queue, file)
        self._settle(queue, exchange, now, fine=file is not None and file.fetched_at == now)

    def _settle(self, queue: OriginQueue, exchange: Exchange, now: datetime, *, fine: bool) -> None:
        """Let pace, breaker and outage watch know of an exchange."""
        told = replaced(exchange, outcome=Outcome.OK) if fine else exchange
        if exchange.status:
            self._answers.append(now.timestamp())
            queue.pace_before_failure = None
        elif told.outcome.meaning.looks_offline:
            began = now.timestamp() - exchange.seconds
            self._failures.append(outage.Failure(queue.origin.origin, began, now.timestamp()))
            queue.pace_before_failure = queue.pace_before_failure or queue.origin.pace
        least, most = self._politeness.least_s, self._politeness.most_s
        queue.origin.change(lambda found: pace.after(found, told, now, self._jitter(), least=least, most=most))
        self._changed[queue.origin.origin_id] = queue.origin

    def _unsent(self, queue: OriginQueue, job: UrlJob, outcome: Outcome, why: str) -> FetchResult:
        """The end of a job that has no answer to show."""
        exchange = Exchange(job.url, outcome, hops=job.trail, detail=why)
        return FetchResult(job, exchange, queue.origin, self._clock(), False, True, queue.rights)

    @staticmethod
    def _allows(queue: OriginQueue, url: str) -> bool:
        began = time.thread_time()
        allowed = queue.rules is None or queue.rules.allows(url)
        queue.rules_cpu_s += time.thread_time() - began
        return allowed

    def _ask(self, queue: OriginQueue, job: UrlJob) -> FetchResult | _Redirected:
        elsewhere: list[str] = []
        job.tries += 1
        job.visits = job.visits or Visits()
        found = self._transport.exchange(
            job.target or job.url,
            etag=job.etag,
            last_modified=job.last_modified,
            accept=job.accept or self._politeness.accept,
            wants=self._politeness.wants,
            larger=job.larger,
            check_hop=self._check_hop(queue, job, elsewhere),
            visits=job.visits,
        )
        now = self._clock()
        answered = bool(elsewhere) or (found.outcome.meaning.reach is Reach.UNSENT and found.status > 0)
        self._settle(queue, found, now, fine=answered)
        onward = elsewhere[0] if elsewhere else self._refreshed(job, found)
        if onward:
            return self._redirected(job, found, onward)
        return self._ended(queue, job, found, now)

    def _check_hop(self, queue: OriginQueue, job: UrlJob, elsewhere: list[str]) -> CheckHop:
        def check(url: str) -> Outcome | None:
            if len(job.trail) > self._politeness.redirects:
                return Outcome.TOO_MANY_REDIRECTS
            if origin_of(url) != queue.origin.origin:
                elsewhere.append(url)
                return Outcome.COOLING
            return None if queue.rules is None or queue.rules.allows(url) else Outcome.ROBOTS_DENIED

        return check

    def _refreshed(self, job: UrlJob, found: Exchange) -> str | None:
        """Where a page refreshes to that shows nothing else, if redirects may lead there; else it is the answer."""
        if not self._politeness.refreshes or found.outcome is not Outcome.OK or job.visits is None:
            return None
        follow = refresh.target(found.body, found.final_url, found.headers.get("refresh", ""), found.content_type)
        if follow is None or job.visits.looped(follow):
            return None
        return follow if len(job.trail) + len(found.hops) <= self._politeness.redirects else None

    def _redirected(self, job: UrlJob, found: Exchange, target: str) -> _Redirected:
        job.target, job.trail = target, job.trail + found.hops
        job.permanent = job.permanent and found.permanent
        job.tries -= 1
        self._queues.leave(job)
        return _Redirected(job)

    def _ended(self, queue: OriginQueue, job: UrlJob, found: Exchange, now: datetime) -> FetchResult:
        whole = replaced(found, url=job.url, hops=job.trail + found.hops, permanent=_permanent(job, found))
        final = found.outcome.meaning.kind is not Kind.RETRY or job.tries >= TRIES
        if not final:
            job.last = whole
            if job.visits:
                job.visits.seen.clear()  # the next try is no loop
            queue.jobs.append(job)
        return FetchResult(job, whole, queue.origin, now, True, final, queue.rights)


def _permanent(job: UrlJob, found: Exchange) -> bool:
    if not job.trail:
        return found.permanent
    return job.permanent and (found.permanent or len(found.hops) <= 1)
