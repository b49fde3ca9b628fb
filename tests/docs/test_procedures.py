"""The blocks of docs/procedures.md, run as they stand on homes of their own."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest

from newsflow import resources
from newsflow.local import postgres
from newsflow.local.home import Home
from newsflow.store.db import connect
from newsflow.store.migrate import migrate
from tests.ledger import Ledger
from tests.paths import ROOT
from tests.webserver import Server

PAGE = ROOT / "docs" / "procedures.md"


def blocks(title: str) -> list[str]:
    """The sh blocks below a heading."""
    [part] = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return re.findall(r"```sh\n(.*?)```", part, re.DOTALL)


@dataclass
class Desk:
    """A person with a shell in a folder, and a home."""

    folder: Path
    home: Home

    def run(self, script: str, **env: str) -> str:
        """Run a block; returns what it printed.

        :raises AssertionError: where a command of it fails.
        """
        mine = {k: v for k, v in os.environ.items() if not k.startswith(("NEWSFLOW_", "AIRFLOW"))}
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        given = {**mine, "PATH": path, "HOME": str(self.folder), "NEWSFLOW_HOME": str(self.home.root), **env}
        command = ["bash", "-euo", "pipefail", "-c", script]
        done = subprocess.run(command, cwd=self.folder, env=given, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    tmp_path.chmod(0o755)
    return Desk(tmp_path, Home(tmp_path / "home").prepare())


def subscribed(url: str) -> list[tuple[str]]:
    """The addresses of the feeds in a database."""
    with psycopg2.connect(url) as conn, conn.cursor() as cursor:
        cursor.execute("select url from ingest.feed order by url")
        found = cursor.fetchall()
    conn.close()
    return found


def hold_a_page(url: str, origin: str) -> None:
    """A publisher with a feed and a page, so that there is something to lose."""
    with psycopg2.connect(url) as conn:
        Ledger(conn, url, Path()).pages(f"{origin}/1")
        with conn.cursor() as cursor:
            cursor.execute(
                "insert into ingest.feed (publisher_id, url)"
                " select publisher_id, 'https://courier.example/rss' from ingest.publisher limit 1"
            )
    conn.close()


def test_a_backup_is_restored_in_another_database(desk: Desk, make_dsn: Callable[[], str]) -> None:
    old, new = make_dsn(), make_dsn()
    with closing(Server()) as site:  # the doctor asks the origins that it knows
        hold_a_page(old, site.origin)
        _back_up_and_restore(desk, old, new)


def _back_up_and_restore(desk: Desk, old: str, new: str) -> None:
    [back_up] = blocks("Back up")
    desk.run(back_up, NEWSFLOW_DATABASE_URL=old)
    assert "✓ backup" in desk.run("newsflow checklist list", NEWSFLOW_DATABASE_URL=old)
    [restore] = blocks("Restore")
    desk.run(restore, NEWSFLOW_DATABASE_URL=new)
    assert subscribed(new) == subscribed(old) == [("https://courier.example/rss",)]
    refused = "! newsflow restore news.dump && newsflow restore --replace --json news.dump"
    assert '"pages": 1' in desk.run(refused, NEWSFLOW_DATABASE_URL=new)


def test_a_backup_that_can_not_be_restored_changes_nothing(desk: Desk, dsn: str) -> None:
    hold_a_page(dsn, "https://courier.example")
    (desk.folder / "cut.dump").write_bytes(b"PGDMP")
    said = desk.run("! newsflow restore --replace cut.dump 2>&1", NEWSFLOW_DATABASE_URL=dsn)
    assert (said.count("\n"), said.startswith("newsflow: pg_restore: ")) == (1, True), said
    assert subscribed(dsn) == [("https://courier.example/rss",)]


def test_a_backup_that_would_lock_us_out_is_refused_and_a_newer_database_gives_way(desk: Desk, dsn: str) -> None:
    """Of a newer release: its backup is refused; an older one takes such a database's place, for who goes back."""
    hold_a_page(dsn, "https://courier.example")
    desk.run("newsflow backup ours.dump", NEWSFLOW_DATABASE_URL=dsn)
    with psycopg2.connect(dsn) as conn, conn.cursor() as cursor:
        cursor.execute("insert into newsflow_meta.migration values ('9999_ahead.sql', 'x')")
    conn.close()
    desk.run("newsflow backup ahead.dump; ! newsflow restore ours.dump 2> refused", NEWSFLOW_DATABASE_URL=dsn)
    assert "--replace" in (desk.folder / "refused").read_text()
    desk.run("newsflow restore --replace ours.dump", NEWSFLOW_DATABASE_URL=dsn)
    said = desk.run("! newsflow restore --replace ahead.dump 2>&1", NEWSFLOW_DATABASE_URL=dsn)
    assert "which has 9999_ahead.sql" in said
    assert subscribed(dsn) == [("https://courier.example/rss",)]


