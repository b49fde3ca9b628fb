"""The nouns of newsflow, frozen and typed. Read this file first.

A *feed* shows *entries*; an entry points at a *page* (one canonical URL). Fetching a
page gives a *capture* (one stored HTTP exchange); extracting a capture gives an
*extraction*; a loaded extraction is an *article*, and equal articles form a *story*.
Whatever ends otherwise ends with an *outcome*: errors are data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import Any


class Code(str, Enum):
    """A string enum whose members print as their stable code."""

    def __str__(self) -> str:
        return str(self.value)


class PageState(Code):
    """Where a page stands in the ledger; each page is in exactly one state."""

    PENDING = "pending"  # to be fetched, now or at `next_attempt_at`
    CAPTURED = "captured"  # its exchange is stored, to be extracted
    EXTRACTED = "extracted"  # its extraction is stored, to be deduplicated
    CLUSTERED = "clustered"  # its story is known, to be loaded
    LOADED = "loaded"  # analysts see it
    REJECTED = "rejected"  # ended for the reason in `outcome`


class Stage(Code):
    """The steps of a run, in order, as the funnel and the Airflow UI name them."""

    POLL = "poll"
    BACKFILL = "backfill"  # reads others' WARC files, where news_backfill has no fetch
    FETCH = "fetch"
    EXTRACT = "extract"
    DEDUPLICATE = "deduplicate"
    LOAD = "load"


class Kind(Code):
    """What an outcome means for the page or feed that has it."""

    OK = "ok"  # goes on to the next stage
    RETRY = "retry"  # tried again later, a bounded number of times
    FINAL = "final"  # ended; only a person or a change at the source revives it


class Outcome(Code):
    """The typed reason for which a poll, a page or a row ended as it did.

    The sentence and kind of each stand in `OUTCOMES`; the database holds the same table
    as `ingest.outcome` and a test compares the two.
    """

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    # the request was never sent
    BAD_URL = "bad_url"
    SSRF_BLOCKED = "ssrf_blocked"
    ROBOTS_DENIED = "robots_denied"
    COOLING = "cooling"
    PAUSED = "paused"
    # the exchange failed
    DNS_ERROR = "dns_error"
    CONNECT_ERROR = "connect_error"
    TLS_ERROR = "tls_error"
    CONNECTION_LOST = "connection_lost"
    DEADLINE = "deadline"
    TOO_BIG = "too_big"
    TRUNCATED = "truncated"
    DECODE_ERROR = "decode_error"
    BAD_REDIRECT = "bad_redirect"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    BAD_RESPONSE = "bad_response"
    # the server said no
    RATE_LIMITED = "rate_limited"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    GONE = "gone"
    CLIENT_ERROR = "client_error"
    SERVER_ERROR = "server_error"
    BAD_CONTENT_TYPE = "bad_content_type"
    OWN_OUTAGE = "own_outage"
    # the feed could not be read
    NOT_A_FEED = "not_a_feed"
    PARSE_ERROR = "parse_error"
    PARSE_TIMEOUT = "parse_timeout"
    # the capture is no article
    EXTRACT_TIMEOUT = "extract_timeout"
    EXTRACT_CRASHED = "extract_crashed"
    NOT_TEXT = "not_text"
    TOO_SHORT = "too_short"
    PAYWALL = "paywall"
    CONSENT_WALL = "consent_wall"
    BOT_CHALLENGE = "bot_challenge"
    LOGIN = "login"
    SOFT_404 = "soft_404"
    REMOVED = "removed"
    INDEX_PAGE = "index_page"
    NEEDS_JAVASCRIPT = "needs_javascript"
    WRONG_LANGUAGE = "wrong_language"
    DUPLICATE_TEMPLATE = "duplicate_template"
    # the row of an imported file is left out
    UNREADABLE_ROW = "unreadable_row"
    REPEATED_ROW = "repeated_row"
    KEPT_OWN = "kept_own"
    # the article met what we have
    SAME_PAGE = "same_page"
    NEW = "new"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    BAD_ROW = "bad_row"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True)
class OutcomeInfo:
    """What ops and analysts are told of an outcome."""

    stage: Stage
    kind: Kind
    sentence: str


def _poll(kind: Kind, sentence: str) -> OutcomeInfo:
    return OutcomeInfo(Stage.POLL, kind, sentence)


def _fetch(kind: Kind, sentence: str) -> OutcomeInfo:
    return OutcomeInfo(Stage.FETCH, kind, sentence)


def _extract(sentence: str) -> OutcomeInfo:
    return OutcomeInfo(Stage.EXTRACT, Kind.FINAL, sentence)


def _load(kind: Kind, sentence: str) -> OutcomeInfo:
    return OutcomeInfo(Stage.LOAD, kind, sentence)


OUTCOMES: Mapping[Outcome, OutcomeInfo] = MappingProxyType(
    {
        Outcome.OK: _fetch(Kind.OK, "It went well."),
        Outcome.NOT_MODIFIED: _fetch(Kind.OK, "The server says that nothing changed since we last looked."),
        Outcome.BAD_URL: _fetch(Kind.FINAL, "The address is not a usable http(s) URL."),
        Outcome.SSRF_BLOCKED: _fetch(Kind.FINAL, "The address leads into a private network and was never dialled."),
        Outcome.ROBOTS_DENIED: _fetch(Kind.FINAL, "The publisher's robots.txt asks us not to fetch this page."),
        Outcome.COOLING: _fetch(Kind.RETRY, "The origin asked for a pause; the page waits until it is over."),
        Outcome.PAUSED: _fetch(Kind.RETRY, "The publisher or feed was paused by a person."),
        Outcome.DNS_ERROR: _fetch(Kind.RETRY, "The host name could not be resolved."),
        Outcome.CONNECT_ERROR: _fetch(Kind.RETRY, "No connection to the server could be made."),
        Outcome.TLS_ERROR: _fetch(Kind.RETRY, "The secure connection failed (certificate or protocol)."),
        Outcome.CONNECTION_LOST: _fetch(Kind.RETRY, "The connection broke before the answer was complete."),
        Outcome.DEADLINE: _fetch(Kind.RETRY, "The exchange took longer than its total time limit."),
        Outcome.TOO_BIG: _fetch(Kind.FINAL, "The answer is larger than the size limit."),
        Outcome.TRUNCATED: _fetch(Kind.RETRY, "The answer ended before its announced length."),
        Outcome.DECODE_ERROR: _fetch(Kind.RETRY, "The content encoding of the answer could not be undone."),
        Outcome.BAD_REDIRECT: _fetch(Kind.FINAL, "The server redirects to something that is not a usable URL."),
        Outcome.TOO_MANY_REDIRECTS: _fetch(Kind.FINAL, "The server redirects in a loop or too often."),
        Outcome.BAD_RESPONSE: _fetch(Kind.RETRY, "The server's answer was not valid HTTP."),
        Outcome.RATE_LIMITED: _fetch(Kind.RETRY, "The server asked us to slow down (429, or 503 with Retry-After)."),
        Outcome.FORBIDDEN: _fetch(Kind.FINAL, "The server refused access (401, 403 or 451)."),
        Outcome.NOT_FOUND: _fetch(Kind.FINAL, "The server says that there is no such page (404)."),
        Outcome.GONE: _fetch(Kind.FINAL, "The server says that the page is gone for good (410)."),
        Outcome.CLIENT_ERROR: _fetch(Kind.FINAL, "The server rejected the request (another 4xx)."),
        Outcome.SERVER_ERROR: _fetch(Kind.RETRY, "The server failed (5xx)."),
        Outcome.BAD_CONTENT_TYPE: _fetch(Kind.FINAL, "The answer is neither HTML nor a feed."),
        Outcome.OWN_OUTAGE: _fetch(Kind.RETRY, "Our own network was down; nobody is penalised for it."),
        Outcome.NOT_A_FEED: _poll(Kind.RETRY, "The answer is no feed in any format that we read."),
        Outcome.PARSE_ERROR: _poll(Kind.RETRY, "The feed is too broken to be read."),
        Outcome.PARSE_TIMEOUT: _poll(Kind.RETRY, "Reading the feed took too long and was stopped."),
        Outcome.EXTRACT_TIMEOUT: _extract("Extracting the page took too long and was stopped."),
        Outcome.EXTRACT_CRASHED: _extract("Extracting the page crashed or ran out of memory."),
        Outcome.NOT_TEXT: _extract("The page holds no readable text."),
        Outcome.TOO_SHORT: _extract("The text is too short to be an article."),
        Outcome.PAYWALL: _extract("The page shows a paywall instead of the article."),
        Outcome.CONSENT_WALL: _extract("The page shows a cookie or consent wall instead of the article."),
        Outcome.BOT_CHALLENGE: _extract("The page is a bot challenge (captcha or browser check)."),
        Outcome.LOGIN: _extract("The page asks to log in."),
        Outcome.SOFT_404: _extract("The page says 'not found' although the status was 200."),
        Outcome.REMOVED: _extract("The publisher says that the article was removed."),
        Outcome.INDEX_PAGE: _extract("The page is a section, tag or home page, not an article."),
        Outcome.NEEDS_JAVASCRIPT: _extract("The page is an empty shell that needs JavaScript."),
        Outcome.WRONG_LANGUAGE: _extract("The text is not in a language of this publisher."),
        Outcome.DUPLICATE_TEMPLATE: _extract("The text is the same template as other pages of the site."),
        Outcome.UNREADABLE_ROW: _extract("The row of the file can't be read, or has no usable address, text or time."),
        Outcome.REPEATED_ROW: _extract("An earlier row of the file has the same address."),
        Outcome.KEPT_OWN: _extract("We have this article from its own page, and keep that."),
        Outcome.SAME_PAGE: OutcomeInfo(
            Stage.DEDUPLICATE, Kind.FINAL, "The page is another address of an article that we already have."
        ),
        Outcome.NEW: _load(Kind.OK, "A new article."),
        Outcome.REVISED: _load(Kind.OK, "A known article changed: it has a new revision."),
        Outcome.UNCHANGED: _load(Kind.OK, "A known article, unchanged."),
        Outcome.BAD_ROW: _load(Kind.FINAL, "The database refused the row."),
        Outcome.RETRACTED: _load(Kind.FINAL, "The article was retracted or purged here and does not come back."),
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
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


@dataclass(frozen=True, slots=True)
class Exchange:
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


@dataclass(frozen=True, slots=True)
class CapturePointer:
    """Where a capture's response record lies: a gzip member of a WARC file, in bytes."""

    file: str
    offset: int
    length: int
    payload_digest: str = ""  # "sha1:BASE32", as WARC 1.1 writes it


@dataclass(frozen=True, slots=True)
class Hints:
    """What feed, transport and publisher know of a page before its bytes are read."""

    title: str = ""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    content_html: str = ""
    language: str = ""
    content_type: str = ""
    publisher: str = ""
    languages: tuple[str, ...] = ()  # ISO 639-1 codes that the publisher writes in; empty for unknown
    seen_at: datetime | None = None  # when it was captured: nothing is published much later
    site_lines: frozenset[int] = frozenset()  # 64-bit hashes of lines learned across the publisher's pages


@dataclass(frozen=True, slots=True)
class Extraction:
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
    published_quality: str = ""  # exact | day | clamped | guessed | unknown
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


@dataclass(frozen=True, slots=True)
class StageReport:
    """What a step did: counts by outcome code, and the pages that it took on."""

    stage: Stage
    taken: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    label: str = ""
    seconds: float = 0.0
