"""The guarded transport: one GET with its redirects, bounded in every way; never raises.

Whatever the web does is an outcome in the `Exchange`. It sits on `requests`' adapter and not
on its Session, which reads redirect bodies to their end, and heeds proxies and .netrc.
"""

from __future__ import annotations

import logging
import re
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType

from requests import PreparedRequest, RequestException, Response
from requests.cookies import RequestsCookieJar, extract_cookies_to_jar, get_cookie_header
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError

from newsflow.clock import Clock, utcnow
from newsflow.model import Exchange
from newsflow.outcomes import Outcome
from newsflow.settings import Settings
from newsflow.web import answers, guard
from newsflow.web.budget import ExchangeEnd, RequestBudget, running
from newsflow.web.decode import ACCEPT_ENCODING, decode
from newsflow.web.guarded_connection import GuardedAdapter, tls_context
from newsflow.web.resolver import Lookup, Resolver, system_lookup
from newsflow.web.response_body import drain, pieces
from newsflow.web.urls import BadUrl, origin_of, sendable

ACCEPT_ANY = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8"
_UNPRINTABLE = re.compile(r"[^\t\x20-\x7e\x80-\xff]")

CheckHop = Callable[[str], "Outcome | None"]
Wants = Callable[[str], bool]


@dataclass
class _Hops:
    """An exchange under way."""

    url: str
    sent: CaseInsensitiveDict[str]
    max_bytes: int
    conditional: bool
    check_hop: CheckHop | None
    wants: Wants | None
    clip: bool
    hops: list[str] = field(default_factory=list)
    jar: RequestsCookieJar = field(default_factory=RequestsCookieJar)  # for its redirects only, then forgotten
    seen: set[tuple[str, str]] = field(default_factory=set)
    statuses: list[int] = field(default_factory=list)
    status: int = 0
    reason: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class Transport:
    """Connections kept by origin, names looked up once; shared by threads.

    >>> with Transport(settings) as transport:  # doctest: +SKIP
    ...     transport.exchange("https://example.org/").outcome
    """

    def __init__(
        self,
        settings: Settings,
        *,
        lookup: Lookup = system_lookup,
        tls: ssl.SSLContext | None = None,
        clock: Clock = utcnow,
    ) -> None:
        # urllib3 writes whole URLs into its log, and URLs can hold secrets.
        logging.getLogger("urllib3").setLevel(logging.ERROR)
        self._settings = settings
        self._names = Resolver(lookup)
        self._adapter = GuardedAdapter(tls or tls_context())
        self._clock = clock

    def __enter__(self) -> Transport:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Drop the kept connections."""
        self._adapter.close()
        self._names.close()

    def exchange(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: str = ACCEPT_ANY,
        max_bytes: int | None = None,
        deadline_s: float | None = None,
        check_hop: CheckHop | None = None,
        wants: Wants | None = None,
        clip: bool = False,
    ) -> Exchange:
        """GET `url`, following redirects.

        :param etag: validator for If-None-Match, as the server gave it; `last_modified` likewise.
        :param max_bytes: cap on the decoded body (default: the settings').
        :param deadline_s: total seconds, look-ups and redirects included (default: the settings').
        :param check_hop: asked before each redirect is followed; an outcome ends the exchange.
        :param wants: told the media type ('' where there is none) before the body is read; False
            ends in BAD_CONTENT_TYPE.
        :param clip: a body over the cap is cut there instead of ending in TOO_BIG.
        """
        sent = _request_headers(self._settings.user_agent, accept, headers or {}, etag, last_modified)
        conditional = "If-None-Match" in sent or "If-Modified-Since" in sent
        trip = _Hops(url, sent, max_bytes or self._settings.max_bytes, conditional, check_hop, wants, clip)
        with running(RequestBudget(self._names, deadline_s or self._settings.deadline_s)) as call:
            try:
                outcome, detail = self._travel(trip, call), ""
            except ExchangeEnd as stop:
                outcome, detail = stop.outcome, stop.detail
            return self._ended(trip, call, outcome, detail)

    def _ended(self, trip: _Hops, call: RequestBudget, outcome: Outcome, detail: str) -> Exchange:
        asked = trip.headers.get("retry-after", "")
        return Exchange(
            url=trip.url,
            outcome=outcome,
            status=trip.status,
            headers=trip.headers,
            body=trip.body if outcome is Outcome.OK else b"",
            final_url=trip.hops[-1] if trip.hops else "",
            hops=tuple(trip.hops),
            permanent=bool(trip.statuses) and answers.PERMANENT.issuperset(trip.statuses),
            ip=call.ip,
            seconds=time.monotonic() - call.started,
            retry_after_s=answers.retry_after(asked, self._clock()) if asked else None,
            detail=_printable(detail or (f"status {trip.status}" if outcome is not Outcome.OK else "")),
            request_headers=dict(trip.sent),
            reason=trip.reason,
        )

    def _travel(self, trip: _Hops, call: RequestBudget) -> Outcome:
        target: str | None = self._first(trip.url)
        while target is not None:
            trip.hops.append(target)
            trip.seen.add((target, _cookies(trip, target)))
            target = self._hop(trip, call, target)
        return answers.outcome_of(trip.status, trip.headers, conditional=trip.conditional)

    @staticmethod
    def _first(url: str) -> str:
        try:
            target = sendable(url)
        except BadUrl as error:
            raise ExchangeEnd(Outcome.BAD_URL, str(error)) from None
        _check_port(target)
        return target

    def _hop(self, trip: _Hops, call: RequestBudget, target: str) -> str | None:
        """One request; returns where it redirects to, or None when `trip` has its answer."""
        call.hop(loopback=origin_of(target) in self._settings.allow_origins)
        request = _prepared(trip, target)
        response = self._answer(request, call)
        extract_cookies_to_jar(trip.jar, request, response.raw)  # type: ignore[no-untyped-call]
        try:
            trip.status, trip.reason = response.status_code, response.reason or ""
            trip.headers = {name.lower(): value for name, value in response.headers.items()}
            if trip.status in answers.REDIRECTS:
                follow = self._redirect(trip, target)
                drain(response)
                return follow
            self._read(trip, call, response)
            return None
        finally:
            response.close()

    def _answer(self, request: PreparedRequest, call: RequestBudget) -> Response:
        try:
            return self._send(request, call)
        except ExchangeEnd as stop:
            # A kept connection that the server closed meanwhile says nothing of the server (RFC 9110 §9.2.2).
            if stop.outcome is not Outcome.CONNECTION_LOST or call.fresh or call.received:
                raise
            return self._send(request, call)

    def _send(self, request: PreparedRequest, call: RequestBudget) -> Response:
        try:
            return self._adapter.send(request, stream=True, timeout=call.remaining(), proxies={})
        except (RequestException, HTTPError, OSError, ValueError) as error:
            call.remaining()
            raise ExchangeEnd(
                Outcome.CONNECTION_LOST, f"the request could not be sent: {type(error).__name__}"
            ) from None

    def _redirect(self, trip: _Hops, target: str) -> str:
        trip.statuses.append(trip.status)
        location = _location(trip.headers)
        if not location:
            raise ExchangeEnd(Outcome.BAD_REDIRECT, f"status {trip.status} without a Location")
        try:
            follow = sendable(location, base=target)
        except BadUrl as error:
            raise ExchangeEnd(Outcome.BAD_REDIRECT, f"redirect refused: {error}") from None
        if (follow, _cookies(trip, follow)) in trip.seen:
            raise ExchangeEnd(Outcome.TOO_MANY_REDIRECTS, f"a loop after {len(trip.hops)} redirects")
        if len(trip.hops) > self._settings.max_redirects:
            raise ExchangeEnd(Outcome.TOO_MANY_REDIRECTS, f"more than {self._settings.max_redirects} redirects")
        _check_port(follow)
        why = trip.check_hop(follow) if trip.check_hop else None
        if why is not None:
            raise ExchangeEnd(why, f"redirected to {origin_of(follow)}")
        return follow

    def _read(self, trip: _Hops, call: RequestBudget, response: Response) -> None:
        if answers.outcome_of(trip.status, trip.headers, conditional=trip.conditional) is not Outcome.OK:
            drain(response)
            return
        kind = answers.media_type(trip.headers)
        if trip.wants and not trip.wants(kind):
            raise ExchangeEnd(Outcome.BAD_CONTENT_TYPE, f"content type {kind or 'missing'!r}")
        announced = trip.headers.get("content-length", "")
        if announced.isdigit() and int(announced[:18]) > trip.max_bytes and not trip.clip:
            raise ExchangeEnd(Outcome.TOO_BIG, f"{announced[:18]} bytes announced, more than {trip.max_bytes}")
        call.body(trip.max_bytes)
        encoding = trip.headers.get("content-encoding", "")
        trip.body = decode(pieces(response), encoding, trip.max_bytes, clip=trip.clip)


def _prepared(trip: _Hops, target: str) -> PreparedRequest:
    request = PreparedRequest()
    request.method, request.url, request.headers = "GET", target, trip.sent.copy()
    if cookies := _cookies(trip, target):
        request.headers["Cookie"] = cookies
    return request


def _cookies(trip: _Hops, target: str) -> str:
    """The cookies that this exchange's redirects have set, for `target`: some sites loop without."""
    if not len(trip.jar):
        return ""
    request = PreparedRequest()
    request.url, request.headers = target, CaseInsensitiveDict()
    return get_cookie_header(trip.jar, request) or ""  # type: ignore[no-untyped-call]


def _check_port(url: str) -> None:
    port = url.partition("//")[2].partition("/")[0].rpartition("]")[2].rpartition(":")[2]
    if port.isdigit() and int(port) in guard.BAD_PORTS:
        raise ExchangeEnd(Outcome.BAD_URL, f"port {port} belongs to another service")


def _location(headers: Mapping[str, str]) -> str:
    """Location as text; servers send UTF-8 where only ASCII is allowed."""
    raw = headers.get("location", "")
    try:
        return raw.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return raw


def _request_headers(
    user_agent: str, accept: str, extra: Mapping[str, str], etag: str | None, last_modified: str | None
) -> CaseInsensitiveDict[str]:
    sent = {"User-Agent": user_agent, "Accept": accept, "Accept-Encoding": ACCEPT_ENCODING, **extra}
    if etag:
        sent["If-None-Match"] = etag
    if last_modified:
        sent["If-Modified-Since"] = last_modified
    return CaseInsensitiveDict((name, value) for name, value in sent.items() if not _UNPRINTABLE.search(value))


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in text)[:500]