def test_backup_and_restore_leave_alone_what_is_not_theirs(desk: Desk, dsn: str) -> None:
    """A file that another backup writes, a device, and a dump of another program."""
    with (desk.folder / ".busy.dump.part").open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        said = desk.run("! newsflow backup busy.dump 2>&1", NEWSFLOW_DATABASE_URL=dsn)
    assert said == "newsflow: another backup writes busy.dump now\n"
    os.mkfifo(desk.folder / "pipe")
    assert "no ordinary file" in desk.run("! newsflow backup pipe 2>&1", NEWSFLOW_DATABASE_URL=dsn)
    dump = [postgres.binaries() / "pg_dump", "--format=custom", "--schema=public", f"--file={desk.folder}/other", dsn]
    subprocess.run(dump, check=True)
    assert "is no backup of newsflow" in desk.run("! newsflow restore other 2>&1", NEWSFLOW_DATABASE_URL=dsn)


def older(folder: Path) -> Path:
    """The SQL of a release that lacks our newest migration."""
    copied = folder / "older" / "migrations"
    shutil.copytree(resources.folder("sql/migrations"), copied)
    max(copied.glob("*.sql")).unlink()
    return copied.parent


def test_an_upgrade_brings_an_older_database_to_this_release(desk: Desk, postgres: postgres.Server) -> None:
    with closing(psycopg2.connect(postgres.url())) as admin:
        admin.autocommit = True
        admin.cursor().execute("create database nf_older")
    url = postgres.url("nf_older")
    conn = connect(url)
    migrate(conn, older(desk.folder))
    conn.close()
    [upgrade] = blocks("Upgrade")
    assert "the schema is at its head" in desk.run(upgrade, NEWSFLOW_DATABASE_URL=url)


def test_a_home_that_was_moved_keeps_its_news_and_takes_other_passwords(desk: Desk) -> None:
    desk.run("newsflow feeds add --unchecked https://courier.example/rss")
    [move] = blocks("Move a home")
    moved = str(desk.folder / "moved")
    desk.run(move, NEW_HOME=moved)
    assert not desk.home.root.exists()
    desk.home = Home(Path(moved))
    before = (desk.home.root / "postgres" / "password").read_text()
    server, _reader, airflow = blocks("Change passwords")
    desk.run(server)
    assert (desk.home.root / "postgres" / "password").read_text() != before
    assert "courier.example/rss" in desk.run("newsflow feeds list")
    first = desk.home.password()
    desk.run(airflow)
    assert desk.home.password() != first
    _go_back(desk)


def _go_back(desk: Desk) -> None:
    """To this release, in a home whose database a newer one has migrated."""
    ahead = "insert into newsflow_meta.migration values ('9999_ahead.sql', 'x')"
    desk.run(f'newsflow backup ours.dump; newsflow psql -qc "{ahead}"; ! newsflow feeds list')
    desk.run("newsflow restore --replace ours.dump")
    assert "courier.example/rss" in desk.run("newsflow feeds list")


def test_a_reader_gets_another_password(desk: Desk, dsn: str) -> None:
    desk.run("newsflow readers add ana", NEWSFLOW_DATABASE_URL=dsn)
    _server, reader, _airflow = blocks("Change passwords")
    [url] = re.findall(r"postgresql://\S+", desk.run(reader, NEWSFLOW_DATABASE_URL=dsn))
    psycopg2.connect(url).close()


def test_a_schedule_is_taken_over_and_a_wrong_one_refused(desk: Desk, dsn: str) -> None:
    [schedule] = blocks("Change the schedule")
    shown = f"{schedule}python -c 'from newsflow.settings import get_settings; print(get_settings().schedule)'"
    assert desk.run(shown, NEWSFLOW_DATABASE_URL=dsn).endswith("30 4 * * *\n")
    desk.run(f"! ({schedule.replace('30 4 * * *', 'at dawn')})", NEWSFLOW_DATABASE_URL=dsn)
