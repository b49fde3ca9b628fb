"""Links that carry another link: what search engines, alerts and mail filters put around a publisher's address.

The wrapper is no page of a publisher. Sources: the redirections of ClearURLs' rules, and readers' reports (Google
Alerts: miniflux #186; Bing News: capyreader #665).
"""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache
from urllib.parse import parse_qsl, unquote

_GOOGLE = r"(?:www\.|news\.|scholar\.)?google\.(?:com?\.)?[a-z]{2,3}"
# host, path, and the parameters that may hold the address
_BY_PARAMETER = tuple(
    (re.compile(host), re.compile(path), names)
    for host, path, names in (
        (_GOOGLE, r"/(?:url|imgres)", ("url", "q", "imgrefurl")),
        (r"(?:www\.)?bing\.com", r"/news/apiclick\.aspx", ("url",)),
        (r"(?:www\.|m\.|l\.|lm\.)?facebook\.com", r"/l\.php|/flx/warn/?", ("u",)),
        (r"l\.(?:instagram|threads|messenger)\.com|l\.wl\.co", r"/.*", ("u",)),
        (r"(?:www\.|m\.)?youtube\.com", r"/redirect", ("q",)),
        (r"(?:www\.|html\.|lite\.)?duckduckgo\.com", r"/l/", ("uddg",)),
        (r"(?:www\.)?(?:linkedin\.com|lnkd\.in)", r"/(?:redir/redirect|safety/go)/?", ("url",)),
        (r"out\.reddit\.com", r"/.*", ("url",)),
        (r"t\.umblr\.com", r"/redirect", ("z",)),
        (r"(?:[a-z]+\.)?vk\.com", r"/away(?:\.php)?", ("to",)),
        (r"(?:www\.)?getpocket\.com", r"/redirect", ("url",)),
        (r"(?:www\.)?flipboard\.com", r"/redirect", ("url",)),
        (r"slack-redir\.net", r"/link", ("url",)),
        (r"disq\.us", r"/(?:url)?", ("url",)),
        (r"(?:exit|gate)\.sc", r"/", ("url",)),
        (r"go\.bsky\.app", r"/redirect", ("u",)),
        (r"steamcommunity\.com", r"/linkfilter/?", ("u", "url")),
        (r"medium\.com", r"/r/?", ("url",)),
        (r"(?:[a-z]+\.)?pinterest\.com", r"/offsite/?", ("url",)),
        (r"link\.(?:zhihu\.com|juejin\.cn)", r"/", ("target",)),
        (r"(?:www\.)?jianshu\.com", r"/go-wild", ("url",)),
        (r"(?:www\.)?weibo\.cn", r"/sinaurl", ("u", "toasturl")),
        (r"c\.pc\.qq\.com", r"/(?:middlem|ios)\.html", ("pfurl", "url")),
        (r"(?:[a-z0-9-]+\.)?safelinks\.protection\.outlook\.com", r"/.*", ("url",)),
        (r"(?:www\.)?inoreader\.com", r"/(?:site_)?redirect", ("url",)),
        (r"(?:www\.)?yahoo\.com|news\.search\.yahoo\.com", r"/url", ("u", "url")),
    )
)
# the address stands in the path: AMP viewers, Yahoo's results
_IN_PATH = (
    (re.compile(_GOOGLE), re.compile(r"/amp/(s/)?([^/]+\.[^/]+/.*)")),
    (re.compile(r"(?:[a-z0-9-]+\.)?cdn\.ampproject\.org"), re.compile(r"/[cv]/(s/)?([^/]+\.[^/]+/.*)")),
)
_YAHOO = re.compile(r"(?:[a-z]{2}\.)?r\.search\.yahoo\.com")
_YAHOO_PATH = re.compile(r"/RU=(https?[^/]+)/")
# The address in other writing: Google News (until 2024; later ones can't be read), Bing's results, Proofpoint.
_GOOGLE_NEWS = re.compile(r"/(?:__i/)?(?:rss/)?(?:rd/)?(?:articles|read)/(CBMi[\w-]{16,4000}={0,2})")
_BING_PATH, _BING_VALUE = "/ck/a", re.compile(r"a1([\w-]{12,4000})")
_GOOGLE_NEWS_HOST, _BING = "news.google.com", frozenset(("bing.com", "www.bing.com"))
_PROOFPOINT = re.compile(r"urldefense(?:\.proofpoint)?\.com")
_PROOFPOINT_3 = re.compile(r"/v3/__(https?:/{1,2}.+?)__;.*")
_DISQUS_MARK = re.compile(r":[\w-]{20,40}$")
_WEB = ("http://", "https://")


