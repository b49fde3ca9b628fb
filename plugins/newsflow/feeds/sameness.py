"""Whether a feed's document says the same as last time.

Many servers write the time of the answer into each: into the channel's `lastBuildDate`, `pubDate` or `updated`, or into
a comment of their cache. Such a document has other bytes at each poll, and shows nothing new.
"""

from __future__ import annotations

import hashlib
import re

_FIRST_ENTRY = re.compile(rb"<(?:[\w-]{1,30}:)?(?:item|entry|url|sitemap)\b", re.IGNORECASE)
# RSS 2.0 (channel), RFC 4287 §4.2.15, RSS 1.0's Dublin Core module
_TIME = rb"<(lastBuildDate|pubDate|updated|modified|dc:date)\b[^<>]{0,200}>[^<]{0,100}</\1\s*>"
_COMMENT = rb"<!--[^>]{0,300}-->"
_IN_HEAD = re.compile(rb"%s|%s" % (_TIME, _COMMENT), re.IGNORECASE | re.DOTALL)
_AT_END = re.compile(rb"(?:\s{0,100}%s){1,20}\s{0,100}\Z" % _COMMENT, re.DOTALL)
# Bytes in which they are looked for: this is done in our own process, so no document may make it dear.
_HEAD, _TAIL = 20_000, 2_000


def digest(body: bytes) -> bytes:
    """SHA-256 of all but the times that stand before the first entry, and comments there and at the end.

    Times and comments of entries count, as does everything of a document that is no XML.
    """
    if not body[:100].lstrip().startswith(b"<"):
        return hashlib.sha256(body).digest()
    first = _FIRST_ENTRY.search(body, 0, _HEAD)
    cut = first.start() if first else min(len(body), _HEAD)
    rest = body[cut:]
    tail = max(len(rest) - _TAIL, 0)
    found = hashlib.sha256(_IN_HEAD.sub(b"", body[:cut]))
    found.update(rest[:tail])
    found.update(_AT_END.sub(b"", rest[tail:]))
    return found.digest()
