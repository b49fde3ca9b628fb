"""Days as readers see them: the date line beside the headline, and lines that call themselves the date of publication.

Looked for in the page's blocks. What stands in menus, teasers and comments never counts: a line that holds a date is
short, stands next to the headline or says "published", and in no region that is named otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsflow.dates import forms, reading
from newsflow.dates.fold import fold
from newsflow.dates.reading import Reading
from newsflow.extract.fields import date_labels
from newsflow.extract.page.blocks import HEADINGS, Block
from newsflow.extract.page.region_names import named
from newsflow.extract.page.remembered import remembered
from newsflow.languages import lists
from newsflow.text.word_count import count_words

_ABOVE, _BELOW = 6, 30  # blocks around the headline
_MOST_WORDS_BETWEEN = 150  # words between the headline and its date line: decks, captions and by-lines are no more
_NEXT = 30  # words below the headline; further down a line above it is more believable
_CLOSE = 80  # words below it in which names of regions tell nothing: as long as decks are
_LONGEST_LABEL = 40  # characters
_LONGEST = 220  # characters of a line that holds a date
_LINE = 110  # characters that are never more than a line, in scripts without blanks too
_MOST_WORDS = 22  # of such a line
_MOST_OTHER_WORDS = 12  # beside the dates, in a line without a word that says what date it is
_MOST_BESIDE_SHORT = 2  # such words beside dates with years of two digits
_NEAR = 8  # blocks below it of which the same is true: bars for sharing hold dates
_DATELINE = 90  # characters at the beginning of a text: "BERLIN, 4 May 2026 - The council"
_PLACE_WORDS = 8  # before the date in such a beginning
_BEHIND_DATELINE = re.compile(r"^\W{0,3}(?:\([^()]{1,20}\)\W{0,2})?[-|:/)]")  # "(TN) - The council"
# "PublishedMay 4", "Updated6 May"
_GLUED = re.compile(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ][a-zß-ÿ]{2,9}\.? \d)|(?<=[a-zß-ÿ]{4})(?=\d)")
# What stands before a date that a sentence speaks of.
_IN_PROSE = re.compile(
    r"\b(?:on|in|of|from|until|till|since|by|before|after|vom|bis|seit|ab|am|zum|der|den|du|au|le|el|del|dal|al|em|no|"
    r"dia|до|с|от|на|в)\s*$"
)
_MOST_BEFORE_PROSE = 4  # words of a by-line: "By Ada Lane on"
_HOLDS = re.compile(r"\d|[一二三四五六七八九十]日")
_CHANGED = re.compile(r"updat|modif|chang|aktualis|actualiz", re.IGNORECASE)
_FIRST = re.compile(r"publi|creat|entry-date|posted", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"^(?:aside|nav|footer|form)#|\bhidden\b|side-?bar|\b(?:widget|teasers?|promo|card-list|ticker|calendar|events?|masthead)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"^(?:nav|footer)#|\b(?:related|recommend\w*|teasers?|comments?|most-?(?:read|popular)|promo|ticker|newsletter)\b",
    re.IGNORECASE,
)
_META = re.compile(r"[-_](?:meta\w*|byline|dateline|info)\b")  # of parts: "teaser-small__metadata"
_FACTS = frozenset(("dd", "td"))
_SPAN = re.compile(r"^\s*(?:-|to|bis|until|till|until|au|al|a|do|до|по|～|~|至)\s*$")
_HOURS = re.compile(
    r"\s?(?:-|to|bis|until|till|a|as|alle|do|до|～|~|至)\s?\d{1,2}[:.h]\d\d"
)  # until when something takes place
_UNITS = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"[\d\W_]+")


@dataclass(frozen=True, slots=True)
class ShownDate:
    """A date in a line; `kind` is published, modified, other (a deadline), or "" where nothing says."""

    reading: Reading
    raw: str
    kind: str


def near(blocks: Sequence[Block], head: Block | None, language: str, region: str) -> list[ShownDate]:
    """The dates of a page in the order in which they are to be believed, of those that readers see as the article's."""
    lines = _top(blocks) if head is None else _beside(blocks, head)
    found = [one for line in lines for one in _of(blocks, line, language=language, region=region)]
    near_prose = blocks[head.order + 1 : head.order + _NEAR] if head else []
    return [*found, *(one for block in near_prose for one in _dateline(block, language, region))]


