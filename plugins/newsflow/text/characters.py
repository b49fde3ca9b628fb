"""Characters that never belong into a field: NUL, controls, lone surrogates, bidi overrides."""

from __future__ import annotations

import re

# Ranges for a character class. C0 and C1 controls but tab and line ends (NEL, \x85, is one); DEL.
CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"
# Bidi embeddings, overrides and isolates (UAX #9): they show a text in another order than it is (CVE-2021-42574).
BIDI = "\u202a-\u202e\u2066-\u2069"
SURROGATES = "\ud800-\udfff"  # alone no characters: no encoding can store them
BOM = "\ufeff"
# Soft hyphen, zero-width space and word joiner are invisible and split words for search; noncharacters; object
# replacement. Kept: ZWJ and ZWNJ (Persian, Indic scripts), LRM and RLM.
_INVISIBLE = "\u00ad\u200b\u2060\ufdd0-\ufdef\ufffc\ufffe\uffff"
_BAD = re.compile(f"[{CONTROLS}{BIDI}{SURROGATES}{BOM}{_INVISIBLE}]")
_PLAIN = bytes((9, 10, 13, *range(0x20, 0x7F)))
_SIGNS = bytes(code for code in range(128) if not re.match(r"\w", chr(code)))
_WIDE_SIGN = re.compile(r"[^\w\x00-\x7f]")
_ANSI = re.compile(r"\x1b\[[0-9;?]{0,20}[ -/]?[@-~]")


def clean(text: str) -> str:
    """One line of text without control, bidi, surrogate and invisible characters; spaces collapsed."""
    if not (text.isascii() and text.isprintable()):
        text = strip(text)
    return " ".join(text.split())


def strip(text: str) -> str:
    """The text without those characters, its lines and spaces as they are."""
    unusual = _without(_PLAIN, text)  # few characters to look at, where a page has a hundred thousand
    return _stripped(text) if _BAD.search(unusual) else text


def encoded(text: str) -> bytes:
    """The same in UTF-8, at half the price of one after the other."""
    whole = text.encode("utf-8", "surrogatepass")
    unusual = whole.translate(None, _PLAIN).decode("utf-8", "surrogatepass")
    return _stripped(text).encode() if _BAD.search(unusual) else whole


def _stripped(text: str) -> str:
    return _BAD.sub("", _ANSI.sub("", text))


def storable(text: str) -> str:
    """The text without what no database stores: NUL, and surrogates that stand for no character.

    PostgreSQL's texts hold no NUL, and UTF-8 has no lone surrogates; two that make a pair become their character.
    """
    if not text.isascii() and not _encodes(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    return text.replace("\x00", "") if "\x00" in text else text


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def bare(text: str) -> str:
    """Its letters, digits and underscores, as `\\w` means them."""
    rest = _without(_SIGNS, text)
    return rest if rest.isascii() else _WIDE_SIGN.sub("", rest)


def _without(ascii_codes: bytes, text: str) -> str:
    """A text without some characters of ASCII: at the speed of memory, where a pattern looks at each character."""
    return text.encode("utf-8", "surrogatepass").translate(None, ascii_codes).decode("utf-8", "surrogatepass")


def clean_lines(text: str) -> list[str]:
    """The non-empty lines of a text, each clean."""
    lines = (" ".join(line.split()) for line in strip(text).splitlines())
    return [line for line in lines if line]
