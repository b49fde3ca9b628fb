"""Fourteen days of a world of feeds: what each way of polling misses, and what it costs in requests.

    make bench PART=feed_world        (3,000 feeds; `python -m benchmarks.feed_world 300` for fewer)

The policy is the real one (`poll.schedule`, `poll.window`, `poll.decide`); clock, publishers and
network are simulated. Publishing follows what is known of the real world: rates spread over
three orders of magnitude (log-normal), day and night by time zone, quieter weekends, bursts,
batches at one moment, windows of 10 to 100 entries; feeds move, fail, and our own network is
down twice. The policy was tuned on `TUNING`; what is reported are worlds of other seeds from a
generator with other parameters (`REPORTED`). Nothing is random but the seeds.
"""

from __future__ import annotations

import heapq
import math
import random
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

from benchmarks.feed_world_chart import draw
from newsflow.feeds.parsed import ParsedFeed, PollingHints
from newsflow.model import Entry, Exchange
from newsflow.outcomes import Outcome
from newsflow.poll.decide import MOVED_AFTER, decide
from newsflow.poll.state import EntryCounts, FeedState, PollResult
from tests.paths import ROOT

START = datetime(2026, 3, 2, tzinfo=timezone.utc)  # a Monday
DAYS = 14
FEEDS = 3_000
TICK_S = 600.0  # the Dag's schedule; a due feed waits for the next tick
SLOW_TICK_S = 1800.0  # as NEWSFLOW_POLL_SCHEDULE="*/30 * * * *" makes it
ACCEPTED_AT_S = 9 * 3600.0  # of the day: when a person looks at proposals


@dataclass(frozen=True)
class Manner:
    """How a world publishes and fails."""

    seeds: tuple[int, ...]
    daily: float  # items a day at the median feed
    spread: float  # sigma of the log-normal
    windows: tuple[int, ...]  # weights of windows of 10, 15, 20, 25, 30 entries
    shown_days: float  # what a busy feed's window holds at the median
    burst: tuple[float, float]  # times the usual rate
    moved: float  # share of feeds that move; of these, a part without redirect
    silently: float
    failing: float  # share that is down once, two hours at the mean
    outages: tuple[tuple[float, float], ...]  # of our own network, days


TUNING = Manner((7,), 6.0, 1.75, (25, 12, 25, 13, 25), 0.5, (4, 12), 0.03, 0.3, 0.15, ((3.4, 3.5), (9.10, 9.35)))
REPORTED = Manner(
    (101, 102, 103), 4.0, 2.0, (35, 10, 30, 10, 15), 0.6, (2, 20), 0.05, 0.2, 0.3, ((5.6, 5.7), (11.3, 11.5))
)


@dataclass
class SimFeed:
    """A feed of the world: when its items came out (seconds since the start), and what it does besides."""

    number: int
    window: int
    published: list[float]
    ttl_s: float | None
    unseen: list[tuple[float, float]]  # when nobody can see it: it is down, or we are
    ours: tuple[tuple[float, float], ...]  # of these, our own outages, days
    moved_at: float | None
    dead_between: tuple[float, float] | None  # a move without redirect: 404 until somebody accepts the new address
    seen: set[int] = field(default_factory=set)

    def beyond_reach(self, index: int) -> bool:
        """Whether an item came and went at once, in a batch larger than the window, or while nobody could see it."""
        since, last = self.published[index], index + self.window
        until = self.published[last] if last < len(self.published) else math.inf
        return since == until or any(a <= since and until < b for a, b in self.unseen)


