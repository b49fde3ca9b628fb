"""The XML declaration before a page."""

from __future__ import annotations

import re

_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>", re.IGNORECASE)


def without_declaration(text: str) -> str:
    """A page without the XML declaration before it: lxml refuses decoded text that has one."""
    found = _DECLARATION.match(text)
    return text[found.end() :] if found else text
