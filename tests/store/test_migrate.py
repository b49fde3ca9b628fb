"""The migrations runner against a real server."""

from __future__ import annotations

from pathlib import Path

import pytest
from psycopg2.extensions import connection as Connection

from newsflow.model import OUTCOMES
from newsflow.store.migrate import MigrationError, migrate, read
from tests.paths import ROOT


def test_second_run_applies_nothing(conn: Connection) -> None:
    assert migrate(conn) == []


def test_outcomes_in_the_database_are_those_of_the_model(conn: Connection) -> None:
    with conn.cursor() as cursor:
        cursor.execute("select code, kind, sentence from ingest.outcome")
        stored = {code: (kind, sentence) for code, kind, sentence in cursor.fetchall()}
    assert stored == {str(c): (str(i.kind), i.sentence) for c, i in OUTCOMES.items()}


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
