"""Reading feeds: feedparser's own test suite, and 106 real feeds; ours against feedparser and fastfeedparser.

The suite is not part of this project: `pip download --no-deps --no-binary :all: feedparser==6.0.12`
into the folder given by NEWSFLOW_SDISTS (default: a temporary folder, downloaded now).
"""

from __future__ import annotations

import ast
import calendar
import gzip
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from lxml import etree

from newsflow.feeds.dates import parse_date
from newsflow.feeds.known_items import joined
from newsflow.feeds.parse import parse
from newsflow.feeds.parsed import FeedError, ParsedFeed
from newsflow.feeds.parser_process import ParserProcesses
from newsflow.feeds.sanitize import plain
from newsflow.model import Entry
from tests.worlds.shared import SHARED

SDIST = "feedparser-6.0.12"
BASE = "http://127.0.0.1:8097/"
_EXPECT = re.compile(
    r"Expect:\s+not bozo and entries\[(\d)\]\['(title|link|author|published|updated|published_parsed|updated_parsed|"
    r"title_detail'\]\['value|author_detail'\]\['name)'\] == (.*)"
)
_FIELDS = {"title_detail": "title", "author_detail": "author", "published": "date", "updated": "date"}


@dataclass(frozen=True)
class Case:
    """A document of the suite, and the one value that it expects where it is of the kind that we compare."""

    name: str
    body: bytes
    index: int = 0
    field: str = ""
    expected: object = None


def suite() -> Path | None:
    """The unpacked sdist, or None where it can't be had."""
    folder = Path(os.environ.get("NEWSFLOW_SDISTS", tempfile.mkdtemp(prefix="sdists-")))
    archive = folder / f"{SDIST}.tar.gz"
    if not archive.exists():
        for pip in ([sys.executable, "-m", "pip"], ["pip"]):
            name, version = SDIST.split("-")
            command = [*pip, "download", "-q", "--no-deps", "--no-binary", ":all:", f"{name}=={version}", "-d"]
            if subprocess.run([*command, str(folder)], capture_output=True, check=False).returncode == 0:
                break
    if not archive.exists():
        return None
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / SDIST / "tests"


def cases(tests: Path) -> Iterator[Case]:
    """All documents of the suite."""
    for path in sorted(tests.rglob("*")):
        if path.is_file() and path.suffix in (".xml", ".gz", ".z", ".json"):
            body = path.read_bytes()
            yield _case(str(path.relative_to(tests)), body)


def _case(name: str, body: bytes) -> Case:
    found = _EXPECT.search(body[:2000].decode("utf-8", "replace"))
    if not found or not name.startswith("wellformed") or b"Header:      Content-Location" in body:
        # Content-Location no longer is the base of links (RFC 7231, appendix B)
        return Case(name, body)
    try:
        field = found[2].partition("'")[0].removesuffix("_parsed")
        return Case(name, body, int(found[1]), _FIELDS.get(field, field), ast.literal_eval(found[3].strip()))
    except (ValueError, SyntaxError):
        return Case(name, body)


def agrees(case: Case, entry: Entry) -> bool:
    """Whether our entry says what the suite expects, in our terms: plain texts, names, times in UTC."""
    expected = case.expected
    if case.field == "date":
        # dc:date is the time of publication to us, and of the update to feedparser
        return _time(expected) in (entry.published_at, entry.updated_at)
    if case.field == "link":
        return entry.link == str(expected or "")
    if case.field == "author":
        # "name (mail)" is how feedparser joins what Atom keeps apart
        return any(str(expected).startswith(name) for name in entry.authors) if expected else not entry.authors
    return entry.title in (str(expected), plain(str(expected), 1000), " ".join(str(expected).split()))


def _time(expected: object) -> datetime | None:
    if isinstance(expected, tuple):
        return datetime.fromtimestamp(calendar.timegm(expected), timezone.utc)
    return parse_date(str(expected or ""))


