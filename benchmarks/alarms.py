"""How often the watch cries wolf, and how soon it sees a wolf: random publishers of all habits, night after night.

`make bench PART=alarms`; the habits and faults are in `rhythms.py`. A number after it is the number of seeds.
`ARGS="month 4"` plays the scripted month of `news_month.py` instead: 200 publishers by Zipf's law, faults of all kinds.
"""

from __future__ import annotations

import sys
from collections import Counter

from tests.worlds import news_month
from tests.worlds.rhythms import Habit, delay, found, planted, quiet

PUBLISHERS, NIGHTS, PLANTED_FROM = 200, 30, 45


def false_alarms(seeds: int) -> None:
    """Publishers that are well, each month with other habits: nothing should be raised."""
    raised: Counter[str] = Counter()
    for seed in range(seeds):
        raised.update(alarm.cause for alarm in quiet(PUBLISHERS, seed).live(NIGHTS * 2))
    months = seeds * PUBLISHERS * 2
    by = ", ".join(f"{cause} {number}" for cause, number in raised.most_common()) or "none"
    print(f"{sum(raised.values())} false alarms in {months:,} publisher months of {NIGHTS} nights ({by})")
    print(f"= {sum(raised.values()) / months * PUBLISHERS:.2f} a month among {PUBLISHERS} publishers\n")


def group(habit: Habit) -> str:
    """Publishers are told apart by what a night of theirs can show."""
    size = max(habit.week)
    return "15 pages or more" if size >= 15 else "4 to 14 pages" if size >= 4 else "fewer pages"


def detection(seeds: int) -> None:
    """A fault each, after six weeks of health; watched for a month."""
    rows: dict[tuple[str, str], list[int | None]] = {}
    for seed in range(seeds):
        world = planted(PUBLISHERS, 1000 + seed, PLANTED_FROM)
        raised = world.live(PLANTED_FROM + 7 + NIGHTS)
        for habit in world.habits:
            alarm = found(habit, raised)
            rows.setdefault((habit.fault, group(habit)), []).append(delay(habit, alarm) if alarm else None)
    print(f"{'fault':<10}{'a night of':<18}{'planted':>8}{'first':>8}{'second':>8}{'later':>8}{'not in a month':>16}")
    for (fault, size), delays in sorted(rows.items()):
        seen = Counter("never" if d is None else "later" if d > 2 else str(max(d, 1)) for d in delays)
        cells = [f"{seen[key] / len(delays):.0%}" for key in ("1", "2", "later", "never")]
        print(f"{fault:<10}{size:<18}{len(delays):>8}{cells[0]:>8}{cells[1]:>8}{cells[2]:>8}{cells[3]:>16}")


def month(seeds: int) -> None:
    """The scripted month: false alarms where nothing is wrong, and how soon each planted fault was found."""
    wrong: Counter[str] = Counter()
    for seed in range(seeds):
        wrong.update(alarm.cause for alarm in news_month.live(news_month.newsroom(5000 + seed, planted=False)))
    print(f"{sum(wrong.values()) / seeds:.2f} false alarms a month among 200 publishers ({dict(wrong)})")
    found: dict[tuple[str, str], list[int]] = {}
    for seed in range(seeds):
        world = news_month.newsroom(6000 + seed, planted=True)
        raised = news_month.live(world)
        for site in (site for site in world.sites if site.fault):
            nights = news_month.delay(site, raised)
            found.setdefault((site.fault, news_month.size(site)), []).append(99 if nights is None else nights)
    print(f"{'fault':<10}{'a night of':<14}{'planted':>8}{'2 nights':>9}{'a week':>8}{'2 weeks':>8}{'month':>7}")
    for (fault, size), nights in sorted(found.items()):
        shares = "".join(f"{sum(n <= most for n in nights) / len(nights):>8.0%}" for most in (1, 7, 14, 30))
        print(f"{fault:<10}{size:<14}{len(nights):>8} {shares}")


def main() -> None:
    """Print both tables, or that of the scripted month."""
    if "month" in sys.argv:
        month(next((int(a) for a in sys.argv[1:] if a.isdigit()), 4))
        return
    seeds = next((int(a) for a in sys.argv[1:] if a.isdigit()), 10)
    false_alarms(seeds)
    detection(max(seeds // 3, 1))


if __name__ == "__main__":
    main()
