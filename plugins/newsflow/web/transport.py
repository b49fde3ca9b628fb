"""The guarded transport: one GET with its redirects, bounded in every way; never raises.

Whatever the web does is an outcome in the `Exchange`. It sits on `requests`' adapter and not
on its Session, which reads redirect bodies to their end, and heeds proxies and .netrc.
"""

from __future__ import annotations

import logging
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from functools import partial
from types import TracebackType

from requests import PreparedRequest, RequestException, Response
from urllib3.exceptions import HTTPError

from newsflow.clock import Clock, utcnow
from newsflow.model import Exchange
from newsflow.outcomes import Outcome
from newsflow.settings import Settings
from newsflow.web import access, answers
from newsflow.web.budget import ExchangeEnd, RequestBudget, running
from newsflow.web.decode import Larger, decode
from newsflow.web.download import Download
from newsflow.web.guarded_connection import GuardedAdapter, tls_context
from newsflow.web.resolver import Lookup, Resolver, system_lookup
from newsflow.web.response_body import drain, pieces
from newsflow.web.trip import CheckHop, Trip, Visits, Wants, request_headers
from newsflow.web.urls import origin_of

log = logging.getLogger(__name__)

_LARGE_AT_ONCE = 2  # bodies over the usual cap

ACCEPT_ANY = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8"


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
        self._access = access.load(settings)
        self._proxied = access.proxied(settings)
        self._names = Resolver(lookup)
        self._adapter = GuardedAdapter(tls or tls_context())
        self._clock = clock
        self._large = threading.Semaphore(_LARGE_AT_ONCE)

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
        larger: Larger | None = None,
        deadline_s: float | None = None,
        check_hop: CheckHop | None = None,
        wants: Wants | None = None,
        clip: bool = False,
        any_success: bool = False,
        visits: Visits | None = None,
    ) -> Exchange:
        """GET `url`, following redirects.

        :param etag: validator for If-None-Match, as the server gave it; `last_modified` likewise.
        :param max_bytes: cap on the decoded body (default: the settings').
        :param larger: a higher one for some bodies.
        :param deadline_s: total seconds, look-ups and redirects included (default: the settings').
        :param check_hop: asked before each redirect is followed; an outcome ends the exchange.
        :param wants: told the media type ('' where there is none) before the body is read; False
            ends in BAD_CONTENT_TYPE.
        :param clip: a body over the cap is cut there instead of ending in TOO_BIG.
        :param visits: cookies and addresses of the way that led here.
        :param any_success: every 2xx is OK, not only those that have the whole of what was asked for.
        """
        trip = Trip(
            url,
            request_headers(self._settings.user_agent, accept, headers or {}, etag, last_modified),
            self._settings.max_redirects,
            self._access,
            max_bytes=max_bytes or self._settings.max_bytes,
            larger=larger,
            check_hop=check_hop,
            wants=wants,
            clip=clip,
            any_success=any_success,
            visits=visits or Visits(),
        )
        with running(RequestBudget(self._names, deadline_s or self._settings.deadline_s)) as call:
            outcome, detail = Outcome.OK, ""
            try:
                with closing(self._travel(trip, call)) as response, ExitStack() as held:
                    _read(trip, call, response, partial(self._grown, trip, call, held))
                outcome = trip.outcome
            except ExchangeEnd as stop:
                outcome, detail = stop.outcome, stop.detail
            except Exception as error:  # what nobody thought of costs this exchange, and no other
                log.exception("an answer could not be read")
                outcome, detail = Outcome.BAD_RESPONSE, f"{type(error).__name__} while reading it"
            return self._ended(trip, call, outcome, detail)

    def open(self, url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None) -> Download:
        """Ask for `url`, following redirects; the body is left to be read as it comes. Close it when done.

        :raises ExchangeEnd: where there is no answer; one of any status is returned.
        """
        sent = request_headers(self._settings.user_agent, "*/*", {"Accept-Encoding": "identity", **(headers or {})})
        trip = Trip(url, sent, self._settings.max_redirects, self._access, method=method)
        with running(RequestBudget(self._names, self._settings.deadline_s)) as call:
            return Download(trip, self._travel(trip, call), self._names)

    def _grown(self, trip: Trip, call: RequestBudget, held: ExitStack, beginning: bytes) -> int:
        """The cap of a body that is over the usual one; few such are read at a time, as all threads may meet one."""
        if trip.larger is None or not trip.larger.is_meant(beginning):
            return 0
        if not self._large.acquire(timeout=call.remaining()):
            raise call.overdue()
        held.callback(self._large.release)
        return trip.larger.max_bytes

    def _ended(self, trip: Trip, call: RequestBudget, outcome: Outcome, detail: str) -> Exchange:
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

    def _travel(self, trip: Trip, call: RequestBudget) -> Response:
        """The answer at the end of all redirects; its body is not read."""
        target = trip.first()
        while True:
            origin = origin_of(target)
            call.hop(loopback=origin in self._settings.allow_origins, proxied=origin in self._proxied)
            request = trip.request(target)
            response = self._answer(request, call)
            try:
                trip.answered(request, response)
                follow = trip.redirect()
                if follow is None:
                    return response
                drain(response)
            except BaseException:
                response.close()
                raise
            response.close()
            target = follow

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
            proxies = {"all": self._settings.proxy.get_secret_value()} if call.proxied else {}
            return self._adapter.send(request, stream=True, timeout=call.remaining(), proxies=proxies)
        except (RequestException, HTTPError, OSError, ValueError) as error:
            call.remaining()
            raise ExchangeEnd(
                Outcome.CONNECTION_LOST, f"the request could not be sent: {type(error).__name__}"
            ) from None


def _read(trip: Trip, call: RequestBudget, response: Response, grown: Callable[[bytes], int]) -> None:
    if trip.outcome is not Outcome.OK:
        drain(response)
        return
    kind = answers.media_type(trip.headers)
    if trip.wants and not trip.wants(kind):
        raise ExchangeEnd(Outcome.BAD_CONTENT_TYPE, f"content type {kind or 'missing'!r}")
    announced = answers.content_length(trip.headers) or 0
    most = max(trip.max_bytes, trip.larger.max_bytes if trip.larger else 0)
    if announced > most and not trip.clip:
        raise ExchangeEnd(Outcome.TOO_BIG, f"{announced} bytes announced, more than {most}")
    call.body(most)
    encoding = trip.headers.get("content-encoding", "")
    trip.body = decode(pieces(response), encoding, trip.max_bytes, clip=trip.clip, grown=grown)


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in text)[:500]
