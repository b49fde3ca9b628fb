"""Addresses that were escaped once too often. Pure."""

from __future__ import annotations

import html
import re

# "&amp;" that is left after the document's own escapes are undone was escaped twice
_AMPERSAND = re.compile(r"&(?:amp|#0*38|#x0*26);", re.IGNORECASE)
_NUMBERED = re.compile(r"&#(?:\d{1,7}|x[0-9a-f]{1,6});", re.IGNORECASE)  # no address has "&#", as "#" ends the query
_MOST_TIMES = 3


def unescaped(link: str) -> str:
    """An address as it was meant, taken from a document whose own escapes are undone already."""
    if "&" not in link:
        return link
    for _ in range(_MOST_TIMES):
        link, times = _AMPERSAND.subn("&", link)
        if not times:
            break
    return _NUMBERED.sub(lambda match: html.unescape(match[0]), link)