def unwrapped(host: str, path: str, query: str) -> str | None:
    """The address that a wrapper carries; None where this is no wrapper, or carries none.

    :param host: lower case, without its port.
    :param query: with or without its question mark.
    """
    if not _may_wrap(host):
        return None
    for hosts, paths, names in _BY_PARAMETER:
        if hosts.fullmatch(host) and paths.fullmatch(path):
            inner = _parameter(query.removeprefix("?"), names)
            return _DISQUS_MARK.sub("", inner) if inner and host == "disq.us" else inner
    for hosts, paths in _IN_PATH:
        if hosts.fullmatch(host) and (found := paths.fullmatch(path)):
            return f"http{'s' if found[1] else ''}://{found[2]}{query}"
    if _YAHOO.fullmatch(host) and (found := _YAHOO_PATH.search(path)):
        return unquote(found[1])
    return _in_other_writing(host, path, query.removeprefix("?"))


@lru_cache(maxsize=16_384)
def _may_wrap(host: str) -> bool:
    """Whether any rule is of this host: each link of a feed is asked about, and nearly all are of a few hosts."""
    hosts = [rule[0] for rule in _BY_PARAMETER] + [rule[0] for rule in _IN_PATH] + [_YAHOO, _PROOFPOINT]
    return host == _GOOGLE_NEWS_HOST or host in _BING or any(each.fullmatch(host) for each in hosts)


def _parameter(query: str, names: tuple[str, ...]) -> str | None:
    values = _values(query)
    return next((values[name] for name in names if values.get(name, "").startswith(_WEB)), None)


def _values(query: str) -> dict[str, str]:
    """Parameters by name in small letters, the first of each."""
    try:
        return {name.lower(): value for name, value in reversed(parse_qsl(query, max_num_fields=100))}
    except ValueError:  # more fields than that
        return {}


def _in_other_writing(host: str, path: str, query: str) -> str | None:
    if host == _GOOGLE_NEWS_HOST and (found := _GOOGLE_NEWS.fullmatch(path)):
        return _of_google_news(_decoded(found[1]))
    if host in _BING and path == _BING_PATH:
        value = _BING_VALUE.fullmatch(_values(query).get("u", ""))
        return _web(_decoded(value[1])) if value else None
    if _PROOFPOINT.fullmatch(host):
        if found := _PROOFPOINT_3.fullmatch(path + ("?" + query if query else "")):
            # a character of the second version's and the third's own is "*", which stands for others: not guessed
            return None if "*" in found[1] else re.sub(r"^(https?:)/(?=[^/])", r"\1//", found[1])
        written = _values(query).get("u", "") if path == "/v2/url" else ""
        return _web(unquote(written.replace("-", "%").replace("_", "/")).encode())
    return None


def _decoded(text: str) -> bytes:
    """Base64 in its alphabet for addresses, with or without its padding; nothing where it is none."""
    try:
        return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except (binascii.Error, ValueError):
        return b""


def _of_google_news(data: bytes) -> str | None:
    """A message of protocol buffers: field 4, its length in one or two bytes of seven bits, the address."""
    if data[:3] != b"\x08\x13\x22" or len(data) < 6:
        return None
    long = data[3] > 127
    size, start = (data[3] & 127) + (data[4] << 7 if long else 0), 5 if long else 4
    return _web(data[start : start + size])


def _web(data: bytes) -> str | None:
    text = data.decode("utf-8", "replace")
    return text if text.startswith(_WEB) and text.isprintable() else None
