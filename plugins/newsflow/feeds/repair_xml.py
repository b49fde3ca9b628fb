"""The small breakages of XML that publishers make most often, mended before a strict parse."""

from __future__ import annotations

import html
import re

# one that is never closed reaches to the end: to look for the end of each anew takes time in the square of the size
_CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_NAMED = re.compile(r"&([a-zA-Z][a-zA-Z0-9]{1,30});")
_BARE = re.compile(r"&(?!#?\w{1,31};)")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_START = re.compile(r"<(?:rss|feed|rdf:RDF|urlset|sitemapindex)[\s:>]", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z][^<>]{0,4000}>")
_VALUE = re.compile(r"\"[^\"]*\"|'[^']*'|(?<=[\w:])=([^\s\"'<>]+?)(?=\s|/?>)")
# By number: libxml2 leaves out references by name, even of XML's own five, behind the first error that it recovers from
_XML_OWN = {"amp": "&#38;", "lt": "&#60;", "gt": "&#62;", "quot": "&#34;", "apos": "&#39;"}
_BY_NUMBER = str.maketrans({"&": "&#38;", "<": "&#60;", ">": "&#62;"})


def trimmed(body: bytes) -> bytes:
    """Without what stands before the XML declaration: blank lines, comments, a PHP warning."""
    body = body.lstrip(b" \t\r\n\xef\xbb\xbf")
    start = body.find(b"<?xml ", 0, 8192)
    return body[start:] if start > 0 else body


def mended(body: bytes) -> bytes:
    """UTF-8 without declaration, HTML's named entities and bare ampersands escaped, control characters gone.

    CDATA sections are left as they are.

    :param body: in UTF-8.
    """
    text = _CONTROL.sub("", body.decode("utf-8", "replace"))
    start = _START.search(text, 0, 8192)
    if start:
        text = text[start.start() :]
    parts = _CDATA.split(text)
    parts[::2] = [_TAG.sub(_quoted, _BARE.sub("&#38;", _NAMED.sub(_character, part))) for part in parts[::2]]
    return "".join(parts).encode()


def _quoted(tag: re.Match[str]) -> str:
    return _VALUE.sub(lambda value: f'="{value[1]}"' if value[1] else value[0], tag[0])


def _character(match: re.Match[str]) -> str:
    if match[1] in _XML_OWN:
        return _XML_OWN[match[1]]
    found = html.unescape(match[0])
    return found.translate(_BY_NUMBER) if found != match[0] else f"&#38;{match[1]};"
