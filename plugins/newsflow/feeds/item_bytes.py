"""A feed's document cut into the bytes of its items and what stands around them, without a parser.

Most items of a poll are those of the poll before. What stands there byte for byte need not be parsed again: a parser
alone costs several times as much as this.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

_FIRST = re.compile(rb"<(item|entry)[\s/>]")
_OPENS, _CLOSES = re.compile(rb"[\s/>]"), re.compile(rb"\s*>")
_HAS_CONTENT = re.compile(rb"<\w+(?:\s+[^\s=<>\"']+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*>")  # <item/> has none, and no end
_DECLARES = re.compile(rb"<!(?:ENTITY|ATTLIST|ELEMENT)\b")  # what may change the meaning of an item's bytes


class ItemBytes(NamedTuple):
    """The items of a document, and what stands before, between and behind them (one more than items).

    :param name: of their elements: item or entry.
    """

    name: str
    items: tuple[bytes, ...]
    around: tuple[bytes, ...]

    def document(self, kept: Collection[int] = ()) -> bytes:
        """The document with these items, by their number, and an empty element in the place of each other one.

        So a parser tells whether an item stands where it counts: not in a comment, nor in another element.
        """
        chosen, empty = frozenset(kept), b"<%s/>" % self.name.encode()
        parts = [self.around[0]]
        for number, item in enumerate(self.items):
            parts += (item if number in chosen else empty, self.around[number + 1])
        return b"".join(parts)


def cut(body: bytes, most: int) -> ItemBytes | None:
    """The items of an RSS or Atom document; None where they can't be told by their tags.

    Items with a prefix, items within items and declarations of entities are none that we tell. A tag that stands within
    CDATA or a comment is taken for one: whoever parses the document must find as many items as this, without prefix.

    :param body: in a superset of ASCII.
    :param most: items; None for a document of more.
    """
    first = _FIRST.search(body)
    if first is None or _DECLARES.search(body, 0, first.start()):
        return None
    starts = _tags(body, b"<" + first[1], _OPENS, most)
    ends = [body.index(b">", end) + 1 for end in _tags(body, b"</" + first[1], _CLOSES, most)]
    if len(starts) != len(ends) or len(starts) > most or not _take_turns(starts, ends):
        return None
    items = tuple(map(body.__getitem__, map(slice, starts, ends)))
    around = tuple(map(body.__getitem__, map(slice, [0, *ends], [*starts, len(body)])))
    return ItemBytes(first[1].decode(), items, around) if all(map(_HAS_CONTENT.match, items)) else None


def _tags(body: bytes, sign: bytes, then: re.Pattern[bytes], most: int) -> list[int]:
    """Where a tag begins, one more at most; `find` is ten times as quick as a pattern for all of it."""
    found: list[int] = []
    at = body.find(sign)
    while at >= 0 and len(found) <= most:
        if then.match(body, at + len(sign)):
            found.append(at)
        at = body.find(sign, at + len(sign))
    return found


def _take_turns(starts: Sequence[int], ends: Sequence[int]) -> bool:
    turns = [place for pair in zip(starts, ends, strict=True) for place in pair]
    return turns == sorted(turns)
