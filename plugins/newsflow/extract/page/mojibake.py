"""Text that was read wrongly before it was sent: "donâ€™t" for "don’t", and "don\\x92t" on a page in UTF-8.

A publisher's system that takes UTF-8 for Windows' Latin, and writes UTF-8 again, doubles the encoding. One that copies
Windows' bytes as characters leaves controls (U+0080 to U+009F), which browsers don't show, in place of apostrophes
and dashes. One page of forty has some of either (the open sets). ftfy tells such text from text that is meant
(https://ftfy.readthedocs.io); only parts of a page that have a sign of it are given to it.
"""

from __future__ import annotations

import re

# Controls of C1; the beginnings of what is Latin, punctuation or an emoji in UTF-8, read as Windows-1252 or Latin-1.
_CONTROL = re.compile(r"[\x80-\x9f]")
_SIGN = re.compile(r"[\x80-\x9f]|[ÂÃ][\xa0-\xbf]|Ã[\u0152-\u2122]|â€|ðŸ|ï¿½")
_FEW = 3  # of a page's signs that may be meant: an article on encodings shows one or two
_PART = re.compile(r"[^<>\n]+")  # a line's text, or a tag: what is wrong in one need not be in the next
_LONGEST = 50_000  # characters of a part, which ftfy reads in a few milliseconds: a longer one is a script's data
_ASCII = bytes(range(128))


def repaired(text: str, html: bytes, encoding: str) -> str:
    """A page with such parts mended; all others as they are.

    :param html: the bytes that the text was read from.
    :param encoding: the codec that read them.
    """
    beyond = _beyond_ascii(text, html if encoding == "utf-8" else b"")
    if not _SIGN.search(beyond):  # most pages end here, at a few letters
        return text
    is_wrong = _CONTROL.search(beyond) or len(_SIGN.findall(text)) >= _FEW
    return _PART.sub(_mended, text) if is_wrong else text


def _beyond_ascii(text: str, utf8: bytes) -> str:
    """Its characters that are not ASCII, at the speed of memory; from its bytes, where they are at hand."""
    if text.isascii():
        return ""
    return (utf8 or text.encode("utf-8", "replace")).translate(None, _ASCII).decode("utf-8", "replace")


def _mended(part: re.Match[str]) -> str:
    text = part[0]
    if len(text) > _LONGEST or not _SIGN.search(text):
        return text
    from ftfy import fix_encoding
    from ftfy.fixes import fix_c1_controls

    return str(fix_c1_controls(fix_encoding(text)))
