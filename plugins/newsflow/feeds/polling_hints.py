"""What feeds say about polling, read with suspicion."""

from __future__ import annotations

from collections.abc import Sequence

from newsflow.feeds.parsed import PollingHints

# RSS 1.0 syndication module, https://web.resource.org/rss/1.0/modules/syndication/
_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _number(texts: Sequence[str]) -> float | None:
    for text in texts:
        digits = text.strip()
        if digits.isdecimal() and len(digits) < 10 and int(digits) > 0:
            return float(digits)
    return None


def read_wishes(
    *,
    ttl: Sequence[str] = (),
    period: Sequence[str] = (),
    frequency: Sequence[str] = (),
    hours: Sequence[str] = (),
    days: Sequence[str] = (),
) -> PollingHints:
    """Texts of the elements to polling_hints; what makes no sense is as if it were not there.

    A feed that would have us skip every hour or every day is taken to mean nothing by it.
    """
    minutes = _number(ttl)
    span = next((_PERIODS[p.strip().lower()] for p in period if p.strip().lower() in _PERIODS), None)
    skip_hours = frozenset(int(h) % 24 for h in map(str.strip, hours) if h.isdecimal() and len(h) < 3 and int(h) <= 24)
    skip_days = frozenset(_DAYS.index(d) for d in (d.strip().lower() for d in days) if d in _DAYS)
    return PollingHints(
        ttl_s=minutes * 60 if minutes else None,
        update_s=span / (_number(frequency) or 1.0) if span else None,
        skip_hours=skip_hours if len(skip_hours) < 24 else frozenset(),
        skip_days=skip_days if len(skip_days) < 7 else frozenset(),
    )
