"""How often the watch cries wolf, and how soon it sees a wolf: random publishers of all habits, night after night.

`make bench PART=alarms`; the habits and faults are in `rhythms.py`. A number after it is the number of seeds.
`ARGS="month"` plays the scripted month of `news_month.py` instead: 200 publishers by Zipf's law, faults of all kinds;
numbers after it are other seeds. It draws docs/figures/alarms.svg.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks import alarms_chart
from benchmarks.sheets import Sheet
from tests.worlds import news_month
from tests.worlds.rhythms import Habit, delay, found, planted, quiet
from tests.worlds.watching import Raised

UNSEEN = (401, 402, 403, 404)  # no threshold was chosen on them
NEVER = 99
CHART = Path(__file__).parents[1] / "docs/figures/alarms.svg"
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


def _lived(job: tuple[int, bool]) -> tuple[news_month.Newsroom, list[Raised]]:
    seed, planted_too = job
    world = news_month.newsroom(seed, planted=planted_too)
    return world, news_month.live(world)


def month(seeds: Sequence[int]) -> None:
    """The scripted month: false alarms where nothing is wrong, and how soon each planted fault was found."""
    with ProcessPoolExecutor(2) as pool:
        well = list(pool.map(_lived, [(seed, False) for seed in seeds]))
        ill = list(pool.map(_lived, [(seed, True) for seed in seeds]))
    _false_alarms("without any fault", well)
    _false_alarms("beside planted ones", ill)
    found: dict[tuple[str, str], list[int]] = {}
    for world, raised in ill:
        for site in (site for site in world.sites if site.fault):
            nights = news_month.delay(site, raised)
            found.setdefault((site.fault, news_month.size(site)), []).append(NEVER if nights is None else nights)
    rows = [(fault, size, str(len(nights)), *_shares(nights)) for (fault, size), nights in sorted(found.items())]
    sheet = Sheet(f"Seeds {seeds}", ("fault", "a night of", "planted", "a week", "2 weeks", "3 weeks", "month"), rows)
    print(sheet.markdown())
    loud: dict[str, list[int]] = {}
    for (fault, size), nights in sorted(found.items()):
        if size not in ("under 2", "weekly"):
            loud.setdefault(fault, []).extend(nights)
    CHART.write_text(alarms_chart.draw(loud, news_month.MONTH), "utf-8")


def _shares(nights: Sequence[int]) -> list[str]:
    return [f"{sum(n <= most for n in nights) / len(nights):.0%}" for most in (7, 14, 21, 30)]


def _false_alarms(which: str, months: Sequence[tuple[news_month.Newsroom, list[Raised]]]) -> None:
    """What was told of that was not planted; a publisher that its own fault has made silent counts too."""
    wrong: Counter[str] = Counter()
    for world, raised in months:
        sites = {site.name: site for site in world.sites}
        wrong.update(alarm.cause for alarm in raised if news_month.is_false(alarm, sites))
    print(f"{sum(wrong.values()) / len(months):.2f} false alarms a month among 200 publishers {which} ({dict(wrong)})")


def main() -> None:
    """Print both tables, or that of the scripted month, whose chart it draws."""
    numbers = [int(a) for a in sys.argv[1:] if a.isdigit()]
    if "month" in sys.argv:
        month(numbers or UNSEEN)
        return
    seeds = numbers[0] if numbers else 10
    false_alarms(seeds)
    detection(max(seeds // 3, 1))


if __name__ == "__main__":
    main()
