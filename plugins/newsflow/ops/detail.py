"""What the pages of one thing show: a publisher, a rejected page, proposals, alarms, storage."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from newsflow.model import CapturePointer
from newsflow.ops import charts, history, publisher_facts, publishers
from newsflow.ops.airflow_runs import AirflowRuns
from newsflow.ops.day_chart import day_chart
from newsflow.ops.dependencies import Database, Now, Options
from newsflow.ops.disk_usage import archive_disk
from newsflow.ops.pages import DAYS
from newsflow.ops.words import sentence
from newsflow.publishers.facts import KINDS
from newsflow.settings import Settings
from newsflow.store import queries
from newsflow.store.archive import Archive, CaptureError

CHART_DAYS = 56
_RETENTION = re.compile(r"retain_(\w+)_days")  # settings that say how long something is kept
# name in the template → kind of the rows of `ops.publisher_things`: one statement for four lists
THINGS = {"articles": "loaded", "rejects": "rejected", "origins": "origin", "lines": "line"}
MOST_RUNS = 3  # in which feeds were asked last, whose tasks a page names
SHOWN_TEXT = 20_000  # characters of a stored capture that a page shows


def publisher(conn: Database, name: str, now: Now) -> dict[str, Any] | None:
    """One publisher (6 statements); None for an unknown name."""
    found = next(iter(publishers.read(conn, now, name)), None)
    if found is None:
        return None
    number, since = found.publisher_id, now.date() - timedelta(days=CHART_DAYS - 1)
    own = history.read(queries.ops.days(conn, since=since, publishers=[number])).get(number, [])
    days = history.series(own, now.date(), _charted(own, now))
    alarms = queries.ops.open_alarms(conn, since=now - timedelta(days=30), publisher_id=number)
    shown = now - timedelta(days=len(days))
    feeds = queries.ops.publisher_feeds(conn, publisher_id=number, since=shown, now=now)
    listed = queries.ops.publisher_things(conn, publisher_id=number)
    return {
        "row": publishers.row(found),
        "publisher": found,
        "facts": publisher_facts.shown(conn, found.name),
        "kinds": KINDS,
        "alarms": alarms,
        "runs": {},
        "day_chart": day_chart(days, feeds, [a.opened_at.date() for a in alarms], now),
        "feeds": feeds,
        **{name: [thing for thing in listed if thing.kind == kind] for name, kind in THINGS.items()},
        "sentence": sentence,
    }


def in_airflow(airflow: AirflowRuns, shown: Mapping[str, Any]) -> dict[str, Any]:
    """For each feed the task that asked it last: by run, since most feeds were asked in the same one."""
    asked = {(f.dag_id, f.dag_run_id) for f in shown["feeds"] if f.dag_id}
    newest = sorted(asked, key=lambda key: max(f.last_poll_at for f in shown["feeds"] if f.dag_run_id == key[1]))
    return {"runs": {key: airflow.run(*key, logs=False) for key in newest[-MOST_RUNS:]}}


def _charted(own: Sequence[history.Day], now: datetime) -> int:
    """How many days the chart shows: all that are known, within its bounds."""
    age = (now.date() - own[0].day).days + 1 if own else DAYS
    return max(DAYS, min(age, CHART_DAYS))


def reject(conn: Database, page_id: int, settings: Options) -> dict[str, Any] | None:
    """One page: why it ended, its fetches, and the stored capture as inert text (3 statements)."""
    page = queries.ops.reject(conn, page_id=page_id)
    if page is None:
        return None
    text, source, trouble = _stored(page, settings)
    return {
        "page": page,
        "why": sentence(page.outcome),
        "fetches": queries.ops.fetches(conn, page_id=page_id),
        "entries": queries.ops.page_entries(conn, page_id=page_id),
        "text": text,
        "source": source,
        "trouble": trouble,
        "sentence": sentence,
    }


def _stored(page: queries.ops.RejectRow, settings: Settings) -> tuple[str, str, str]:
    """(visible text, source, why there is none) of the newest capture."""
    if page.file is None or page.offset is None or page.length is None or page.payload_digest is None:
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


def proposals(conn: Database, now: Now) -> dict[str, Any]:
    """Proposals for failing feeds, and feeds that move or are gone (2 statements)."""
    found = queries.ops.proposals(conn, since=now - timedelta(days=30))
    return {
        "open": [p for p in found if p.decided_at is None],
        "decided": [p for p in found if p.decided_at is not None],
        "moving": queries.ops.moving_feeds(conn),
        "sentence": sentence,
    }


def alarms(conn: Database, now: Now) -> dict[str, Any]:
    """Alarms of 60 days and what people did (2 statements)."""
    found = queries.ops.open_alarms(conn, since=now - timedelta(days=60), publisher_id=None)
    return {
        "open": [a for a in found if a.resolved_at is None],
        "resolved": [a for a in found if a.resolved_at is not None],
        "audit": queries.ops.audit_log(conn),
    }


def storage(conn: Database, now: Now, settings: Options) -> dict[str, Any]:
    """Tables, archive, disk and retention (4 statements)."""
    sizes = queries.ops.sizes(conn)
    days = queries.ops.archive_days(conn, since=now - timedelta(days=DAYS))
    total = queries.ops.archive_total(conn)
    pace = _pace(days, now)
    usage = archive_disk(settings)
    return {
        "sizes": sizes,
        "database": sizes[0].database_bytes if sizes else 0,
        "archive": total,
        "archive_url": settings.archive_url if "://" not in settings.archive_url else "an object store",
        "pace": pace,
        "usage": usage,
        "days_left": usage.free / pace if usage and pace else None,
        "bars": charts.spark([float(d.bytes) for d in days]),
        "retention": {m[1]: getattr(settings, m[0]) for m in map(_RETENTION.fullmatch, Settings.model_fields) if m},
        "maintenance": queries.ops.maintenance(conn),
    }


def _pace(days: Sequence[queries.ops.ArchiveDaysRow], now: datetime) -> float:
    """Bytes a day since the first day that brought any."""
    if not days:
        return 0.0
    return sum(d.bytes for d in days) / max((now.date() - days[0].day).days + 1, 1)
