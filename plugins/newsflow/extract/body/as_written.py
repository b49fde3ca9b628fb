"""The engine's lines as they are written on the page.

trafilatura loses what stands in an element of its own and holds no letter: blanks ("told<span> </span><i>The Eagle"),
dashes, commas and full stops behind links. It also drops what Python does not call printable
(`utils.return_printables_and_spaces`), the zero-width joiner and non-joiner (Unicode 16, 23.2) with it, without which
"می‌خواهد" is misspelt.
"""

from __future__ import annotations

import re

_ITEM = "- "  # what the engine writes before an item of a list
_CELL = "|"  # and before a row of a table
_ICON = re.compile("[\ue000-\uf8ff]")  # private use: what an icon is in the page's own font
_SIGNS = "#¶§🔗→←↑↓▶►▸▲▼•·|/"  # of anchors beside headings, of links and of lists: it leaves them out, and so do we
_ORNAMENT = re.compile(rf"^[\s{_SIGNS}]+|[\s{_SIGNS}]+$")


def as_written(line: str, written: str) -> str:
    """A line of the engine with the blanks and marks of its page.

    :param written: the same letters and digits as they stand on the page, cleaned.
    """
    if line.startswith(_CELL) or not any(map(str.isalnum, line)):
        return line
    mark = _ITEM if line.startswith(_ITEM) and not written.startswith(_ITEM) else ""
    text = _ICON.sub("", written).strip()
    return mark + (text if _ORNAMENT.search(line) else _ORNAMENT.sub("", text))
