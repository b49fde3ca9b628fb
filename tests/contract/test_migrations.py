"""Migrations on both of our server versions: the same schema, with data on the way, without long locks."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection

from newsflow.load.step import load
from newsflow.local.postgres import Server, binaries, free_port
from newsflow.maintain.snapshot import SCHEMA, schema
from newsflow.store.db import connect
from newsflow.store.migrate import migrate
from tests.load.world import World
from tests.paths import ROOT
from tests.waiting import PATIENCE_S, wait_for

MIGRATIONS = sorted((ROOT / "sql/migrations").glob("*.sql"))
SERVERS = {"18 (wheel)": None, "15 (Debian)": Path("/usr/lib/postgresql/15/bin")}
BASELINE = MIGRATIONS[:4]
# Rules about locks on grown tables. The baseline runs on empty ones.
LOCK_RULES = ["require-concurrent-index-creation", "require-concurrent-index-deletion", "adding-foreign-key-constraint"]
ARTICLE = """insert into news_internal.article (article_id, story_id, publisher_id, first_seen_at, loaded_at,
    revised_at, extraction_id, content_hash, text_hash, url, title, lead, body, authors, agencies, published_raw,
    published_quality, language, section, tags, image_url, image_caption, page_type, rights, sources, extractor, cause)
  values (1, 1, 1, now(), now(), now(), 1, 'h', 'h', 'u', 't', '', 'b', '{}', '{}', '', '', 'en', '', '{}', '', '',
    'article', '{}', '{}', 'x', 'fetch')"""
LINT = ROOT / ".squawk.toml"


def squawk(path: Path, exclude: list[str]) -> subprocess.CompletedProcess[str]:
    program = shutil.which("squawk") or str(Path(sys.executable).parent / "squawk")
    rules = (
        re.findall(r'^  "([a-z-]+)"', LINT.read_text(), re.MULTILINE) + exclude
    )  # the option replaces the file's list
    command = [program, "--config", str(LINT), "--reporter", "gcc", f"--exclude={','.join(rules)}", str(path)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


@pytest.fixture(scope="module", params=list(SERVERS))
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A cluster of its own, so that its roles are not there yet."""
    folder = SERVERS[request.param] or binaries()
    if not (folder / "postgres").exists():
        pytest.skip(f"NOT TESTED on Postgres {request.param}: no server at {folder} (apt install postgresql-15)")
    with tempfile.TemporaryDirectory(prefix="nf-mig-") as base:
        Path(base).chmod(0o755)
        made = Server(data=Path(base) / "pg" / "data", port=free_port(), bin=folder, fast=True)
        made.start()
        yield made
        made.stop("immediate")


def create(server: Server, name: str, owner: str = "") -> str:
    conn = psycopg2.connect(server.url())
    conn.autocommit = True
    conn.cursor().execute(f"create database {name}" + (f" owner {owner}" if owner else ""))
    conn.close()
    return server.url(name)


def same_schema(dsn: str) -> None:
    """Compare with the snapshot; older servers name the table of each column where newer ones need not."""
    unqualified = re.compile(r"\b[a-z_0-9]+\.")
    found, snapshot = (unqualified.sub("", text).splitlines() for text in (schema(dsn), (ROOT / SCHEMA).read_text()))
    assert found == snapshot


def until(folder: Path, count: int) -> Path:
    """A folder with the first migrations only."""
    (folder / "migrations").mkdir(parents=True, exist_ok=True)
    for path in MIGRATIONS[:count]:
        shutil.copy(path, folder / "migrations" / path.name)
    return folder


def migrated(dsn: str, folder: Path = ROOT / "sql") -> Connection:
    conn = connect(dsn)
    migrate(conn, folder)
    return conn


def test_as_an_owner_who_may_create_no_roles(server: Server) -> None:
    """A managed server: no superuser, no CREATEROLE, no roles of ours. First of all, while they are missing."""
    conn = psycopg2.connect(server.url())
    conn.autocommit = True
    conn.cursor().execute("create role tenant login password 'x' nosuperuser nocreaterole")
    conn.close()
    dsn = create(server, "managed", "tenant")
    mine = dsn.replace(dsn[dsn.index("//") + 2 : dsn.index("@")], "tenant:x")
    migrated(mine).close()
    world = World(mine)
    run = world.run()
    world.clustered(run, "https://paper.example/a", title="Managed")
    assert load(world.settings, run).counts == {"new": 1}
    assert world.rows("select title from news.search('managed')") == [("Managed",)]
    assert world.rows("select 1 from pg_roles where rolname = 'news_reader'") == []
    world.conn.close()
    same_schema(mine)


def test_empty_to_head_is_the_snapshot(server: Server) -> None:
    dsn = create(server, "head")
    migrated(dsn).close()
    same_schema(dsn)


