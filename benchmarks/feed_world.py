"""Fourteen days of a world of feeds: what each way of polling misses, and what it costs in requests.

    make bench PART=feed_world        (3,000 feeds; `python -m benchmarks.feed_world 300` for fewer)

The policy is the real one (`poll.schedule`, `poll.window`, `poll.decide`); clock, publishers and
network are simulated. Publishing follows what is known of the real world: rates as Media Cloud
counted them (`feed_world_feeds`), day and night by time zone, quieter weekends, bursts, batches
at one moment, windows of 10 to 100 entries; feeds move, fail, say 304 for ever or 429, have no
dates or some that lie ahead, and our own network is down twice. The policy was tuned on
`TUNING`, which knows none of the latter; what is reported are worlds of other seeds from a
generator with other parameters (`REPORTED`). Nothing is random but the seeds.
"""

from __future__ import annotations

import heapq
import math
import random
import sys
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from benchmarks.feed_world_chart import draw
from benchmarks.feed_world_feeds import DAYS, PINNED, REPORTED, START, TUNING, Manner, SimFeed, make_world
from newsflow.feeds.parsed import ParsedFeed, PollingHints
from newsflow.model import Entry, Exchange
from newsflow.outcomes import Outcome
from newsflow.poll.decide import MOVED_AFTER, conditional, decide
from newsflow.poll.state import EntryCounts, FeedState, PollResult
from newsflow.web.pace import Pace, after
from tests.paths import ROOT

FEEDS = 3_000
TICK_S = 600.0  # the Dag's schedule; a due feed waits for the next tick
SLOW_TICK_S = 1800.0  # as NEWSFLOW_POLL_SCHEDULE="*/30 * * * *" makes it
ACCEPTED_AT_S = 9 * 3600.0  # of the day: when a person looks at proposals


def outcome_at(feed: SimFeed, at: float, moved: bool) -> Outcome:
    """What a request at `at` would meet."""
    if any(a * 86400 <= at < b * 86400 for a, b in feed.ours):
        return Outcome.CONNECT_ERROR
    if any(a <= at < b for a, b in feed.unseen):
        return Outcome.SERVER_ERROR
    if feed.dead_between and not moved and feed.dead_between[0] <= at < feed.dead_between[1]:
        return Outcome.NOT_FOUND
    impatient, feed.asked_at = at - feed.asked_at < feed.patience_s, at
    return Outcome.RATE_LIMITED if impatient else Outcome.OK


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
        feed.seen, feed.asked_at = set(feed.shown(0.0)), -math.inf
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
    new = [index for index in feed.shown(at) if index not in feed.seen]
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
        self._paces: dict[int, Pace] = {}  # of servers that refused us
        self._accepted: dict[int, float] = {}  # when a person gave a dead feed its new address

    def poll(self, feed: SimFeed, at: float, tally: Tally) -> float:
        """Ask, decide with the real code, and wait for the Dag's next tick after the time that it gives."""
        now = START + timedelta(seconds=at)
        state = self._states.get(feed.number) or FeedState(feed.number, feed.number, f"https://{feed.number}.example/")
        outcome = outcome_at(feed, at, at >= self._accepted.get(feed.number, math.inf))
        polled, counts = self._failed(state, outcome, now), EntryCounts()
        if outcome is Outcome.OK:
            polled, counts = self._answer(feed, state, at, now, tally)
        decision = decide(polled, counts, now, self._rng.random())
        if decision.look_for_another and feed.dead_between:
            self._accepted.setdefault(feed.number, (at // 86400 + 1) * 86400 + ACCEPTED_AT_S)
        self._states[feed.number] = replace(decision.feed, state="active")
        due = (decision.next_poll_at - START).total_seconds()
        return max(at + 1, math.ceil(due / self._tick_s) * self._tick_s + feed.number % 300)

    def _failed(self, state: FeedState, outcome: Outcome, now: datetime) -> PollResult:
        exchange = Exchange(state.url, outcome, retry_after_s=0.0 if outcome is Outcome.RATE_LIMITED else None)
        if outcome is Outcome.CONNECT_ERROR:
            return PollResult(state, exchange, Outcome.OWN_OUTAGE, now, wait_s=300.0)
        before = self._paces.get(state.feed_id, Pace())
        pace = self._paces[state.feed_id] = after(before, exchange, now, self._rng.random(), least=1.0, most=60.0)
        return PollResult(state, exchange, outcome, now, wait_s=pace.wait_s(now) if pace.cooling(now) else 0.0)

    def _answer(
        self, feed: SimFeed, state: FeedState, at: float, now: datetime, tally: Tally
    ) -> tuple[PollResult, EntryCounts]:
        self._paces.pop(state.feed_id, None)
        window, asked = feed.shown(at), conditional(state, now)
        etag = {"held": f'"{window.stop}"', "frozen": '"1"'}.get(feed.validators)
        headers = {"etag": etag} if etag else {}
        if etag and asked and state.etag == etag:
            told = Exchange(state.url, Outcome.NOT_MODIFIED, status=304, headers=headers, final_url=state.url)
            return PollResult(state, told, Outcome.NOT_MODIFIED, now, same=True), EntryCounts()
        moved = feed.moved_at is not None and at >= feed.moved_at and state.moved_polls < MOVED_AFTER
        final = state.url + "new" * moved
        exchange = Exchange(state.url, Outcome.OK, 200, headers, final_url=final, permanent=moved)
        new = look(feed, at, tally)
        if new == 0 and state.last_ok_at is not None:
            return PollResult(state, exchange, Outcome.OK, now, same=True), EntryCounts()
        parsed = ParsedFeed("rss", polling_hints=PollingHints(ttl_s=feed.ttl_s))
        audited = bool(state.etag) and not asked
        entries = _entries(feed, window)
        polled = PollResult(state, exchange, Outcome.OK, now, parsed=parsed, entries=entries, audited=audited)
        return polled, EntryCounts(new=new)


def _entries(feed: SimFeed, window: range) -> tuple[Entry, ...]:
    ahead = START + timedelta(days=DAYS + 30)
    pinned = range(PINNED if feed.dates == "ahead" else 0)
    return (
        *(Entry(f"{feed.number}/event/{n}", "", published_at=ahead) for n in pinned),
        *(Entry(f"{feed.number}/{index}", "", published_at=_date(feed, index)) for index in reversed(window)),
    )


def _date(feed: SimFeed, index: int) -> datetime | None:
    return None if feed.dates == "none" else START + timedelta(seconds=feed.published[index])


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
