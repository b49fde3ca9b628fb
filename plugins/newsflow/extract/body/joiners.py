"""Joiners that the engine drops, put back: Persian and Indic words, and many emoji, are written with them.

trafilatura keeps what Python calls printable (`utils.return_printables_and_spaces`). That leaves out the zero-width
joiner and non-joiner (Unicode 16, 23.2), without which "می‌خواهد" is misspelt.
"""

from __future__ import annotations

_JOINERS = frozenset("\u200c\u200d")
_NEAR = 4  # characters among which the next of the page's is looked for: the engine adds marks and blanks, no more


def restored(line: str, written: str) -> str:
    """A line of the engine with its joiners.

    :param written: the same text as it stands on the page, cleaned.
    """
    if _JOINERS.isdisjoint(written):
        return line
    made: list[str] = []
    place = 0
    for character in written:
        if character in _JOINERS:
            made.append(character)
        elif (found := line.find(character, place, place + _NEAR)) >= 0:
            made.append(line[place : found + 1])
            place = found + 1
    return "".join(made) + line[place:]
