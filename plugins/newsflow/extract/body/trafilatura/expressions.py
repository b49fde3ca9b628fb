"""What trafilatura's XPaths ask of names, read from the expressions for walks that find the same elements."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml.etree import XPath

_TEST = re.compile(r"re:test\(@(id|class), '([^']*)'(, 'i')?\)")
_EQUAL = re.compile(r"@(id|class)='([^']*)'")
_FOLDED = re.compile(r"contains\(translate\(@(id|class), '([A-Z]+)',\s*'[a-z]+'\), '([^']*)'\)")
_PART = re.compile(r"contains\(@(id|class), '([^']*)'\)")


def asked_for(expression: XPath, attribute: str) -> re.Pattern[str]:
    """A pattern of the names that an expression asks for in a class or an id."""
    path = expression.path
    patterns = [f"(?i:{wanted})" if flag else wanted for name, wanted, flag in _TEST.findall(path) if name == attribute]
    patterns += [rf"\A{re.escape(wording)}\Z" for name, wording in _EQUAL.findall(path) if name == attribute]
    patterns += [_folded(capitals, part) for name, capitals, part in _FOLDED.findall(path) if name == attribute]
    patterns += [re.escape(part) for name, part in _PART.findall(path) if name == attribute]
    return re.compile("|".join(patterns))


def _folded(capitals: str, part: str) -> str:
    """A part of a name of which some letters may be capitals, as a pattern."""
    either = {letter.lower(): f"[{letter}{letter.lower()}]" for letter in capitals}
    return "".join(either.get(letter, re.escape(letter)) for letter in part)


def first_of(stated: Mapping[str, str], one: str, other: str) -> str:
    """The attribute of these two that stands first: what XPath takes a set of them for.

    :param stated: an element's attributes in the order in which it has them.
    """
    found, rival = stated.get(one), stated.get(other)
    if found is None or rival is None:
        return found or rival or ""
    return next(value for name, value in stated.items() if name in {one, other})
