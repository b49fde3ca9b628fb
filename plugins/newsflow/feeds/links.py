"""Links as feeds write them, made absolute."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from newsflow.feeds.parsed import MAX_URL
from newsflow.web.escapes import unescaped

_WEB = ("http://", "https://")
_SLIPS = (
    (re.compile(r"^https?:?/*(?=https?:?//)", re.IGNORECASE), ""),  # http://https://…
    (re.compile(r"^https?://([^/?#:@]+)/*(?=https?://\1(?:[/?#:]|$))", re.IGNORECASE), ""),  # the site's own twice
    (
        re.compile(r"^h{0,2}t{1,3}p(s?)\s*(?:[:;]\s*/*|//)\s*(?=[^\s/:;])", re.IGNORECASE),
        r"http\1://",
    ),  # https//…, htp:…
    (re.compile(r"^:/+\s*(?=[^\s/])"), "//"),
)
_USUAL = re.compile(r"https?://[^\s/:;]")  # no slip, unless another address follows
_HOST = re.compile(r"(?:[\w-]{1,63}\.)+[a-z]{2,24}(?::\d{1,5})?", re.IGNORECASE)


def resolve(link: str, base: str) -> str:
    """An absolute address, or what was written where none can be made of it.

    :param base: where relative links start.
    """
    link = _slipped(unescaped("".join(link.split("\n")).strip()[:MAX_URL]))
    if not link or link.startswith(_WEB):
        return link
    try:
        return urljoin(base, f"//{link.lstrip('/')}" if _starts_with_host(link, base) else link)
    except ValueError:
        return link


def _slipped(link: str) -> str:
    if _USUAL.match(link) and "//" not in link[len("https://") :]:
        return link
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
