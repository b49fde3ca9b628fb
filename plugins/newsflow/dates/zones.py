"""Zones as feeds and pages name them, in UTC offsets or as places of the tz database. Texts are folded (`fold.py`)."""

from __future__ import annotations

import re
from datetime import timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

# Abbreviations that news uses, in hours east of UTC. Of those with several meanings the one that feeds mean: IST is
# India's (Ireland and Israel write numbers), CST and AST North America's, BST Britain's.
_HOURS = {
    "utc": 0, "gmt": 0, "ut": 0, "z": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2, "met": 1,
    "mest": 2, "mez": 1,
    "mesz": 2, "eet": 2, "eest": 3, "msk": 3, "мск": 3, "msd": 4, "trt": 3, "sast": 2, "wat": 1, "cat": 2,
    "eat": 3, "idt": 3,
    "irst": 3.5, "irdt": 4.5, "gst": 4, "pkt": 5, "uzt": 5, "yekt": 5, "ist": 5.5, "npt": 5.75, "ict": 7,
    "wib": 7, "wita": 8,
    "wit": 9, "hkt": 8, "sgt": 8, "myt": 8, "pht": 8, "awst": 8, "jst": 9, "kst": 9, "acst": 9.5,
    "acdt": 10.5, "aest": 10,
    "aedt": 11, "nzst": 12, "nzdt": 13, "nst": -3.5, "ndt": -2.5, "ast": -4, "adt": -3, "est": -5, "edt": -4, "cst": -6,
    "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10, "brt": -3,
    "brst": -2, "art": -3,
    "clt": -4, "clst": -3, "cot": -5, "pet": -5, "vet": -4, "hne": -5, "hae": -4, "uyt": -3, "pyt": -3, "cvt": -1,
    "sst": -11, "azt": 4, "samt": 4, "aft": 4.5, "tmt": 5, "tjt": 5, "omst": 6, "kgt": 6, "mmt": 6.5, "novt": 7,
    "krat": 7, "irkt": 8, "yakt": 9, "vlat": 10, "chst": 10, "magt": 11, "pett": 12, "fjt": 12,
}  # fmt: skip
# The same abbreviations in languages whose countries mean their own by them, as in Java's dates.
_HOURS_IN = {("zh", "cst"): 8, ("he", "ist"): 2, ("bn", "bst"): 6, ("ar", "ast"): 3, ("ar", "gst"): 4}
_LONG = {
    "greenwich mean time": "gmt", "coordinated universal time": "utc", "universal time": "utc",
    "british summer time": "bst", "western european time": "wet", "western european summer time": "west",
    "central european time": "cet", "central european standard time": "cet", "central european summer time": "cest",
    "eastern european time": "eet", "eastern european standard time": "eet", "eastern european summer time": "eest",
    "moscow standard time": "msk", "moscow time": "msk", "india standard time": "ist", "indian standard time": "ist",
    "japan standard time": "jst", "korean standard time": "kst", "korea standard time": "kst",
    "china standard time": "hkt", "hong kong standard time": "hkt", "hong kong time": "hkt", "singapore time": "sgt",
    "singapore standard time": "sgt", "pakistan standard time": "pkt", "gulf standard time": "gst",
    "south africa standard time": "sast", "east africa time": "eat", "west africa standard time": "wat",
    "australian eastern standard time": "aest", "australian eastern daylight time": "aedt",
    "australian western standard time": "awst", "australian central standard time": "acst",
    "new zealand standard time": "nzst", "new zealand daylight time": "nzdt", "brasilia standard time": "brt",
    "argentina standard time": "art", "atlantic standard time": "ast", "atlantic daylight time": "adt",
    "eastern standard time": "est", "eastern daylight time": "edt", "eastern time": "et",
    "central standard time": "cst", "central daylight time": "cdt", "central time": "ct",
    "mountain standard time": "mst", "mountain daylight time": "mdt", "mountain time": "mt",
    "pacific standard time": "pst", "pacific daylight time": "pdt", "pacific time": "pt",
    "mitteleuropaische zeit": "cet", "mitteleuropaische sommerzeit": "cest",
}  # fmt: skip
# Zones without saying whether it is summer.
_PLACES = {"et": "New_York", "ct": "Chicago", "mt": "Denver", "pt": "Los_Angeles", "at": "Halifax"}
KOREA = timezone(timedelta(hours=9))
# In these, 03/04 is March.
AMERICAN = frozenset(
    ("est", "edt", "et", "cst", "cdt", "ct", "mst", "mdt", "mt", "pst", "pdt", "pt", "akst", "akdt", "hst")
)
_COMMENT = re.compile(r"[\[(][^\])]*[\])]?$")
_OFFSET = re.compile(
    r"(?:(?:gmt|utc|ut|z|[a-z]{2,5}) ?)?-?([+-]) ?(\d{1,2})(?::?(\d\d))?(?::00)? ?(?:z|utc|gmt|[a-z]{3,5})?"
)
_BEFORE_NAME = re.compile(r"(?:gmt|utc|etc/gmt|etc/utc|etc/uct|zulu)")
_WIDEST_WEST, _WIDEST_EAST = timedelta(hours=-12), timedelta(hours=14)
PATTERN = (  # what may be a zone right behind a time; `read` says whether it is one
    r"(?:[(\[]?(?:(?:gmt|utc|z)? ?-{0,1}[+-] ?\d{1,2}(?::?\d\d)?(?::00)?(?: ?z)?(?![\d:])"
    r"|(?:" + "|".join(sorted(_HOURS, key=len, reverse=True)) + r"|[ecmp]t)(?![^\W_]))[)\]]?)"
)


@lru_cache(maxsize=1024)
def read(text: str, language: str = "") -> tzinfo | None:
    """What zone a whole text names ("+0530", "-05:00z", "gmt+2", "cest", "america/lima", "gmt-0700 (mst)"), else None.

    An offset that is on no map (beyond -12 and +14 hours) is none.

    :param language: ISO 639-1 code of the text around it, where it is known.
    """
    text = text.strip(" ,")
    inner = text.strip("()[] ")
    if (hours := _HOURS_IN.get((language, inner))) is not None:
        return timezone(timedelta(hours=hours))
    return _named(inner) or _offset(inner) or _named(bare := _COMMENT.sub("", text).strip()) or _offset(bare)


def is_american(text: str) -> bool:
    """Does a text name a zone of the United States?"""
    return text.strip("()[] ,") in AMERICAN


def _offset(text: str) -> tzinfo | None:
    match = _OFFSET.fullmatch(text)
    if not match or int(match[3] or 0) > 59:
        return None
    size = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    east = -size if match[1] == "-" else size
    return timezone(east) if _WIDEST_WEST <= east <= _WIDEST_EAST else None


def _named(text: str) -> tzinfo | None:
    text = _LONG.get(text, text)
    if text in _HOURS:
        return timezone(timedelta(hours=_HOURS[text]))
    if _BEFORE_NAME.fullmatch(text):
        return timezone.utc
    if text in _PLACES:
        return ZoneInfo(f"America/{_PLACES[text]}")
    name = _by_small_letters().get(text) if "/" in text else None
    return ZoneInfo(name) if name else None


@lru_cache(maxsize=1)
def _by_small_letters() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}
