"""Two versions of an article side by side, with what differs marked. Pure: data in, data out, no mark-up."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

MOST_WORDS = 1500  # of a passage on both sides; longer ones are marked whole, as comparing costs the square


class TextRun(NamedTuple):
    """Words of a paragraph that share a fate; `mark` is del, ins or '' for what both sides have."""

    mark: str
    text: str


Paragraph = tuple[TextRun, ...]


class Version(NamedTuple):
    """An article as one side has it; all None where that side has none."""

    title: str | None
    lead: str | None
    body: str | None
    authors: Sequence[str] | None
    published_at: datetime | None


def lines(version: Version) -> list[str]:
    """Title, by-line, lead and paragraphs of one side."""
    published = f"{version.published_at:%Y-%m-%d %H:%M}" if version.published_at else ""
    byline = " · ".join(filter(None, [", ".join(version.authors or ()), published]))
    return [line for line in (version.title, byline, version.lead, *(version.body or "").split("\n")) if line]


def side_by_side(before: Sequence[str], after: Sequence[str]) -> tuple[list[Paragraph], list[Paragraph]]:
    """Both versions, paragraph by paragraph; passages that differ are marked word by word."""
    left: list[Paragraph] = []
    right: list[Paragraph] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "replace":
            old, new = _words(" ".join(before[a:b]).split(), " ".join(after[c:d]).split())
            left.append(old)
            right.append(new)
        else:
            left += [(TextRun("" if tag == "equal" else "del", text),) for text in before[a:b]]
            right += [(TextRun("" if tag == "equal" else "ins", text),) for text in after[c:d]]
    return left, right


def _words(old: list[str], new: list[str]) -> tuple[Paragraph, Paragraph]:
    if len(old) + len(new) > MOST_WORDS:
        return (TextRun("del", " ".join(old)),), (TextRun("ins", " ".join(new)),)
    codes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return tuple(_runs(codes, old, "del", 1)), tuple(_runs(codes, new, "ins", 3))


def _runs(codes: Sequence[Any], words: list[str], mark: str, at: int) -> Iterator[TextRun]:
    for code in codes:
        text = " ".join(words[code[at] : code[at + 1]])
        if text:
            yield TextRun("" if code[0] == "equal" else mark, text)
