"""A feed's window: the entries that it shows at a time, and what moved past us between two looks."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsflow.model import Entry
from newsflow.text.storable import Storable

_HEADS = 5
_FORGET = 1.1  # growth of a remembered horizon from poll to poll, so that a quiet night does not hide a busy day
_SECOND = 1.0
_AHEAD = timedelta(hours=1)  # clocks differ; what is dated further ahead (events, scheduled posts) is not out yet
_ENOUGH = 3  # entries that are out, to go by those alone; else the site's whole clock may be ahead


@dataclass(frozen=True, slots=True)
class Window(Storable):
    """What is kept of a poll: guid hashes of the newest entries, their number, newest date, horizon (seconds)."""

    heads: tuple[bytes, ...] = ()
    entries: int = 0
    newest_at: datetime | None = None
    horizon_s: int | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """Entries that may have passed unseen: the span, and how many at the feed's own rate."""

    from_at: datetime
    to_at: datetime
    missed: int


def guid_hash(guid: str) -> bytes:
    """sha256 of an entry's identity."""
    return hashlib.sha256(guid.encode("utf-8", "replace")).digest()


def window_of(
    entries: Sequence[Entry], now: datetime, before: Window | None = None, turnover_s: int | None = None
) -> Window:
    """What to keep of these entries; by date where there are dates, else in the order shown.

    :param before: the window of the last poll, whose shorter horizon is forgotten slowly.
    :param turnover_s: the shortest time in which half of them came, where that is known without dates.
    """
    all_dated = sorted((e for e in entries if e.published_at), key=_date, reverse=True)
    dated = _out(all_dated, now)
    heads = dated if len(all_dated) * 2 > len(entries) else entries
    return Window(
        heads=tuple(guid_hash(entry.guid) for entry in heads[:_HEADS]),
        entries=len(entries),
        newest_at=dated[0].published_at if dated else None,
        horizon_s=_remembered(
            turnover_s or _horizon([_date(entry) for entry in dated]), before.horizon_s if before else None
        ),
    )


def _remembered(horizon_s: int | None, before_s: int | None) -> int | None:
    if before_s is None:
        return horizon_s
    kept = max(int(before_s * _FORGET), before_s + 1)  # a tenth of some seconds is none
    return kept if horizon_s is None else min(horizon_s, kept)


def _out(dated: list[Entry], now: datetime) -> list[Entry]:
    """Without the entries dated ahead: for months those would be the newest, whatever moves past behind them."""
    out = [entry for entry in dated if entry.published_at and entry.published_at <= now + _AHEAD]
    return out if len(out) >= _ENOUGH else dated


def _date(entry: Entry) -> float:
    return entry.published_at.timestamp() if entry.published_at else 0.0


def _horizon(newest_first: Sequence[float]) -> int | None:
    """The shortest time in which half of the window was published, seconds; None for short windows.

    Entries that were all dated at one moment (an import, a build of the site) tell nothing.
    """
    half = len(newest_first) // 2
    if half < 3:
        return None
    spans = [newest_first[i] - newest_first[i + half] for i in range(len(newest_first) - half)]
    return int(min(spans)) if min(spans) > _SECOND else None


def passed(before: Window, entries: Sequence[Entry], last_ok_at: datetime | None, now: datetime) -> Passed | None:
    """What moved past between the window before and these entries; None where they overlap.

    They overlap where one of the newest entries of before is still shown. Old entries that are
    pinned to the top don't count, and neither does a feed that emptied itself.
    """
    if not before.heads or not entries or last_ok_at is None or _overlaps(before, entries):
        return None
    since = before.newest_at or last_ok_at
    out = _out([e for e in entries if e.published_at], now)
    later = [e.published_at for e in out if e.published_at and e.published_at > since]
    if out and not later:  # nothing newer than what we had: entries were taken back, none passed
        return None
    until = min([*later, now])
    return Passed(min(since, until), until, _estimate(since, until, later))


def _overlaps(before: Window, entries: Sequence[Entry]) -> bool:
    return not {guid_hash(entry.guid) for entry in entries}.isdisjoint(before.heads)


def _estimate(since: datetime, until: datetime, later: Sequence[datetime]) -> int:
    if len(later) < 2:
        return 1
    busy = (max(later) - min(later)).total_seconds()
    rate = (len(later) - 1) / busy if busy > _SECOND else 0.0
    return max(1, min(100_000, round(rate * (until - since).total_seconds()) - 1))
