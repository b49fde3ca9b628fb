"""What a word in a date means: a month, a day of the week, before or after noon. Words are folded (`fold.py`)."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

# Short and old forms that news pages use beside those of the CLDR (`names.json`).
_MORE_MONTHS = {
    "en": "sept=9",
    "de": "janner=1 feber=2 mrz=3 maerz=3 febr=2 sept=9",
    "nl": "mrt=3 sept=9",
    "es": "setiembre=9 set=9 sept=9 ener=1",
    "ca": "gen=1 agost=8 set=9",
    "id": "agu=8 agt=8 peb=2 pebruari=2 nop=11 nopember=11",
    "ms": "ogos=8 disember=12",
    "fr": "fevr=2 fev=2 juill=7 jui=6",
    "he": "ינו=1 פבר=2 אפר=4 אוג=8 ספט=9 אוק=10 נוב=11 דצמ=12 מרס=3",
    "eu": "urtarrilaren=1 otsailaren=2 martxoaren=3 apirilaren=4 maiatzaren=5 ekainaren=6 uztailaren=7 abuztuaren=8"
    " irailaren=9 urriaren=10 azaroaren=11 abenduaren=12 urtarrilak=1 otsailak=2"
    " martxoak=3 apirilak=4 maiatzak=5 ekainak=6 uztailak=7 abuztuak=8 irailak=9 urriak=10 azaroak=11 abenduak=12",
    "ar": "شباط=2 اذار=3 نیسان=4 حزیران=6 تموز=7 اب=8 ایلول=9 مارس=3 اغسطس=8 غشت=8 شتنبر=9 دجنبر=12 یولیوز=7 ماي=5",
    "fa": "می=5 ژوییه=7 جولای=7 اگست=8 آگوست=8",
    "hi": "सितम्बर=9 नवम्बर=11 दिसम्बर=12 अक्तूबर=10",
    "fil": "sept=9",
    # "in May" and "of May", where the language writes that into the name
    "lv": "janvari=1 februari=2 marta=3 aprili=4 maija=5 junija=6 julija=7 augusta=8 septembri=9 oktobri=10"
    " novembri=11 decembri=12",
    "et": "jaanuaril=1 veebruaril=2 martsil=3 aprillil=4 mail=5 juunil=6 juulil=7 augustil=8 septembril=9 oktoobril=10"
    " novembril=11 detsembril=12",
    "sr": "јануара=1 фебруара=2 марта=3 априла=4 маја=5 јуна=6 јула=7 августа=8 септембра=9 октобра=10 новембра=11"
    " децембра=12 januara=1 februara=2 marta=3 aprila=4 maja=5 juna=6 jula=7 avgusta=8 septembra=9 oktobra=10"
    " novembra=11 decembra=12",
    "be": "трауня=5",
    "ml": "മെയ്=5",
    "so": "maajo=5",
    "vi": "thangmot=1 thanghai=2 thangba=3 thangtu=4 thangnam=5 thangsau=6 thangbay=7 thangtam=8"
    " thangchin=9 thangmuoi=10 thangmuoimot=11 thangmuoihai=12",
    "mn": "нэгдүгээрсарын=1 хоердугаарсарын=2 гуравдугаарсарын=3 дөрөвдүгээрсарын=4 тавдугаарсарын=5"
    " зургаадугаарсарын=6 долоодугаарсарын=7 наимдугаарсарын=8 есдүгээрсарын=9"
    " аравдугаарсарын=10 арваннэгдүгээрсарын=11 арванхоердугаарсарын=12",
}
# "Month five", as Vietnamese writes it out; the CLDR has numbers alone.
_TWO_WORDS = tuple(f"thang {n}" for n in ["mot", "hai", "ba", "tu", "nam", "sau", "bay", "tam", "chin", "muoi"])
_TWO_WORDS += ("thang muoi mot", "thang muoi hai")
_SHORTEST_STEM, _SHORTEST_OF_ALL = 3, 4
# Halves of the day that are other words elsewhere ("em" is "in" in Portuguese) count in their own language only.
_NO_LATIN = re.compile(r"[^\x00-\x7f]|\.")
_ENGLISH_HALVES = ({"am", "a.m", "a. m", "a m"}, {"pm", "p.m", "p. m", "p m"})
_EVERYWHERE = ({"上午", "午前", "오전", "凌晨", "早上", "清晨"}, {"下午", "午後", "오후", "晚上", "晚间", "傍晚"})

_MORE_WEEKDAYS = {"tue", "thu", "wed", "mon", "thur"}
_NUMBERED = re.compile(r"t[2-7]|cn")  # Vietnamese: the second day is Monday, "cn" Sunday

Months = Mapping[str, frozenset[int]]


@lru_cache(maxsize=1)
def _file() -> dict[str, dict[str, list[list[str]]]]:
    found: dict[str, dict[str, list[list[str]]]] = json.loads(
        Path(__file__).with_name("names.json").read_text(encoding="utf-8")
    )
    return found


@lru_cache(maxsize=256)
def _months(language: str) -> Months:
    """The months of one language by name, those of all for ""."""
    found: dict[str, set[int]] = defaultdict(set)
    for code in [language] if language else _file():
        for number, names in enumerate(_file().get(code, {}).get("months", []), 1):
            for name in names:
                found[name.replace(" ", "")].add(number)
        for pair in _MORE_MONTHS.get(code, "").split():
            name, _, written = pair.partition("=")
            found[name].add(int(written))
    return {name: frozenset(numbers) for name, numbers in found.items()}


@lru_cache(maxsize=256)
def _stems(language: str) -> Months:
    """Beginnings of the same names ("sett", "окт", "febbr"): of three letters, four where the language isn't known."""
    found: dict[str, set[int]] = defaultdict(set)
    for name, numbers in _months(language).items():
        for end in range(_SHORTEST_STEM if language else _SHORTEST_OF_ALL, len(name)):
            found[name[:end]] |= numbers
    return {name: frozenset(numbers) for name, numbers in found.items()}


