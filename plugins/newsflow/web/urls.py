"""Canonical URLs: the WHATWG parser, then a small table of rules of our own.

What tracks goes, what identifies stays: the case of paths, `cid` and `id`, the host with
its `www.`, `news.` or `m.`. AMP and mobile addresses are joined later, through rel=canonical.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import NamedTuple

import ada_url

from newsflow.errors import NewsflowError
from newsflow.text.tracking import tracks
from newsflow.web import shared_hosts
from newsflow.web.wrappers import unwrapped

LONGEST_NAME = 300  # characters of a publisher's name; it is a key
LONGEST = 2_600  # bytes; PostgreSQL refuses btree rows over 2,704 bytes, their heads and other columns included
_LONGEST_HOST = 253  # characters of a DNS name (RFC 1035 §2.3.4)
_LONGEST_RAW = 65_536
_LONGEST_SENT = 8192
_ROUNDS = 8
_UNRESERVED = re.compile(r"%(?:2[dDeE]|3[0-9]|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aAeE])")
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid)=[^/?#;]*", re.IGNORECASE)
# an http(s) URL as WHATWG writes it (URL Standard §4.5): every part but port, query and fragment is there
_HREF = re.compile(r"(https?:)//(?:([^/@]*)@)?(\[[^\]]*\]|[^/:]*)(:\d+)?(/[^?#]*)(?:(\?[^#]+)|\?)?(#.*)?")


class BadUrl(NewsflowError, ValueError):  # noqa: N818 - the name is part of the contract between rooms
    """Not a usable http(s) URL; the message says why and repeats no part of the URL."""


def canonicalise(url: str, base: str | None = None) -> str:
    """The one form under which a page is known; applying it again changes nothing.

    :param url: absolute, or relative to `base`; surrounding blanks are ignored.
    :raises BadUrl: for other schemes, credentials, hosts that are none, or over `LONGEST` bytes.
    """
    written = _bare(_parse(url, base))
    for _ in range(_ROUNDS):
        canonical = _once(written)
        if canonical == written.href:
            return canonical
        written = _bare(_parse(canonical, None))
    raise BadUrl("the URL is escaped many times over")


def _bare(written: _Written) -> _Written:
    """The URL within a wrapper, however often it is wrapped; one that leads nowhere is kept."""
    for _ in range(_ROUNDS):
        inner = unwrapped(written.host, written.path, written.query)
        if not inner:
            break
        try:
            written = _parse(inner, None)
        except BadUrl:
            break
    return written


class _Written(NamedTuple):
    """A URL as the parser wrote it, and its parts as they stand there."""

    href: str
    scheme: str
    host: str
    port: str
    path: str
    query: str
    fragment: str

    @property
    def origin(self) -> str:
        host = self.host.removesuffix(".")
        if not all(host.split(".")):
            raise BadUrl("the host name has an empty part")
        if len(host) > _LONGEST_HOST:
            raise BadUrl(f"the host name is {len(host)} characters long, more than {_LONGEST_HOST}")
        return f"{self.scheme}//{host}{self.port}"


def _once(written: _Written) -> str:
    path = _plain(_SESSION_PATH.sub("", written.path)) or "/"
    canonical = f"{written.origin}{path}{_query(written.query)}{_fragment(written.fragment)}"
    if len(canonical) > LONGEST:
        raise BadUrl(f"the URL is {len(canonical)} bytes long, more than {LONGEST}")
    return canonical


def _parse(url: str, base: str | None) -> _Written:
    if len(url) > _LONGEST_RAW:
        raise BadUrl(f"the URL is {len(url)} characters long")
    try:
        href = ada_url.join_url(_encodable(base), _encodable(url)) if base else ada_url.normalize_url(_encodable(url))
    except ValueError:
        raise BadUrl("not a URL" if url.strip() else "an empty URL") from None
    parts = _HREF.fullmatch(href)
    if parts is None:
        raise BadUrl(f"the scheme is {href.partition(':')[0][:20]}: and not http(s)")
    if parts[2]:
        raise BadUrl("the URL carries credentials")
    return _Written(href, parts[1], parts[3], *(part or "" for part in parts.group(4, 5, 6, 7)))


def _encodable(text: str) -> str:
    """Lone surrogates can't be encoded; WHATWG replaces them with U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _plain(text: str) -> str:
    """RFC 3986 §6.2.2: escapes of unreserved characters undone, the others in upper case."""
    if "%" not in text:
        return text
    return _UNRESERVED.sub(lambda m: chr(int(m[0][1:], 16)), _ESCAPE.sub(lambda m: m[0].upper(), text))


