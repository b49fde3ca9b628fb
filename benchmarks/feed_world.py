"""Fourteen days of a world of feeds: what each way of polling misses, and what it costs in requests.

The policy is the real one (`poll.schedule`, `poll.window`, `poll.decide`); clock, publishers and
network are simulated. Publishing follows what is known of the real world: rates spread over
three orders of magnitude (log-normal), day and night by time zone, quieter weekends, bursts,
batches at one moment, windows of 10 to 100 entries; feeds move, fail, and our own network is
down twice. Nothing is random but the seed.
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

from newsflow.model import Entry, Exchange, Outcome
from newsflow.poll.decide import MOVED_AFTER, decide
from newsflow.poll.feed import ParsedFeed, Wishes
from newsflow.poll.state import Counts, FeedState, Polled
from newsflow.settings import ROOT

START = datetime(2026, 3, 2, tzinfo=timezone.utc)  # a Monday
DAYS = 14
FEEDS = 3_000
OUR_OUTAGES = ((3.4, 3.5), (9.10, 9.35))  # days
TICK_S = 1800.0  # the Dag's schedule; a due feed waits for the next tick
QUICK_TICK_S = 600.0  # as NEWSFLOW_POLL_SCHEDULE="*/10 * * * *" makes it


@dataclass
class SimFeed:
    """A feed of the world: when its items came out (seconds since the start), and what it does besides."""

    number: int
    window: int
    published: list[float]
    ttl_s: float | None
    has_etag: bool
    outages: list[tuple[float, float]]
    moved_at: float | None
    dead_between: tuple[float, float] | None  # a move without redirect: 404 until somebody accepts the new address
    seen: set[int] = field(default_factory=set)


def make_world(feeds: int, seed: int = 7) -> list[SimFeed]:
    """A world of feeds."""
    rng = random.Random(seed)
    return [_feed(number, rng) for number in range(feeds)]


def _feed(number: int, rng: random.Random) -> SimFeed:
    # items a day: median 6, a tenth over 60, a hundredth over 300
    daily = min(800.0, rng.lognormvariate(math.log(6.0), 1.75))
    moved = rng.uniform(1, DAYS - 1) * 86400 if rng.random() < 0.03 else None
    silent = None
    if moved and rng.random() < 0.3:
        silent = (moved, moved + rng.uniform(0.5, 3.0) * 86400)
    down = [(at, at + rng.expovariate(1 / 7200)) for at in (rng.uniform(0, DAYS * 86400),) if rng.random() < 0.15]
    return SimFeed(
        number,
        _window(daily, rng),
        _published(daily, rng),
        rng.choice((None, None, 900.0, 3600.0, 3600.0, 7200.0)),
        rng.random() < 0.6,
        down,
        moved,
        silent,
    )


def _window(daily: float, rng: random.Random) -> int:
    """Windows are round numbers, and who publishes much mostly shows more: half a day's items at the median."""
    usual: int = rng.choices((10, 15, 20, 25, 30), weights=(25, 12, 25, 13, 25))[0]
    wanted = daily * rng.lognormvariate(math.log(0.5), 0.7)
    return max(usual, next((size for size in (10, 15, 20, 25, 30, 50, 100) if size >= wanted), 100))


