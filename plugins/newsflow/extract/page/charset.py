"""Bytes to text by the rules of browsers.

Source: WHATWG Encoding Standard (labels, and which decoder a label means) and HTML
Standard §13.2.3 (order: BOM, transport, `<meta>`). One deviation, which browsers can't
afford: bytes that are valid UTF-8 with non-ASCII characters are read as such whatever
was declared, because a wrong declaration is common and such bytes by chance are not.
"""

from __future__ import annotations

import re

from resiliparse.parse.encoding import detect_encoding

from newsflow.web.charset import BYTE_ORDER_MARKS, codec, of_header

_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.+-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9_:.+-]{2,40})", re.IGNORECASE)
_PRESCAN = 4096  # browsers look at 1,024 bytes; pages with long comments first are common


def _declared(html: bytes, content_type: str) -> str:
    if stated := of_header(content_type):
        return stated
    head = html[:_PRESCAN]
    meta = _META.search(head) or _XML.search(head)
    name = codec(meta[1].decode("ascii")) or "" if meta else ""
    return "utf-8" if name.startswith("utf-16") else name  # HTML Standard §13.2.3.2


def _strict(html: bytes) -> str | None:
    try:
        return html.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _mostly_utf8(html: bytes) -> bool:
    """A few broken bytes (cut characters, a stray template) don't make a page non-UTF-8."""
    text = html.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    wide = sum(1 for byte in html if byte >= 0xC2) if broken else 0
    return broken * 20 < wide


def decode(html: bytes, content_type: str = "") -> tuple[str, str]:
    """Text and the codec that gave it; never raises: what can't be decoded becomes U+FFFD.

    :param content_type: the transport's header, "" where there is none.
    """
    for bom, name in BYTE_ORDER_MARKS:
        if html.startswith(bom):
            return html[len(bom) :].decode(name, "replace"), name
    declared = _declared(html, content_type)
    if _is_shifted(declared, html):
        return html.decode(declared, "replace"), declared
    text = _strict(html)
    if text is not None:
        return text, "utf-8"
    name = declared if declared not in {"", "utf-8"} else _guessed(html)
    return html.decode(name, "replace"), name


def _is_shifted(declared: str, html: bytes) -> bool:
    """Is it an encoding whose bytes may be valid UTF-8 by chance: two bytes a character, or escapes in ASCII?"""
    return declared.startswith("utf-16") or (declared.startswith("iso2022") and b"\x1b" in html)


def _guessed(html: bytes) -> str:
    """The codec of bytes that are no valid UTF-8, and declared as nothing else."""
    return "utf-8" if _mostly_utf8(html) else codec(detect_encoding(html) or "") or "cp1252"
