"""Whether Airflow has Dags of our names from other files: then the file that it read last would win, without a word."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import psycopg2

from newsflow.names import NEWS_BACKFILL, NEWS_INGEST, NEWS_MAINTAIN, NEWS_POLL, NEWS_REPROCESS, NEWS_WATCH
from newsflow.settings import airflow_database, is_airflow_set_up

OURS = (NEWS_INGEST, NEWS_POLL, NEWS_WATCH, NEWS_MAINTAIN, NEWS_BACKFILL, NEWS_REPROCESS)
_FILES = "select dag_id, fileloc from dag where dag_id = any(%s) and not is_stale order by dag_id"


def elsewhere(folder: Path) -> list[tuple[str, str]]:
    """Names of ours, each with the file of another Dag; empty where no Airflow is set up here, or it can't be asked.

    :param folder: where our Dag files are.
    """
    ours = folder.resolve()
    return [(name, file) for name, file in _known() if Path(file).resolve().parent != ours]


def _known() -> list[tuple[str, str]]:
    if not is_airflow_set_up():
        return []
    scheme, _, rest = airflow_database().partition("://")
    if scheme.partition("+")[0] != "postgresql":
        return _by_orm()
    try:
        with closing(psycopg2.connect(f"postgresql://{rest}")) as conn, conn.cursor() as cursor:
            cursor.execute(_FILES, ([*OURS],))
            return cursor.fetchall()
    except psycopg2.Error:
        return []


def _by_orm() -> list[tuple[str, str]]:
    """By Airflow itself, where its database is SQLite or MySQL."""
    from airflow.models.dag import DagModel
    from airflow.utils.session import create_session
    from sqlalchemy import select
    from sqlalchemy.exc import SQLAlchemyError

    wanted = select(DagModel.dag_id, DagModel.fileloc).where(DagModel.dag_id.in_(OURS), DagModel.is_stale.is_(False))
    try:
        with create_session() as session:
            return [(row.dag_id, row.fileloc) for row in session.execute(wanted)]
    except SQLAlchemyError:
        return []