def make_world(feeds: int, manner: Manner = REPORTED) -> list[SimFeed]:
    """Feeds, the same number from each seed."""
    part = math.ceil(feeds / len(manner.seeds))
    generators = [random.Random(seed) for seed in manner.seeds]
    return [_feed(number, generators[number // part], manner) for number in range(feeds)]


def _feed(number: int, rng: random.Random, manner: Manner) -> SimFeed:
    daily = min(800.0, rng.lognormvariate(math.log(manner.daily), manner.spread))
    moved = rng.uniform(1, DAYS - 1) * 86400 if rng.random() < manner.moved else None
    silent = None
    if moved and rng.random() < manner.silently:
        silent = (moved, moved + rng.uniform(0.5, 3.0) * 86400)
    down = [
        (at, at + rng.expovariate(1 / 7200)) for at in (rng.uniform(0, DAYS * 86400),) if rng.random() < manner.failing
    ]
    return SimFeed(
        number,
        _window(daily, rng, manner),
        _published(daily, rng, manner),
        rng.choice((None, None, 900.0, 3600.0, 3600.0, 7200.0)),
        down + [(a * 86400, b * 86400) for a, b in manner.outages],
        manner.outages,
        moved,
        silent,
    )


def _window(daily: float, rng: random.Random, manner: Manner) -> int:
    """Windows are round numbers, and who publishes much mostly shows more."""
    usual: int = rng.choices((10, 15, 20, 25, 30), weights=manner.windows)[0]
    wanted = daily * rng.lognormvariate(math.log(manner.shown_days), 0.7)
    return max(usual, next((size for size in (10, 15, 20, 25, 30, 50, 100) if size >= wanted), 100))


def _published(daily: float, rng: random.Random, manner: Manner) -> list[float]:
    """Times of publication: from 14 days before the start, so that windows are full."""
    zone = rng.choice((-8, -5, 0, 1, 1, 2, 5.5, 8, 9))
    weekend = rng.uniform(0.3, 0.9)
    times: list[float] = []
    for hour in range(-DAYS * 24, DAYS * 24):
        local = (hour + zone) % 24
        shape = 0.15 + 1.7 * max(0.0, math.sin(math.pi * (local - 5) / 18)) if 5 <= local < 23 else 0.15
        rate = daily / 24 * shape * (weekend if (hour // 24) % 7 >= 5 else 1.0)
        if rng.random() < 0.004:
            rate *= rng.uniform(*manner.burst)  # breaking news
        count = _poisson(rate, rng)
        if count > 2 and rng.random() < 0.1:
            times += [hour * 3600 + rng.uniform(0, 3600)] * count  # published in one batch
        else:
            times += [hour * 3600 + rng.uniform(0, 3600) for _ in range(count)]
    return sorted(times)


def _poisson(rate: float, rng: random.Random) -> int:
    if rate > 50:
        return max(0, round(rng.gauss(rate, math.sqrt(rate))))
    limit, count, product = math.exp(-rate), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def outcome_at(feed: SimFeed, at: float, moved: bool) -> Outcome:
    """What a request at `at` would meet."""
    if any(a * 86400 <= at < b * 86400 for a, b in feed.ours):
        return Outcome.CONNECT_ERROR
    if any(a <= at < b for a, b in feed.unseen):
        return Outcome.SERVER_ERROR
    if feed.dead_between and not moved and at >= feed.dead_between[0]:
        return Outcome.OK if at >= feed.dead_between[1] else Outcome.NOT_FOUND
    return Outcome.OK


def shown(feed: SimFeed, at: float) -> range:
    """Indices of the items in the window."""
    last = bisect_right(feed.published, at)
    return range(max(0, last - feed.window), last)


@dataclass
class Tally:
    """What a way of polling did."""

    name: str
    requests: int = 0
    missed: int = 0
    beyond: int = 0  # of the missed, those that nobody could have seen
    items: int = 0
    late_s: float = 0.0

    @property
    def share(self) -> float:
        """Share of items missed."""
        return self.missed / max(1, self.items)


def simulate(name: str, world: Sequence[SimFeed], poll: Callable[[SimFeed, float, Tally], float]) -> Tally:
    """Run a way of polling: `poll` asks a feed at a time and says when to ask next, seconds since the start."""
    tally = Tally(name)
    for feed in world:
        feed.seen = set(shown(feed, 0.0))
    rng = random.Random(1)
    queue = [(rng.uniform(0, TICK_S), feed.number) for feed in world]
    heapq.heapify(queue)
    while queue:
        at, number = heapq.heappop(queue)
        if at >= DAYS * 86400:
            continue
        tally.requests += 1
        heapq.heappush(queue, (poll(world[number], at, tally), number))
    _count(world, tally)
    return tally


def _count(world: Sequence[SimFeed], tally: Tally) -> None:
    for feed in world:
        # the last day's items may still be seen on the next: they don't count
        for index in range(bisect_left(feed.published, 0.0), bisect_left(feed.published, (DAYS - 1) * 86400)):
            tally.items += 1
            if index not in feed.seen:
                tally.missed += 1
                tally.beyond += feed.beyond_reach(index)


def look(feed: SimFeed, at: float, tally: Tally) -> int:
    """Take in what the window shows; returns how many were new."""
    new = [index for index in shown(feed, at) if index not in feed.seen]
    feed.seen.update(new)
    tally.late_s += sum(at - feed.published[index] for index in new)
    return len(new)


def fixed(interval_s: float, *, at_hour: float | None = None) -> Callable[[SimFeed, float, Tally], float]:
    """A peer that polls each feed at a fixed interval, or once a night at an hour."""

    def poll(feed: SimFeed, at: float, tally: Tally) -> float:
        if outcome_at(feed, at, False) is Outcome.OK:
            look(feed, at, tally)
        if at_hour is None:
            return at + interval_s
        return (at // 86400 + 1) * 86400 + at_hour * 3600 + feed.number % 600

    return poll


class Ours:
    """Our policy over the simulated network."""

    def __init__(self, tick_s: float = TICK_S, seed: int = 3) -> None:
        self._tick_s = tick_s
        self._states: dict[int, FeedState] = {}
        self._rng = random.Random(seed)
        self._accepted: dict[int, float] = {}  # when a person gave a dead feed its new address

    def poll(self, feed: SimFeed, at: float, tally: Tally) -> float:
        """Ask, decide with the real code, and wait for the Dag's next tick after the time that it gives."""
        now = START + timedelta(seconds=at)
        state = self._states.get(feed.number) or FeedState(feed.number, feed.number, f"https://{feed.number}.example/")
        outcome = outcome_at(feed, at, at >= self._accepted.get(feed.number, math.inf))
        if outcome is Outcome.CONNECT_ERROR:
            polled = PollResult(state, Exchange(state.url, outcome), Outcome.OWN_OUTAGE, now, wait_s=300.0)
            counts = EntryCounts()
        elif outcome is not Outcome.OK:
            polled, counts = PollResult(state, Exchange(state.url, outcome), outcome, now), EntryCounts()
        else:
            polled, counts = self._answer(feed, state, at, now, tally)
        decision = decide(polled, counts, now, self._rng.random())
        if decision.look_for_another and feed.dead_between:
            self._accepted.setdefault(feed.number, (at // 86400 + 1) * 86400 + ACCEPTED_AT_S)
        self._states[feed.number] = replace(decision.feed, state="active")
        due = (decision.next_poll_at - START).total_seconds()
        return max(at + 1, math.ceil(due / self._tick_s) * self._tick_s + feed.number % 300)

    def _answer(
        self, feed: SimFeed, state: FeedState, at: float, now: datetime, tally: Tally
    ) -> tuple[PollResult, EntryCounts]:
        moved = feed.moved_at is not None and at >= feed.moved_at and state.moved_polls < MOVED_AFTER
        exchange = Exchange(state.url, Outcome.OK, status=200, final_url=state.url + "new" * moved, permanent=moved)
        window = shown(feed, at)
        new = look(feed, at, tally)
        same = new == 0 and state.last_ok_at is not None
        if same:
            return PollResult(state, exchange, Outcome.OK, now, same=True), EntryCounts()
        entries = tuple(self._entry(feed, index) for index in reversed(window))
        parsed = ParsedFeed("rss", polling_hints=PollingHints(ttl_s=feed.ttl_s))
        return PollResult(state, exchange, Outcome.OK, now, parsed=parsed, entries=entries), EntryCounts(new=new)

    def _entry(self, feed: SimFeed, index: int) -> Entry:
        at = START + timedelta(seconds=feed.published[index])
        return Entry(f"{feed.number}/{index}", "", published_at=at)


def run(feeds: int, manner: Manner = REPORTED) -> list[Tally]:
    """All ways of polling over the same world."""
    world = make_world(feeds, manner)
    return [
        simulate("newsflow", world, Ours().poll),
        simulate("newsflow */30", world, Ours(SLOW_TICK_S).poll),
        simulate("every 30 min", world, fixed(1800)),
        simulate("hourly", world, fixed(3600)),
        simulate("nightly", world, fixed(86400, at_hour=2.0)),
    ]


def main() -> None:
    """Print the table and draw docs/figures/feed-world.svg; arguments: number of feeds, `tuning` for those worlds."""
    feeds = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else FEEDS
    tuning = "tuning" in sys.argv
    tallies = run(feeds, TUNING if tuning else REPORTED)
    print(f"{feeds} feeds, {DAYS} days, {tallies[0].items} items that count, our network down twice")
    columns = ("requests", "a feed and day", "missed", "share", "within reach", "mean delay")
    print(f"{'':14}" + "".join(f" {name:>14}" for name in columns))
    for t in tallies:
        shares = f"{t.share:14.2%} {(t.missed - t.beyond) / max(1, t.items):14.2%}"
        delay = t.late_s / max(1, t.items - t.missed) / 60
        print(
            f"{t.name:14} {t.requests:14,} {t.requests / feeds / DAYS:14.1f} {t.missed:14,} {shares} {delay:10.0f} min"
        )
    if tuning:
        return
    path = ROOT / "docs" / "figures" / "feed-world.svg"
    path.parent.mkdir(parents=True, exist_ok=True)
    points = [(t.name, t.requests / feeds / DAYS, t.share) for t in tallies]
    path.write_text(draw(points, f"{feeds} feeds, {DAYS} days"), encoding="utf-8")
    print(f"drawn: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
