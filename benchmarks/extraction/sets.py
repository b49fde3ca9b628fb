"""The pages with gold: open sets of a folder beside the project, and pages written for the tests."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from newsflow.extract.page import charset
from tests.extract.layouts import Written, everything
from tests.paths import ROOT
from tests.worlds.shared import SHARED

WRITTEN = ROOT / ".newsflow" / "bench" / "pages"


@dataclass(frozen=True)
class Gold:
    """A page and what a person found on it; None where the set does not tell.

    :param site: what folds of a cross-validation and the bootstrap by publisher group by.
    """

    path: Path
    url: str
    text: str
    site: str
    title: str | None = None
    authors: tuple[str, ...] | None = None
    day: str | None = None

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
    "generated": generated,
}


def load(name: str) -> Sequence[Gold]:
    """The set; empty where its folder is not there."""
    return SETS[name]() if name == "generated" or (SHARED / name).is_dir() else []