def _published(daily: float, rng: random.Random) -> list[float]:
    """Times of publication: from 14 days before the start, so that windows are full."""
    zone = rng.choice((-8, -5, 0, 1, 1, 2, 5.5, 8, 9))
    weekend = rng.uniform(0.3, 0.9)
    times: list[float] = []
    for hour in range(-DAYS * 24, DAYS * 24):
        local = (hour + zone) % 24
        shape = 0.15 + 1.7 * max(0.0, math.sin(math.pi * (local - 5) / 18)) if 5 <= local < 23 else 0.15
        rate = daily / 24 * shape * (weekend if (hour // 24) % 7 >= 5 else 1.0)
        if rng.random() < 0.004:
            rate *= rng.uniform(4, 12)  # breaking news
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
    if any(a * 86400 <= at < b * 86400 for a, b in OUR_OUTAGES):
        return Outcome.CONNECT_ERROR
    if any(a <= at < b for a, b in feed.outages):
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
    items: int = 0
    late_s: float = 0.0
    gaps: int = 0
    lost_in_gaps: int = 0
    daily: list[list[int]] = field(default_factory=lambda: [[0, 0, 0] for _ in range(DAYS)])

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
        tally.daily[int(at // 86400)][0] += 1
        heapq.heappush(queue, (poll(world[number], at, tally), number))
    _count(world, tally)
    return tally


def _count(world: Sequence[SimFeed], tally: Tally) -> None:
    for feed in world:
        # the last day's items may still be seen on the next: they don't count
        for index in range(bisect_left(feed.published, 0.0), bisect_left(feed.published, (DAYS - 1) * 86400)):
            day = tally.daily[int(feed.published[index] // 86400)]
            tally.items += 1
            day[1] += 1
            if index not in feed.seen:
                tally.missed += 1
                day[2] += 1


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
        self._moved: set[int] = set()
        self._names: dict[int, list[Entry]] = {}

    def poll(self, feed: SimFeed, at: float, tally: Tally) -> float:
        """Ask, decide with the real code, and wait for the Dag's next tick after the time that it gives."""
        now = START + timedelta(seconds=at)
        state = self._states.get(feed.number) or FeedState(feed.number, feed.number, f"https://{feed.number}.example/")
        outcome = outcome_at(feed, at, feed.number in self._moved)
        if outcome is Outcome.CONNECT_ERROR:
            polled = Polled(state, Exchange(state.url, outcome), Outcome.OWN_OUTAGE, now, wait_s=300.0)
            counts = Counts()
        elif outcome is not Outcome.OK:
            polled, counts = Polled(state, Exchange(state.url, outcome), outcome, now), Counts()
        else:
            polled, counts = self._answer(feed, state, at, now, tally)
        decision = decide(polled, counts, now, self._rng.random())
        if decision.gap is not None:
            tally.gaps += 1
        if decision.look_for_another and feed.dead_between:
            self._moved.add(feed.number)  # a person accepts the proposal by the next poll
        self._states[feed.number] = replace(decision.feed, state="active")
        due = (decision.next_poll_at - START).total_seconds()
        return max(at + 1, math.ceil(due / self._tick_s) * self._tick_s + feed.number % 300)

    def _answer(self, feed: SimFeed, state: FeedState, at: float, now: datetime, tally: Tally) -> tuple[Polled, Counts]:
        moved = feed.moved_at is not None and at >= feed.moved_at and state.moved_polls < MOVED_AFTER
        exchange = Exchange(state.url, Outcome.OK, status=200, final_url=state.url + "new" * moved, permanent=moved)
        window = shown(feed, at)
        new = look(feed, at, tally)
        same = new == 0 and state.last_ok_at is not None
        if same:
            return Polled(state, exchange, Outcome.OK, now, same=True), Counts()
        entries = tuple(self._entry(feed, index) for index in reversed(window))
        parsed = ParsedFeed("rss", wishes=Wishes(ttl_s=feed.ttl_s))
        return Polled(state, exchange, Outcome.OK, now, parsed=parsed, entries=entries), Counts(new=new)

    def _entry(self, feed: SimFeed, index: int) -> Entry:
        at = START + timedelta(seconds=feed.published[index])
        return Entry(f"{feed.number}/{index}", "", published_at=at)


def run(feeds: int) -> list[Tally]:
    """All ways of polling over the same world."""
    world = make_world(feeds)
    return [
        simulate("newsflow", world, Ours().poll),
        simulate("newsflow */10", world, Ours(QUICK_TICK_S).poll),
        simulate("every 30 min", world, fixed(1800)),
        simulate("hourly", world, fixed(3600)),
        simulate("nightly", world, fixed(86400, at_hour=2.0)),
    ]


def main() -> None:
    """Print the table and draw docs/images/feed-world.svg; an argument gives the number of feeds."""
    feeds = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else FEEDS
    tallies = run(feeds)
    print(f"{feeds} feeds, {DAYS} days, {tallies[0].items} items that count, our network down twice")
    print(f"{'':14} {'requests':>10} {'a feed and day':>15} {'missed':>9} {'share':>8} {'mean delay':>11}")
    for t in tallies:
        found = max(1, t.items - t.missed)
        print(
            f"{t.name:14} {t.requests:10,} {t.requests / feeds / DAYS:15.1f} {t.missed:9,} {t.share:8.2%} "
            f"{t.late_s / found / 60:7.0f} min"
        )
    path = ROOT / "docs" / "images" / "feed-world.svg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(draw(tallies, feeds), encoding="utf-8")
    print(f"drawn: {path.relative_to(ROOT)}")


def draw(tallies: Sequence[Tally], feeds: int) -> str:
    """Share missed against requests, both on logarithmic scales, as SVG."""
    width, height, left, bottom = 720, 420, 80, 60
    least_x, most_x = 0.5, 100.0
    least_y, most_y = 0.0005, 1.0

    def x(per_day: float) -> float:
        return left + (width - left - 30) * math.log(per_day / least_x) / math.log(most_x / least_x)

    def y(share: float) -> float:
        part = math.log(max(share, least_y) / least_y) / math.log(most_y / least_y)
        return height - bottom - (height - bottom - 40) * part

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"',
        'font-family="sans-serif" font-size="13">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="{left}" y="24" font-size="16">Items missed against requests: {feeds} feeds, {DAYS} days</text>',
    ]
    for value in (1, 2, 5, 10, 20, 50):
        parts.append(f'<path d="M{x(value):.0f} 40V{height - bottom}" stroke="#ddd"/>')
        parts.append(f'<text x="{x(value):.0f}" y="{height - bottom + 18}" text-anchor="middle">{value}</text>')
    for value in (0.001, 0.01, 0.1, 1.0):
        parts.append(f'<path d="M{left} {y(value):.0f}H{width - 30}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y(value) + 4:.0f}" text-anchor="end">{value:.1%}</text>')
    parts.append(f'<text x="{width / 2}" y="{height - 16}" text-anchor="middle">requests a feed and day</text>')
    parts.append(f'<text transform="translate(20 {height / 2}) rotate(-90)" text-anchor="middle">items missed</text>')
    for tally in tallies:
        cx, cy = x(tally.requests / feeds / DAYS), y(tally.share)
        colour = "#c2410c" if tally.name.startswith("newsflow") else "#475569"
        parts.append(f'<circle cx="{cx:.0f}" cy="{cy:.0f}" r="7" fill="{colour}"/>')
        parts.append(
            f'<text x="{cx:.0f}" y="{cy - 12:.0f}" text-anchor="middle" fill="{colour}">'
            f"{tally.name}: {tally.share:.2%}</text>"
        )
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    main()
