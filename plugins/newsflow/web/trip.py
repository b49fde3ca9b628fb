"""An exchange under way: where it has been, what it sends next, and where it is redirected to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from requests import PreparedRequest, Response
from requests.cookies import RequestsCookieJar, extract_cookies_to_jar, get_cookie_header
from requests.structures import CaseInsensitiveDict

from newsflow.outcomes import Outcome
from newsflow.web import answers, guard
from newsflow.web.access import Access
from newsflow.web.budget import ExchangeEnd
from newsflow.web.decode import ACCEPT_ENCODING, Larger
from newsflow.web.urls import BadUrl, origin_of, sendable

CheckHop = Callable[[str], "Outcome | None"]
Wants = Callable[[str], bool]

_UNPRINTABLE = re.compile(r"[^\t\x20-\x7e\x80-\xff]")


@dataclass
class Visits:
    """What is kept from hop to hop of a way by redirects, over all its origins, and then forgotten.

    Consent and session hosts send their readers back to where they came from, with a cookie: an address is a loop
    only where it was asked with the very same cookies before.
    """

    jar: RequestsCookieJar = field(default_factory=RequestsCookieJar)
    private: dict[str, RequestsCookieJar] = field(default_factory=dict)  # by origin: of those that know us
    seen: set[tuple[str, str]] = field(default_factory=set)

    def cookies(self, target: str) -> str:
        """The cookies that redirects have set, for `target`: some sites loop without."""
        jars = filter(None, (self.jar, self.private.get(origin_of(target))))
        return "; ".join(filter(None, (_cookies(jar, target) for jar in jars)))

    def jar_of(self, url: str, *, granted: bool) -> RequestsCookieJar:
        """Where the cookies of an answer go. Those of an origin that granted us access go back to that origin alone."""
        return self.private.setdefault(origin_of(url), RequestsCookieJar()) if granted else self.jar

    def looped(self, target: str) -> bool:
        """Whether `target` was asked with the same cookies before."""
        return (target, self.cookies(target)) in self.seen


def _cookies(jar: RequestsCookieJar, target: str) -> str:
    request = PreparedRequest()
    request.url, request.headers = target, CaseInsensitiveDict()
    return get_cookie_header(jar, request) or ""  # type: ignore[no-untyped-call]


@dataclass
class Trip:
    """One request with its redirects."""

    url: str
    sent: CaseInsensitiveDict[str]
    max_redirects: int
    access: Access = field(default_factory=Access, repr=False)
    max_bytes: int = 0
    larger: Larger | None = None
    method: str = "GET"
    check_hop: CheckHop | None = None
    wants: Wants | None = None
    clip: bool = False
    any_success: bool = False
    hops: list[str] = field(default_factory=list)
    visits: Visits = field(default_factory=Visits)
    statuses: list[int] = field(default_factory=list)  # of its redirects
    status: int = 0
    reason: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def conditional(self) -> bool:
        """Whether 304 is an answer to what was asked."""
        return "If-None-Match" in self.sent or "If-Modified-Since" in self.sent

    @property
    def outcome(self) -> Outcome:
        """What the last answer's status and headers say."""
        if self.any_success and 200 <= self.status < 300:
            return Outcome.OK
        return answers.outcome_of(self.status, self.headers, conditional=self.conditional)

    def first(self) -> str:
        """The address to begin with.

        :raises ExchangeEnd: BAD_URL.
        """
        try:
            target = sendable(self.url)
        except BadUrl as error:
            raise ExchangeEnd(Outcome.BAD_URL, str(error)) from None
        return _with_a_web_port(target)

    def request(self, target: str) -> PreparedRequest:
        """The request of the next hop; `target` counts as visited from now on."""
        cookies = self.visits.cookies(target)
        self.hops.append(target)
        self.visits.seen.add((target, cookies))
        request = PreparedRequest()
        request.method, request.url, request.headers = self.method, target, self.sent.copy()
        if grant := self.access.of(target):
            # into this request alone: `sent` is what exchanges tell of
            request.headers.update(grant.headers)
            cookies = "; ".join(filter(None, (grant.cookies, cookies)))
        if cookies:
            request.headers["Cookie"] = cookies
        return request

    def answered(self, request: PreparedRequest, response: Response) -> None:
        """Note status, headers and cookies of an answer."""
        granted = bool(self.access.of(self.hops[-1]))
        jar = self.visits.jar_of(self.hops[-1], granted=granted)
        extract_cookies_to_jar(jar, request, response.raw)  # type: ignore[no-untyped-call]
        self.status, self.reason = response.status_code, response.reason or ""
        self.headers = {name.lower(): value for name, value in response.headers.items()}
        if granted:
            self.headers.pop("set-cookie", None)  # a session of ours

    def redirect(self) -> str | None:
        """Where the last answer redirects to; None where it is no redirect.

        :raises ExchangeEnd: where that is not to be followed.
        """
        if self.status not in answers.REDIRECTS:
            return None
        self.statuses.append(self.status)
        follow = self._location()
        if self.visits.looped(follow):
            raise ExchangeEnd(Outcome.TOO_MANY_REDIRECTS, f"a loop after {len(self.hops)} redirects")
        if len(self.hops) > self.max_redirects:
            raise ExchangeEnd(Outcome.TOO_MANY_REDIRECTS, f"more than {self.max_redirects} redirects")
        follow = _with_a_web_port(follow)
        why = self.check_hop(follow) if self.check_hop else None
        if why is not None:
            raise ExchangeEnd(why, f"redirected to {origin_of(follow)}")
        return follow

    def _location(self) -> str:
        location = _utf8(self.headers.get("location", ""))
        if not location:
            raise ExchangeEnd(Outcome.BAD_REDIRECT, f"status {self.status} without a Location")
        try:
            return sendable(location, base=self.hops[-1])
        except BadUrl as error:
            raise ExchangeEnd(Outcome.BAD_REDIRECT, f"redirect refused: {error}") from None


def request_headers(
    user_agent: str, accept: str, extra: Mapping[str, str], etag: str | None = None, last_modified: str | None = None
) -> CaseInsensitiveDict[str]:
    """What a request says; values that no header can hold are left out."""
    sent = {"User-Agent": user_agent, "Accept": accept, "Accept-Encoding": ACCEPT_ENCODING, **extra}
    if etag:
        sent["If-None-Match"] = etag
    if last_modified:
        sent["If-Modified-Since"] = last_modified
    return CaseInsensitiveDict((name, value) for name, value in sent.items() if not _UNPRINTABLE.search(value))


def _with_a_web_port(url: str) -> str:
    port = urlsplit(url).port
    if port in guard.BAD_PORTS:
        raise ExchangeEnd(Outcome.BAD_URL, f"port {port} belongs to another service")
    return url


def _utf8(value: str) -> str:
    """A header's value as text; servers send UTF-8 where only ASCII is allowed."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value
