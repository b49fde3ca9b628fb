"""Links as feeds write them, made absolute."""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin, urlsplit

from newsflow.feeds.parsed import MAX_URL

_WEB = ("http://", "https://")
# "&amp;" that is left after the document's own escapes are undone was escaped twice
_AMPERSAND = re.compile(r"&(?:amp|#0*38|#x0*26);", re.IGNORECASE)
_NUMBERED = re.compile(r"&#(?:\d{1,7}|x[0-9a-f]{1,6});", re.IGNORECASE)  # no address has "&#", as "#" ends the query
_SLIPS = (
    (re.compile(r"^https?:?/*(?=https?:?//)", re.IGNORECASE), ""),  # http://https://…
    (re.compile(r"^https?://([^/?#:@]+)/*(?=https?://\1(?:[/?#:]|$))", re.IGNORECASE), ""),  # the site's own twice
    (
        re.compile(r"^h{0,2}t{1,3}p(s?)\s*(?:[:;]\s*/*|//)\s*(?=[^\s/:;])", re.IGNORECASE),
        r"http\1://",
    ),  # https//…, htp:…
    (re.compile(r"^:/+\s*(?=[^\s/])"), "//"),
)
_HOST = re.compile(r"(?:[\w-]{1,63}\.)+[a-z]{2,24}(?::\d{1,5})?", re.IGNORECASE)


def resolve(link: str, base: str) -> str:
    """An absolute address, or what was written where none can be made of it.

    :param base: where relative links start.
    """
    link = "".join(link.split("\n")).strip()[:MAX_URL]
    if "&" in link:
        link = _unescaped(link)
    link = _slipped(link)
    if not link or link.startswith(_WEB):
        return link
    try:
        return urljoin(base, f"//{link.lstrip('/')}" if _starts_with_host(link, base) else link)
    except ValueError:
        return link


def _unescaped(link: str) -> str:
    for _ in range(3):
        link, times = _AMPERSAND.subn("&", link)
        if not times:
            break
    return _NUMBERED.sub(lambda match: html.unescape(match[0]), link)


def _slipped(link: str) -> str:
    for slip, right in _SLIPS:
        link = slip.sub(right, link)
    return link


def _starts_with_host(link: str, base: str) -> bool:
    """Is it "www.example.org/a" or "/www.example.org/a", an address without its scheme, and not a file of that name?

    Any other host must be the base's own, or one of the same name below or above it.
    """
    first = re.split(r"[/?#]", link.removeprefix("/"), maxsplit=1)[0]
    if not _HOST.fullmatch(first):
        return False
    name, own = first.lower().partition(":")[0].removeprefix("www."), _host(base)
    return first.lower().startswith("www.") or name == own or name.endswith(f".{own}") or own.endswith(f".{name}")


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def start_of_links(home: str, base: str, *, always: bool) -> str:
    """Where a feed's relative links start: at its site, for readers show them there.

    SimplePie (`get_base`) and Miniflux begin at the channel's link. Atom has a rule of its own (xml:base, then the
    feed's address: RFC 4287 §2), which is kept unless the feed lies on a host that is not its site's.

    :param home: the site that the feed names, absolute or "".
    :param base: the feed's own address.
    :param always: also where both are on one host.
    """
    if not home.startswith(_WEB):
        return base
    return home if always or _host(home) != _host(base) else base
