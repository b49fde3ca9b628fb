"""What feeds say about polling, read with suspicion."""

from __future__ import annotations

from collections.abc import Sequence, Set

from newsflow.feeds.parsed import PollingHints

# RSS 1.0 syndication module, https://web.resource.org/rss/1.0/modules/syndication/
_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read_hints(
    *,
    ttl: Sequence[str] = (),
    period: Sequence[str] = (),
    frequency: Sequence[str] = (),
    hours: Sequence[str] = (),
    days: Sequence[str] = (),
) -> PollingHints:
    """Hints from the texts of their elements; what makes no sense is as if it were not there.

    A feed that would have us skip every hour or every day is taken to mean nothing by it.

    :param ttl: minutes.
    :param period: of the syndication module, one of `_PERIODS`; `frequency` is how many updates it holds.
    """
    minutes, span = _number(ttl), _period_s(period)
    return PollingHints(
        ttl_s=minutes * 60 if minutes else None,
        update_s=span / (_number(frequency) or 1.0) if span else None,
        skip_hours=_unless_all({int(h) % 24 for h in map(str.strip, hours) if _is_hour(h)}, 24),
        skip_days=_unless_all({_DAYS.index(d) for d in map(_word, days) if d in _DAYS}, 7),
    )


def _number(texts: Sequence[str]) -> float | None:
    """The first whole number above 0."""
    for text in texts:
        digits = text.strip()
        if digits.isdecimal() and len(digits) < 10 and int(digits) > 0:
            return float(digits)
    return None


def _period_s(texts: Sequence[str]) -> int | None:
    return next((_PERIODS[word] for word in map(_word, texts) if word in _PERIODS), None)


def _word(text: str) -> str:
    return text.strip().lower()


def _is_hour(text: str) -> bool:
    """0 to 24; some count the midnight at the end of the day."""
    return text.isdecimal() and len(text) < 3 and int(text) <= 24


def _unless_all(skipped: Set[int], number: int) -> frozenset[int]:
    return frozenset(skipped) if len(skipped) < number else frozenset()
