"""Which records of somebody else's archive we want: by publisher, date and language, cheapest test first. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Protocol

from newsflow.web.urls import BadUrl, origin_of, publisher_name

_HTML = frozenset({"text/html", "application/xhtml+xml"})
_HEAD = 4096  # bytes of a page in which <html lang> stands
_MOST_HOSTS = 100_000  # of which it is remembered whether they are wanted
_SAMPLE = 20_000  # bytes of a page whose text tells the language, where nothing declares it
_LANG = re.compile(rb"<html\b[^>]{0,500}?\blang\s*=\s*[\"']?\s*([a-zA-Z]{2,3})", re.IGNORECASE)
_SILENT = re.compile(rb"<(script|style)\b.*?</\1\s*>|<[^>]{0,2000}>", re.IGNORECASE | re.DOTALL)


class Headers(Protocol):
    """A record's headers."""

    def get(self, key: str, /) -> str | None:
        """The value of a header, None where it is not there."""


@dataclass(frozen=True)
class Selection:
    """What is wanted; empty means all.

    :param publishers: names as the ledger has them, else registered domains (`bbc.co.uk`).
    :param languages: ISO 639-1 codes.
    :param since: first day on which the page was captured, UTC; `until` the last one.
    :param owners: origins (`https://www.bbc.co.uk`) whose publisher has another name than its domain.
    """

    publishers: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    since: date | None = None
    until: date | None = None
    owners: Mapping[str, str] = field(default_factory=dict, compare=False)
    _hosts: dict[str, bool] = field(default_factory=dict, compare=False, repr=False)

    @property
    def filter_hash(self) -> str:
        """Equal for equal filters; files that were read with other ones are read anew."""
        filters = [sorted(self.publishers), sorted(self.languages), str(self.since), str(self.until)]
        return hashlib.sha256(json.dumps(filters).encode()).hexdigest()[:12]

    def refuses_headers(self, headers: Headers) -> str:
        """As `refuses_record`, of a record's WARC headers."""
        captured = headers.get("WARC-Date") if self.since or self.until else ""
        return self.refuses_record(headers.get("WARC-Target-URI") or "", captured or "")

    def refuses_record(self, url: str, captured: str) -> str:
        """Why a record is not wanted, from its WARC headers alone; '' where it may be.

        :param captured: WARC-Date (`2026-11-22T03:04:05Z`); its first ten characters are compared.
        """
        if self.publishers and not self._wants_host(url):
            return "publisher"
        if self.since or self.until:
            day = captured[:10]
            if (self.since and day < self.since.isoformat()) or (self.until and day > self.until.isoformat()):
                return "date"
        return ""

    def _wants_host(self, url: str) -> bool:
        """Whether a URL's publisher is wanted, decided once a host: millions of records share a few thousand."""
        end = url.find("/", 8)
        host = url if end < 0 else url[:end]
        wanted = self._hosts.get(host)
        if wanted is None:
            if len(self._hosts) >= _MOST_HOSTS:
                self._hosts.clear()
            wanted = self._hosts[host] = self.publisher(url) in self.publishers
        return wanted

    def publisher(self, url: str) -> str:
        """The publisher of a URL, '' for one that is none."""
        scheme, _, rest = url.partition("://")
        host = rest.partition("/")[0]
        origin, domain = _owner(f"{scheme}://{host}")
        return self.owners.get(origin, domain)

    def refuses_language(self, headers: Mapping[str, str], body: bytes) -> str:
        """`language` where a page declares, or is written in, another one than wanted; else ''."""
        if not self.languages:
            return ""
        return "" if language(headers, body) in self.languages else "language"


@lru_cache(maxsize=65536)
def _owner(url: str) -> tuple[str, str]:
    try:
        return origin_of(url), publisher_name(url)
    except BadUrl:
        return "", ""


def refuses_answer(status: int, content_type: str) -> str:
    """Why an answer can't be an article: `status` or `type`; '' where it can."""
    if status != 200:
        return "status"
    media = content_type.partition(";")[0].strip().lower()
    return "" if media in _HTML or not media else "type"


def language(headers: Mapping[str, str], body: bytes) -> str:
    """ISO 639-1 code of a page as it declares it (`<html lang>`, Content-Language), else as its text reads.

    A guess for choosing only; extract decides afterwards.
    """
    declared = _LANG.search(body[:_HEAD])
    if declared:
        return declared[1].decode().lower()[:2]
    header = headers.get("content-language", "").strip().lower()
    if header and "," not in header:
        return header[:2]
    return _detected(body)


def _detected(body: bytes) -> str:
    from resiliparse.parse.lang import detect_fast

    text = _SILENT.sub(b" ", body[:_SAMPLE]).decode("utf-8", "replace")
    found: str = detect_fast(text)[0]
    return "" if found == "unknown" else found
