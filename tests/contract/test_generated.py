"""Generated files are fresh, and the contract only grows."""

from __future__ import annotations

import pytest
from psycopg2.extensions import connection as Connection

from newsflow.local.postgres import Server
from newsflow.maintain.dbt_sources import SOURCES
from newsflow.maintain.snapshot import CONTRACT, DICTIONARY, SCHEMA, ContractError, check_growth, generate
from tests.paths import ROOT

HINT = "is stale: run `newsflow maintain docs`"


@pytest.fixture(scope="module")
def made(postgres: Server, template: str) -> dict[str, str]:
    return dict(generate(postgres.url(template), ROOT / "sql"))


@pytest.mark.parametrize("name", [SCHEMA, DICTIONARY, CONTRACT, SOURCES])
def test_generated_files_are_fresh(made: dict[str, str], name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == made[name], f"{name} {HINT}"


def test_a_lost_or_changed_column_is_refused() -> None:
    check_growth("a.x text\n", "a.x text\na.y text\n")
    with pytest.raises(ContractError, match=r"a\.x text"):
        check_growth("a.x text\na.y text\n", "a.y text\n")
    with pytest.raises(ContractError):
        check_growth("a.x text\n", "a.x bigint\n")


def test_each_column_of_the_contract_is_explained(conn: Connection) -> None:
    with conn.cursor() as cursor:
        cursor.execute(
            "select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0"
            " where c.relnamespace = 'news'::regnamespace and c.relkind in ('v', 'm')"
            " and length(coalesce(col_description(c.oid, a.attnum), '')) < 4"
        )
        assert cursor.fetchall() == []


def test_each_function_of_the_contract_is_explained(conn: Connection) -> None:
    with conn.cursor() as cursor:
        cursor.execute(
            "select proname from pg_proc where pronamespace in ('news'::regnamespace, 'news_internal'::regnamespace)"
            " and obj_description(oid, 'pg_proc') is null"
            " and not exists (select from pg_depend d where d.objid = pg_proc.oid and d.deptype = 'e')"
        )
        assert cursor.fetchall() == []
