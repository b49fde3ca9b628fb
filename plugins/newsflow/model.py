"""The nouns of newsflow, frozen and typed. Read this file first.

A *feed* shows *entries*; an entry points at a *page* (one canonical URL). Fetching a
page gives a *capture* (one stored HTTP exchange); extracting a capture gives an
*extraction*; a loaded extraction is an *article*, and equal articles form a *story*.
Whatever ends otherwise ends with an *outcome*: errors are data (`newsflow.outcomes`).
All are `Storable`: a text of theirs holds nothing that the database refuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from newsflow.outcomes import Code, Outcome, Stage
from newsflow.text.storable import Storable

# Sources of bodies that only a second look at the page found: our own rules had lost them.
SECOND_LOOKS = ("opened page", "plain engine")


class PageState(Code):
    """Where a page stands in the ledger; each page is in exactly one state."""

    PENDING = "pending"  # to be fetched, now or at `next_attempt_at`
    CAPTURED = "captured"  # its exchange is stored, to be extracted
    EXTRACTED = "extracted"  # its extraction is stored, to be deduplicated
    CLUSTERED = "clustered"  # its story is known, to be loaded
    LOADED = "loaded"  # analysts see it
    REJECTED = "rejected"  # ended for the reason in `outcome`


@dataclass(frozen=True, slots=True)
class Entry(Storable):
    """One item as a feed showed it; texts are plain, links absolute, times aware (UTC)."""

    guid: str
    link: str
    title: str = ""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_raw: str = ""
    updated_at: datetime | None = None
    summary: str = ""
    content_html: str = ""
    categories: tuple[str, ...] = ()
    language: str = ""
    image_url: str = ""
    enclosures: tuple[str, ...] = ()
    record: bytes = b""  # by which the next poll knows it again (`feeds.known_items`); empty where it is to be read
    known: bool = False  # it stands there as it did last time: identity and dates are known, its texts were not read


@dataclass(frozen=True, slots=True)
class Exchange(Storable):
    """One HTTP exchange as it ended; `body` is decoded (no content encoding left).

    `outcome` is OK for a usable 2xx answer, NOT_MODIFIED for 304, else the reason.
    `hops` are the URLs that were asked, first to last; `headers` have lower-case names.
    """

    url: str
    outcome: Outcome
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    final_url: str = ""
    hops: tuple[str, ...] = ()
    permanent: bool = False  # every hop was a 301 or 308
    ip: str = ""
    seconds: float = 0.0
    retry_after_s: float | None = None
    detail: str = ""
    request_headers: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""

    @property
    def address(self) -> str:
        """Where the body came from, after redirects."""
        return self.final_url or self.url

    @property
    def content_type(self) -> str:
        """As the header says, "" where it is silent."""
        return self.headers.get("content-type", "")


@dataclass(frozen=True, slots=True)
class CapturePointer(Storable):
    """Where a capture's response record lies: a gzip member of a WARC file, in bytes."""

    file: str
    offset: int
    length: int
    payload_digest: str = ""  # "sha1:BASE32", as WARC 1.1 writes it


@dataclass(frozen=True, slots=True)
class Template(Storable):
    """What a publisher's pages share, as 64-bit hashes of forms (`extract/body/forms.py`).

    `rows`: boxes that stand in rows beside the text, as comments and teasers do; `outside`: elements whose text is
    mostly none of the body; `inside`: those whose text nearly always is, with all that they stand in.
    """

    rows: frozenset[int] = frozenset()
    outside: frozenset[int] = frozenset()
    inside: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.rows or self.outside or self.inside)


@dataclass(frozen=True, slots=True)
class Hints(Storable):
    """What feed, transport and publisher know of a page before its bytes are read."""

    title: str = ""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    content_html: str = ""
    language: str = ""
    content_type: str = ""
    asked_url: str = ""  # the page's address before redirects
    publisher: str = ""
    zone: str = ""  # the publisher's, as the tz database names it ("Europe/Madrid"); empty for not known: UTC
    languages: tuple[str, ...] = ()  # ISO 639-1 codes that the publisher writes in; empty for unknown
    seen_at: datetime | None = None  # when it was captured: nothing is published much later
    first_seen_at: datetime | None = None  # when we first learned of the page
    watched_since: datetime | None = (
        None  # since then its publisher's feeds had been polled without a gap; None: they had not
    )
    site_lines: frozenset[int] = frozenset()  # 64-bit hashes of lines learned across the publisher's pages
    template: Template = Template()  # learned across the publisher's pages


@dataclass(frozen=True, slots=True)
class Extraction(Storable):
    """What one extractor version made of one capture.

    `sources` names, for each field that had rivals, which source won
    (`{"title": "json-ld", "published_at": "meta", …}`). Bodies are paragraphs joined by "\\n".
    """

    url: str
    outcome: Outcome
    detail: str = ""
    title: str = ""
    lead: str = ""
    body: str = ""
    authors: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_raw: str = ""
    published_quality: str = ""  # exact | unzoned | day | clamped | guessed | doubtful | unknown
    modified_at: datetime | None = None
    language: str = ""  # ISO 639-1, "" where it can't be told
    language_confidence: float = 0.0
    section: str = ""
    tags: tuple[str, ...] = ()
    image_url: str = ""
    image_caption: str = ""
    canonical_url: str = ""
    amp_url: str = ""
    page_type: str = "article"  # article | live | opinion | video | gallery | podcast | index
    rights: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    extractor: str = ""
    site_name: str = ""  # what the page calls its site
    site_language: str = ""  # ISO 639-1, as the page declares it


@dataclass(frozen=True, slots=True)
class StageReport(Storable):
    """What a step did: counts by outcome code, and the pages that it took on."""

    stage: Stage
    taken: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    label: str = ""
    seconds: float = 0.0
