"""A night's steps change each page several times: those changes must stay off the page's indexes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsflow import pipeline
from newsflow.local.newsroom import Newsroom
from newsflow.request import RunRequest
from newsflow.store.db import session, transaction
from tests.pipeline.night import quick_world, register, settings_for

UPDATES = """select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables
  where schemaname = 'ingest' and relname = %s"""


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(quick_world()) as made:
        yield made


def updates(dsn: str, table: str) -> tuple[int, int]:
    """Updates of a table's rows, and those of them that no index saw."""
    with session(dsn) as conn, transaction(conn), conn.cursor() as cursor:
        cursor.execute(UPDATES, (table,))
        changed, hot = cursor.fetchone()
        return changed, hot


def test_most_changes_of_a_page_touch_no_index(dsn: str, tmp_path: Path, newsroom: Newsroom) -> None:
    register(dsn, newsroom.feeds())
    pipeline.run_all(settings_for(dsn, tmp_path / "archive", newsroom), "first", RunRequest(force=True))
    changed, hot = updates(dsn, "page")  # fetch, extract and deduplicate touch none; load does, for the page ends there
    assert changed > 50
    assert hot > changed / 2, f"{hot} of {changed}"
    changed, hot = updates(dsn, "run_page")
    assert hot == changed
