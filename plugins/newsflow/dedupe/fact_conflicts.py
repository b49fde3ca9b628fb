"""Short gaps between what two texts share: do they state different facts there?

Facts are numbers and names. An editor who puts "told" for "said" states nothing new; a page
of the same template puts another town, price or score into the same slot.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from newsflow.languages.lists import entries
from newsflow.text.normalise import tokens

LONGEST = 24  # tokens; a longer gap is a block that one of them added
SLOT = 10  # tokens; more in a row that stand for others are a sentence written anew
UNCASED = 1 / 3  # of a conflict, where a word of a script without case was replaced: a name or not
ABBREVIATED = 3  # letters at least of a short form that is its long form's beginning (Sept, September)
SPELLING = 0.7  # likeness of two spellings of one name (Kiev, Kyiv)
_CAPITAL = r"[A-Z\u00c0-\u00de\u0391-\u03a9\u0410-\u042f]"
# What stands before is looked at behind the capital, so that the search runs from capital to capital.
_BEFORE = "|".join(rf"(?<={mark} {quote}{_CAPITAL})" for mark in (r"[^\W_]", "[,;:–—-]") for quote in ("", '[“"(]'))
_INSIDE = re.compile(rf"{_CAPITAL}(?:{_BEFORE})[\w’'.-]+")
_FIRST = re.compile(rf"{_CAPITAL}(?<![^\W_]{_CAPITAL})[\w’'-]+(?= {_CAPITAL})")
_CALENDAR = frozenset(entries("calendar"))


def names(body: str) -> frozenset[str]:
    """Tokens of names: capitalised inside a sentence, or before another capital; none in scripts without case."""
    found = set(_INSIDE.findall(body))
    found |= {word for word in set(_FIRST.findall(body)) - found if f" {word.lower()} " not in body}
    return frozenset(tokens("\n".join(found)))


@dataclass(frozen=True, slots=True)
class Conflicts:
    """In how many places two texts put other numbers, and other names."""

    numbers: int
    names: float


NO_CONFLICTS = Conflicts(0, 0)


def conflicts(
    slots: Iterable[tuple[Sequence[str], Sequence[str]]],
    known: frozenset[str],
    *,
    enough: Callable[[Conflicts], bool] = lambda found: False,
) -> Conflicts:
    """Places in which two texts state different facts; a number that was changed throughout counts once.

    :param slots: gaps of the one text beside those of the other.
    :param known: names of both texts; where there are none, a replaced word counts as a third of one.
    :param enough: counts from which on the rest need not be read.
    """
    found, seen = NO_CONFLICTS, set[tuple[frozenset[str], frozenset[str]]]()
    for one, other in slots:
        if known and not (_facts(one, known) and _facts(other, known)):
            continue
        for a, b in replaced(one, other):
            if numbers := _other_numbers(a, b):
                if numbers in seen:
                    continue
                seen.add(numbers)
                found = Conflicts(found.numbers + 1, found.names)
            elif not known:
                found = Conflicts(found.numbers, found.names + UNCASED)
            elif _other_names(a, b, known):
                found = Conflicts(found.numbers, found.names + 1)
            else:
                continue
            if enough(found):
                return found
    return found


def _facts(words: Sequence[str], known: frozenset[str]) -> bool:
    return any(word in known or word[0].isdigit() for word in words)


def replaced(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Words of a gap that stand for other words in the other text."""
    if len(one) == 1 and len(other) == 1:
        yield one, other
        return
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind == "replace" and max(b - a, d - c) <= SLOT:
            yield one[a:b], other[c:d]


def _other_numbers(one: Sequence[str], other: Sequence[str]) -> tuple[frozenset[str], frozenset[str]] | None:
    a, b = _numbers(one), _numbers(other)
    return (a, b) if a and b and not a & b else None


def _other_names(one: Sequence[str], other: Sequence[str], known: frozenset[str]) -> bool:
    a, b = ({w for w in words if w in known} for words in (one, other))
    if not a or not b or a & b or _calendar(a, other) or _calendar(b, one):
        return False
    return not any(spelt_alike(x, y) for x in a for y in b)


def spelt_alike(one: str, other: str) -> bool:
    """Whether two words may be one name in two spellings, or a name and its short form."""
    short, long = sorted((one, other), key=len)
    if len(short) >= ABBREVIATED and long.startswith(short):
        return True
    return one[0] == other[0] and SequenceMatcher(None, one, other).ratio() >= SPELLING


def _numbers(words: Sequence[str]) -> frozenset[str]:
    """Numbers by their digits: 1.5 and 1,5 and 15th compare alike."""
    return frozenset(map(digits, filter(is_number, words)))


def is_number(word: str) -> bool:
    """Whether a token begins with a digit."""
    return word[0].isdigit()


def digits(word: str) -> str:
    """The digits of a number: 1.5 and 1,5 and 15th compare alike."""
    return "".join(filter(str.isdigit, word))


def _calendar(facts: set[str], other: Sequence[str]) -> bool:
    """A weekday in one house's style is a date in another's; two weekdays are a conflict."""
    if not facts <= _CALENDAR:
        return False
    return not any(w in _CALENDAR for w in other) or any(w[0].isdigit() for w in other)
