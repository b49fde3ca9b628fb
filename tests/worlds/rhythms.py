"""Publishers of all habits, drawn at random, and the nights that the watch's rules spend with them. No database.

Habits: daily, weekdays only, weekly or monthly issues, irregular, a few pages or hundreds, paywalls that let some
through, bodies of all lengths; and what happens to the well: slow seasons, a flood of news, a holiday, a bad day of
their server, an outage of ours.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from newsflow.ops.history import Day
from tests.worlds.watching import Known, Raised, Watcher

FIRST = date(2026, 1, 5)  # a Monday
FAULTS = {"template": "yield_drift", "shrunk": "length_drift", "silent": "silent"}


@dataclass
class Habit:
    """How a publisher publishes: pages a weekday, share that is readable, words; and a fault with its day."""

    name: str
    week: tuple[float, ...]
    readable: float
    words: float
    spread: float
    season: float
    fault: str = ""
    from_day: int = 10**9

    def pages(self, day: int, rng: random.Random) -> int:
        """Pages on a day; more varied than Poisson, as news come in bursts."""
        mean = self.week[day % 7] * (1 + self.season * math.sin(day / 9))
        return draws(mean * rng.gammavariate(6, 1 / 6), rng) if mean > 0 else 0

    def night(self, day: int, rng: random.Random, blind: bool) -> Day:
        """A day as `ingest.publisher_day` has it."""
        when = FIRST + timedelta(days=day)
        if blind:
            return Day(when, polls=4, poll_failures={"connect_error": 4})
        broken = day >= self.from_day
        pages = 0 if self.fault == "silent" and broken else self.pages(day, rng)
        share = 0.05 if self.fault == "template" and broken else self.readable
        readable = sum(rng.random() < share for _ in range(pages))
        words = self.words * (0.25 if self.fault == "shrunk" and broken else 1)
        bodies = sorted(rng.lognormvariate(math.log(words), self.spread) for _ in range(readable))
        return Day(
            when, polls=4, polls_ok=4, new_entries=pages, fetched=pages, captured=pages, extracted=pages,
            readable=readable, new_articles=readable, words=bodies[len(bodies) // 2] if bodies else None,
            failures={"too_short": pages - readable} if pages > readable else {},
        )  # fmt: skip


def draws(mean: float, rng: random.Random) -> int:
    """A count by Poisson."""
    if mean > 50:
        return max(0, round(rng.gauss(mean, mean**0.5)))
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def draw(name: str, rng: random.Random) -> Habit:
    """A publisher of some habit."""
    size = rng.choice([0.4, 1, 2, 4, 8, 15, 30, 80])
    weekend = rng.choice([0, 0.2, 0.5, 1.0])
    kind = rng.choice(["daily", "daily", "daily", "weekdays", "weekly", "twice", "irregular"])
    issue = rng.randrange(7)
    week = {
        "daily": [size] * 5 + [size * weekend] * 2,
        "weekdays": [size] * 5 + [0, 0],
        "weekly": [max(size, 6) if d == issue else 0 for d in range(7)],
        "twice": [max(size, 4) if d in (issue, (issue + 3) % 7) else 0 for d in range(7)],
        "irregular": [rng.choice([0.15, 0.3, 0.6])] * 7,
    }[kind]
    readable = rng.choice([0.99, 0.97, 0.95, 0.9, 0.75, 0.5])
    return Habit(
        name, tuple(week), readable, rng.choice([120, 300, 450, 900]), rng.uniform(0.2, 0.6), rng.choice([0, 0.2, 0.4])
    )


@dataclass
class World:
    """Publishers and their nights; `live` watches them, one night after another."""

    habits: list[Habit]
    rng: random.Random
    blind: frozenset[int] = frozenset()

    def live(self, nights: int) -> list[Raised]:
        """Watch so many nights; gives the alarms."""
        days: dict[int, list[Day]] = {number: [] for number in range(len(self.habits))}
        watcher = Watcher([Known(number, habit.name, None, None) for number, habit in enumerate(self.habits)], FIRST)
        for night in range(nights):
            for number, habit in enumerate(self.habits):
                days[number].append(habit.night(night, self.rng, night in self.blind))
            watcher.judge({n: own[-98:] for n, own in days.items()}, night, cut_off=night in self.blind)
        return watcher.raised


def quiet(number: int, seed: int) -> World:
    """Publishers that are well, through one outage of ours."""
    rng = random.Random(seed)
    return World([draw(f"p{n}.example", rng) for n in range(number)], rng, frozenset({rng.randrange(20, 50)}))


def planted(number: int, seed: int, day: int) -> World:
    """As many publishers with a fault each from about a day on; habits in which the fault can be seen at all."""
    rng = random.Random(seed)
    habits = [draw(f"p{n}.example", rng) for n in range(number)]
    return World(
        [replace(h, fault=list(FAULTS)[n % 3], from_day=day + rng.randrange(7)) for n, h in enumerate(habits)], rng
    )


def beats(habit: Habit, since: int, until: int) -> Iterator[int]:
    """Days in [since, until] on which the publisher would have had pages by its habit, more often than not."""
    return (day for day in range(since, until + 1) if 1 - math.exp(-habit.week[day % 7]) > 0.5)


def found(habit: Habit, raised: Sequence[Raised]) -> Raised | None:
    """The alarm of a habit's planted fault."""
    mine = (r for r in raised if (r.cause, r.subject) == (FAULTS[habit.fault], habit.name) and r.day >= habit.from_day)
    return min(mine, key=lambda r: r.day, default=None)


def delay(habit: Habit, alarm: Raised) -> int:
    """Nights with news, or due ones where it is silent, from the fault to its alarm: 1 is the first."""
    return len(list(beats(habit, habit.from_day, alarm.day)))
