"""The migrations runner against a real server."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from psycopg2.extensions import connection as Connection
from pydantic import SecretStr

from newsflow.clock import utcnow
from newsflow.local.postgres import Server
from newsflow.outcomes import Meaning, Outcome, Stage
from newsflow.settings import Settings
from newsflow.store.db import transaction
from newsflow.store.migrate import MigrationError, check_schema, migrate, read, ready_session
from newsflow.store.stage_work import work
from tests.paths import ROOT


def test_second_run_applies_nothing(conn: Connection) -> None:
    assert migrate(conn) == []


def test_outcomes_in_the_database_are_those_of_the_code(conn: Connection) -> None:
    with conn.cursor() as cursor:
        cursor.execute("select * from ingest.outcome")
        columns = [column.name for column in cursor.description or ()]
        stored = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    assert sorted(columns) == sorted(["code", *(column.name for column in fields(Meaning))])
    # an enum equals the text that is stored for it
    assert {row.pop("code"): row for row in stored} == {str(it): as_columns(it.meaning) for it in Outcome}


def as_columns(meaning: Meaning) -> dict[str, object]:
    return {column.name: getattr(meaning, column.name) for column in fields(Meaning)}


def test_an_outcome_that_differs_in_one_column_is_brought_in_step(conn: Connection) -> None:
    with conn.cursor() as cursor:
        cursor.execute("update ingest.outcome set pause_s = 7, keeps_text = true where code = 'dns_error'")
        conn.commit()
        migrate(conn)
        cursor.execute("select pause_s, keeps_text from ingest.outcome where code = 'dns_error'")
        assert cursor.fetchone() == (60.0, False)


def test_an_edited_file_is_found(conn: Connection, tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    for path in (ROOT / "sql/migrations").glob("*.sql"):
        (folder / path.name).write_text(path.read_text() + "\n-- edited\n")
    with pytest.raises(MigrationError, match="edited after"):
        migrate(conn, tmp_path)


def test_a_failing_file_leaves_nothing_behind(conn: Connection, tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    for path in (ROOT / "sql/migrations").glob("*.sql"):
        (folder / path.name).write_text(path.read_text())
    (folder / "9999_broken.sql").write_text("create table ingest.half (a int); select 1/0;")
    with pytest.raises(Exception, match="division by zero"):
        migrate(conn, tmp_path)
    with conn.cursor() as cursor:
        cursor.execute("select to_regclass('ingest.half')")
        assert cursor.fetchone()[0] is None


OTHER_SCHEMAS = {
    "newer": "insert into newsflow_meta.migration (version, checksum) values ('0999_future.sql', 'x')",
    "older": "delete from newsflow_meta.migration where version like '0004%'",
    "edited": "update newsflow_meta.migration set checksum = 'x' where version like '0002%'",
}


@pytest.mark.parametrize("schema", OTHER_SCHEMAS)
def test_steps_and_commands_refuse_another_schema_before_they_begin(conn: Connection, dsn: str, schema: str) -> None:
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute(OTHER_SCHEMAS[schema])
    with pytest.raises(MigrationError, match=schema), ready_session(dsn):
        pass
    settings = Settings(database_url=SecretStr(dsn))
    with pytest.raises(MigrationError, match=schema), work(settings, 1, Stage.LOAD, 0, utcnow):
        pass


def test_an_empty_database_is_older(postgres: Server) -> None:
    with pytest.raises(MigrationError, match="newsflow migrate"), ready_session(postgres.url("template1")):
        pass


def test_readers_are_let_through(conn: Connection, dsn: str) -> None:
    """They export from the contract, which only grows, and may not see the ledger."""
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute(OTHER_SCHEMAS["newer"])
        cursor.execute("set local role news_reader")
        check_schema(conn)


def test_a_number_given_twice_is_refused(tmp_path: Path) -> None:
    for name in ("0001_a.sql", "0001_b.sql"):
        (tmp_path / name).write_text("select 1;")
    with pytest.raises(MigrationError, match="twice"):
        read(tmp_path)


def test_released_files_are_as_they_were_released() -> None:
    """Databases out there have applied them. To change something, write the next file (sql/README.md)."""
    lines = (ROOT / "tests/store/released.txt").read_text().splitlines()
    released = {version: checksum for checksum, version in (line.split() for line in lines)}
    found = {m.version: m.checksum for m in read(ROOT / "sql/migrations")}
    assert {version: found.get(version) for version in released} == released


def test_numbers_run_without_gaps() -> None:
    numbers = [int(m.version[:4]) for m in read(ROOT / "sql/migrations")]
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_table_and_column_has_a_comment(conn: Connection) -> None:
    with conn.cursor() as cursor:
        cursor.execute(
            """select format('%s.%s.%s', n.nspname, c.relname, a.attname)
               from pg_class c join pg_namespace n on n.oid = c.relnamespace
               left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
               where n.nspname in ('ingest', 'news', 'news_internal') and c.relkind in ('r', 'p', 'v', 'm')
                 and not c.relispartition
                 and (obj_description(c.oid) is null or col_description(c.oid, a.attnum) is null)"""
        )
        assert [r[0] for r in cursor.fetchall()] == []
