"""Addresses of feeds as people and lists write them. Pure."""

from __future__ import annotations

import re

# Schemes that browsers handed to feed readers, before the address or in the place of its own.
_SCHEME = re.compile(
    r"(?:(?:feeds?|rss|atom|itpc|(?:itms-)?pcasts?|podcasts?|web\+(?:feed|rss)|view-source):/*(?=\S))+", re.IGNORECASE
)
_WEB = re.compile(r"(https?)(?::/*|//+)", re.IGNORECASE)
_AMPERSAND = re.compile(r"&amp;", re.IGNORECASE)


def feed_address(url: str) -> str:
    """`feed://host/path` and `feed:https://host/path` as the http(s) address that they mean; others as they are.

    Ampersands that are still escaped are read as what they are.
    """
    found = _SCHEME.match(url.strip())
    if not found:
        return _AMPERSAND.sub("&", url)
    rest = _AMPERSAND.sub("&", url.strip()[found.end() :])
    scheme = _WEB.match(rest)
    return f"{scheme[1].lower()}://{rest[scheme.end() :]}" if scheme else f"http://{rest}"
