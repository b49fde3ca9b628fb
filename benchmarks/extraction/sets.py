"""The pages with gold: open sets of a folder beside the project, and pages written for the tests."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from newsflow.extract.page import charset
from tests.extract.layouts import Written, everything
from tests.paths import ROOT
from tests.worlds.shared import SHARED

WRITTEN = ROOT / ".newsflow" / "bench" / "pages"


@dataclass(frozen=True)
class Gold:
    """A page and what a person found on it; None, "" or an empty tuple where the set does not tell.

    :param site: what folds of a cross-validation and the bootstrap by publisher group by.
    :param source: the suite that the page comes from, where a set is of several.
    :param inside: segments of text that belong to the body; `outside`: segments that don't.
    :param prefix: the words that the body opens with.
    :param article: whether it is one; listings are not.
    """

    path: Path
    url: str
    text: str
    site: str
    title: str | None = None
    authors: tuple[str, ...] | None = None
    day: str | None = None
    source: str = ""
    inside: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    prefix: str = ""
    article: bool = True

    def html(self) -> bytes:
        return gzip.decompress(self.path.read_bytes())

    def manifest_line(self) -> str:
        """The line that `extractors.py` reads."""
        codec = charset.decode(self.html())[1]
        return json.dumps({"path": str(self.path), "url": self.url, "charset": codec})


def host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def pages() -> list[Gold]:
    """181 pages of the article extraction benchmark: bodies."""
    gold = json.loads((SHARED / "pages/ground-truth.json").read_text())
    folder = SHARED / "pages/html"
    return [
        Gold(folder / f"{key}.html.gz", one["url"], one["articleBody"], host(one["url"]))
        for key, one in sorted(gold.items())
    ]


def pages_meta() -> list[Gold]:
    """Pages with titles, authors and days too; the days are noisy."""
    folder = SHARED / "pages_meta/html"
    return [
        Gold(
            path=folder / f"{one['html_file']}.html.gz",
            url=one["link"],
            text=one["text"],
            site=one["site"],
            title=one["title"],
            authors=tuple(name.strip() for name in one["authors"].split(",") if name.strip()),
            day=one["date"],
        )
        for one in json.loads((SHARED / "pages_meta/articles.json").read_text())
    ]


def sites() -> list[Gold]:
    """Several pages each of 63 sites in five languages: bodies, which open with the headline."""
    folder = SHARED / "sites/html"
    return [
        Gold(folder / f"{one['file']}.html.gz", f"http://{one['host']}/{one['file']}", one["text"], one["host"])
        for one in json.loads((SHARED / "sites/articles.json").read_text())
    ]


def foreign() -> list[Gold]:
    """Pages of ten peers' test suites by source: bodies, segments, opening words, fields, each where a suite tells."""
    return [_stated("foreign", one, one["source"]) for one in _lines("foreign")]


def wcxb() -> list[Gold]:
    """Articles, and listings and collections that are none, of the Web Content Extraction Benchmark."""
    kinds = {"article": "articles"}
    return [_stated("wcxb", one, kinds.get(one["page_type"], "listings")) for one in _lines("wcxb")]


def _lines(name: str) -> list[dict[str, Any]]:
    with (SHARED / name / "gold.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _stated(folder: str, one: dict[str, Any], source: str) -> Gold:
    return Gold(
        path=SHARED / folder / one["file"],
        url=one.get("url") or "",
        text=one.get("body") or "",
        site=host(one.get("url") or "") or one["id"],
        title=one.get("title") or None,
        authors=_names(one.get("author") or ()),
        day=_day(str(one.get("date") or "")),
        source=source,
        inside=tuple(one.get("with") or ()),
        outside=tuple(one.get("without") or ()),
        prefix=one.get("prefix") or "",
        article=one.get("page_type", "article") == "article",
    )


def _day(stated: str) -> str | None:
    """A day as suites write it, in ISO 8601; None where there is none."""
    return stated[:10] if _ISO.match(stated) else None


_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_BY = re.compile(r"^\W*(?:by|von|par|por)\s+", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:[,;|\n]|\s&\s|\band\b)\s*")


def _names(stated: str | Sequence[str]) -> tuple[str, ...] | None:
    """Names from a by-line as suites write them ("By Ada Lane and Bo Li"), or from a list; None without any."""
    lines = [stated] if isinstance(stated, str) else stated
    names = [name for line in lines for name in _BETWEEN.split(_BY.sub("", line)) if name]
    return tuple(names) or None


def generated() -> list[Gold]:
    """Pages written for the tests: each text of `tests/extract/texts.py` in each layout."""
    return [Gold(_written(one), one.url, one.body, one.site, one.title, one.authors, one.day) for one in everything()]


def _written(page: Written) -> Path:
    """The page's file, named by what it holds."""
    path = WRITTEN / f"{page.name}-{hashlib.sha256(page.html).hexdigest()[:8]}.html.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(page.html, mtime=0))
    return path


SETS: dict[str, Callable[[], list[Gold]]] = {
    "pages": pages,
    "pages_meta": pages_meta,
    "sites": sites,
    "foreign": foreign,
    "wcxb": wcxb,
    "generated": generated,
}


def load(name: str) -> Sequence[Gold]:
    """The set; empty where its folder is not there."""
    return SETS[name]() if name == "generated" or (SHARED / name).is_dir() else []
