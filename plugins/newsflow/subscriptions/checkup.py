"""A list of feeds looked over: which are dead, moved, doubled or empty, and what to do. Nothing is stored."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newsflow.clock import Clock, utcnow
from newsflow.feeds.pages.memory import PageKnowledge
from newsflow.feeds.parsed import ACCEPT, PAGE_ACCEPT, FeedError, FeedReader, ParsedFeed
from newsflow.feeds.parser_process import ParserProcesses
from newsflow.model import Exchange
from newsflow.outcomes import Kind, Outcome, Reach
from newsflow.settings import Settings
from newsflow.subscriptions.addresses import feed_address
from newsflow.subscriptions.finder import Finder
from newsflow.subscriptions.lists import PAGE, Listed
from newsflow.text.counted import counted
from newsflow.text.storable import Storable
from newsflow.web.origin_queue import UrlJob
from newsflow.web.origins import Origin
from newsflow.web.pace import Pace
from newsflow.web.scheduler import Politeness, PoliteScheduler
from newsflow.web.transport import Transport
from newsflow.web.urls import BadUrl, origin_of, sendable

_QUIET = timedelta(days=180)  # without anything new; yearly feeds are rare among news
_PASSING = "no answer now"


@dataclass(frozen=True, slots=True)
class Checked(Storable):
    """A feed of the list.

    `verdict` is fine, moved, doubled, empty, quiet, dead, refused, unusable or no answer now; `why` a sentence; `cure`
    the address to take in its place, "" for none.
    """

    feed: Listed
    verdict: str
    why: str = ""
    cure: str = ""


@dataclass(frozen=True, slots=True)
class _Answer(Storable):
    feed: Listed
    exchange: Exchange
    parsed: ParsedFeed | None = None
    trouble: str = ""

    @property
    def shows(self) -> tuple[str, frozenset[str]]:
        """What tells that two addresses show the same feed; nothing is the same as an empty one."""
        guids = frozenset(entry.guid for entry in self.parsed.entries) if self.parsed else frozenset()
        return (self.parsed.title if self.parsed else "", guids)


def check(settings: Settings, feeds: Sequence[Listed], clock: Clock = utcnow) -> Iterator[Checked]:
    """Ask each feed once, politely, and judge it; those with cures come last. Sites of dead feeds are searched."""
    with ExitStack() as stack:
        transport = stack.enter_context(Transport(settings))
        reader = stack.enter_context(ParserProcesses.of(settings, settings.parse_workers))
        usable = []
        for feed in feeds:
            try:
                usable.append(replace(feed, url=sendable(feed_address(feed.url))))
            except BadUrl as error:
                yield Checked(feed, "unusable", str(error))
        answers = [_read(answer, reader, clock()) for answer in _answers(settings, transport, usable, clock)]
        finder = Finder(settings, transport, reader, clock)
        yield from judged(answers, clock(), lambda feed: _elsewhere(finder, feed))


def _answers(settings: Settings, transport: Transport, feeds: Sequence[Listed], clock: Clock) -> Iterator[_Answer]:
    origins: dict[str, Origin] = {}

    def find(name: str) -> Origin:
        return origins.setdefault(name, Origin(len(origins) + 1, name, Pace()))

    politeness = Politeness(
        settings.delay_s, settings.max_delay_s, settings.poll_threads, settings.max_redirects, ACCEPT
    )
    scheduler = PoliteScheduler(transport, politeness, find, clock, random.random)
    jobs = [
        UrlJob(feed.url, find(origin_of(feed.url)), tag=feed, accept=PAGE_ACCEPT if feed.kind == PAGE else "")
        for feed in feeds
    ]
    for result in scheduler.results(jobs):
        if result.final:
            yield _Answer(result.job.tag, result.exchange)


def _read(answer: _Answer, reader: FeedReader, now: datetime) -> _Answer:
    exchange = answer.exchange
    if exchange.outcome is not Outcome.OK:
        return answer
    page = PageKnowledge(now) if answer.feed.kind == PAGE else None
    try:
        parsed = reader.parse(exchange.body, exchange.address, exchange.content_type, page=page)
        return replace(answer, parsed=parsed)
    except FeedError as error:
        return replace(answer, trouble=error.detail)


def judged(answers: Sequence[_Answer], now: datetime, elsewhere: Callable[[Listed], str]) -> Iterator[Checked]:
    """Verdicts in the order of the answers; of feeds that show the same, the first is kept."""
    first: dict[tuple[str, frozenset[str]], Listed] = {}
    for answer in answers:
        verdict = _verdict(answer, now, elsewhere)
        if verdict.verdict in ("fine", "moved", "quiet"):
            other = first.setdefault(answer.shows, answer.feed)
            if other is not answer.feed:
                verdict = Checked(answer.feed, "doubled", f"it shows the same as {other.url}", other.url)
        yield verdict


def _verdict(answer: _Answer, now: datetime, elsewhere: Callable[[Listed], str]) -> Checked:
    feed, exchange, parsed = answer.feed, answer.exchange, answer.parsed
    if _may_not_be_asked(exchange.outcome):
        return Checked(feed, "refused", exchange.outcome.meaning.sentence)
    if _may_pass(exchange.outcome):
        return Checked(feed, _PASSING, exchange.outcome.meaning.sentence)
    if parsed is None:
        return Checked(feed, "dead", answer.trouble or exchange.outcome.meaning.sentence, elsewhere(feed))
    if not parsed.entries and not parsed.children:
        return Checked(feed, "empty", "it has no entries", elsewhere(feed))
    if exchange.permanent and exchange.final_url and exchange.final_url != feed.url:
        return Checked(feed, "moved", "it answers with a redirect for good", exchange.final_url)
    dates = [entry.published_at for entry in parsed.entries if entry.published_at]
    if dates and max(dates) < now - _QUIET:
        return Checked(feed, "quiet", f"its newest entry is of {max(dates):%Y-%m-%d}")
    return Checked(feed, "fine", counted(len(parsed.entries), "entry"))


def _may_not_be_asked(outcome: Outcome) -> bool:
    """By robots.txt, or by the guard of our own network."""
    return outcome.meaning.kind is Kind.FINAL and outcome.meaning.reach is Reach.UNSENT


def _may_pass(outcome: Outcome) -> bool:
    """Of one try that failed so, nothing can be said for good."""
    return outcome.meaning.kind is Kind.RETRY and not outcome.meaning.address_dead


def _elsewhere(finder: Finder, feed: Listed) -> str:
    """The best other feed of the site, "" where there is none."""
    found = finder.of_site(feed.homepage, feed.url)
    return next((one.url for one in found if one.url != feed.url and one.entries), "")


def cured(checked: Sequence[Checked]) -> list[Listed]:
    """The list as it should be: moved and dead feeds at their new addresses, doubled and dead ones without gone."""
    kept: dict[str, Listed] = {}
    for one in checked:
        if one.verdict in ("doubled", "unusable") or (one.verdict == "dead" and not one.cure):
            continue
        url = one.cure or one.feed.url
        kind = (
            one.feed.kind if url == one.feed.url or one.verdict == "moved" else ""
        )  # what stands for a dead page is a feed
        kept.setdefault(url, replace(one.feed, url=url, kind=kind))
    return list(kept.values())
