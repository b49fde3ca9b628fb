"""Numbers of things in words, for people."""

from __future__ import annotations

_PLURALS = {"entry": "entries", "story": "stories"}


def counted(number: int, thing: str) -> str:
    """`1 feed`, `2 feeds`, `1,204 pages`.

    >>> counted(1, "entry"), counted(0, "entry"), counted(1204, "captured page")
    ('1 entry', '0 entries', '1,204 captured pages')
    """
    return f"{number:,} {thing if number == 1 else _PLURALS.get(thing, thing + 's')}"
