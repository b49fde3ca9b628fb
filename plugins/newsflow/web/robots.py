"""robots.txt by RFC 9309: what an answer means, and whether a URL may be asked for. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from protego import Protego

from newsflow.model import Exchange
from newsflow.outcomes import Outcome
from newsflow.text.storable import Storable

AGENT = "newsflow"  # our product token, the first word of the User-Agent
CAP = 500 * 1024  # bytes; §2.5: at least 500 KiB are read
KEEP = timedelta(hours=24)  # §2.4: no longer
KEEP_LEAST = timedelta(hours=1)  # whatever Cache-Control says, so that no run asks twice
KEEP_STALE = timedelta(days=7)  # an old copy serves while robots.txt can't be reached
ASK_AGAIN = timedelta(minutes=15)

_AGENT_LINE = re.compile(r"^([ \t\ufeff]*user-?agent[ \t]*[: \t][ \t]*)([^#\r\n]*)", re.IGNORECASE | re.MULTILINE)
_TOKEN = re.compile(r"\*|[A-Za-z_-]+")
_MAX_AGE = re.compile(r"max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_NOBODY = "someone-else"


@dataclass(frozen=True, slots=True)
class RobotsFile(Storable):
    """robots.txt of an origin as last answered; `body` is empty where the answer allows all."""

    status: int
    body: str
    fetched_at: datetime
    expires_at: datetime


def address(origin: str) -> str:
    """Where an origin keeps it."""
    return f"{origin}/robots.txt"


def read(exchange: Exchange, now: datetime, before: RobotsFile | None = None) -> RobotsFile | None:
    """What an answer to robots.txt means (§2.3.1); None where nothing may be asked for yet.

    2xx: its rules, none where it has no body. 4xx but 429, bad redirects, another 3xx: no rules. 5xx, 429, no
    answer: all is forbidden for now, unless an old copy is at hand.
    """
    if exchange.outcome is Outcome.OK:
        text = exchange.body[:CAP].decode("utf-8", "replace").lstrip("\ufeff")
        return RobotsFile(exchange.status, text, now, now + _keep(exchange))
    if _unavailable(exchange):
        return RobotsFile(exchange.status, "", now, now + KEEP)
    if before is not None and now - before.fetched_at < KEEP_STALE:
        return replace(before, expires_at=now + ASK_AGAIN)
    return None


def _unavailable(exchange: Exchange) -> bool:
    if exchange.outcome.meaning.leads_nowhere:
        return True
    return 300 <= exchange.status < 500 and exchange.status not in {408, 425, 429}


def _keep(exchange: Exchange) -> timedelta:
    found = _MAX_AGE.search(exchange.headers.get("cache-control", ""))
    if not found:
        return KEEP
    return min(KEEP, max(KEEP_LEAST, timedelta(seconds=int(found[1]))))


class Rules:
    """The rules of one robots.txt.

    Protego matches an agent by the beginning of its name; RFC 9309 §2.2.1 wants the whole
    product token, so each `User-agent` line is reduced to it, and agents unknown to us are renamed.

    :param agents: product tokens that can be asked about.
    """

    def __init__(self, body: str, agents: Iterable[str] = (AGENT,)) -> None:
        self._agents = frozenset(agent.lower() for agent in agents)
        self._named: set[str] = set()
        self._parsed = Protego.parse(_AGENT_LINE.sub(self._rename, body.lstrip("\ufeff")))

    def _rename(self, line: re.Match[str]) -> str:
        found = _TOKEN.match(line[2])
        token = found[0].lower() if found else ""
        self._named.add(token)
        return line[1] + (token if token == "*" or token in self._agents else _NOBODY)

    def names(self, agent: str) -> bool:
        """Whether there is a group for this very agent."""
        return agent.lower() in self._named

    def allows(self, url: str, agent: str = AGENT) -> bool:
        """Whether the agent may ask for `url`; robots.txt itself always."""
        return bool(self._parsed.can_fetch(url, agent.lower()))

    @property
    def crawl_delay_s(self) -> float | None:
        """Seconds that Crawl-delay (or Request-rate) asks of us; None where it asks nothing sensible."""
        try:
            delay = self._asked_s()
        except (ArithmeticError, ValueError):  # numbers of hundreds of digits
            return None
        return float(delay) if delay is not None and math.isfinite(delay) and delay > 0 else None

    def _asked_s(self) -> float | None:
        delay: float | None = self._parsed.crawl_delay(AGENT)
        rate = self._parsed.request_rate(AGENT)
        if delay is None and rate is not None and rate.requests > 0:
            return float(rate.seconds / rate.requests)
        return delay

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """URLs of the Sitemap lines, as they stand there."""
        return tuple(self._parsed.sitemaps)
