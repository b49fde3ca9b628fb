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
    if _mostly_utf8(html):
        return "utf-8"
    found = codec(detect_encoding(html) or "") or "cp1252"
    # The detector needs some hundred characters; of less it says one of these.
    return _by_script(html) or found if found in _VAGUE else found


_VAGUE = frozenset(("utf-8", "ascii", "cp1252", "latin-1", "iso8859-1"))
# Codecs of scripts with the letters that such a text is full of, and the least share of them; the strictest first.
_SCRIPTS = (
    ("cp949", re.compile("[가-힣]"), 0.9),
    ("cp932", re.compile("[ぁ-ヿ]"), 0.25),
    ("euc_jp", re.compile("[ぁ-ヿ]"), 0.25),
    ("gb18030", re.compile("[一-鿿]"), 0.7),
    ("big5", re.compile("[一-鿿]"), 0.7),
)
_TOGETHER = re.compile(r"[^\x00-\x7f]{2,}")
_TOGETHER_SHARE = 0.7  # of the letters beyond ASCII; in Latin-1 read as Chinese they are a tenth
_LANGUAGE = re.compile(rb"<html[^>]{0,300}?\blang\s*=\s*[\"']?\s*([A-Za-z-]{2,12})", re.IGNORECASE)
# What pages without a label are read as in a browser of that language (Encoding Standard, legacy defaults).
_LEGACY = {"ko": "cp949", "ja": "cp932", "zh-tw": "big5", "zh-hk": "big5", "zh": "gb18030", "ru": "cp1251",
           "uk": "cp1251", "bg": "cp1251", "el": "cp1253", "tr": "cp1254", "he": "cp1255", "ar": "cp1256",
           "fa": "cp1256", "pl": "cp1250", "cs": "cp1250", "hu": "cp1250", "th": "cp874"}  # fmt: skip


def _by_script(html: bytes) -> str:
    """The codec under which the bytes are text of a script, or that of the page's language; "" where none fits."""
    stated = _LANGUAGE.search(html[:_PRESCAN])
    language = stated[1].decode("ascii").lower() if stated else ""
    for name, letters, share in _SCRIPTS:
        text = _strictly(html, name)
        wide = sum(char.isalpha() for char in text if char > "\x7f")
        if text and len(letters.findall(text)) >= share * wide and _stands_together(text):
            return "big5" if name == "gb18030" and language in {"zh-tw", "zh-hk"} else name
    legacy = _LEGACY.get(language) or _LEGACY.get(language[:2], "")
    return legacy if legacy and _strictly(html, legacy) else ""


def _stands_together(text: str) -> bool:
    """Do most of its letters beyond ASCII stand beside others? An umlaut and the letter behind it make one alone."""
    return sum(map(len, _TOGETHER.findall(text))) >= _TOGETHER_SHARE * sum(char > "\x7f" for char in text)


def _strictly(html: bytes, name: str) -> str:
    try:
        return html.decode(name)
    except UnicodeDecodeError:
        return ""