def test_roles_made_by_hand_later_get_their_rights(server: Server) -> None:
    """After test_empty_to_head the roles are there; a database that lacked them is told so."""
    conn = psycopg2.connect(server.url("managed"))
    conn.autocommit = True
    cursor = conn.cursor()
    cursor.execute("select has_schema_privilege('news_reader', 'news', 'usage')")
    assert cursor.fetchone() == (False,)
    cursor.execute("select news_internal.grant_roles()")
    cursor.execute(
        "select has_schema_privilege('news_reader', 'news', 'usage'),"
        " has_table_privilege('news_reader', 'news.articles', 'select'),"
        " has_schema_privilege('news_reader', 'news_internal', 'usage')"
    )
    assert cursor.fetchone() == (True, True, False)
    conn.close()


@pytest.mark.parametrize("count", range(1, len(MIGRATIONS)), ids=[p.stem for p in MIGRATIONS[:-1]])
def test_each_earlier_state_with_data_to_head(server: Server, tmp_path: Path, count: int) -> None:
    """Whoever stopped at any file gets to the head with their rows."""
    dsn = create(server, f"from_{count}")
    conn = migrated(dsn, until(tmp_path, count))
    with conn.cursor() as cursor:
        cursor.execute("insert into ingest.publisher (name) values ('a.example') returning publisher_id")
        cursor.execute("insert into ingest.origin (origin, publisher_id) values ('https://a.example', 1)")
        cursor.execute(
            "insert into ingest.page (url, url_hash, origin_id, publisher_id) values ('u', sha256('u'), 1, 1)"
        )
        cursor.execute("insert into ingest.feed (publisher_id, url) values (1, 'f')")
        cursor.execute("insert into ingest.poll (feed_id, outcome) values (1, 'ok')")
        cursor.execute("select to_regclass('news_internal.article') is not null")
        if cursor.fetchone()[0]:
            cursor.execute(ARTICLE)
    conn.commit()
    migrate(conn)
    with conn.cursor() as cursor:
        cursor.execute(
            "select (select count(*) from ingest.page) as pages, (select count(*) from news.articles) as articles"
        )
        pages, articles = cursor.fetchone()
    conn.close()
    assert (pages, articles) == (1, 1 if count >= 2 else 0)
    same_schema(dsn)


def waits_for_a_lock(dsn: str) -> bool:
    with psycopg2.connect(dsn) as watcher, watcher.cursor() as cursor:
        cursor.execute("select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()")
        found = cursor.rowcount > 0
    watcher.close()
    return found


def test_a_migration_waits_two_seconds_for_a_reader_and_gives_up(server: Server, tmp_path: Path) -> None:
    """An analyst's open transaction is never queued behind for longer; the migration is simply run again."""
    folder = until(tmp_path, len(MIGRATIONS))
    dsn = create(server, "locked")
    conn = migrated(dsn, folder)
    last = folder / "migrations/9999_a_column_more.sql"
    last.write_text("alter table news_internal.article add column more text;")
    analyst, other = psycopg2.connect(dsn), psycopg2.connect(dsn)
    analyst.cursor().execute("select count(*) from news.articles")
    failed: list[Exception] = []

    def run() -> None:
        try:
            migrate(conn, folder)
        except psycopg2.errors.LockNotAvailable as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    wait_for(lambda: waits_for_a_lock(dsn), "the migration to wait for the reader")
    other.cursor().execute(f"set lock_timeout = '{PATIENCE_S}s'")
    other.cursor().execute("select count(*) from news.articles")  # queues behind the migration, and gets through
    thread.join()
    assert failed
    analyst.close()
    other.close()
    conn.rollback()
    assert migrate(conn, folder) == [last.name]
    conn.close()


def test_loading_and_searching_work_on_this_server(server: Server) -> None:
    dsn = create(server, "works")
    migrated(dsn).close()
    world = World(dsn)
    for number, title in enumerate(["First version", "Second version"]):
        run = world.run(f"r{number}")
        world.clustered(run, "https://paper.example/a", title=title)
        load(world.settings, run)
    assert world.rows("select revision, title from news.revisions order by 1") == [
        (1, "First version"),
        (2, "Second version"),
    ]
    assert world.rows("select title from news.search('second')") == [("Second version",)]
    assert world.rows("select title from news.search_titles('secnd versoin')") == [("Second version",)]
    world.conn.close()


@pytest.mark.parametrize("path", MIGRATIONS, ids=[p.stem for p in MIGRATIONS])
def test_squawk_finds_nothing(path: Path) -> None:
    done = squawk(path, LOCK_RULES if path in BASELINE else [])
    assert done.returncode == 0, done.stdout


def test_squawk_would_find_a_long_lock(tmp_path: Path) -> None:
    bad = tmp_path / "0005_bad.sql"
    bad.write_text("create index a_b on news_internal.article (title);\n")
    done = squawk(bad, [])
    assert done.returncode != 0
    assert "require-concurrent-index-creation" in done.stdout


def test_texts_are_compressed_with_lz4_where_the_server_has_it(server: Server) -> None:
    dsn = create(server, "packed")
    migrated(dsn).close()
    world = World(dsn)
    has = world.value("select 'lz4' = any(enumvals) from pg_settings where name = 'default_toast_compression'")
    run = world.run()
    world.clustered(run, "https://paper.example/a", body="The same words again. " * 400)
    load(world.settings, run)
    assert world.value("select pg_column_compression(body) from news_internal.article") == ("lz4" if has else "pglz")
    world.conn.close()
