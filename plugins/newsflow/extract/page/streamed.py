"""Parts of a page that a server sends late: React writes them behind the page, and a script moves them to their places.

`<template id="B:1">` (or "P:1") keeps a place, and what belongs there stands further down in `<div hidden id="S:1">`
(React's server renderer, `ReactDOMFizzInstructionSetShared.js`: both ids end in one number, in hexadecimal digits). One
page of fifty that were captured in 2025 is sent so. Read as it comes, its text is hidden and out of order.
"""

from __future__ import annotations

import re

from lxml.html import HtmlElement

_SIGNS = (' hidden id="', ' hidden="" id="')  # as React writes them, and as an HTML5 parser does
_PLACE = re.compile(r"(.*)[BP]:([0-9a-f]+)")
_PART = re.compile(r"(.*)S:([0-9a-f]+)")

Name = tuple[str | None, ...]


def is_streamed(root: HtmlElement, text: str) -> bool:
    """May a page have such parts? Asked of all pages: most have no template."""
    return next(root.iter("template"), None) is not None and any(sign in text for sign in _SIGNS)


def join(root: HtmlElement) -> None:
    """Put each part where the page keeps a place for it; one without a place stays where it is."""
    parts = _named(root, "*", _PART)
    for name, place in _named(root, "template", _PLACE).items():
        part = parts.get(name)
        if part is not None and part.getparent() is not None and part not in place.iterancestors():
            _put(part, place)


def _named(root: HtmlElement, tag: str, pattern: re.Pattern[str]) -> dict[Name, HtmlElement]:
    """Elements by what their ids have in common with those of their counterparts."""
    met = ((pattern.fullmatch(element.get("id") or ""), element) for element in root.iter(tag))
    return {found.groups(): element for found, element in met if found}


def _put(part: HtmlElement, place: HtmlElement) -> None:
    """What a part holds, text included, in the stead of its place."""
    before, parent = place.getprevious(), place.getparent()
    assert parent is not None  # noqa: S101 -- a template is never the page's root
    if before is not None:
        before.tail = f"{before.tail or ''}{part.text or ''}"
    else:
        parent.text = f"{parent.text or ''}{part.text or ''}"
    for child in list(part):
        place.addprevious(child)
    part.drop_tree()
    place.drop_tree()