def _top(blocks: Sequence[Block]) -> list[Block]:
    """Lines that may hold the date of a page without a headline."""
    return [block for block in blocks[:_BELOW] if _is_short(block) and not _is_elsewhere(block, None)]


def _beside(blocks: Sequence[Block], head: Block) -> list[Block]:
    """Lines about the headline: those right below it, then those above, then those further below."""
    below = [*_below(blocks, head)]
    above = [b for b in reversed(blocks[max(0, head.order - _ABOVE) : head.order]) if _is_beside(b, head)]
    next_to = [block for block, words in below if words <= _NEXT]
    return [*next_to, *above, *(block for block, words in below if words > _NEXT)]


def later(blocks: Sequence[Block], head: Block | None, language: str, region: str) -> Iterator[ShownDate]:
    """Dates anywhere below the headline that say what they are; in a box beside the text those of a list of facts."""
    for block in blocks[head.order + 1 :] if head else blocks:
        if _is_short(block) and (not _is_elsewhere(block, None) or _is_fact(blocks, block)):
            yield from (one for one in _of(blocks, block, language, region) if one.kind)


def _below(blocks: Sequence[Block], head: Block) -> Iterator[tuple[Block, int]]:
    """The lines below the headline that may hold a date, with the words that stand between."""
    words = 0
    for place, block in enumerate(blocks[head.order + 1 : head.order + _BELOW]):
        if words > _MOST_WORDS_BETWEEN:
            return
        if _is_short(block) and _is_in_reach(block, head, place < _NEAR and words <= _CLOSE):
            yield block, words
        words += block.words


def _is_short(block: Block) -> bool:
    if block.times:
        return block.words <= 2 * _MOST_WORDS
    size = len(block.text)
    return size <= _LONGEST and bool(_HOLDS.search(block.text)) and (size <= _LINE or block.words <= _MOST_WORDS)


def _is_in_reach(block: Block, head: Block, close: bool) -> bool:
    """Does a line below the headline stand in no other region; close to it, in none that names other articles?"""
    if any(label.startswith("article#") for label in head.path) and _is_other_article(block, head):
        return False
    if not close:
        return not _is_elsewhere(block, head)
    return not any(map(_is_others, _outer(block, head)))


def _is_elsewhere(block: Block, head: Block | None) -> bool:
    outer = _outer(block, head)
    return any(map(_names_elsewhere, outer)) or named(block, outer)


@remembered
def _names_elsewhere(label: str) -> bool:
    return bool(_ELSEWHERE.search(label))


@remembered
def _is_others(label: str) -> bool:
    return bool(_OTHERS.search(label)) and not _META.search(label)


def _outer(block: Block, head: Block | None) -> tuple[str, ...]:
    """The labels of what a block stands in and the headline doesn't."""
    return block.path[_shared(block, head) :] if head is not None else block.path


def _is_beside(block: Block, head: Block) -> bool:
    """Does a block above the headline stand in its box: in its parent, that one's parent, or the same article?"""
    if not _is_short(block) or _is_elsewhere(block, head) or _is_other_article(block, head):
        return False
    shared = _shared(block, head)
    if any(label.startswith("article#") for label in head.path[:shared]):
        return True
    return shared >= max(len(head.nodes) - 2, 2) and not head.path[shared - 1].startswith(("body#", "html#"))


def _is_other_article(block: Block, head: Block) -> bool:
    """Does a block stand in an article element that the headline stands outside of, as teasers do?"""
    return any(label.startswith("article#") for label in _outer(block, head))


def _shared(block: Block, head: Block) -> int:
    """How many of the boxes that two lines stand in are the same."""
    pairs = zip(block.nodes, head.nodes, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(block.nodes), len(head.nodes)))


def _is_fact(blocks: Sequence[Block], block: Block) -> bool:
    """Is it the day of publication in a list of facts: "<dt>Published</dt><dd>4 May 2026</dd>"?"""
    return block.tag in _FACTS and _before(blocks, block) == "published"


