"""Publishers of the simulated world of `benchmarks.feed_world`: when their items come out, and what their servers do.

Rates are drawn from what Media Cloud counted: stories a day of 39,089 sources, January 2023
(github.com/mediacloud/web-search, `mcweb/backend/sources/data`, "30-day-moving-avg"). `RATES` has the shape of that
file, read off three samples of its lines: seven of ten sources publish under one story a day, four of a thousand over
500. A good part of the former show one old window and nothing new; here they publish as rarely as they are counted.
Those with most have many feeds (Media Cloud follows 131 of one newspaper): a source of more than `BUSIEST` stories a
day is taken for several feeds of equal shares, of which the world has one.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import pairwise

START = datetime(2026, 3, 2, tzinfo=timezone.utc)  # a Monday
DAYS = 14
# stories a day, and the share of sources that publish fewer; between two points the logarithm is even
RATES = (
    (0.035, 0.0), (0.1, 0.07), (0.36, 0.31), (1.0, 0.70), (3.0, 0.78), (10.0, 0.86), (30.0, 0.92), (100.0, 0.97),
    (500.0, 0.996), (3500.0, 1.0),
)  # fmt: skip
BUSIEST = 300.0
PINNED = 5  # entries dated ahead, of a feed that has some


@dataclass(frozen=True)
class Manner:
    """How a world publishes and fails."""

    seeds: tuple[int, ...]
    rates: tuple[tuple[float, float], ...]  # see RATES
    windows: tuple[int, ...]  # weights of windows of 10, 15, 20, 25, 30 entries
    shown_days: float  # what a busy feed's window holds at the median
    burst: tuple[float, float]  # times the usual rate
    moved: float  # share of feeds that move; of these, a part without redirect
    silently: float
    failing: float  # share that is down once, two hours at the mean
    outages: tuple[tuple[float, float], ...]  # of our own network, days
    odd: bool  # servers as users of feed readers report them: see `_oddities`


def log_normal(daily: float, spread: float) -> tuple[tuple[float, float], ...]:
    """Points as in RATES of a log-normal distribution; `spread` is its sigma."""
    steps = [step / 10 for step in range(-30, 31)]
    return tuple((daily * math.exp(spread * z), 0.5 * (1 + math.erf(z / math.sqrt(2)))) for z in steps)


TUNING = Manner(
    (7,), log_normal(6.0, 1.75), (25, 12, 25, 13, 25), 0.5, (4, 12), 0.03, 0.3, 0.15, ((3.4, 3.5), (9.10, 9.35)), False
)
REPORTED = Manner(
    (201, 202, 203), RATES, (35, 10, 30, 10, 15), 0.6, (2, 20), 0.05, 0.2, 0.3, ((5.6, 5.7), (11.3, 11.5)), True
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
    validators: str = ""  # "held": 304 where nothing is new; "frozen": 304 for ever
    dates: str = "all"  # "none", or "ahead": some entries on top are dated a month ahead
    patience_s: float = 0.0  # 429 with `Retry-After: 0` to whoever asks again sooner
    asked_at: float = -math.inf
    seen: set[int] = field(default_factory=set)

    def beyond_reach(self, index: int) -> bool:
        """Whether an item came and went at once, in a batch larger than the window, or while nobody could see it."""
        since, last = self.published[index], index + self.window
        until = self.published[last] if last < len(self.published) else math.inf
        return since == until or any(a <= since and until < b for a, b in self.unseen)

    def shown(self, at: float) -> range:
        """Indices of the items in the window."""
        last = bisect_right(self.published, at)
        return range(max(0, last - self.window), last)


def make_world(feeds: int, manner: Manner = REPORTED) -> list[SimFeed]:
    """Feeds, the same number from each seed."""
    part = math.ceil(feeds / len(manner.seeds))
    generators = [random.Random(seed) for seed in manner.seeds]
    return [_feed(number, generators[number // part], manner) for number in range(feeds)]


def _daily(rates: tuple[tuple[float, float], ...], rng: random.Random) -> float:
    """A rate: the inverse of the distribution at a random place."""
    at = rng.uniform(rates[0][1], rates[-1][1])
    (low, below), (high, above) = next(pair for pair in pairwise(rates) if at <= pair[1][1])
    source = low * (high / low) ** ((at - below) / (above - below))
    return source / math.ceil(source / BUSIEST)


def _feed(number: int, rng: random.Random, manner: Manner) -> SimFeed:
    daily = _daily(manner.rates, rng)
    moved = rng.uniform(1, DAYS - 1) * 86400 if rng.random() < manner.moved else None
    silent = None
    if moved and rng.random() < manner.silently:
        silent = (moved, moved + rng.uniform(0.5, 3.0) * 86400)
    down = [
        (at, at + rng.expovariate(1 / 7200)) for at in (rng.uniform(0, DAYS * 86400),) if rng.random() < manner.failing
    ]
    made = SimFeed(
        number,
        _window(daily, rng, manner),
        _published(daily, rng, manner),
        rng.choice((None, None, 900.0, 3600.0, 3600.0, 7200.0)),
        down + [(a * 86400, b * 86400) for a, b in manner.outages],
        manner.outages,
        moved,
        silent,
    )
    if manner.odd:
        _oddities(made, rng)
    return made


def _oddities(feed: SimFeed, rng: random.Random) -> None:
    """Validators, dates and patience. Shares are ours: nobody counts them in public."""
    feed.validators = rng.choices(("", "held", "frozen"), (48, 50, 2))[0]
    feed.dates = rng.choices(("all", "none", "ahead"), (90, 7, 3))[0]
    feed.patience_s = 1800.0 if rng.random() < 0.02 else 0.0


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
