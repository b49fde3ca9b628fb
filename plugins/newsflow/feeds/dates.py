"""Times of entries, in UTC."""

from __future__ import annotations

from datetime import datetime, timezone

from newsflow.dates.reading import read

_FIRST_YEAR, _LAST_YEAR = 1970, 2099


def parse_date(raw: str, language: str = "") -> datetime | None:
    """A date in UTC; None where it can't be told for certain, or lies outside 1970–2099.

    A time without a zone is read as UTC, as feedparser does.

    :param language: as the feed states it; without one, 03/04/2026 is none.
    """
    found = read(raw[:100], language)
    if found is None:
        return None
    try:
        at = found.aware().astimezone(timezone.utc)
    except OverflowError:
        return None
    return at if _FIRST_YEAR <= at.year <= _LAST_YEAR else None
