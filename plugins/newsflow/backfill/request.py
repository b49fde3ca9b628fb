"""What a backfill is asked to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from newsflow.backfill.selection import Selection


@dataclass(frozen=True, slots=True)
class BackfillRequest:
    """Sources and filters.

    :param warc: WARC files, folders, object-store prefixes, or lists of them (`warc.paths.gz`).
    :param sitemaps: URLs of sitemaps or sitemap indexes; their pages are fetched.
    :param urls: URLs of pages, or files and URLs of lists with one page a line; they are fetched.
    :param since: first day, UTC: of the capture in WARC files, of the last change in sitemaps.
    :param limit: pages to take in this run, at most; the next run goes on there.
    """

    warc: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    limit: int | None = None
    anonymous: bool = False

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> BackfillRequest:
        """From Airflow's Params (or any mapping with these keys).

        :raises ValueError: for a date that is none, a span that ends before it begins, or no source at all.
        """
        names = ("warc", "sitemaps", "urls", "publishers", "languages")
        lists = {name: tuple(filter(None, (str(x).strip() for x in params.get(name) or ()))) for name in names}
        since, until = _day(params.get("since")), _day(params.get("until"))
        if since and until and until < since:
            raise ValueError(f"the span ends on {until}, before it begins on {since}")
        if not (lists["warc"] or lists["sitemaps"] or lists["urls"]):
            raise ValueError("name at least one source: warc, sitemaps or urls")
        return cls(
            **lists, since=since, until=until, limit=params.get("limit"), anonymous=bool(params.get("anonymous"))
        )

    def as_params(self) -> dict[str, Any]:
        """The mapping that `from_params` reads."""
        return {
            "warc": list(self.warc),
            "sitemaps": list(self.sitemaps),
            "urls": list(self.urls),
            "publishers": list(self.publishers),
            "languages": list(self.languages),
            "since": str(self.since) if self.since else None,
            "until": str(self.until) if self.until else None,
            "limit": self.limit,
            "anonymous": self.anonymous,
        }

    def selection(self, owners: Mapping[str, str]) -> Selection:
        """The filters; `owners` are the publishers of known origins."""
        return Selection(frozenset(self.publishers), frozenset(self.languages), self.since, self.until, owners)


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None
