"""A line in which each name of an agency is one letter, so that a pattern for credits holds one letter for all names.

With fifty names in each, twenty patterns took a quarter of a second to make in each task that needs them. The letters
are those of Linear A (U+10600 to U+10736): letters for a pattern, and nobody writes news in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from newsflow.languages.agencies import AGENCIES

_LETTERS = {chr(0x10600 + number): agency for number, agency in enumerate(AGENCIES)}
NAME = rf"[{min(_LETTERS)}-{max(_LETTERS)}]"  # a pattern for any agency's name in a marked line

_CJK = "\u3040-\u30ff\u4e00-\u9fff"  # where words have no blanks between them: "パリAFP"
_ANY = "|".join(sorted(AGENCIES.values(), key=len, reverse=True))
_SPACELESS = [p for p in re.findall(r"[^|()?:\[\]]+", _ANY) if p > "\u3000"]
_NAME = re.compile(rf"(?<![^\W_{_CJK}])(?:{_ANY})(?![^\W_{_CJK}])|{'|'.join(_SPACELESS)}")
# Where one may begin. As it opens with a set, a search leaps from one such letter to the next.
_FIRST = re.compile(
    rf"[{re.escape(''.join({part[0] for part in _ANY.split('|')}))}]"
    rf"(?:(?<![^\W_{_CJK}].)|(?<=[{''.join(name[0] for name in _SPACELESS)}]))",
    re.DOTALL,
)
_MARK = re.compile(NAME)


@dataclass(frozen=True)
class MarkedLine:
    """A line with letters for names, and the names as it spells them, in their order."""

    text: str
    names: tuple[str, ...] = ()

    def spelt(self, match: re.Match[str], group: int = 0) -> str:
        """What a pattern found in `text`, as it was written; also where `text` was searched without its first marks."""
        names = iter(self.names[len(_MARK.findall(match.string[: match.start(group)])) :])
        return _MARK.sub(lambda _: next(names), match[group])

    def before(self, match: re.Match[str], group: int) -> str:
        """What stands in front of it, as it was written."""
        names = iter(self.names)
        return _MARK.sub(lambda _: next(names), match.string[: match.start(group)])


def marked(line: str) -> MarkedLine:
    """A line with its agencies' names as letters; such letters of its own count as spaces."""
    line = _MARK.sub(" ", line)
    text, names, at = [], [], 0
    for name in _names(line):
        text += [line[at : name.start()], _letter(name[0])]
        names.append(name[0])
        at = name.end()
    return MarkedLine("".join([*text, line[at:]]), tuple(names))


def _names(line: str) -> Iterator[re.Match[str]]:
    at = 0
    for first in _FIRST.finditer(line):
        if first.start() >= at and (name := _NAME.match(line, first.start())):
            yield name
            at = name.end()


@lru_cache(maxsize=1024)
def _letter(name: str) -> str:
    """The letter of the first agency that is called so."""
    return next(letter for letter, agency in _LETTERS.items() if re.fullmatch(AGENCIES[agency], name))


def agencies_in(text: str) -> list[str]:
    """Agencies whose letters stand in a marked text, by their usual names, in order."""
    return [_LETTERS[letter] for letter in _MARK.findall(text)]


def letter_of(agency: str) -> str:
    """An agency's letter.

    :raises StopIteration: where nobody knows it.
    """
    return next(letter for letter, name in _LETTERS.items() if name == agency)
