"""Hosts on which many publish, each under a name of its own: below the domain, or first in the path. Data.

The Public Suffix List knows most platforms of the first kind in its private part; here are those that it leaves out,
and portals whose parts readers know as outlets (abcnews.go.com, news.yahoo.com). What is added here gives new links
another publisher; older articles follow by `newsflow publishers merge` or not at all.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

# Portals of several outlets: each label below one of these is a publisher.
_PORTALS = (
    r"go\.com", r"yahoo\.com", r"yahoo\.co\.jp", r"msn\.com", r"aol\.com", r"globo\.com", r"uol\.com\.br",
    r"terra\.com\.br", r"sina\.com\.cn", r"sohu\.com", r"163\.com", r"qq\.com", r"naver\.com",
    r"daum\.net", r"mail\.ru", r"rambler\.ru",
    r"wikinews\.org",
)  # fmt: skip
# Platforms on which anybody publishes, below their domain.
_PLATFORMS = (
    r"blogspot\.(?:com|[a-z]{2}|com?\.[a-z]{2})", r"substack\.com", r"tumblr\.com", r"medium\.com", r"wordpress\.com",
    r"livejournal\.com", r"typepad\.com", r"over-blog\.com", r"canalblog\.com", r"beehiiv\.com", r"ghost\.io",
    r"squarespace\.com", r"home\.blog", r"micro\.blog", r"writeas\.com", r"posthaven\.com",
    r"eklablog\.com", r"blog\.hu", r"blogs\.com",
    r"jimdofree\.com", r"exblog\.jp", r"livedoor\.blog", r"seesaa\.net", r"tistory\.com", r"neocities\.org",
    r"hashnode\.dev", r"podbean\.com", r"libsyn\.com", r"prezly\.com", r"free\.fr",
)  # fmt: skip
_BELOW = re.compile(
    rf"(?:^|\.)(?P<name>(?P<label>[^.]+)\.(?:(?P<portal>{'|'.join(_PORTALS)})|{'|'.join(_PLATFORMS)}))$"
)
_SAME = {"www", "m", "mobile", "amp", "rss", "feed", "feeds", "pox", "api", "xml"}  # the domain's own

# Of these hosts the first part of a path is one, where it is like that; the words are the host's own.
_PATHS: dict[str, re.Pattern[str]] = {
    "medium.com": re.compile(r"/(?:feed/)?(?!(?:feed|tag|topics?|p|m|me|r|_|search|about)(?:/|$))([^/?#]+)"),
    "substack.com": re.compile(r"/(@[^/?#]+)"),
    "tumblr.com": re.compile(r"/(?:blog/)?(?!(?:tagged|explore|search|dashboard|about|blog)(?:/|$))([^/?#]+)"),
    "facebook.com": re.compile(
        r"/(?!(?:pages|groups|watch|share|(?:story|profile|permalink)\.php|events|login)(?:/|$))([^/?#]+)"
    ),
    "feeds.feedburner.com": re.compile(r"/(?:~r/)?([^/?#~]+)"),
    "sites.google.com": re.compile(r"/(?:view|site)/([^/?#]+)"),
    "note.com": re.compile(r"/(?!(?:api|hashtag|search|topic)(?:/|$))([^/?#]+)"),
    "ameblo.jp": re.compile(r"/([^/?#]+)"),
    "dev.to": re.compile(r"/(?:feed/)?(?!(?:t|search|about|tags|feed)(?:/|$))([^/?#]+)"),
    "t.me": re.compile(r"/(?:s/)?([^/?#]{4,})"),
}  # fmt: skip


def name_below(host: str) -> str:
    """The publisher's host on a shared domain (abcnews.go.com); "" for all other hosts, and for the domain's own."""
    found = _BELOW.search(host)
    return found["name"] if found and found["label"] not in _SAME else ""


def portal(name: str) -> str:
    """The portal that a publisher's host belongs to; "" for none. Its own feeds list what its outlets publish."""
    found = _BELOW.search(name)
    return found["portal"] or "" if found else ""


def with_paths(host: str) -> str:
    """The host where the first part of a path is the publisher, so that it is nobody's own; "" for all others."""
    return bare if (bare := _bare(host)) in _PATHS else ""


def first_part(host: str, path: str) -> str:
    """That part, in small letters; "" where the host has none, and for its own pages.

    >>> first_part("medium.com", "/feed/@Alice"), first_part("medium.com", "/tag/news"), first_part("a.example", "/b")
    ('@alice', '', '')
    """
    pattern = _PATHS.get(_bare(host))
    found = pattern.match(path) if pattern else None
    return unquote(found[1]).lower()[:200] if found else ""


def _bare(host: str) -> str:
    return host.removeprefix("www.").removeprefix("m.")
