"""Links that carry another link: what search engines, alerts and mail filters put around a publisher's address.

The wrapper is no page of a publisher. Sources: the redirections of ClearURLs' rules, and readers' reports (Google
Alerts: miniflux #186; Bing News: capyreader #665).
"""

from __future__ import annotations

import re
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
        (r"(?:www\.)?duckduckgo\.com", r"/l/", ("uddg",)),
        (r"(?:www\.)?(?:linkedin\.com|lnkd\.in)", r"/(?:redir/redirect|safety/go)/?", ("url",)),
        (r"out\.reddit\.com", r"/.*", ("url",)),
        (r"t\.umblr\.com", r"/redirect", ("z",)),
        (r"(?:[a-z]+\.)?vk\.com", r"/away(?:\.php)?", ("to",)),
        (r"(?:www\.)?getpocket\.com", r"/redirect", ("url",)),
        (r"(?:www\.)?flipboard\.com", r"/redirect", ("url",)),
        (r"slack-redir\.net", r"/link", ("url",)),
        (r"disq\.us", r"/url", ("url",)),
        (r"exit\.sc", r"/", ("url",)),
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
_WEB = ("http://", "https://")


def unwrapped(host: str, path: str, query: str) -> str | None:
    """The address that a wrapper carries; None where this is no wrapper, or carries none.

    :param host: lower case, without its port.
    :param query: with or without its question mark.
    """
    for hosts, paths, names in _BY_PARAMETER:
        if hosts.fullmatch(host) and paths.fullmatch(path):
            return _parameter(query.removeprefix("?"), names)
    for hosts, paths in _IN_PATH:
        if hosts.fullmatch(host) and (found := paths.fullmatch(path)):
            return f"http{'s' if found[1] else ''}://{found[2]}{query}"
    if _YAHOO.fullmatch(host) and (found := _YAHOO_PATH.search(path)):
        return unquote(found[1])
    return None


def _parameter(query: str, names: tuple[str, ...]) -> str | None:
    values = dict(reversed(parse_qsl(query, max_num_fields=100)))
    return next((values[name] for name in names if values.get(name, "").startswith(_WEB)), None)
