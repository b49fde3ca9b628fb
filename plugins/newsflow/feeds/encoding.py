"""The characters of a feed: bytes in any encoding to UTF-8, whatever the feed says of itself.

XML takes a declaration at its word (XML 1.0 §4.3.3); publishers don't: a declaration outlives a site's move to UTF-8,
ISO-8859-1 means windows-1252 (WHATWG Encoding Standard), and one character cut in two must not garble all others.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from lxml import etree
from resiliparse.parse.encoding import detect_encoding

from newsflow.web.charset import BYTE_ORDER_MARKS, codec, of_header

_XML = re.compile(rb"\s*<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']\s*([\w.:-]{1,40})\s*[\"']")
_CODE_PAGE = re.compile(r"cp\d{3,4}|(?:iso8859|mac|koi8|hp|johab)\b.*|mac_\w+")
_WINDOWS = re.compile(r"(?:win|windows|x|cp|ms)[ _-]?(?:cp|ms)?[ _-]?(125\d|874)", re.IGNORECASE)
# XML 1.0, appendix F: how "<" and the character after it begin in UTF-16
_UTF16 = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_UTF32_MARKS = (b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"<\0\0\0", b"\0\0\0<")
# Text of an 8-bit encoding hardly ever has a valid character of two bytes or more by chance, text of a two-byte one
# now and then; so where UTF-8 was declared most must be valid, and where something else was, nearly all.
_MOST, _NEARLY_ALL = 2, 20


class Characters(NamedTuple):
    """A document in UTF-8; `codec` is what it was read with: "" where only the XML parser knows what it names.

    `repair` says where that is not what the document says of itself.
    """

    body: bytes
    codec: str
    repair: str = ""


def utf8(body: bytes, content_type: str = "") -> Characters:
    """The document in UTF-8; characters that can't be read are U+FFFD."""
    if body.startswith(_UTF32_MARKS):
        return Characters(body, "")
    if found := unmistakable(body):
        return Characters(_recoded(body, found), found)
    declared = _declared(body, content_type)
    if _is_utf8(body, declared or "utf-8"):
        usual = declared == "utf-8" or body.isascii()
        return Characters(body, "utf-8", "" if usual else _differs(declared, "utf-8"))
    if declared is None and _parser_knows(body):
        return Characters(body, "")
    name = _named(body, declared)
    return Characters(_recoded(body, name), name, _differs(declared, name))


def _recoded(body: bytes, codec: str) -> bytes:
    return body.decode(codec, "replace").removeprefix("\ufeff").encode("utf-8", "replace")


def _differs(declared: str | None, codec: str) -> str:
    if declared == codec:
        return "some of its characters are broken" if codec == "utf-8" else ""
    return f"its characters are {codec}, and not {declared or 'what it says'}"


def unmistakable(body: bytes) -> str:
    """The codec that a byte order mark or the first bytes tell."""
    return next((name for start, name in (*BYTE_ORDER_MARKS, *_UTF16) if body.startswith(start)), "")


def _declared(body: bytes, content_type: str) -> str | None:
    """The codec that the XML declaration names, else the header: servers send one header for all their XML.

    None for a name that nobody knows; UTF-8 where nothing is said. See RFC 7303 §3.
    """
    inside = _XML.match(body[:4096])
    if inside is None:
        return of_header(content_type) or "utf-8"
    label = inside[1].decode("ascii", "replace")
    return codec(label) or _known_elsewhere(label)


def _known_elsewhere(label: str) -> str | None:
    """Python's codec of a name that browsers don't know: "latin-1", "win-1251", the code pages of IBM."""
    if windows := _WINDOWS.fullmatch(label):
        return codec(f"windows-{windows[1]}")
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return None
    return (codec(name) or name) if _CODE_PAGE.fullmatch(name) else None


def _parser_knows(body: bytes) -> bool:
    """Whether libxml2 reads the encoding that the document names, of which there are some more."""
    inside = _XML.match(body[:4096])
    try:
        etree.XMLParser(encoding=inside[1].decode("ascii", "replace") if inside else "")
    except LookupError:
        return False
    return True


def _is_utf8(body: bytes, declared: str) -> bool:
    """Valid, and not in ASCII letters that mean others: ISO-2022 writes Japanese so, "~{" begins Chinese in HZ."""
    if body.isascii():
        return not declared.startswith("iso2022")
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _named(body: bytes, declared: str | None) -> str:
    """The codec of bytes that are not valid UTF-8."""
    if declared is None or declared.startswith("utf-16"):  # bytes that name it in ASCII letters are not in it
        declared = "utf-8"
    if declared == "utf-8":
        return "utf-8" if _valid_share(body) >= _MOST else codec(detect_encoding(body) or "") or "cp1252"
    return "utf-8" if _valid_share(body) >= _NEARLY_ALL and not _decodes(body, declared) else declared


def _valid_share(body: bytes) -> float:
    """Valid UTF-8 characters beyond ASCII for each run of bytes that is none."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return (beyond - broken) / max(broken, 1)


def _decodes(body: bytes, name: str) -> bool:
    """Whether a codec of two bytes a character takes all bytes; those of one byte take anything."""
    if name.startswith(("cp125", "iso8859", "koi8", "mac", "cp866", "cp874")):
        return False
    try:
        body.decode(name)
    except UnicodeDecodeError:
        return False
    return True
