"""Lines that are not the article: comment forms, sharing bars, newsletter boxes, copyright notes.

Extraction has taken most of them out; what is left of them must not tie two articles
together nor keep two copies apart. Only whole lines go, and only those that say nothing
but what a form or a notice says.
"""

from __future__ import annotations

import re

from newsflow.credits import is_credit
from newsflow.languages.lists import any_pattern
from newsflow.text.site_lines import line_hash

_BOILERPLATE = re.compile(rf"\W*(?:{any_pattern('boilerplate_patterns')})")
_SENTENCE = re.compile(r"(?<=[.!?*]) ")
_LONGEST = 240  # characters; a longer line says something else too
_START = 100  # characters that hold any of the phrases
_FOLD = str.maketrans("áàâãäéèêëíìîïóòôõöúùûüñçóęąśłżźćń", "aaaaaeeeeiiiiooooouuuuncoeaslzzcn")


def is_boilerplate(line: str) -> bool:
    """Whether a line begins as forms and notices do, and says little more."""
    if len(line) > _LONGEST:
        return False
    start = line[:_START].casefold()
    return _BOILERPLATE.match(start if start.isascii() else start.translate(_FOLD)) is not None


def without_boilerplate(body: str, site_lines: frozenset[int] = frozenset()) -> str:
    """The body's other lines (its other sentences, where it is one line); the body where nothing else is left.

    Last lines that only say whose text it is go too: papers add and drop them.
    """
    glue = "\n" if "\n" in body else " "
    lines = body.split("\n") if glue == "\n" else _SENTENCE.split(body)
    kept = [s for s in lines if not is_boilerplate(s) and not (site_lines and line_hash(s) in site_lines)]
    while kept and is_credit(kept[-1]):
        kept.pop()
    return glue.join(kept) if len(kept) < len(lines) and any(map(str.strip, kept)) else body