def run_suite() -> None:
    """Print how many documents are read, and how many of the expected values we agree with."""
    tests = suite()
    if tests is None:
        print("the suite could not be downloaded: skipped")
        return
    outcomes: Counter[str] = Counter()
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    wrong: list[str] = []
    slowest = 0.0
    with ParserProcesses(1, memory_mb=512, timeout_s=10, max_bytes=10_000_000) as children:
        for case in cases(tests):
            began = time.perf_counter()
            parsed = _parsed(children.parse, case, outcomes)
            slowest = max(slowest, time.perf_counter() - began)
            if not case.field:
                continue
            total[case.field] += 1
            # a title of images only is none in plain text, and an entry of nothing else no entry
            entry = parsed.entries[case.index] if parsed and len(parsed.entries) > case.index else Entry("", "")
            if agrees(case, entry):
                right[case.field] += 1
            else:
                wrong.append(f"{case.name}: {case.field} expected {case.expected!r}, got {entry}")
    print(f"{SDIST}: {sum(outcomes.values())} documents, slowest {slowest:.2f} s:", dict(outcomes))
    for field in total:
        print(f"  {field:18} {right[field]:4} of {total[field]:4}")
    print(
        f"  together           {sum(right.values()):4} of {sum(total.values()):4} = "
        f"{sum(right.values()) / sum(total.values()):.1%}"
    )
    for line in wrong[:20]:
        print("  ", line[:400])


def _parsed(reader: Callable[..., ParsedFeed], case: Case, outcomes: Counter[str]) -> ParsedFeed | None:
    try:
        parsed = reader(case.body, BASE, "application/xml")
    except FeedError as error:
        outcomes[str(error.outcome)] += 1
        return None
    outcomes["read"] += 1
    return parsed


def run_corpus(shared: Path) -> None:
    """Print speed on the real feeds and agreement with feedparser, field by field."""
    import fastfeedparser
    import feedparser

    bodies = [gzip.decompress(path.read_bytes()) for path in sorted((shared / "feeds").glob("*.gz"))]
    ours = timed("ours (lxml; texts made plain, HTML disarmed)", bodies, lambda b: parse(b, BASE))
    for name, new in (("ours, all items known", 0), ("ours, one item new", 1)):
        known = {id(b): joined(e.record for e in feed.entries[new:]) for b, feed in zip(bodies, ours, strict=True)}
        timed(name, bodies, lambda b, kept=known: parse(b, BASE, known=kept[id(b)]))  # type: ignore[misc]
    timed("lxml alone, a tree and no more", bodies, tree)
    timed("fastfeedparser (as it is)", bodies, fastfeedparser.parse)
    theirs = timed(
        "feedparser (sanitising off)",
        bodies,
        lambda b: feedparser.parse(b, sanitize_html=False, resolve_relative_uris=False),
    )
    timed("feedparser (as it is)", bodies[::8], feedparser.parse)
    same: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for mine, other in zip(ours, theirs, strict=True):
        by_link = {entry.link: entry for entry in mine.entries}
        for entry in other.entries:
            total["link"] += 1
            found = by_link.get(entry.get("link", ""))
            same["link"] += found is not None
            if found is not None:
                _compare(found, entry, same, total)
    for field in total:
        print(
            f"  {field:10} {same[field]:5} of {total[field]:5} = {same[field] / total[field]:.2%} as feedparser has it"
        )


def tree(body: bytes) -> object:
    """What libxml2 makes of it, well-formed or not."""
    return etree.fromstring(body, etree.XMLParser(recover=True))


def _compare(mine: Entry, other: dict[str, object], same: Counter[str], total: Counter[str]) -> None:
    parsed = other.get("published_parsed") or other.get("updated_parsed")
    checks = {
        "title": (plain(str(other.get("title", "")), 1000), mine.title),
        "date": (parsed and datetime.fromtimestamp(calendar.timegm(parsed), timezone.utc), mine.published_at),  # type: ignore[arg-type]
        "author": (bool(other.get("author")), bool(mine.authors)),
    }
    for field, (theirs, ours) in checks.items():
        total[field] += 1
        same[field] += theirs == ours


def timed(name: str, bodies: list[bytes], read: Callable[[bytes], object]) -> list:
    """Read all, print feeds a CPU-second."""
    began = time.process_time()
    found = [read(body) for body in bodies]
    print(f"{name:46} {len(bodies) / (time.process_time() - began):7.1f} feeds a CPU-second")
    return found


def main() -> None:
    """Print all of it."""
    run_suite()
    if (SHARED / "feeds").exists():
        run_corpus(SHARED)


if __name__ == "__main__":
    main()
