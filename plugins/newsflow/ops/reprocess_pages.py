"""Reprocesses for review: what a changed extractor would do, and the two buttons that start Airflow's Dag for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg2.extensions import connection as Connection

from newsflow.names import NEWS_REPROCESS
from newsflow.ops.dependencies import Database
from newsflow.reprocess import report
from newsflow.reprocess.sides import Paragraph, lines, side_by_side
from newsflow.store import queries

SHOWN = ("changed", "gained", "lost")  # verdicts that deserve a look
EXAMPLES = 8  # of each of them
MOST_LINES = 60  # of one side; the file has all
READY = {"apply": "compared", "undo": "applied"}  # verb → the state in which it can begin


@dataclass(frozen=True, slots=True)
class Example:
    """One page, before and after; `cut` where the columns end early."""

    url: str
    publisher: str
    says: str
    similarity: float | None
    before: Sequence[Paragraph]
    after: Sequence[Paragraph]
    cut: bool


def listing(conn: Database) -> dict[str, Any]:
    """All reprocesses, the newest first (1 statement)."""
    return {"rows": queries.reprocess.list_all(conn)}


def one(conn: Database, number: int) -> dict[str, Any] | None:
    """A comparison: counts, fields, histogram, examples side by side; None where there is none (7 statements)."""
    found = queries.reprocess.get(conn, reprocess_id=number)
    if found is None:
        return None
    numbers = report.summary(conn, number)
    return {
        "found": found,
        "chosen": _chosen(found.selection),
        "verb": next((verb for verb, state in READY.items() if state == found.state), ""),
        "verdicts": [(name, numbers["verdicts"].get(name, 0), text) for name, text in report.VERDICTS.items()],
        "waiting": numbers["verdicts"].get("waiting", 0),
        "fields": numbers["fields"],
        "tenths": list(enumerate(numbers["similarity"])),
        "most": max(1, *numbers["similarity"]),
        "examples": {verdict: list(_examples(conn, number, verdict)) for verdict in SHOWN},
        "texts": report.VERDICTS,
    }


def _chosen(selection: dict[str, Any]) -> list[tuple[str, str]]:
    """What was asked for, in words; nothing where all captures were."""
    return [
        (name, ", ".join(map(str, value)) if isinstance(value, list) else str(value))
        for name, value in selection.items()
        if value
    ]


def _examples(conn: Connection, number: int, verdict: str) -> Iterator[Example]:
    for row in queries.reprocess.examples(conn, reprocess_id=number, verdict=verdict, limit=EXAMPLES):
        old, new = map(lines, report.versions(row))
        before, after = side_by_side(old[:MOST_LINES], new[:MOST_LINES])
        before_outcome, outcome = row.before_outcome or "nothing", row.outcome or "nothing"
        turned = f"{before_outcome.replace('_', ' ')} → {outcome.replace('_', ' ')} {row.detail}"
        says = ", ".join(row.changed) or turned
        yield Example(row.url, row.publisher, says, row.similarity, before, after, max(len(old), len(new)) > MOST_LINES)


def start(conn: Connection, verb: str, number: int) -> int:
    """Have Airflow apply or undo a reprocess; 0 where it is not in the state for it, or was started already.

    The Dag run's name tells that it was: each is applied once, and undone once.
    """
    found = queries.reprocess.get(conn, reprocess_id=number)
    if found is None or found.state != READY[verb]:
        return 0
    return int(_trigger(f"ops__{verb}-{number}", {"action": verb, "reprocess": number}))


def _trigger(dag_run_id: str, conf: dict[str, Any]) -> bool:
    from airflow.api.common.trigger_dag import trigger_dag
    from airflow.exceptions import DagRunAlreadyExists
    from airflow.models import DagModel
    from airflow.utils.session import create_session
    from airflow.utils.types import DagRunTriggeredByType

    with create_session(scoped=False) as airflow:
        if model := airflow.get(DagModel, NEWS_REPROCESS):
            model.is_paused = False  # new Dags are paused, and a run would wait for ever
    try:
        trigger_dag(NEWS_REPROCESS, run_id=dag_run_id, conf=conf, triggered_by=DagRunTriggeredByType.UI)
    except DagRunAlreadyExists:
        return False
    return True
