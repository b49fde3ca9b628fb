"""Times of entries, in UTC."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timezone, tzinfo

from newsflow.dates import zones
from newsflow.dates.reading import read

_zone: ContextVar[tzinfo] = ContextVar("zone", default=timezone.utc)  # of times without one, in the feed that is read
_FIRST_YEAR, _LAST_YEAR = 1970, 2099


@contextmanager
def times_in(zone: str) -> Iterator[None]:
    """Read the times of a feed that name no zone in this one; "" for UTC.

    :param zone: as the tz database names it.
    """
    token = _zone.set(zones.read(zone.casefold()) or timezone.utc)
    try:
        yield
    finally:
        _zone.reset(token)


def zone_in_use() -> str:
    """The zone of times without one, for comparing."""
    return str(_zone.get())


def parse_date(raw: str, language: str = "") -> datetime | None:
    """A date in UTC; None where it can't be told for certain, or lies outside 1970–2099.

    A time without a zone is read in the zone of its publisher (`times_in`), where none is known as UTC, as feedparser
    does. A day without a time stays that day.

    :param language: as the feed states it; without one, 03/04/2026 is none.
    """
    found = read(raw[:100], language)
    if found is None:
        return None
    try:
        at = found.aware(_zone.get() if found.has_clock else timezone.utc).astimezone(timezone.utc)
    except OverflowError:
        return None
    return at if _FIRST_YEAR <= at.year <= _LAST_YEAR else None
