"""Names without a word for "by": "Ada Lane" as a line of its own beside the day, or in "Ada Lane is a writer".

Sections, places and teasers stand there too. A name is taken for an author's where its line holds nothing else and no
link, the line before or behind it is the day, and the page writes none of its words in small letters, as it does those
of "Real Estate".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from newsflow.extract.fields.agencies import AGENCIES
from newsflow.extract.fields.name_words import AND, WRITERS
from newsflow.extract.fields.names import people
from newsflow.extract.fields.one_name import CASED, plausible
from newsflow.extract.fields.title import squeeze
from newsflow.extract.page.blocks import HEADINGS, Block
from newsflow.extract.page.region_names import named

_ABOVE, _BELOW = 2, 7  # blocks around the headline
_DAY_WORDS, _NAMES_WORDS = 10, 16
_DAY = re.compile(r"\d\D+\b(?:19|20)\d\d\b|\b(?:19|20)\d\d\D+\d")
_OTHERS = frozenset((*HEADINGS, "figcaption"))
_UNLINKED = 0.1  # share of links
_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")  # "Ada Lane (with AFP)"
_BETWEEN = re.compile(rf"[,;|&·•/]|\b(?:{AND})\b", re.IGNORECASE)
_MINUTES = re.compile(r"\d+ ?(?:min|мин|хв|分|분|phút)", re.IGNORECASE)  # to read
_FIGURES = re.compile(r"[^|·•,]*\d[^|·•,]*")
# "is" and an article in the languages of which texts end so.
_IS = re.compile(
    r"(?P<name>(?:[^\W\d_][\w.'’-]* ){1,2}[^\W\d_][\w'’-]*),? (?:is|ist|est|es|è|é|jest) (?P<rest>[^.]{3,90})"
)
# Datelines and sections stand beside the day, too: words that open or end names of places, clubs and series alone.
_PLACE = """
new north south east west san santa são sao saint st los las el fort port mount lake great upper lower central royal
real breaking united world premier latin hong
"""
_PLACE_ENDS = """
city county hall street park united island islands river beach valley hills springs story stories report league cup
university america américa latina kingdom states town village bay coast council club fc rovers wanderers garden square
court house school hospital airport
"""
_NO_FIRST, _NO_LAST = frozenset(_PLACE.split()), frozenset(_PLACE_ENDS.split())
_LOCALES = ("en", "es", "fr", "de", "pt", "it")  # of most datelines
_SHORT_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){1,2}")


def beside(blocks: Sequence[Block], head: Block, sites: set[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The persons of the first such line, and the agencies; both empty where there is none.

    :param sites: squeezed names of the page's site.
    """
    found = (_only_names(line, sites) for line in _lines(blocks, head))
    persons, agencies = next((named for named in found if named[0]), ((), ()))
    if not persons or _is_of_the_story(persons, blocks):
        return (), ()
    return persons, agencies


def described(lines: Sequence[str], blocks: Sequence[Block], sites: set[str]) -> tuple[str, ...]:
    """The person of whom one of a page's last lines says what she is: "Ada Lane is a reporter in Westmere".

    Only where that is one of those who write: texts end with sentences about their persons, too.
    """
    told = (match["name"] for match in map(_IS.match, lines) if match and WRITERS.search(match["rest"]))
    persons = next(filter(None, (_only_names(name, sites)[0] for name in told)), ())
    if not persons or _is_of_the_story(persons, blocks) or _is_told_of(persons, blocks):
        return ()
    return persons


def _is_told_of(persons: Sequence[str], blocks: Sequence[Block]) -> bool:
    """Does the text name a person in another line, too? Its author says "I"."""
    return any(sum(person.split()[-1] in block.text for block in blocks if block.running) > 1 for person in persons)


def _lines(blocks: Sequence[Block], head: Block) -> Iterator[str]:
    """The lines below the headline next to the day; of "4 May 2026 · 5 min · Ada Lane" what has no digits."""
    near = blocks[max(0, head.order - _ABOVE) : head.order + _BELOW]
    days = {block.order for block in near if _is_day(block)}
    for block in filter(_may_be_one, near):
        if block.order in days and _MINUTES.search(block.text):
            yield _FIGURES.sub("", block.text)
        elif block.order > head.order and not days.isdisjoint((block.order - 1, block.order + 1)):
            yield block.text


def _may_be_one(block: Block) -> bool:
    plain = block.words <= _NAMES_WORDS and block.links < _UNLINKED and block.tag not in _OTHERS
    return plain and not named(block, block.path[-3:])


def _is_day(block: Block) -> bool:
    return block.words <= _DAY_WORDS and bool(_DAY.search(block.text) or block.times)


def _only_names(line: str, sites: set[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Persons and agencies of a line that holds nothing but names, of two or three words in a script with capitals."""
    rest = _BRACKETS.sub("", line)
    persons, agencies = people([rest], sites)
    for name in persons:
        rest = rest.replace(name, " ", 1)
    certain = all(map(_is_certain, persons))
    between = {squeeze(part) for part in _BETWEEN.split(rest)} - {""}
    return (persons, agencies) if certain and between <= AGENCIES.keys() else ((), ())


def _is_certain(name: str) -> bool:
    words = name.lower().split() or [""]
    if words[0] in _NO_FIRST or words[-1] in _NO_LAST or squeeze(name) in _places():
        return False
    return bool(_SHORT_NAME.fullmatch(name) and plausible(name) and CASED.search(name))


@lru_cache(maxsize=1)
def _places() -> frozenset[str]:
    """Squeezed names of countries, continents and the cities of time zones, by Unicode's CLDR."""
    from babel import Locale
    from babel.core import get_global

    zones = (*get_global("zone_territories"), *get_global("zone_aliases"))
    cities = (zone.rpartition("/")[2].replace("_", " ") for zone in zones)
    lands = (name for code in _LOCALES for name in Locale(code).territories.values())
    return frozenset(map(squeeze, (*cities, *lands)))


def _is_of_the_story(persons: Sequence[str], blocks: Sequence[Block]) -> bool:
    """Does the headline name a person, or the page write a word of a name in small letters?"""
    small = {word.lower() for person in persons for word in person.split() if not word.islower()}
    headed = any(person in block.text for block in blocks if block.tag == "h1" for person in persons)
    return headed or any(not small.isdisjoint(block.text.split()) for block in blocks)
