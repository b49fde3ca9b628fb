"""A wire's own pages: updates, corrections and write-throughs beside notices, tables and one-liners of its forms.

Half 0 of the forms is for tuning, half 1 is sealed: it is only measured.
"""

# ruff: noqa: E501
from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from tests.worlds.story_world import Item, World
from tests.worlds.story_writer import LAST, PLACES, Event, account, name

START = datetime(2026, 3, 2, 6, 0, tzinfo=timezone.utc)
DAYS = 24.0  # hours
HOUSES = (
    ("UPDATE {n}-{t}", "CORRECTED-{t}", "({p}) - "),
    ("{t} (1st Ld-Writethru)", "CORRECTION: {t}", " — "),
    ("{t} (Update: {n})", "KORREKTUR: {t}", " (nwf) - "),
    ("{t}", "{t} (corrects)", ", March 2 - "),
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a form: its headline and its paragraphs."""

    title: str
    lines: tuple[str, ...]


Form = Callable[[random.Random], Page]


def firm(rng: random.Random) -> str:
    kind = rng.choice(("Corp", "Inc", "Industries", "Financial", "Stores", "Oil", "Bancorp", "Systems"))
    return f"{rng.choice(LAST)} {rng.choice(LAST)[:4].title()} {kind}"


def mln(rng: random.Random) -> str:
    return f"{rng.uniform(1, 900):.1f} mln"


def report(rng: random.Random) -> Page:
    """An event in prose."""
    event = Event(rng)
    lines = account(rng, event, rng.randint(5, 14)).split("\n")
    return Page(f"{event.place} {event.nouns[0]} {event.nouns[1]} {event.nouns[2]} disputed", tuple(lines))


def earnings(rng: random.Random) -> Page:
    who = firm(rng)
    cents = rng.randint(11, 99), rng.randint(11, 99)
    net = rng.randint(100, 999), rng.randint(100, 999), rng.randint(100, 999), rng.randint(100, 999)
    return Page(
        f"{who.upper()} <{who[:4].upper()}> 4TH QTR NET",
        (
            f"Shr {cents[0]} cts vs {cents[1]} cts",
            f"Net {net[0]},{net[1]} vs {net[2]},{net[3]}",
            f"Revs {mln(rng)} vs {mln(rng)}",
        ),
    )


def repos(rng: random.Random) -> Page:
    rate = f"{rng.randint(5, 7)}-{rng.randint(1, 15)}/16"
    return Page(
        "FED SEEN ADDING RESERVES VIA REPOS",
        (
            "The Federal Reserve is expected to enter the U.S. government securities market to add temporary reserves "
            f"via {rng.choice(('overnight', 'two-day', 'three-day', 'customer'))} repurchase agreements, economists said.",
            f"They expect it to supply about {rng.uniform(1, 4):.2f} billion dlrs. Federal funds, which averaged "
            f"{rng.uniform(5, 7):.2f} pct yesterday, opened at {rate} pct and stayed there in early trading.",
        ),
    )


def rainfall(rng: random.Random) -> Page:
    towns = rng.sample(PLACES, 7)
    rows = [f"{town} {rng.uniform(0, 60):.1f} {rng.uniform(0, 60):.1f} {rng.randint(10, 36)}" for town in towns]
    head = "The following rainfall was recorded in the crop areas in the 24 hours to 8 o'clock, in millimetres:"
    return Page("CROP AREA RAINFALL TABLE", (head, "Station today week high", *rows, "Source: weather bureau."))


def football(rng: random.Random) -> Page:
    home, away = rng.sample(PLACES, 2)
    a, b = rng.randint(0, 5), rng.randint(0, 5)
    return Page(
        f"Soccer-{home} {a} {away} {b}",
        (
            f"Result of a league match on {rng.choice(('Saturday', 'Sunday', 'Monday'))}: {home} {a} {away} {b} (halftime "
            f"{min(a, 1)}-{min(b, 1)}). Scorers: {rng.choice(LAST)} {rng.randint(2, 44)}, {rng.choice(LAST)} "
            f"{rng.randint(46, 89)}. Attendance: {rng.randint(2, 60)},{rng.randint(100, 999)}",
        ),
    )


def hearing(rng: random.Random) -> Page:
    event = Event(rng)
    lines = account(rng, event, rng.randint(4, 12), quote=True).split("\n")
    return Page(f"{event.people[0]}: {event.topic} of {event.place} under {event.nouns[0]} review", tuple(lines))


def dividend(rng: random.Random) -> Page:
    who, cents = firm(rng), rng.choice((10, 12, 15, 25, 30))
    return Page(
        f"{who} sets {rng.choice(('quarterly', 'quarterly', 'regular'))} payout",
        (f"Qtly div {cents} cts vs {cents} cts prior", "Pay April 15", "Record March 31"),
    )


def auction(rng: random.Random) -> Page:
    rates = [f"{rng.uniform(4, 8):.2f}" for _ in range(4)]
    return Page(
        "U.S. TREASURY BILL AUCTION RESULTS",
        (
            f"The Treasury said the average discount rate on the {rng.uniform(5, 9):.1f} billion dlrs of three-month bills sold "
            f"was {rates[0]} pct, against {rates[1]} pct at the last auction, and on the six-month bills {rates[2]} pct, "
            f"against {rates[3]} pct. Bids totalled {rng.uniform(10, 40):.1f} billion dlrs, of which noncompetitive ones "
            f"were {rng.uniform(1, 3):.2f} billion. {rng.randint(10, 99)} pct of the bids at the high rate were accepted.",
        ),
    )


def market(rng: random.Random) -> Page:
    place = rng.choice(PLACES)
    return Page(
        f"{place} shares at {rng.choice(('midday', 'the close', 'the open'))}",
        (
            f"{place} shares were {rng.choice(('firmer', 'easier', 'mixed'))}. The index stood at {rng.randint(900, 2900)}."
            f"{rng.randint(1, 9)}, {rng.uniform(0.1, 40):.1f} points off the last close, on turnover of "
            f"{rng.randint(20, 900)} mln shares. Gainers led losers by {rng.randint(100, 900)} to {rng.randint(100, 900)}.",
            f"{firm(rng)} was at {rng.uniform(2, 90):.2f}, {firm(rng)} at {rng.uniform(2, 90):.2f} and {firm(rng)} at "
            f"{rng.uniform(2, 90):.2f}. Dealers said that trading was thin and driven by local accounts.",
        ),
    )


def tennis(rng: random.Random) -> Page:
    names = [f"{rng.randint(1, 16)}-{name(rng)}" for _ in range(8)]
    rows = [f"{a} beat {b} {rng.randint(6, 7)}-{rng.randint(0, 5)} {rng.randint(6, 7)}-{rng.randint(0, 5)}"
            for a, b in zip(names[::2], names[1::2], strict=True)]  # fmt: skip
    place = rng.choice(PLACES)
    return Page(f"Results at {place} tennis", (f"Results in the second round of the {place} tournament:", *rows))


# In each half one form of prose, then the forms that are filled in.
FORMS: tuple[tuple[Form, ...], ...] = (
    (report, earnings, repos, rainfall, football),
    (hearing, dividend, auction, market, tennis),
)
NOTICE = (
    "The ministry's weekly office hours for exporters are on the ground floor, room twelve. Applicants should bring the "
    "stamped form and a copy of the contract. Questions are answered by the press desk.",
    "The exchange reminds its members that trading halls are closed to visitors. Members may apply in writing for a pass, "
    "which the secretary issues at the gate. Passes are not handed on.",
)


def figures_changed(rng: random.Random, lines: tuple[str, ...], most: int) -> tuple[str, ...]:
    """One to `most` figures put right, never more than a quarter of them."""
    text = "\n".join(lines)
    found = list(re.finditer(r"\d+", text))
    few = max(1, min(most, len(found) // 4))
    for match in sorted(rng.sample(found, min(len(found), rng.randint(1, few))), key=lambda m: -m.start()):
        other = str((int(match[0]) + rng.randint(1, 7)) % 10 ** len(match[0])).zfill(len(match[0]))
        text = text[: match.start()] + other + text[match.end() :]
    return tuple(text.split("\n"))


def added(rng: random.Random, lines: tuple[str, ...]) -> tuple[str, ...]:
    """More text: at the end, behind the lead, or a new lead."""
    more = account(rng, Event(rng), rng.randint(1, 3)).split("\n")
    at = rng.choice((len(lines), len(lines), 1, 0)) if len(lines) > 3 else len(lines)
    return (*lines[:at], *more, *lines[at:])


def versions(rng: random.Random, form: Form, page: Page, house: tuple[str, str, str]) -> Iterator[tuple[str, Page]]:
    """(kind, page) of one or two later versions of a page."""
    update, corrected, _ = house
    prose = form in (report, hearing)
    for n in range(1, rng.randint(2, 3)):
        kind = rng.choice(("update", "correction", "both"))
        lines = figures_changed(rng, page.lines, 3) if kind != "update" else page.lines
        if kind != "correction":
            lines = added(rng, lines) if prose or rng.random() < 0.7 else (*lines, "NOTE: Year-ago figures restated.")
        title = corrected if kind == "correction" else update
        page = Page(page.title, lines)
        yield f"{kind} of {form.__name__}", Page(title.format(n=n, t=page.title, p=n), lines)


def wire(seed: int, half: int, pages: int = 22) -> list[Item]:
    """Pages of three houses over some days, with the story of each."""
    rng = random.Random(f"wire {seed} {half}")
    world = World(rng)
    notices = [world.new_story() for _ in range(4)]
    for number, house in enumerate(rng.sample(HOUSES, 3)):
        publisher = f"wire{number}.example"
        for form in FORMS[half]:
            for n in range(pages):
                _page_with_versions(world, rng, form, house, publisher, n)
        _recaps(world, rng, publisher)
        for month, story in enumerate(notices):
            _put(
                world,
                Page("Notice", (f"{publisher} informs. {NOTICE[half]}",)),
                "notice",
                publisher,
                story,
                month * 28 * DAYS,
            )
    return world.items


def _page_with_versions(
    world: World, rng: random.Random, form: Form, house: tuple[str, str, str], publisher: str, n: int
) -> None:
    page, at, story = form(rng), n % 5 * DAYS + rng.uniform(0, 14), world.new_story()
    _put(world, page, form.__name__, publisher, story, at)
    if rng.random() < 0.4:
        for kind, later in versions(rng, form, page, house):
            at += rng.uniform(0.2, 4)
            _put(world, later, kind, publisher, story, at)
    if rng.random() < 0.2:
        _put(world, page, "reprint", f"paper{rng.randrange(9)}.example", story, at + rng.choice((2.0, 8 * DAYS)))


def _recaps(world: World, rng: random.Random, publisher: str) -> None:
    own = {item.story: item for item in world.items if item.publisher == publisher and len(item.body) > 600}
    stories = rng.sample(sorted(own), len(own))
    for hour in range(2):
        leads = [own[story].body.split("\n")[0] for story in stories[hour * 3 : hour * 3 + 3]]
        _put(world, Page("Top news", tuple(leads)), "recap", publisher, world.new_story(), hour * 5.0)


def _put(world: World, page: Page, kind: str, publisher: str, story: int, hours: float) -> None:
    number = len(world.items)
    at, body = START + timedelta(hours=hours), "\n".join(page.lines)
    world.items.append(Item(f"https://{publisher}/w{number}", page.title, body, at, publisher, "en", story, kind))
