"""The tables of the pages as CSV: the rows that the same filter shows, on all of its pages.

Cells are inert in spreadsheets (text/cells.py). Times are ISO 8601 in UTC, shares 0 to 1, lists and counts JSON.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Any

from fastapi import Query

from newsflow.ops import detail, nights, publishers, reprocess_pages
from newsflow.ops.dependencies import Database, Now
from newsflow.ops.pages import NO_PAGE
from newsflow.store import queries
from newsflow.text.cells import inert

MOST = 100_000  # rows of one file: what a spreadsheet still opens


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A table: `rows` is asked like a page's function; each column is a row's attribute, a dot leads into it."""

    name: str
    rows: Callable[..., Iterable[Any]]
    columns: Sequence[str]

    def text(self, rows: Iterable[Any]) -> str:
        """The whole file, with its head."""
        written = io.StringIO()
        lines = csv.writer(written)
        lines.writerow(column.rpartition(".")[2] for column in self.columns)
        lines.writerows([cell(_value(row, column)) for column in self.columns] for row in rows)
        return written.getvalue()


def _value(row: Any, column: str) -> Any:
    for name in column.split("."):
        row = getattr(row, name)
    return row


def cell(value: Any) -> str:
    """A value as a spreadsheet may have it; numbers stay numbers, whatever their sign."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return str(value)
    return inert(_text(value))


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.total_seconds():.0f}"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (Mapping, list, tuple)) else str(value)


def _publishers(conn: Database, now: Now, *, find: str = "", level: str = "", sort: str = "health") -> Iterable[Any]:
    known = [publishers.row(found) for found in publishers.read(conn, now, None)]
    return publishers.chosen(known, find, level, sort)


def _rejects(conn: Database, now: Now, *, outcome: str = "", publisher: str = "") -> Iterable[Any]:
    until = now + timedelta(days=1)
    return queries.ops.rejected(
        conn, outcome=outcome or None, publisher=publisher or None, before=until, below=NO_PAGE, limit=MOST
    )


def _failures(conn: Database, now: Now, *, publisher: str = "") -> Iterable[Any]:
    return queries.ops.reject_counts(conn, since=now.date() - timedelta(days=6), publisher=publisher or None)


def _left_out(conn: Database) -> Iterable[Any]:
    return queries.ops.rejected_rows(conn, imports=MOST, limit=MOST)


def _nights(conn: Database, now: Now) -> Iterable[Any]:
    return nights.known(conn, now)


Run = Annotated[int | None, Query()]


def _newest(conn: Database, now: Now) -> int:
    return next((n.run_id for n in nights.known(conn, now)), 0)


def _run_publishers(conn: Database, now: Now, *, run: Run = None) -> Iterable[Any]:
    return queries.ops.run_publishers(conn, run_id=_newest(conn, now) if run is None else run, limit=MOST)


def _run_steps(conn: Database, now: Now, *, run: Run = None) -> Iterable[Any]:
    return queries.runs.stages(conn, run_id=_newest(conn, now) if run is None else run)


@dataclass(frozen=True, slots=True)
class _Changed:
    publisher: str
    outcome: str
    before: int
    after: int


def _compare(conn: Database, now: Now, *, a: Run = None, b: Run = None) -> Iterable[_Changed]:
    found = nights.two(conn, now, a, b)
    if not found or not found["pair"]:
        return []
    return [
        _Changed(publisher.name, change.name, change.before, change.after)
        for publisher in found["comparison"].publishers
        for change in publisher.outcomes
    ]


def _alarms(conn: Database, now: Now) -> Iterable[Any]:
    found = detail.alarms(conn, now)
    return [*found["open"], *found["resolved"]]


def _audit(conn: Database) -> Iterable[Any]:
    return queries.ops.audit_log(conn)


def _proposals(conn: Database, now: Now) -> Iterable[Any]:
    return queries.ops.proposals(conn, since=now - timedelta(days=30))


def _moving(conn: Database) -> Iterable[Any]:
    return queries.ops.moving_feeds(conn)


def _sizes(conn: Database) -> Iterable[Any]:
    return queries.ops.sizes(conn)


def _maintenance(conn: Database) -> Iterable[Any]:
    return queries.ops.maintenance(conn)


def _reprocesses(conn: Database) -> Iterable[Any]:
    rows: Iterable[Any] = reprocess_pages.listing(conn)["rows"]
    return rows


def _columns(text: str) -> tuple[str, ...]:
    return tuple(text.split())


CSV_TABLES = (
    CsvTable(
        "publishers",
        _publishers,
        _columns(
            "found.name found.title health.level.word health.sentence found.new_articles share usual_share"
            " found.last_new_at found.failure found.failures found.feeds found.failing found.alarms found.cool_until"
        ),
    ),
    CsvTable("rejects", _rejects, queries.ops.RejectedRow._fields),
    CsvTable("failures", _failures, queries.ops.RejectCountsRow._fields),
    CsvTable("import-rejects", _left_out, queries.ops.RejectedRowsRow._fields),
    CsvTable(
        "nights",
        _nights,
        _columns(
            "run_id dag_id dag_run_id started_at good new revised captures readable share feeds failing took_s cpu_s"
            " verdict"
        ),
    ),
    CsvTable("compare", _compare, _columns("publisher outcome before after")),
    CsvTable("run-publishers", _run_publishers, queries.ops.RunPublishersRow._fields),
    CsvTable("run-steps", _run_steps, queries.runs.StagesRow._fields),
    CsvTable("alarms", _alarms, queries.ops.OpenAlarmsRow._fields),
    CsvTable("audit", _audit, queries.ops.AuditLogRow._fields),
    CsvTable("proposals", _proposals, queries.ops.ProposalsRow._fields),
    CsvTable("moving-feeds", _moving, queries.ops.MovingFeedsRow._fields),
    CsvTable("tables", _sizes, queries.ops.SizesRow._fields),
    CsvTable("maintenance", _maintenance, queries.ops.MaintenanceRow._fields),
    CsvTable("reprocesses", _reprocesses, queries.reprocess.ListAllRow._fields),
)
