"""Writes `names.json`, the names of months, weekdays and halves of the day, from the Unicode CLDR that babel carries.

`python -m newsflow.dates.names_from_babel` writes it anew, after an upgrade of babel. It is a file because babel takes
a second of CPU and much memory for this many languages, in each process that reads a date.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from babel import Locale, localedata

from newsflow.dates.fold import fold

# Languages of the news, and of regions those that have names of their own (Levant, Maghreb, Austria).
_LOCALES = """
af am ar ar_LB ar_DZ ar_MA as az be bg bn bs ca cs cy da de de_AT el en es et eu fa fi fil fo fr ga gl gu ha he hi hr
hu hy id is it ka kk km kn ky lb lo lt lv mk ml mn mr ms mt my nb nl nn no or pa pl ps pt ro ru rw si sk sl so sq sr
sr_Latn sv sw ta te tg th tk tr uk ur uz uz_Cyrl vi yo zu
"""
TARGET = Path(__file__).with_name("names.json")
# Of the halves of the day, these are words that mean more: "de" is Hungarian for "before noon", and "of" elsewhere.
_TOO_COMMON = frozenset(("de", "du", "a", "p", "m", "sa", "ch", "tr"))


def _names() -> dict[str, dict[str, list[list[str]]]]:
    """By language: `months` (12 lists of names), `weekdays` and `halves` (before and after noon), all folded."""
    found: dict[str, dict[str, list[set[str]]]] = {}
    for code in _LOCALES.split():
        localedata._cache.clear()  # babel 2.18 writes names that one locale borrows into the data that all share
        locale = Locale.parse(code)
        own = found.setdefault(
            locale.language, {"months": [set() for _ in range(12)], "weekdays": [set()], "halves": [set(), set()]}
        )
        for number, name in _months(locale):
            own["months"][number - 1].add(name)
        own["weekdays"][0].update(_weekdays(locale))
        for place, half in enumerate(("am", "pm")):
            own["halves"][place].update(_half(locale, half))
    return {code: {kind: [sorted(s) for s in sets] for kind, sets in own.items()} for code, own in found.items()}


def _months(locale: Locale) -> Iterator[tuple[int, str]]:
    for widths in locale.months.values():
        for width in ("wide", "abbreviated"):
            for number, name in widths.get(width, {}).items():
                yield from ((number, form) for form in _forms(name))


def _forms(name: str) -> Iterator[str]:
    """A name without the preposition that Catalan gives it ("de maig", "d'abril"), and none that is a number."""
    name = fold(name).removeprefix("de ").removeprefix("d'").strip(" .'")
    if len(name) > 1 and not any(character.isdigit() for character in name):
        yield name


def _weekdays(locale: Locale) -> Iterator[str]:
    for widths in locale.days.values():
        for width in ("wide", "abbreviated", "short"):
            yield from (fold(name).strip(" .") for name in widths.get(width, {}).values())


def _half(locale: Locale, half: str) -> Iterator[str]:
    for widths in locale.day_periods.values():
        for width in ("wide", "abbreviated"):
            name = fold(widths.get(width, {}).get(half, "")).strip(" .")
            if name and name not in _TOO_COMMON:
                yield name


def names_of_all() -> str:
    """The file's text."""
    return json.dumps(_names(), ensure_ascii=False, indent=0, sort_keys=True) + "\n"


if __name__ == "__main__":
    TARGET.write_text(names_of_all(), encoding="utf-8")