def _before(blocks: Sequence[Block], block: Block) -> str:
    """What the line before says, where it is no more than a label: "Published:", in a list of facts "Date" too."""
    line = blocks[block.order - 1].text if block.order else ""
    if block.tag in _FACTS and line.strip(" :").casefold() in lists.entries("date_fact"):
        return "published"
    if len(line) > _LONGEST_LABEL or _HOLDS.search(line):
        return ""
    return date_labels.of_line(fold(line))


def _of(blocks: Sequence[Block], block: Block, language: str, region: str) -> list[ShownDate]:
    line = forms.joined(fold(_GLUED.sub(" ", block.text[:_LONGEST])))
    found = [*reading.find(line, language, region)] or _short(line, language, region)
    if len(found) == 2 and _SPAN.match(line[found[0].end : found[1].start]):
        return []  # from one day to another: when something takes place
    kinds = [_kind(line, found, n) for n in range(len(found))]
    if found and not any(kinds):
        kinds[0] = _before(blocks, block)
    if (stated := _stated(block, kinds, language, region)) and len(stated) >= len(found):
        return stated
    if found and not any(kinds) and _is_prose(block, line, found):
        return []
    return [ShownDate(one, block.text[:100], kind) for one, kind in zip(found, kinds, strict=True)]


def _short(line: str, language: str, region: str) -> list[reading.Found]:
    """The dates with years of two digits, where a line says no more than what they are."""
    found = [*reading.find(line, language, region, short_years=True)]
    labelled = any(_kind(line, found, n) for n in range(len(found)))
    return found if labelled and _other_words(line, found) <= _MOST_BESIDE_SHORT else []


def _stated(block: Block, kinds: list[str], language: str, region: str) -> list[ShownDate]:
    """What the line's `<time>` elements state.

    Where the line shows no days ("Updated an hour ago, published yesterday"), its words stand as the times do.
    """
    made = []
    if not kinds and block.times:
        kinds = date_labels.kinds(fold(block.text))
    for number, (raw, names) in enumerate(block.times):
        if at := reading.read(raw, language, region):
            kind = kinds[number] if len(kinds) == len(block.times) else next(filter(None, kinds), "")
            if _FIRST.search(names):
                kind = kind or "published"
            elif _CHANGED.search(names):
                kind = "modified"
            made.append(ShownDate(at, raw[:100], kind))
    return made


def _is_prose(block: Block, line: str, found: Sequence[reading.Found]) -> bool:
    """Does a line speak of a date, as captions and headlines do, and not give its own?"""
    words = _other_words(line, found)
    if block.tag in HEADINGS or block.tag == "figcaption":
        return words > _MOST_BEFORE_PROSE and not found[0].has_clock
    return words > _MOST_OTHER_WORDS or (words > _MOST_BEFORE_PROSE and bool(_IN_PROSE.search(line[: found[0].start])))


def _dateline(block: Block, language: str, region: str) -> Iterator[ShownDate]:
    """The date with which a text begins, as agencies and press offices write it."""
    if not _HOLDS.search(block.text[:_DATELINE]) or block.words <= _MOST_WORDS:
        return
    line = forms.joined(fold(block.text[:_DATELINE]))
    for one in [*reading.find(line, language, region)][:1]:
        if _BEHIND_DATELINE.match(line[one.end :]) and len(_UNITS.findall(line[: one.start])) <= _PLACE_WORDS:
            yield ShownDate(one, block.text[:100], "")


def _other_words(line: str, found: Sequence[reading.Found]) -> int:
    rest = "".join(
        line[a:b] for a, b in zip([0, *(f.end for f in found)], [*(f.start for f in found), len(line)], strict=True)
    )
    return count_words(_DIGITS.sub(" ", rest))


def _kind(line: str, found: Sequence[reading.Found], number: int) -> str:
    """What the words before a date say of it, else those behind it."""
    start = found[number - 1].end if number else 0
    end = found[number + 1].start if number + 1 < len(found) else len(line)
    one = found[number]
    behind = line[one.end : end] if number + 1 == len(found) else ""
    said = date_labels.last(line[start : one.start]) or date_labels.last(behind)
    return said or ("other" if one.has_clock and _HOURS.match(line[one.end :]) else "")
