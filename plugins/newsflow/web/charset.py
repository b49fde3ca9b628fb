"""The encoding of a document by the WHATWG rules: labels that browsers know, and no others.

Python knows `utf-7`, `hex`, `idna`, `punycode` and more under names that a server can send;
browsers don't, for good reason. Sources: https://encoding.spec.whatwg.org (labels, by way of
resiliparse) and https://html.spec.whatwg.org#determining-the-character-encoding (order).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from resiliparse.parse.encoding import map_encoding_to_html5

_PRESCAN = 1024
_HEADER = re.compile(r"charset\s*=\s*(?:[\"']\s*)?([^\s\"';,]{1,40})", re.IGNORECASE)
_META = re.compile(rb"<meta\b[^>]{0,500}?charset\s*=\s*(?:[\"']\s*)?([a-zA-Z0-9_:.\-]{1,40})", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([a-zA-Z0-9_:.\-]{1,40})[\"']", re.IGNORECASE)
BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# Python's codecs of the names that WHATWG gives to larger sets.
_WIDER = {"gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs", "iso8859-11": "cp874"}


def codec(label: str) -> str | None:
    """Python's codec for a WHATWG label; None for any other name."""
    found = map_encoding_to_html5(label.strip(), False)
    return _WIDER.get(found, found) if found else None


def of_header(content_type: str) -> str | None:
    """The codec that a Content-Type header names; None where it names none that browsers know."""
    found = _HEADER.search(content_type)
    return codec(found[1]) if found else None


def encoding_of(data: bytes, content_type: str = "") -> str:
    """The codec of a document: byte order mark, Content-Type, meta or XML declaration, in this order.

    A declared encoding that the bytes disprove is passed over: text that is valid UTF-8 with
    letters beyond ASCII is UTF-8 whatever a header says; declared UTF-8 that is none is not.
    """
    for mark, name in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return name
    utf8 = _is_utf8(data)
    for name in _declared(data, content_type):
        if name == "utf-8" and not utf8:
            continue
        if utf8 and not name.startswith("utf-16") and not _escapes(name):
            return "utf-8"
        return name
    return "utf-8" if utf8 else "cp1252"


def _declared(data: bytes, content_type: str) -> Iterator[str]:
    if stated := of_header(content_type):
        yield stated
    for pattern in (_XML, _META):
        inside = pattern.search(data[:_PRESCAN])
        name = codec(inside[1].decode("ascii")) if inside else None
        if name:  # a document that names UTF-16 in ASCII letters is not in UTF-16
            yield "utf-8" if name.startswith("utf-16") else name


def _is_utf8(data: bytes) -> bool:
    """Valid, but for a character cut at the very end."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.end == len(data) and error.reason == "unexpected end of data"
    return True


def _escapes(name: str) -> bool:
    """Encodings whose bytes are all ASCII, so that they look like UTF-8."""
    return name.startswith("iso2022")


def decode(data: bytes, content_type: str = "") -> str:
    """The text of a document; what can't be decoded becomes U+FFFD, a byte order mark goes."""
    return data.decode(encoding_of(data, content_type), "replace").removeprefix("\ufeff")
