"""Addresses of feeds as people and lists write them. Pure."""

from __future__ import annotations

import re

# Schemes that browsers handed to feed readers, before the address or in the place of its own.
_SCHEME = re.compile(r"\s*(?:feeds?|rss|atom|itpc|pcast|podcast|web\+feed):(?://)?(?=\S)", re.IGNORECASE)
_WEB = re.compile(r"https?:(?://)?", re.IGNORECASE)


def feed_address(url: str) -> str:
    """`feed://host/path` and `feed:https://host/path` as the http(s) address that they mean; others as they are."""
    found = _SCHEME.match(url)
    if not found:
        return url
    rest = url[found.end() :].strip()
    scheme = _WEB.match(rest)
    if scheme is None:
        return f"http://{rest.lstrip('/')}"
    return f"{scheme[0].partition(':')[0].lower()}://{rest[scheme.end() :].lstrip('/')}"
