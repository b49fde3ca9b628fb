"""By-lines that no mark-up calls so: "By Ada Lane" in a plain paragraph under the headline, or behind the text.

Precision first: the line opens with a word for "by" in one of the languages of the news, or has a date or a mark
before that, and what follows is names and nothing else. Such lines stand within a dozen lines of the headline.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsflow.extract.fields import lone_names
from newsflow.extract.fields.name_words import BY, BY_LAST, JAPANESE, KOREAN
from newsflow.extract.fields.names import people
from newsflow.extract.fields.one_name import plausible
from newsflow.extract.fields.title import squeeze
from newsflow.extract.page.blocks import HEADINGS, Block
from newsflow.extract.page.region_names import named
from newsflow.text.word_count import count_words

_ABOVE, _BELOW = 4, 12  # blocks around the headline
_WORDS = 16
_TEASER = 4  # words of a link that leads to another article; shorter ones are sections
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\d[:.]\d\d")  # a year or a clock: "4 May 2026 by Ada Lane"
_PARTS = re.compile(r"\s*[|｜•·]\s*|\s+[-–—/]\s+")
_BEHIND_DATE = re.compile(
    r".*(?:\b(?:19|20)\d\d|\d[:.h]\d\d)(?: (?:uhr|h|[ap]\.?m\.?))?\W+(?P<names>\D{4,80})", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[^\W\d_]{3}[.!?…:]\W*$")
_ENDS = 3  # last lines of a text, one of which its author may sign
_LINKED = 0.9  # share of a heading's characters
_LABEL = 30  # characters
_MANY = 6  # more names than by-lines hold


def headline(blocks: Sequence[Block], title: str) -> Block | None:
    """The heading of any level in the title's words; sites without an h1 for it are many."""
    return next((b for b in blocks if b.tag in HEADINGS and b.text == title), None) if title else None


def beside(blocks: Sequence[Block], head: Block | None, sites: set[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Persons and agencies of the by-line next to the headline; both empty where there is none."""
    if head is None:
        return (), ()
    label = ""
    promoted: set[int] = set()  # boxes that open with a line that leads to another page
    for block in blocks[max(0, head.order - _ABOVE) : head.order + _BELOW]:
        promoted |= _promoted(block, head)
        if _opens_teaser(block) and block.order > head.order:
            break
        if _may_be_one(block, head) and promoted.isdisjoint(block.nodes):
            line = f"{label}: {block.text}" if label and plausible(block.text) else block.text
            label = block.text.strip(" :：") if _is_label(block.text) else ""
            persons, agencies = people(_names(line), sites)
            likely = tuple(filter(plausible, persons))
            if likely or agencies:
                return likely, agencies
    return lone_names.beside(blocks, head, sites)


def _may_be_one(block: Block, head: Block) -> bool:
    return block is not head and block.words <= _WORDS and not named(block, block.path[-3:])


def _promoted(block: Block, head: Block) -> set[int]:
    """The boxes around a line that leads to another page, where the headline stands outside of them."""
    is_link = block.links > _LINKED and block.words >= _TEASER and block is not head
    return set(block.nodes[-2:]) - set(head.nodes) if is_link else set()


def _opens_teaser(block: Block) -> bool:
    """Is it a heading that leads to another page? The by-line behind one is that page's."""
    return block.tag in HEADINGS and block.links > _LINKED


def _is_label(text: str) -> bool:
    """Is a line a word for "by" and nothing else, with the name in the next one?"""
    return len(text) <= _LABEL and bool(BY.fullmatch(text.strip(" :：") + ": "))


def _names(line: str) -> list[str]:
    """What a line names after "by", at its beginning or behind a date, or before the Korean word for reporter."""
    if found := KOREAN.findall(line):
        return list(found)
    if BY.match(line):
        return [line]
    if found := JAPANESE.findall(line):
        return list(found)
    behind = BY_LAST.match(line)
    if behind and _DATE.search(behind["label"]):
        return [behind["names"]]
    return [part for part in _PARTS.split(line)[1:] if BY.match(part)][:1] or _behind_date(line)


def _behind_date(line: str) -> list[str]:
    """What stands with "by" behind a date: "04.05.2026 10:00 Uhr von Ada Lane".

    Without "by" as many sections as names stand there: "4 May 2026 | Real Estate".
    """
    found = _BEHIND_DATE.fullmatch(line)
    return [found["names"]] if found and BY.match(found["names"]) else []


def below(lines: Sequence[str], sites: set[str]) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    """Where a text's last lines name its author, as letters are signed: the line, persons and agencies.

    :returns: -1 and nothing where none does.
    """
    for at in range(len(lines) - 1, max(-1, len(lines) - 1 - _ENDS), -1):
        if count_words(lines[at]) <= _WORDS and BY.match(lines[at]) and not _SENTENCE_END.search(lines[at]):
            persons, agencies = people([lines[at]], sites)
            if likely := tuple(filter(plausible, persons)):
                return at, likely, agencies
    return -1, (), ()


def wins(shown: Sequence[str], stated: Sequence[str]) -> bool:
    """Is a by-line as it is shown better than what the head states: does it name all of these persons and more?

    Head data often keeps the first author only, or the name of an account.
    """
    if not any(map(plausible, stated)):
        return bool(shown)
    return set(map(squeeze, stated)) < set(map(squeeze, shown)) and len(shown) <= _MANY
