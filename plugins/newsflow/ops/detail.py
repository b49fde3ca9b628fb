"""What the pages of one thing show: a publisher, a rejected page, proposals, alarms, storage."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from psycopg2.extensions import connection as Connection

from newsflow.model import CapturePointer
from newsflow.ops import charts, history
from newsflow.ops.history import Day
from newsflow.ops.pages import DAYS, publisher_row, sentence
from newsflow.settings import Settings
from newsflow.store import queries
from newsflow.store.archive import Archive, CaptureError

CHART_DAYS = 56
SHOWN_TEXT = 20_000  # characters of a stored capture that a page shows


@dataclass(frozen=True, slots=True)
class Curve:
    """A figure by day: polylines, what was usual, and the newest value."""

    title: str
    lines: list[str]
    usual_y: float | None
    marks: list[float]
    newest: float | None
    usual: float | None
    unit: str


def _curve(title: str, days: Sequence[Day], values: Sequence[float | None], unit: str, marks: Sequence[date]) -> Curve:
    known = [v for v in values if v is not None]
    earlier = [v for v in values[:-7] if v is not None]
    top = 1.0 if unit == "share" else max([*known, 1.0]) * 1.1
    usual = median(earlier) if len(earlier) >= 3 else None
    step = 760 / max(len(days) - 1, 1)
    return Curve(
        title,
        charts.line(values, top, 760, 84),
        84 - usual / top * 84 if usual is not None else None,
        [i * step for i, d in enumerate(days) if d.day in marks],
        known[-1] if known else None,
        usual,
        unit,
    )


def publisher(conn: Connection, name: str, now: datetime) -> dict[str, Any] | None:
    """One publisher (5 statements); None for an unknown name."""
    row = queries.row(conn, "ops.publishers", now=now, name=name)
    if row is None:
        return None
    number, since = row.publisher_id, now.date() - timedelta(days=CHART_DAYS - 1)
    own = history.read(queries.rows(conn, "ops.days", since=since, publisher_id=number)).get(number, [])
    age = (now.date() - own[0].day).days + 1 if own else DAYS
    days = history.series(own, now.date(), max(DAYS, min(age, CHART_DAYS)))
    alarms = queries.rows(conn, "ops.open_alarms", since=now - timedelta(days=30), publisher_id=number)
    feeds = queries.rows(conn, "ops.publisher_feeds", publisher_id=number, since=now - timedelta(days=DAYS), now=now)
    listed = queries.rows(conn, "ops.publisher_pages", publisher_id=number)
    opened = [a.opened_at.date() for a in alarms]
    return {
        "row": publisher_row(row, days[-DAYS:], [a for a in alarms if a.resolved_at is None]),
        "publisher": row,
        "alarms": alarms,
        "curves": _curves(days, opened),
        "feeds": [(f, _timeline(f.days, now)) for f in feeds],
        "articles": [p for p in listed if p.kind == "loaded"],
        "rejects": [p for p in listed if p.kind == "rejected"],
        "origins": [p for p in listed if p.kind == "origin"],
        "first": days[0].day,
        "sentence": sentence,
    }


def _curves(days: Sequence[Day], opened: Sequence[date]) -> list[Curve]:
    shares = [d.share for d in days]
    lengths = [float(d.words) if d.words else None for d in days]
    numbers: list[float | None] = [float(d.new_articles) if d.polls_ok or d.fetched else None for d in days]
    return [
        _curve("New articles a day", days, numbers, "articles", opened),
        _curve("Yield: captures that became articles", days, shares, "share", opened),
        _curve("Median length of the bodies", days, lengths, "words", opened),
    ]


@dataclass(frozen=True, slots=True)
class Beat:
    """A feed's day: `state` is ok, fail, mixed or none."""

    day: date
    state: str
    new: int


def _timeline(days: Mapping[str, Sequence[int]], now: datetime) -> list[Beat]:
    found = []
    for back in range(DAYS - 1, -1, -1):
        day = now.date() - timedelta(days=back)
        ok, failed, new = days.get(day.isoformat(), (0, 0, 0))
        state = "none" if not ok + failed else "mixed" if ok and failed else "ok" if ok else "fail"
        found.append(Beat(day, state, int(new or 0)))
    return found


def reject(conn: Connection, page_id: int, settings: Settings) -> dict[str, Any] | None:
    """One page: why it ended, its fetches, and the stored capture as inert text (2 statements)."""
    page = queries.row(conn, "ops.reject", page_id=page_id)
    if page is None:
        return None
    text, source, trouble = _stored(page, settings)
    return {
        "page": page,
        "why": sentence(page.outcome),
        "fetches": queries.rows(conn, "ops.fetches", page_id=page_id),
        "text": text,
        "source": source,
        "trouble": trouble,
        "sentence": sentence,
    }


def _stored(page: Any, settings: Settings) -> tuple[str, str, str]:
    """(visible text, source, why there is none) of the newest capture."""
    if page.capture_id is None:
        return "", "", "Nothing was stored: no exchange of this page was complete."
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    pointer = CapturePointer(page.file, page.offset, page.length, page.payload_digest)
    try:
        body = Archive(settings.archive_url).read(pointer).body[:2_000_000]
    except (CaptureError, OSError) as error:
        return "", "", f"The capture can't be read: {error}"
    source = bytes_to_str(body, detect_encoding(body) or "utf-8", errors="replace")
    return extract_plain_text(source)[:SHOWN_TEXT], source[:SHOWN_TEXT], ""


def proposals(conn: Connection, now: datetime) -> dict[str, Any]:
    """Proposals for failing feeds, and feeds that move or are gone (2 statements)."""
    found = queries.rows(conn, "ops.proposals", since=now - timedelta(days=30))
    return {
        "open": [p for p in found if p.decided_at is None],
        "decided": [p for p in found if p.decided_at is not None],
        "moving": queries.rows(conn, "ops.moving_feeds"),
        "sentence": sentence,
    }


def alarms(conn: Connection, now: datetime) -> dict[str, Any]:
    """Alarms of 60 days and what people did (2 statements)."""
    found = queries.rows(conn, "ops.open_alarms", since=now - timedelta(days=60), publisher_id=None)
    return {
        "open": [a for a in found if a.resolved_at is None],
        "resolved": [a for a in found if a.resolved_at is not None],
        "audit": queries.rows(conn, "ops.audit_log"),
    }


def storage(conn: Connection, now: datetime, settings: Settings) -> dict[str, Any]:
    """Tables, archive, disk and retention (4 statements)."""
    sizes = queries.rows(conn, "ops.sizes")
    days = queries.rows(conn, "ops.archive_days", since=now - timedelta(days=DAYS))
    total = queries.row(conn, "ops.archive_total")
    pace = sum(d.bytes for d in days) / max((now.date() - days[0].day).days + 1, 1) if days else 0.0
    usage = _usage(settings.archive_url)
    return {
        "sizes": sizes,
        "database": sizes[0].database_bytes if sizes else 0,
        "archive": total,
        "archive_url": settings.archive_url if "://" not in settings.archive_url else "an object store",
        "pace": pace,
        "usage": usage,
        "days_left": usage.free / pace if usage and pace else None,
        "bars": charts.spark([float(d.bytes) for d in days]),
        "retention": {
            name.removeprefix("retain_").removesuffix("_days"): getattr(settings, name)
            for name in type(settings).model_fields
            if name.startswith("retain_") and name.endswith("_days")
        },
        "maintenance": queries.rows(conn, "ops.maintenance"),
    }


def _usage(archive_url: str) -> Any:
    if "://" in archive_url:
        return None
    folder = Path(archive_url).expanduser().absolute()
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder)
