"""How a poll, a page or a row can end, and all that follows from each end: one row an outcome.

A new outcome is a new row of `Outcome`, and its use where a step gives it. Nothing else lists
outcomes: Python asks `outcome.meaning` or `where(...)`, SQL joins `ingest.outcome`, into which
`newsflow migrate` copies these rows, column by column.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Code(str, Enum):
    """A string enum whose members print as their stable code."""

    def __str__(self) -> str:
        return str(self.value)


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

    OK = "ok"  # it went well
    RETRY = "retry"  # tried again later, a bounded number of times
    FINAL = "final"  # ended; only a person or a change at the source revives it


class Blame(Code):
    """Whom an outcome is held against."""

    NOBODY = "nobody"
    US = "us"  # our network, our database, our extractor
    PUBLISHER = "publisher"  # the publisher, or its servers: failures are counted, tries are used up


class Reach(Code):
    """How far the request got."""

    UNSENT = "unsent"  # nobody was asked anything
    UNREACHED = "unreached"  # the origin is not there: its other pages need not be tried to know their fate
    UNANSWERED = "unanswered"  # it was there, and no answer came
    ANSWERED = "answered"  # an answer came, whatever it said


@dataclass(frozen=True, slots=True)
class Meaning:
    """The columns of the table; `ingest.outcome` has the same, with the same names.

    `pause_s` and `feed_wait_s` double with each further failure in a row.
    """

    stage: Stage  # that gives the outcome; `ok` is given by all
    kind: Kind
    sentence: str  # for people
    blame: Blame = Blame.PUBLISHER
    reach: Reach = Reach.ANSWERED
    goes_on: bool = False  # the page goes on to the next stage
    pause_s: float | None = None  # first pause of the origin, seconds; None: it is asked on as before
    feed_wait_s: float = 900.0  # first wait of a feed whose poll ends so, seconds
    asks_for_pause: bool = False  # the origin has named the time of the next try itself
    address_dead: bool = False  # it is no longer at this address: another one of the feed is looked for
    leads_nowhere: bool = False  # the address, or what it redirects to, is unusable; so asked, robots.txt allows all
    keeps_text: bool = False  # the text is the article's own, if not all of it; of others it is a wall's
    closed_to_archives: bool = False  # the page isn't filled from others' captures either
    withdrawn: bool = False  # a person took the page out: nothing but a person brings it back
    out_of_time: bool = False  # the run had no time left for it
    writes_article: bool = False  # load writes the article, anew or as a revision
    loses_capture: bool = False  # the stored capture is of no more use: the page is fetched again from the beginning
    no_article: bool = False  # by its kind: links whose addresses are like its own lead to more of these
    subscribers_only: bool = False  # the publisher shows the whole to subscribers or registered readers only

    @property
    def uses_try(self) -> bool:
        """Whether the end counts as a failed try: not where nobody asked, or where the fault was ours."""
        return self.kind is not Kind.RETRY or self.blame is Blame.PUBLISHER

    @property
    def looks_offline(self) -> bool:
        """Whether a dead network of our own looks like this; `newsflow.web.outage` tells whether it was."""
        return self.blame is Blame.PUBLISHER and self.reach in (Reach.UNREACHED, Reach.UNANSWERED)


# Short names, so that a row of the table fits a line or two.
_POLL, _FETCH, _EXTRACT, _DEDUPLICATE, _LOAD = Stage.POLL, Stage.FETCH, Stage.EXTRACT, Stage.DEDUPLICATE, Stage.LOAD
_OK, _RETRY, _FINAL = Kind.OK, Kind.RETRY, Kind.FINAL
_NOBODY, _US = Blame.NOBODY, Blame.US
_UNSENT, _UNREACHED, _UNANSWERED = Reach.UNSENT, Reach.UNREACHED, Reach.UNANSWERED
# First waits of feeds, seconds: names come back within hours or never; what is later needs somebody.
_SOON, _LATER = 1_800.0, 3_600.0


class Outcome(Code):
    """The typed reason for which a poll, a page or a row ended as it did: (code, meaning)."""

    meaning: Meaning

    def __new__(cls, code: str, meaning: Meaning | None = None) -> Outcome:
        """A row of the table; called with a code alone, the enum finds its row."""
        if meaning is None:
            raise ValueError(f"{code!r} is no outcome")
        made = str.__new__(cls, code)
        made._value_ = code
        made.meaning = meaning
        return made

    # fmt: off
    OK = "ok", Meaning(_FETCH, _OK, "It went well.", blame=_NOBODY, goes_on=True, keeps_text=True)
    NOT_MODIFIED = "not_modified", Meaning(_FETCH, _OK, "The server says that nothing changed since we last looked.",
        blame=_NOBODY)
    # the request was never sent
    BAD_URL = "bad_url", Meaning(_FETCH, _FINAL, "The address is not a usable http(s) URL.",
        reach=_UNSENT, feed_wait_s=_LATER, leads_nowhere=True)
    SSRF_BLOCKED = "ssrf_blocked", Meaning(_FETCH, _FINAL,
        "The address leads into a private network and was never dialled.",
        reach=_UNSENT, feed_wait_s=_LATER, leads_nowhere=True)
    ROBOTS_DENIED = "robots_denied", Meaning(_FETCH, _FINAL,
        "The publisher's robots.txt asks us not to fetch this page.",
        reach=_UNSENT, feed_wait_s=_LATER, closed_to_archives=True)
    COOLING = "cooling", Meaning(_FETCH, _RETRY, "The origin asked for a pause; the page waits until it is over.",
        blame=_NOBODY, reach=_UNSENT, asks_for_pause=True)
    PAUSED = "paused", Meaning(_FETCH, _RETRY, "The publisher or feed was paused by a person.",
        blame=_NOBODY, reach=_UNSENT)
    POSTPONED = "postponed", Meaning(_FETCH, _RETRY,
        "No time was left for it in this run; the next one takes it on.",
        blame=_NOBODY, reach=_UNSENT, out_of_time=True)
    # the exchange failed
    DNS_ERROR = "dns_error", Meaning(_FETCH, _RETRY, "The host name could not be resolved.",
        reach=_UNREACHED, pause_s=60.0, feed_wait_s=_SOON)
    CONNECT_ERROR = "connect_error", Meaning(_FETCH, _RETRY, "No connection to the server could be made.",
        reach=_UNREACHED, pause_s=30.0)
    TLS_ERROR = "tls_error", Meaning(_FETCH, _RETRY, "The secure connection failed (certificate or protocol).",
        reach=_UNREACHED, pause_s=60.0)
    CONNECTION_LOST = "connection_lost", Meaning(_FETCH, _RETRY, "The connection broke before the answer was complete.",
        reach=_UNANSWERED, pause_s=2.0)
    DEADLINE = "deadline", Meaning(_FETCH, _RETRY, "The exchange took longer than its total time limit.",
        reach=_UNANSWERED, pause_s=4.0)
    TOO_BIG = "too_big", Meaning(_FETCH, _FINAL, "The answer is larger than the size limit.", feed_wait_s=_LATER)
    TRUNCATED = "truncated", Meaning(_FETCH, _RETRY, "The answer ended before its announced length.")
    DECODE_ERROR = "decode_error", Meaning(_FETCH, _RETRY, "The content encoding of the answer could not be undone.")
    BAD_REDIRECT = "bad_redirect", Meaning(_FETCH, _FINAL,
        "The server redirects to something that is not a usable URL.", feed_wait_s=_LATER, leads_nowhere=True)
    TOO_MANY_REDIRECTS = "too_many_redirects", Meaning(_FETCH, _FINAL, "The server redirects in a loop or too often.",
        feed_wait_s=_LATER, leads_nowhere=True)
    BAD_RESPONSE = "bad_response", Meaning(_FETCH, _RETRY, "The server's answer was not valid HTTP.", pause_s=2.0)
    # the server said no
    RATE_LIMITED = "rate_limited", Meaning(_FETCH, _RETRY,
        "The server asked us to slow down (429, or 503 with Retry-After).", pause_s=60.0, asks_for_pause=True)
    FORBIDDEN = "forbidden", Meaning(_FETCH, _FINAL, "The server refused access (401, 403 or 451).",
        pause_s=2.0, feed_wait_s=_LATER)
    NOT_FOUND = "not_found", Meaning(_FETCH, _FINAL, "The server says that there is no such page (404).",
        feed_wait_s=_LATER, address_dead=True)
    GONE = "gone", Meaning(_FETCH, _FINAL, "The server says that the page is gone for good (410).",
        feed_wait_s=_LATER, address_dead=True)
    CLIENT_ERROR = "client_error", Meaning(_FETCH, _FINAL, "The server rejected the request (another 4xx).",
        feed_wait_s=_LATER)
    SERVER_ERROR = "server_error", Meaning(_FETCH, _RETRY, "The server failed (5xx).", pause_s=2.0)
    BAD_CONTENT_TYPE = "bad_content_type", Meaning(_FETCH, _FINAL, "The answer is neither HTML nor a feed.",
        feed_wait_s=_LATER, no_article=True)
    OWN_OUTAGE = "own_outage", Meaning(_FETCH, _RETRY, "Our own network was down; nobody is penalised for it.",
        blame=_US, reach=_UNANSWERED)
    # the feed could not be read
    NOT_A_FEED = "not_a_feed", Meaning(_POLL, _RETRY, "The answer is no feed in any format that we read.",
        feed_wait_s=_LATER, address_dead=True)
    PARSE_ERROR = "parse_error", Meaning(_POLL, _RETRY, "The feed is too broken to be read.")
    PARSE_TIMEOUT = "parse_timeout", Meaning(_POLL, _RETRY, "Reading the feed took too long and was stopped.")
    PAGE_CHANGED = "page_changed", Meaning(_POLL, _RETRY,
        "The page shows far fewer links to articles than it always did; what can be read of it is.")
    # the entry's link is left alone
    DEAD_LINKS = "dead_links", Meaning(_POLL, _FINAL,
        "Other links of this publisher to that site led to nothing of late; no more are followed for a week.",
        reach=_UNSENT)
    # the capture is no article
    EXTRACT_TIMEOUT = "extract_timeout", Meaning(_EXTRACT, _FINAL, "Extracting the page took too long and was stopped.",
        blame=_US)
    EXTRACT_CRASHED = "extract_crashed", Meaning(_EXTRACT, _FINAL, "Extracting the page crashed or ran out of memory.",
        blame=_US)
    CAPTURE_LOST = "capture_lost", Meaning(_EXTRACT, _RETRY,
        "The stored capture is lost or damaged in our archive; the page is fetched again.",
        blame=_US, loses_capture=True)
    NOT_TEXT = "not_text", Meaning(_EXTRACT, _FINAL, "The page holds no readable text.")
    TOO_SHORT = "too_short", Meaning(_EXTRACT, _FINAL, "The text is too short to be an article.", keeps_text=True)
    PAYWALL = "paywall", Meaning(_EXTRACT, _FINAL, "The page shows a paywall instead of the article.", keeps_text=True,
        subscribers_only=True)
    CONSENT_WALL = "consent_wall", Meaning(_EXTRACT, _FINAL,
        "The page shows a cookie or consent wall instead of the article.")
    BOT_CHALLENGE = "bot_challenge", Meaning(_EXTRACT, _FINAL,
        "The page is a bot challenge (captcha or browser check).")
    LOGIN = "login", Meaning(_EXTRACT, _FINAL, "The page asks to log in.", subscribers_only=True)
    SOFT_404 = "soft_404", Meaning(_EXTRACT, _FINAL, "The page says 'not found' although the status was 200.",
        address_dead=True)
    REMOVED = "removed", Meaning(_EXTRACT, _FINAL, "The publisher says that the article was removed.",
        address_dead=True)
    INDEX_PAGE = "index_page", Meaning(_EXTRACT, _FINAL, "The page is a section, tag or home page, not an article.",
        no_article=True)
    NEEDS_JAVASCRIPT = "needs_javascript", Meaning(_EXTRACT, _FINAL,
        "The page is an empty shell that needs JavaScript.")
    WRONG_LANGUAGE = "wrong_language", Meaning(_EXTRACT, _FINAL, "The text is not in a language of this publisher.")
    DUPLICATE_TEMPLATE = "duplicate_template", Meaning(_EXTRACT, _FINAL,
        "The text is the same template as other pages of the site.")
    # the row of an imported file is left out
    UNREADABLE_ROW = "unreadable_row", Meaning(_EXTRACT, _FINAL,
        "The row of the file can't be read, or has no usable address, text or time.")
    REPEATED_ROW = "repeated_row", Meaning(_EXTRACT, _FINAL, "An earlier row of the file has the same address.")
    KEPT_OWN = "kept_own", Meaning(_EXTRACT, _FINAL, "We have this article from its own page, and keep that.",
        blame=_NOBODY)
    # the article met what we have
    SAME_PAGE = "same_page", Meaning(_DEDUPLICATE, _FINAL,
        "The page is another address of an article that we already have.", blame=_NOBODY)
    NEW = "new", Meaning(_LOAD, _OK, "A new article.", blame=_NOBODY, writes_article=True)
    REVISED = "revised", Meaning(_LOAD, _OK, "A known article changed: it has a new revision.",
        blame=_NOBODY, writes_article=True)
    UNCHANGED = "unchanged", Meaning(_LOAD, _OK, "A known article, unchanged.", blame=_NOBODY)
    BAD_ROW = "bad_row", Meaning(_LOAD, _FINAL, "The database refused the row; any step can end so.", blame=_US)
    RETRACTED = "retracted", Meaning(_LOAD, _FINAL, "The article was retracted or purged here and does not come back.",
        blame=_NOBODY, closed_to_archives=True, withdrawn=True)
    # fmt: on


def where(holds: Callable[[Meaning], bool]) -> tuple[Outcome, ...]:
    """The outcomes for whose meaning `holds` is true, in the table's order: `where(lambda it: it.goes_on)`."""
    return tuple(outcome for outcome in Outcome if holds(outcome.meaning))


WENT_WELL = where(lambda it: it.kind is Kind.OK)
