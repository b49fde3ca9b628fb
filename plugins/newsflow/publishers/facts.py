"""What is known of publishers: the fields, how each is written and read, and on whose word they stand. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

from newsflow.errors import NewsflowError
from newsflow.web.urls import LONGEST, LONGEST_NAME, BadUrl, sendable

Word = Literal["feed", "site", "list", "person"]
"""On whose word a field stands, the weakest first: a feed or the site itself fill only what nobody said."""

Value = str | list[str] | None

FIELDS = (
    "title",
    "homepage",
    "country",
    "region",
    "languages",
    "kind",
    "time_zone",
    "owner",
    "maintainer",
    "channel",
    "notes",
)
COLLECTIONS = "collections"
KINDS = ("daily", "weekly", "magazine", "broadcaster", "agency", "aggregator", "blog", "institution", "other")
_OTHER_NAMES = {
    "type": "kind", "language": "languages", "timezone": "time_zone", "zone": "time_zone", "tz": "time_zone",
    "home": "homepage", "collection": COLLECTIONS,
}  # fmt: skip
_LONGEST = 300  # characters of a title, a region, an owner, a collection
_LONGEST_NOTES = 10_000
_NO_TEXT = {"Cc", "Zl", "Zp"}  # Unicode categories: control characters, separators of lines and paragraphs
# Codes that Babel has for regions and for tests, which ISO 3166-1 has not; XK is what the world writes for Kosovo.
_NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}


class FactError(NewsflowError):
    """A field that can't be read; the message says why."""


def field_of(column: str) -> str:
    """The field that a column of a table means; what is none of ours is given back as it is."""
    name = re.sub(r"[\s-]+", "_", column.strip().lower())
    return _OTHER_NAMES.get(name, name)


def name(text: str) -> str:
    """A publisher's name as a person writes it, without blanks around it.

    :raises FactError: where it is empty, too long, or not of one line (a table could not bring it back).
    """
    text = text.strip()
    if not 0 < len(text) <= LONGEST_NAME or any(unicodedata.category(one) in _NO_TEXT for one in text):
        raise FactError(f"a name has 1 to {LONGEST_NAME} characters, all of them on one line")
    return text


def read(field: str, text: str) -> Value:
    """The value of a field as a person writes it; None for an empty text.

    A time zone is only looked at for its form: the database knows which there are.

    :raises FactError: where it is none, or there is no such field.
    """
    text = text.strip()
    if field not in _READERS:
        raise FactError(f"there is no such field; there are {', '.join(FIELDS)}")
    return _READERS[field](text) if text else None


def written(value: Value) -> str:
    """A value as a person writes it, so that `read` gives it back."""
    return value if isinstance(value, str) else " ".join(value or ())


def collections(text: str) -> list[str]:
    """The names of collections in a cell, which are separated by semicolons.

    :raises FactError: for a name that is too long.
    """
    found = sorted({" ".join(name.split()) for name in text.split(";")} - {""})
    return [_short(name) for name in found]


def stands(word: str, before: str | None, *, filled: bool) -> bool:
    """Whether a word may write a field that stands on another: feeds and sites fill gaps, nobody overrules a person.

    A site knows its name better than the title of one of its feeds does.
    """
    if word in ("feed", "site"):
        return not filled or (word == "site" and before == "feed")
    return before != "person" or word == "person"


def changed(row: Mapping[str, Any], given: Mapping[str, Value], word: Word) -> dict[str, Any]:
    """The columns of a publisher as they are with what is given of it, `said_by` included; none where nothing changes.

    :param row: the publisher's columns as they are.
    """
    said = dict(row["said_by"])
    new: dict[str, Any] = {}
    for field, value in given.items():
        if not stands(word, said.get(field), filled=row[field] is not None):
            continue
        if value is None:
            said.pop(field, None)
        else:
            said[field] = word
        new[field] = value
    return {**new, "said_by": said} if said != row["said_by"] or _differs(row, new) else {}


def _differs(row: Mapping[str, Any], new: Mapping[str, Value]) -> bool:
    return any(row[field] != value for field, value in new.items())


def _short(text: str) -> str:
    text = " ".join(text.split())
    if len(text) > _LONGEST:
        raise FactError(f"it has {len(text)} characters, more than {_LONGEST}")
    return text


def _notes(text: str) -> str:
    if len(text) > _LONGEST_NOTES:
        raise FactError(f"it has {len(text)} characters, more than {_LONGEST_NOTES}")
    return text


def _homepage(text: str) -> str:
    try:
        found = sendable(text if "://" in text else f"https://{text}")
    except BadUrl as error:
        raise FactError(f"{error}: {text[:80]!r}") from None
    if len(found) > LONGEST:
        raise FactError(f"the address is {len(found)} bytes long, more than {LONGEST}")
    return found


def _country(text: str) -> str:
    code = text.upper() if len(text) == 2 else _country_names().get(text.casefold(), "")
    if code not in _country_names().values():
        raise FactError(f"{text[:40]!r} is no country of ISO 3166-1, such as GB or PT")
    return code


def _languages(text: str) -> list[str]:
    found = [_language(part) for part in re.split(r"[\s,;|]+", text) if part]
    return list(dict.fromkeys(found))


def _language(text: str) -> str:
    code = re.split(r"[-_]", text)[0].lower()
    code = _language_names().get(text.casefold(), code)
    if code not in _language_names().values():
        raise FactError(f"{text[:40]!r} is no language code of ISO 639, such as en or pt")
    return code


def _kind(text: str) -> str:
    if text.lower() not in KINDS:
        raise FactError(f"{text[:40]!r} is none of {', '.join(KINDS)}")
    return text.lower()


def _time_zone(text: str) -> str:
    if not re.fullmatch(r"UTC|[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)+", text):
        raise FactError(f"{text[:40]!r} is no time zone of the IANA database, such as Europe/Lisbon")
    return text


_READERS: Mapping[str, Callable[[str], Value]] = {
    "title": _short,
    "homepage": _homepage,
    "country": _country,
    "region": _short,
    "languages": _languages,
    "kind": _kind,
    "time_zone": _time_zone,
    "owner": _short,
    "maintainer": _short,
    "channel": _short,
    "notes": _notes,
}


@lru_cache(maxsize=1)
def _country_names() -> dict[str, str]:
    from babel import Locale

    known = {code: str(name) for code, name in Locale("en").territories.items() if re.fullmatch("[A-Z]{2}", code)}
    return {name.casefold(): code for code, name in known.items() if code not in _NO_COUNTRIES}


@lru_cache(maxsize=1)
def _language_names() -> dict[str, str]:
    from babel import Locale

    known: Sequence[tuple[str, Any]] = sorted(Locale("en").languages.items(), key=lambda item: len(item[0]))
    found: dict[str, str] = {}
    for code, name in known:
        if re.fullmatch("[a-z]{2,3}", code):
            found.setdefault(str(name).casefold(), code)
    return found
