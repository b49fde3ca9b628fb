"""A newsroom's publishers, their nights and their faults, night by night as `ingest.publisher_day` has them.

Numbers of news fall as Zipf's law has it, so most publishers are small; each has its weekdays, its bursts, its slow
season. All of them have holidays, a day of great news, an outage of ours and a night that did not run. A fault begins
in one night and lasts. What is no fault is there too: a feed that was added, an article count that an import swells.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from newsflow.ops.history import Day
from tests.worlds.rhythms import draws
from tests.worlds.watching import Known, Raised, Watcher

FIRST = date(2026, 1, 5)  # a Monday
WARM, MONTH = 84, 30  # nights before the month that is judged, and in it
LARGEST, SLOPE = 150.0, 0.9  # news a night of the largest publisher, and Zipf's exponent
FAULTS = {
    "silent": ("silent",),
    "step down": ("step_down",),
    "surge": ("surge",),
    "yield": ("yield_drift",),
    "length": ("length_drift",),
    "decay": ("step_down", "silent"),
    "wall": ("yield_drift",),
}
"""What is planted → the causes that find it."""
WALLED, OTHERS = 40, 20  # publishers behind the wall, and with each other fault


@dataclass
class Site:
    """A publisher: news a weekday, what becomes of them, its fault."""

    name: str
    week: tuple[float, ...]
    readable: float
    words: float
    spread: float
    burst: float
    season: float
    phase: float
    holiday: float
    fault: str = ""
    from_night: int = 10**9
    fed_since: date | None = None

    @property
    def a_night(self) -> float:
        """News a night, over the week."""
        return sum(self.week) / 7

    def broken(self, night: int, *faults: str) -> bool:
        """Whether one of these faults is at work."""
        return self.fault in faults and night >= self.from_night

    def mean(self, night: int) -> float:
        """News that a night brings on average, its fault included."""
        mean = self.week[night % 7] * (1 + self.season * math.sin(night / 14 + self.phase))
        if self.broken(night, "silent"):
            return 0.0
        if self.broken(night, "step down"):
            return mean * 0.5
        if self.broken(night, "surge"):
            return mean * 3
        return mean * 0.5 ** ((night - self.from_night) / 10) if self.broken(night, "decay") else mean


@dataclass
class Newsroom:
    """Sites and what happens to all of them."""

    sites: list[Site]
    rng: random.Random
    blind: int  # the night of our own outage
    missed: int  # the night that did not run
    holidays: frozenset[int]
    great: int  # the night of great news
    _waiting: dict[str, int] = field(default_factory=dict)

    def night(self, night: int) -> dict[str, Day]:
        """One night of all sites; none of them in the night that did not run."""
        return {site.name: day for site in self.sites if (day := self._day(site, night)) is not None}

    def _day(self, site: Site, night: int) -> Day | None:
        when = FIRST + timedelta(days=night)
        news = self._news(site, night) + self._waiting.pop(site.name, 0)
        if night in (self.blind, self.missed):
            self._waiting[site.name] = news  # comes with the next night
            return Day(when, polls=1, poll_failures={"own_outage": 1}) if night == self.blind else None
        readable, refused, why = self._fates(site, night, news)
        return Day(
            when, polls=1, polls_ok=1, new_entries=news, fetched=news, captured=news - refused, refused=refused,
            extracted=news - refused, readable=readable, new_articles=readable + self._imported(site, night),
            words=self._words(site, night, readable), failures={why: news - readable} if news > readable else {},
        )  # fmt: skip

    def _news(self, site: Site, night: int) -> int:
        all_have = site.holiday if night in self.holidays else 1.8 if night == self.great else 1.0
        mean = site.mean(night) * all_have
        return draws(mean * self.rng.gammavariate(site.burst, 1 / site.burst), self.rng) if mean > 0 else 0

    def _fates(self, site: Site, night: int, news: int) -> tuple[int, int, str]:
        """(readable, refused, outcome of the others)."""
        wall = site.broken(night, "wall")
        share = 0.04 if wall or site.broken(night, "yield") else site.readable
        readable = sum(self.rng.random() < share for _ in range(news))
        return readable, news - readable if wall else 0, "forbidden" if wall else "too_short"

    def _words(self, site: Site, night: int, readable: int) -> float | None:
        mean = site.words * (0.25 if site.broken(night, "length") else 1)
        bodies = sorted(self.rng.lognormvariate(math.log(mean), site.spread) for _ in range(readable))
        return bodies[readable // 2] if bodies else None

    def _imported(self, site: Site, night: int) -> int:
        return 2_000 if night == WARM + 9 and site is self.sites[3] else 0


def _week(size: float, rng: random.Random) -> tuple[float, ...]:
    """News a weekday: most go on over the weekend with fewer, some rest, some have issues."""
    kind = rng.choices(["daily", "weekdays", "weekly"], [8, 2, 1])[0]
    if kind == "weekly":
        issue = rng.randrange(7)
        return tuple(max(size * 5, 6.0) if day == issue else 0.0 for day in range(7))
    weekend = 0.0 if kind == "weekdays" else rng.uniform(0.3, 1.0)
    return tuple(size * rng.uniform(0.9, 1.1) for _ in range(5)) + (size * weekend,) * 2


def _site(rank: int, rng: random.Random) -> Site:
    return Site(
        f"site{rank}.example",
        _week(LARGEST / rank**SLOPE, rng),
        rng.choice([0.99, 0.97, 0.95, 0.9, 0.8]),
        rng.choice([150, 300, 450, 900]),
        rng.uniform(0.2, 0.6),
        rng.choice([5, 10, 20]),
        rng.uniform(0, 0.2),
        rng.uniform(0, 6.28),
        rng.uniform(0.1, 0.7),
    )


def _faults(number: int) -> list[str]:
    """The faults of so many publishers, in the proportions of 200."""
    whole = [*["wall"] * WALLED, *[f for f in FAULTS if f != "wall" for _ in range(OTHERS)]]
    return [*whole, *[""] * (200 - len(whole))][:: 200 // number][:number]


def newsroom(seed: int, *, number: int = 200, planted: bool) -> Newsroom:
    """So many publishers; with faults that begin in the first ten nights of the month, or with none."""
    rng = random.Random(seed)
    sites = [_site(1 + n * (200 // number), rng) for n in range(number)]
    if planted:
        _plant(sites, rng)
    feast = rng.randrange(WARM + 8, WARM + 20)
    rest = rng.randrange(10, WARM - 10)
    holidays = {feast, feast + 1, rest, rest + 1, rest + 2, rng.randrange(WARM + MONTH), rng.randrange(WARM)}
    nights = rng.sample(range(WARM + 3, WARM + MONTH - 8), 3)
    return Newsroom(sites, rng, nights[0], nights[1], frozenset(holidays), nights[2])


def _plant(sites: list[Site], rng: random.Random) -> None:
    faults = _faults(len(sites))
    rng.shuffle(faults)
    common = WARM + rng.randrange(3, 9)
    for site, fault in zip(sites, faults, strict=True):
        if fault:
            site.fault = fault
            site.from_night = common if fault == "wall" else WARM + rng.randrange(2, 10)


def size(site: Site) -> str:
    """Sites are told apart by what a night of theirs can show."""
    if sum(mean > 0 for mean in site.week) == 1:
        return "weekly"
    limits = ((15, "15 or more"), (4, "4 to 15"), (2, "2 to 4"))
    return next((words for least, words in limits if site.a_night >= least), "under 2")


def live(world: Newsroom, nights: int = WARM + MONTH) -> list[Raised]:
    """Watch a newsroom through its month; gives the alarms."""
    watcher = Watcher([Known(n, site.name, site.fed_since, None) for n, site in enumerate(world.sites)], FIRST)
    days: dict[int, list[Day]] = {number: [] for number in range(len(world.sites))}
    for night in range(nights):
        tonight = world.night(night)
        for number, site in enumerate(world.sites):
            days[number] = [*days[number][-97:], *([tonight[site.name]] if site.name in tonight else [])]
        if night >= WARM:
            watcher.judge(days, night, cut_off=night == world.blind)
    return watcher.raised


def delay(site: Site, raised: Iterable[Raised]) -> int | None:
    """Nights from the fault to its alarm, 0 for the same; None for never."""
    mine = [
        r.day for r in raised
        if r.subject == site.name and r.cause in FAULTS[site.fault] and r.day >= site.from_night
    ]  # fmt: skip
    return min(mine) - site.from_night if mine else None


def is_false(alarm: Raised, sites: Mapping[str, Site]) -> bool:
    """Whether nothing was wrong that the alarm could tell of."""
    site = sites[alarm.subject]
    return not site.fault or alarm.day < site.from_night or alarm.cause not in FAULTS[site.fault]
