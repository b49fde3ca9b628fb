"""Bodies held against what a browser shows: words that ran together, letters that were lost.

    make bench PART=extraction_fidelity ARGS="--every 10"

Headless Chromium reads each open page, without scripts and without a network. A line of our body whose letters and
digits stand on the page as it shows them should be written as there, too: with the same blanks, marks and joiners.
Lines of tables are left out, and marks of footnotes may stand in brackets. Lines that it does not show at all
(a page's style hides them, or they stand in scripts) are not judged.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from unicodedata import normalize

from playwright.sync_api import Error, sync_playwright
from rich.progress import track

from benchmarks.extraction.sets import SETS, Gold, load
from benchmarks.sheets import Sheet
from newsflow.extract.document import extract
from newsflow.extract.page import charset
from tests.browser import QUIET

_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_REFRESH = re.compile(r"<meta[^>]{0,200}http-equiv[^>]{0,200}>", re.IGNORECASE)
_ITEM, _NOTE, _SIGNS = re.compile(r"^[-*•] "), re.compile(r"\[(\d{1,3})\]"), re.compile(r"\W")
_LONGEST = 20_000  # milliseconds that Chromium may take for a page


@dataclass
class Found:
    """What came of a set: lines that were judged, and those that are written otherwise, with their page."""

    pages: int = 0
    lines: int = 0
    otherwise: list[tuple[str, str]] = field(default_factory=list)


def shown(page: Any, html: str) -> str:
    """The text of a page as Chromium shows it; "" where it fails."""
    try:
        page.set_content(_REFRESH.sub("", html), wait_until="domcontentloaded", timeout=_LONGEST)
        return str(page.locator("body").first.inner_text(timeout=_LONGEST))
    except Error:
        return ""


def written(text: str) -> str:
    """A text on one line, without what nobody sees and the brackets around marks of footnotes."""
    return " ".join(_NOTE.sub(r"\1", _UNSEEN.sub("", normalize("NFC", text))).split())


def otherwise(body: str, seen: str) -> Iterator[tuple[str, bool]]:
    """Each line that the browser shows, and whether it is written otherwise there."""
    text = written(seen)
    letters = _SIGNS.sub("", text)
    for line in body.split("\n"):
        said = written(_ITEM.sub("", line))
        if not line.startswith("|") and _SIGNS.sub("", said) in letters:
            yield line, said not in text


def judge(page: Any, gold: Sequence[Gold]) -> Found:
    """A set's lines."""
    found = Found()
    for one in track(gold, "  pages", transient=True):
        html = one.html()
        body = extract(html, one.url).body
        seen = shown(page, charset.decode(html)[0]) if body else ""
        lines = list(otherwise(body, seen)) if seen else []
        found.pages += bool(lines)
        found.lines += len(lines)
        found.otherwise += [(one.path.name[:12], line) for line, differs in lines if differs]
    return found


def main() -> None:
    """Print a table of the sets, and the lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", nargs="*", default=["pages", "pages_meta", "wcxb", "foreign", "sites"], choices=SETS)
    parser.add_argument("--every", type=int, default=1, help="each n-th page of a set")
    asked = parser.parse_args()
    chromium = shutil.which("chromium") or sys.exit("no Chromium (Debian: apt install chromium)")
    with sync_playwright() as play:
        page = play.chromium.launch(executable_path=chromium, args=QUIET).new_page(java_script_enabled=False)
        page.route("**/*", lambda route: route.abort())
        found = {name: judge(page, load(name)[:: asked.every]) for name in asked.sets}
    table(found).show()


def table(found: dict[str, Found]) -> Sheet:
    """A row a set; below it the lines that are written otherwise."""
    rows = [(name, str(one.pages), str(one.lines), str(len(one.otherwise))) for name, one in found.items()]
    lines = [f"{name} {key}: {line[:110]}" for name, one in found.items() for key, line in one.otherwise]
    return Sheet("Lines of bodies beside a browser's", ("", "pages", "lines", "written otherwise"), rows, lines)