@lru_cache(maxsize=4096)
def month(word: str, language: str = "", weekday: str = "") -> int:
    """The number of a month by its name in this language, in English, in any other; 0 where none or several are meant.

    Of several, the one is meant that a language has which also has the day of the week: "lip" is July in Polish and
    June in Croatian, and a Friday is "pt." in Polish alone.

    :param word: folded; a Hebrew one may have its "in" before it.
    :param language: ISO 639-1 code, "" where it isn't known.
    :param weekday: the word before the date, folded; whatever else it may be.
    """
    word = word.strip(".'")
    for names in (_months(language or "en"), _months("en"), *_of_others(word, language, weekday)):
        if numbers := names.get(word):
            return next(iter(numbers)) if len(numbers) == 1 else 0
    return month(word[1:], "he") if word[:1] == "ב" and len(word) > 2 else 0


def _of_others(word: str, language: str, weekday: str) -> Iterator[Months]:
    if told := _in_languages_of(word, weekday.strip(".'")):
        yield {word: told}
    # "sat" is September in Hausa, "lun" Monday in French: such a word is a month where more languages have it so
    if len(_weekdays().get(word, ())) < len(_having(word)) or not is_weekday(word):
        yield from (_months(""), _stems(language or "en"), _stems(""))


def _in_languages_of(word: str, weekday: str) -> frozenset[int]:
    """The months that a word means in the languages that have this day of the week; none where they don't agree."""
    codes = _weekdays().get(weekday, ())
    found = [_months(code).get(word) or _stems(code).get(word) for code in codes]
    numbers = frozenset[int]().union(*filter(None, found))
    return numbers if len(numbers) == 1 else frozenset()


@lru_cache(maxsize=256)
def _having(word: str) -> tuple[str, ...]:
    """The languages that have a month of this name."""
    return tuple(code for code in _file() if word in _months(code))


@lru_cache(maxsize=1)
def _weekdays() -> Mapping[str, frozenset[str]]:
    """Days of the week and the words in their names, with the languages that have them."""
    found: dict[str, set[str]] = defaultdict(set)
    for code, names in _file().items():
        for name in names["weekdays"][0]:
            for piece in (name, *name.replace("-", " ").split()):
                if not piece.isdigit():
                    found[piece.strip(".'")].add(code)
    return {name: frozenset(codes) for name, codes in found.items()}


def is_weekday(word: str) -> bool:
    """Is a word, or a part of one ("segunda-feira"), a day of the week in any language, abbreviated or not?"""
    word = word.strip(".'")
    return word in _weekdays() or word.removesuffix("s") in _MORE_WEEKDAYS or bool(_NUMBERED.fullmatch(word))


@lru_cache(maxsize=128)
def halves(language: str = "") -> tuple[frozenset[str], frozenset[str]]:
    """Words for before and after noon that stand at a time in a text of this language."""
    before, after = set[str](_EVERYWHERE[0] | _ENGLISH_HALVES[0]), set[str](_EVERYWHERE[1] | _ENGLISH_HALVES[1])
    for code, names in _file().items():
        for found, written in zip((before, after), names["halves"], strict=True):
            found.update(name for name in written if code == language or _NO_LATIN.search(name))
    return frozenset(before), frozenset(after)


@lru_cache(maxsize=1)
def of_two_words() -> tuple[str, ...]:
    """Names of months that are two words ("كانون الثاني"), the longest first."""
    months = (name for names in _file().values() for written in names["months"] for name in written)
    return tuple(sorted({*_TWO_WORDS, *(name for name in months if " " in name)}, key=len, reverse=True))


def alternatives(words: Iterable[str]) -> str:
    """A pattern for any of some words, the longest first, in which a blank may be missing and a full stop be there."""
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace(r"\ ", r"\s?") + r"\.?" for word in longest_first)
