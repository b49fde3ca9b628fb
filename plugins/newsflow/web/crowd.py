"""Many origins at once, each asked politely: total time is that of the slowest origin.

One request at a time for each origin, robots.txt first, its pace between two requests. An
origin that cools is waited for as long as others are at work, and a few seconds longer. A
redirect to another origin joins that one's line.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from newsflow.clock import Clock
from newsflow.model import OUTCOMES, Exchange, Kind, Outcome
from newsflow.web import outage, pace, rights, robots
from newsflow.web.lines import Job, Line, Lines
from newsflow.web.origins import Origin
from newsflow.web.outbox import Outbox
from newsflow.web.transport import CheckHop, Transport, Wants
from newsflow.web.urls import origin_of

TRIES = 2  # of a job within one run
_FAREWELL_S = 5.0  # for exchanges under way when the consumer gives up
_WAITING = 32_000_000  # bytes of bodies that wait for the consumer


@dataclass(frozen=True, slots=True)
class Visit:
    """How a try ended; `final` when the job has no further one in this run.

    `asked` is False where no request was sent: denied by robots.txt, or never its turn.
    `origin` is the one that answered or failed, after redirects.
    """

    job: Job
    exchange: Exchange
    origin: Origin
    at: datetime
    asked: bool
    final: bool
    rights: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manners:
    """How origins are asked: seconds between two requests (least, most), origins at once, and what is wanted."""

    least_s: float
    most_s: float
    threads: int
    redirects: int
    accept: str
    wants: Wants | None = None


@dataclass(frozen=True, slots=True)
class _Move:
    job: Job


class Crowd:
    """Visits the origins of a set of jobs. Use one for one set.

    :param find: gives the origin of a redirect's target; called in the thread that consumes `visits`.
    :param jitter: gives numbers between 0 and 1.
    """

    def __init__(
        self,
        transport: Transport,
        manners: Manners,
        find: Callable[[str], Origin],
        clock: Clock,
        jitter: Callable[[], float],
    ) -> None:
        self._transport, self._manners, self._find = transport, manners, find
        self._clock, self._jitter = clock, jitter
        self._lines = Lines(clock)
        self._out: Outbox[Visit | _Move | BaseException | None] = Outbox(_WAITING)
        self._failures: list[outage.Failure] = []
        self._answers: list[float] = []
        self._changed: dict[int, Origin] = {}

    def visits(self, jobs: Iterable[Job]) -> Iterator[Visit]:
        """Do all jobs; their tries come as they end, and last the jobs whose turn never came."""
        for job in jobs:
            self._lines.add(job)
        self._lines.open()
        number = max(1, min(self._manners.threads, len(self._lines)))
        threads = [threading.Thread(target=self._work, name=f"crowd-{n}", daemon=True) for n in range(number)]
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
        lines = {line.origin.origin_id: line for line in self._lines}
        due = [
            origin
            for key, origin in list(self._changed.items())
            if all_of_them or key not in lines or lines[key].before is None
        ]
        for origin in due:
            self._changed.pop(origin.origin_id, None)
        return due

    def own_outage(self) -> set[int]:
        """Ids of the origins that failed while nobody answered; their pace is as before. Ask at the end."""
        found = outage.own(self._failures, sorted(self._answers))
        names = {self._failures[index].origin for index in found}
        ours = set()
        for line in self._lines:
            if line.origin.origin in names and line.before is not None:
                line.origin.pace = line.before
                ours.add(line.origin.origin_id)
        return ours

    # -- the consumer's thread --

    def _arrivals(self, workers: int) -> Iterator[Visit]:
        while workers:
            item = self._out.get()
            if item is None:
                workers -= 1
            elif isinstance(item, BaseException):
                raise item
            elif isinstance(item, _Move):
                self._lines.arrive(item.job, self._find(origin_of(item.job.target)))
            else:
                yield item

    def _dismiss(self, threads: list[threading.Thread]) -> None:
        self._lines.end()
        self._out.close()
        for thread in threads:
            thread.join(_FAREWELL_S / len(threads))

    def _leftovers(self) -> Iterator[Visit]:
        now = self._clock()
        for line in self._lines:
            for job in line.jobs:
                exchange = job.last or line.barred or _unasked(line.origin)
                whole = replace(exchange, url=job.url, hops=job.trail, body=b"")
                yield Visit(job, whole, line.origin, now, False, True)

    # -- a worker's thread --

    def _work(self) -> None:
        try:
            while (line := self._lines.take()) is not None:
                came = list(self._serve(line))
                self._lines.give_back(line)
                for item in came:
                    self._out.put(item, len(item.exchange.body) if isinstance(item, Visit) else 0)
        except BaseException as error:
            self._out.put(error)
        finally:
            self._out.put(None)

    def _serve(self, line: Line) -> Iterator[Visit | _Move]:
        """One request to the origin: robots.txt where it is not known, else the next job that it allows."""
        if not self._has_rules(line):
            self._ask_robots(line)
            return
        while line.jobs:
            job = line.jobs.popleft()
            if line.rules is None or line.rules.allows(job.target or job.url):
                yield self._ask(line, job)
                return
            yield self._denied(job, line)

    def _has_rules(self, line: Line) -> bool:
        file = line.origin.robots
        if file is None or file.expires_at <= self._clock():
            return False
        if line.rules is None:
            self._learn(line, file)
        return True

    def _learn(self, line: Line, file: robots.RobotsFile) -> None:
        line.rules = robots.Rules(file.body, (robots.AGENT, *rights.AI_AGENTS))
        line.rights = rights.of_robots(line.rules, file.body, line.origin.origin + "/")
        delay = line.rules.crawl_delay_s
        clamped = None if delay is None else min(delay, self._manners.most_s)
        line.origin.change(lambda found: replace(found, crawl_delay_s=clamped))

    def _ask_robots(self, line: Line) -> None:
        where = robots.address(line.origin.origin)
        exchange = self._transport.exchange(where, accept="text/plain, */*;q=0.5", max_bytes=robots.CAP, clip=True)
        now = self._clock()
        file = robots.read(exchange, now, line.origin.robots)
        line.barred = None if file else replace(exchange, detail=f"robots.txt: {exchange.detail}"[:500])
        if file:
            line.origin.robots, line.origin.robots_saved = file, False
            self._learn(line, file)
        self._settle(line, exchange, now, fine=file is not None and file.fetched_at == now)

    def _settle(self, line: Line, exchange: Exchange, now: datetime, *, fine: bool) -> None:
        """Let pace, breaker and outage watch know of an exchange."""
        told = replace(exchange, outcome=Outcome.OK) if fine else exchange
        if exchange.status:
            self._answers.append(now.timestamp())
            line.before = None
        elif told.outcome in pace.OFFLINE:
            began = now.timestamp() - exchange.seconds
            self._failures.append(outage.Failure(line.origin.origin, began, now.timestamp()))
            line.before = line.before or line.origin.pace
        least, most = self._manners.least_s, self._manners.most_s
        line.origin.change(lambda found: pace.after(found, told, now, self._jitter(), least=least, most=most))
        self._changed[line.origin.origin_id] = line.origin

    def _denied(self, job: Job, line: Line) -> Visit:
        exchange = Exchange(job.url, Outcome.ROBOTS_DENIED, hops=job.trail, detail="robots.txt disallows it")
        return Visit(job, exchange, line.origin, self._clock(), False, True, line.rights)

    def _ask(self, line: Line, job: Job) -> Visit | _Move:
        elsewhere: list[str] = []
        job.tries += 1
        found = self._transport.exchange(
            job.target or job.url,
            etag=job.etag,
            last_modified=job.last_modified,
            accept=self._manners.accept,
            wants=self._manners.wants,
            check_hop=self._check_hop(line, job, elsewhere),
        )
        now = self._clock()
        answered = bool(elsewhere) or (found.outcome in pace.UNASKED and found.status > 0)
        self._settle(line, found, now, fine=answered)
        if elsewhere:
            return self._redirected(job, found, elsewhere[0])
        return self._ended(line, job, found, now)

    def _check_hop(self, line: Line, job: Job, elsewhere: list[str]) -> CheckHop:
        def check(url: str) -> Outcome | None:
            if url in job.trail or len(job.trail) > self._manners.redirects:
                return Outcome.TOO_MANY_REDIRECTS
            if origin_of(url) != line.origin.origin:
                elsewhere.append(url)
                return Outcome.COOLING
            return None if line.rules is None or line.rules.allows(url) else Outcome.ROBOTS_DENIED

        return check

    def _redirected(self, job: Job, found: Exchange, target: str) -> _Move:
        job.target, job.trail = target, job.trail + found.hops
        job.permanent = job.permanent and found.permanent
        job.tries -= 1
        self._lines.leave(job)
        return _Move(job)

    def _ended(self, line: Line, job: Job, found: Exchange, now: datetime) -> Visit:
        whole = replace(found, url=job.url, hops=job.trail + found.hops, permanent=_permanent(job, found))
        final = OUTCOMES[found.outcome].kind is not Kind.RETRY or job.tries >= TRIES
        if not final:
            job.last = whole
            line.jobs.append(job)
        return Visit(job, whole, line.origin, now, True, final, line.rights)


def _permanent(job: Job, found: Exchange) -> bool:
    if not job.trail:
        return found.permanent
    return job.permanent and (found.permanent or len(found.hops) <= 1)


def _unasked(origin: Origin) -> Exchange:
    """What is said of a job whose turn never came: its origin was dead, or asked for a pause."""
    reason = origin.pace.cool_reason
    dead = next((outcome for outcome in pace.UNREACHED if str(outcome) == reason), None)
    return Exchange("", dead or Outcome.COOLING, detail=f"waits for its origin: {reason}" if reason else "")
