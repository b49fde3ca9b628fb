"""Text to one tree, from which everything else is read."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml.etree import ElementDefaultClassLookup, HTMLParser, ParserError, XMLSyntaxError
from lxml.html import HtmlElement, document_fromstring

from newsflow.extract.page import streamed
from newsflow.text.characters import encoded, strip
from newsflow.text.declaration import without_declaration

_OPENS = re.compile(r"\s*<[!A-Za-z]")  # of a page, as most are: without a declaration
_NO_MEMORY = 2  # XML_ERR_NO_MEMORY, libxml2's xmlerror.h


def _parser() -> HTMLParser:
    parser = HTMLParser(  # type: ignore[call-arg]  # the stubs lack default_doctype
        collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True
    )
    # lxml.html's own lookup calls Python for each element; nothing here needs its form classes
    parser.set_element_class_lookup(ElementDefaultClassLookup(element=HtmlElement))
    return parser


_PARSER = _parser()


def parse(text: str) -> HtmlElement | None:
    """The document's root, or None where there is no element at all (empty, binary).

    :raises MemoryError: where the process may not take more.
    """
    try:
        root = document_fromstring(_source(text), parser=_PARSER)
    except XMLSyntaxError as error:
        if getattr(error, "code", 0) == _NO_MEMORY:
            raise MemoryError from error
        return None
    except (ParserError, ValueError, AssertionError):
        return None
    if not isinstance(root, HtmlElement):
        return None
    if streamed.is_streamed(root, text):
        streamed.join(root)
    return root


@lru_cache(maxsize=1)
def _source(text: str) -> bytes:
    """What the parser is given; a page may be parsed several times, one after the other."""
    return encoded(text) if _OPENS.match(text) else without_declaration(strip(text)).encode()


def text_of(element: HtmlElement) -> str:
    """All text below an element, spaces collapsed."""
    return " ".join(" ".join(element.itertext()).split())


def class_of(element: HtmlElement) -> str:
    """Class and id in lower case, as one string to look for words in."""
    return f"{element.get('class') or ''} {element.get('id') or ''}".lower()
