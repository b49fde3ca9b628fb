"""Whether Airflow runs our Dags by itself: what it has paused, what has no schedule, what is overdue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import psycopg2

from newsflow.names import NEWS_INGEST, NEWS_MAINTAIN, NEWS_POLL, NEWS_WATCH
from newsflow.settings import airflow_database

# What is missing while the Dag does not run.
CONSEQUENCES = {
    NEWS_INGEST: "no night's run begins",
    NEWS_POLL: "feeds are asked by the night's run only",
    NEWS_WATCH: "no alarm begins or ends",
    NEWS_MAINTAIN: "nothing old is deleted, and no partition is made ahead",
}
_STATES = "select dag_id, is_paused, next_dagrun_create_after from dag where dag_id = any(%s) and not is_stale"
LATE = timedelta(minutes=15)  # a busy scheduler begins a run some minutes after its time


class DagState(NamedTuple):
    """What Airflow says of a Dag. `due` is when its next run begins; None where it has no schedule."""

    dag_id: str
    paused: bool
    due: datetime | None


def told(dags: Iterable[Mapping[str, Any]]) -> list[DagState]:
    """The states of our scheduled Dags, as Airflow's REST API tells them."""
    return [DagState(d["dag_id"], d["is_paused"], _instant(d)) for d in dags if d["dag_id"] in CONSEQUENCES]


def _instant(dag: Mapping[str, Any]) -> datetime | None:
    due = dag.get("next_dagrun_run_after")
    return datetime.fromisoformat(due.replace("Z", "+00:00")) if due else None


def notices(states: Sequence[DagState], now: datetime) -> Iterator[str]:
    """A sentence for each Dag that does not run by itself, in the order of `CONSEQUENCES`."""
    known = {state.dag_id: state for state in states}
    for dag_id, missing in CONSEQUENCES.items():
        if why := _why(known.get(dag_id), now):
            yield f"{dag_id} {why}: {missing}."


def _why(state: DagState | None, now: datetime) -> str:
    if state is None:
        return "is unknown to Airflow (see the import errors under Dags)"
    if state.paused:
        return "is paused"
    if state.due is None:
        return "has no schedule, and runs by hand only"
    if state.due < now - LATE:
        return f"should have begun at {state.due:%a %d %b %H:%M} UTC, and did not (does the scheduler run?)"
    return ""


def stored() -> list[DagState]:
    """What Airflow's own database says, for a command: to import Airflow takes seconds, to ask its PostgreSQL none.

    :raises psycopg2.Error: where the database that the environment names can't be asked.
    """
    scheme, _, rest = airflow_database().partition("://")
    if scheme.partition("+")[0] != "postgresql":
        return read()
    try:
        with closing(psycopg2.connect(f"postgresql://{rest}")) as conn, conn.cursor() as cursor:
            cursor.execute(_STATES, ([*CONSEQUENCES],))
            return [DagState(*row) for row in cursor]
    except psycopg2.errors.UndefinedTable:  # Airflow's tables lie in a schema that its settings name
        return read()


def read() -> list[DagState]:
    """What Airflow's own database says, by its ORM, which the API server has at hand."""
    from airflow.models.dag import DagModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    columns = (DagModel.dag_id, DagModel.is_paused, DagModel.next_dagrun_create_after)
    ours = select(*columns).where(DagModel.dag_id.in_(CONSEQUENCES), DagModel.is_stale.is_(False))
    with create_session() as session:
        return [DagState(*row) for row in session.execute(ours)]
