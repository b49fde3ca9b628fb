"""Pages read as feeds: precision and recall of the links chosen, against the feeds that invented sites hide.

    make bench PART=page_sources          (90 sites, six days of a look every four hours)
    make bench PART=page_sources ARGS=20

Sites have an address form, a layout that is changed after three days, a language and a rate; some have lists and
services that look like stories. The rules were made on `TUNING`; what is reported are sites of other seeds from a
generator with other forms, layouts and languages (`REPORTED`). Nothing is random but the seeds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from statistics import fmean

from benchmarks.sheets import Sheet
from tests.worlds.page_sites import REPORTED, TUNING, sites
from tests.worlds.page_watch import Watched, watch

SITES = 90
SEEDS = {"reported": 2026, "tuning": 3}
Kind = Callable[[Watched], str]

KINDS: dict[str, Kind] = {
    "language": lambda seen: seen.site.language,
    "address": lambda seen: seen.site.address.__name__.strip("_").replace("_", " "),
    "card": lambda seen: seen.site.layouts[0].top.__name__.removeprefix("card_"),
    "frame": lambda seen: seen.site.layouts[0].frame.__name__.removeprefix("frame_"),
    "stories a day": lambda seen: f"{seen.site.daily:3}",
    "look-alikes": lambda seen: (
        " and ".join(name for name in ("dossiers", "services") if getattr(seen.site, name)) or "none"
    ),
}


def row(name: str, some: Sequence[Watched]) -> list[str]:
    """A kind of sites: means over sites, of the first look and of all days."""
    figures = [
        fmean(one.first_precision for one in some),
        fmean(one.first_recall for one in some),
        fmean(one.precision for one in some),
        fmean(one.recall for one in some),
    ]
    return [name, str(len(some)), *(f"{figure:.3f}" for figure in figures), str(sum(bool(s.troubles) for s in some))]


def main() -> None:
    """Print the tables; arguments: number of sites, `tuning` for those that the rules were made on."""
    number = next((int(word) for word in sys.argv[1:] if word.isdigit()), SITES)
    world = "tuning" if "tuning" in sys.argv else "reported"
    manner = TUNING if world == "tuning" else REPORTED
    seen = [watch(site) for site in sites(number, manner, SEEDS[world])]
    heads = ("", "sites", "precision, first", "recall, first", "precision", "recall", "taken for changed")
    Sheet(f"{number} sites without feeds ({world}), means", heads, [row("all", seen)]).show()
    for name, kind in KINDS.items():
        groups = sorted({kind(one) for one in seen})
        rows = [row(group, [one for one in seen if kind(one) == group]) for group in groups]
        Sheet(f"by {name}", heads, rows).show()


if __name__ == "__main__":
    main()
