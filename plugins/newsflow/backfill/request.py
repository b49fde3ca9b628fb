"""What a backfill is asked to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import Field, model_validator
from typing_extensions import Self

from newsflow.request import Day, Lines, Request, check_span

if TYPE_CHECKING:
    from newsflow.backfill.selection import Selection


class BackfillRequest(Request):
    """Sources and filters; at least one source."""

    warc: Lines = Field(
        (),
        title="WARC files",
        description="WARC files, folders, URLs, prefixes such as s3://bucket/2026/, or lists of them (warc.paths.gz)",
    )
    sitemaps: Lines = Field(
        (), title="Sitemaps", description="Sitemaps or sitemap indexes, by URL (their pages are fetched)"
    )
    urls: Lines = Field(
        (),
        title="Pages",
        description="Pages by URL, or lists of pages by path or URL, one a line (the pages are fetched)",
    )
    publishers: Lines = Field((), description="Only these publishers, such as bbc.co.uk (default: all)")
    languages: Lines = Field((), description="Only these languages, ISO 639-1 such as en (default: all)")
    since: Day = Field(None, description="First day, UTC: of the capture (WARC) or of the last change (sitemaps)")
    until: Day = Field(None, description="Last day, UTC")
    limit: int | None = Field(None, ge=1, description="Take at most this many pages; the same request goes on there")
    anonymous: bool = Field(False, description="Ask S3 without credentials, as for CC-NEWS")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        check_span(self.since, self.until)
        if not (self.warc or self.sitemaps or self.urls):
            raise ValueError("name at least one source: warc, sitemaps or urls")
        return self

    def selection(self, owners: Mapping[str, str]) -> Selection:
        """The filters; `owners` are the publishers of known origins."""
        from newsflow.backfill.selection import Selection  # with the URL library, that --help can do without

        return Selection(frozenset(self.publishers), frozenset(self.languages), self.since, self.until, owners)