def _query(search: str) -> str:
    pieces = [_with_one_query(_plain(piece)) for piece in search[1:].split("&") if piece]
    kept = [piece for piece in pieces if not tracks(*piece.partition("=")[::2])]
    if any("=" in piece for piece in kept):
        kept.sort(key=lambda piece: piece.partition("=")[0])
    return "?" + "&".join(kept) if kept else ""


def _with_one_query(piece: str) -> str:
    """A parameter without the tracking that was appended as if it were the first ("id=5?utm_source=rss")."""
    before, mark, behind = piece.rpartition("?")
    return before if mark and tracks(*behind.partition("=")[::2]) else piece


def _fragment(fragment: str) -> str:
    return fragment if fragment.startswith("#!") and len(fragment) > 2 else ""


def origin_of(url: str) -> str:
    """`scheme://host[:port]`, lower case, the default port left out.

    :raises BadUrl: where the URL is unusable.
    """
    return _parse(url, None).origin


def canonical_origin(canonical: str) -> str:
    """The same of a URL that `canonicalise` gave: parsing it again would cost as much."""
    return "/".join(canonical.split("/", 3)[:3])


def sendable(url: str, base: str | None = None) -> str:
    """The URL as it is asked for: parsed once, by the parser that the guard trusts, without fragment.

    :raises BadUrl: as `canonicalise`; up to 8,192 bytes, as redirects may be long.
    """
    written = _parse(url, base)
    sent = f"{written.origin}{written.path}{written.query}"
    if len(sent) > _LONGEST_SENT:
        raise BadUrl(f"the URL is {len(sent)} bytes long")
    return sent


def url_hash(canonical: str) -> bytes:
    """sha256 of a canonical URL, the key of its page."""
    return hashlib.sha256(canonical.encode()).digest()


def publisher_name(url: str) -> str:
    """The registrable domain (`bbc.co.uk`); for addresses and bare names, host and port.

    On hosts that are shared each name is a publisher of its own: below the domain (`someone.github.io`,
    `abcnews.go.com`), or first in the path (`medium.com/@someone`). Source: the Public Suffix List with its private
    part, which the package `tld` carries (nothing is downloaded), and `shared_hosts` for what it leaves out.

    :raises BadUrl: where the URL is unusable.
    """
    written = _parse(url, None)
    host = written.origin.partition("//")[2]
    part = shared_hosts.first_part(host, written.path)
    return f"{_registrable(host)}/{part}" if part else _registrable(host)


@lru_cache(maxsize=65_536)
def same_site(url: str, other: str) -> bool:
    """Whether the hosts of two addresses are one publisher's; False where either address is unusable.

    A portal's own host (rss.sina.com.cn) and that of an outlet of it are, those of two outlets are not.
    """
    try:
        one, two = _site(url), _site(other)
    except BadUrl:
        return False
    return one == two or one == shared_hosts.portal(two) or two == shared_hosts.portal(one)


def same_publisher(url: str, page: str) -> bool:
    """The same for a feed and a page: on a host that is shared by paths, each path's first part is one.

    :param page: as `canonicalise` gives it. Its origin is looked up, as a feed's pages share one.
    """
    origin = canonical_origin(page)
    if not same_site(url, origin):
        return False
    return not shared_by(origin) or publisher_name(url) == publisher_name(page)


@lru_cache(maxsize=4096)
def shared_by(url: str) -> str:
    """Whose the host of an address is where paths tell publishers, so that it is none of theirs; "" for all others."""
    return shared_hosts.with_paths(_parse(url, None).origin.partition("//")[2])


def _site(url: str) -> str:
    return _registrable(_parse(url, None).origin.partition("//")[2])


@lru_cache(maxsize=4096)
def _registrable(host: str) -> str:
    from tld import get_fld

    if shared := shared_hosts.name_below(host) or shared_hosts.with_paths(host):
        return shared
    found = get_fld(f"http://{host}", fail_silently=True, search_private=True)
    return str(found) if found else host.removeprefix("www.")
