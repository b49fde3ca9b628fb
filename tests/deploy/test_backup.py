"""The drill: an installation is backed up, another one restored from it, and a reader finds what they had."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from newsflow.local.postgres import Server, binaries
from newsflow.store.db import connect
from newsflow.store.migrate import migrate
from tests.deploy.compose import services
from tests.paths import ROOT

pytestmark = pytest.mark.slow
SECRETS = {"AIRFLOW_DB_PASSWORD": "airflow-secret", "NEWS_DB_PASSWORD": "news-secret"}


class Installation:
    """A server with what its init script makes, a folder for state, and one for `.env`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.state = folder / "compose", folder / "state"
        for path in (self.folder, self.state):
            path.mkdir(parents=True)
        self.server = Server(folder / "pg/data", 0, binaries(), fast=True)
        self.server.start()
        self.password = (self.server.base / "password").read_text()
        script = services()["postgres"]["volumes"][1].split(":")[0] + "/10-databases.sh"
        self.run("sh", str(ROOT / script), POSTGRES_USER="newsflow", **SECRETS)

    @property
    def news(self) -> str:
        """The news database, as the pipeline's role."""
        return f"postgresql://news:news-secret@127.0.0.1:{self.server.port}/news"

    def sql(self, database: str, statement: str) -> list[tuple[object, ...]]:
        """As the superuser."""
        conn = psycopg2.connect(self.server.url(database))
        with conn, conn.cursor() as cursor:
            cursor.execute(statement)
            rows = cursor.fetchall() if cursor.description else []
        conn.close()
        return rows

    def take_password_of(self, other: Installation) -> None:
        """The superuser's, which `roles.sql` will set: in a container nobody is asked for it."""
        self.sql("postgres", f"alter role newsflow password '{other.password}'")
        self.password = other.password
        (self.server.base / "password").write_text(other.password)

    def run(self, *command: str, check: bool = True, **more: str) -> subprocess.CompletedProcess[str]:
        """A script beside docker-compose.yml, with our `docker`."""
        path = f"{ROOT}/tests/deploy:{Path(sys.executable).parent}:{binaries()}:{os.environ['PATH']}"
        env = {
            "PATH": path, "HOME": str(self.state), "PYTHONPATH": str(ROOT / "plugins"), "STATE": str(self.state),
            "IMAGE": str(ROOT), "PGHOST": "127.0.0.1", "PGPORT": str(self.server.port), "PGUSER": "newsflow",
            "PGPASSWORD": self.password, "NEWSFLOW_DATABASE_URL": self.news, "NEWSFLOW_HOME": str(self.state),
        }  # fmt: skip
        done = subprocess.run(
            command, env={**env, **more}, cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert not check or done.returncode == 0, done.stdout[-1000:] + done.stderr[-2000:]
        return done


@pytest.fixture
def installations() -> Iterator[tuple[Installation, Installation]]:
    base = Path(tempfile.mkdtemp(prefix="nf-drill-"))
    base.chmod(0o755)  # PostgreSQL may run as a user of its own
    both = Installation(base / "old"), Installation(base / "new")
    yield both
    for one in both:
        one.server.stop("immediate")
    shutil.rmtree(base, ignore_errors=True)


def grows_while_it_is_read(old: Installation, folder: Path) -> str:
    """Options of tar: a run writes into the archive at each 10 kB that tar has read of it."""
    captures, a_run = old.state / "archive/b.warc.gz", folder / "a-run"
    captures.write_bytes(bytes(100_000))
    a_run.write_text(f"#!/bin/sh\necho more >> '{captures}'\n")
    a_run.chmod(0o755)
    return f"--checkpoint=1 --checkpoint-action=exec={a_run}"


def test_a_restored_installation_holds_what_was_backed_up(
    installations: tuple[Installation, Installation], tmp_path: Path
) -> None:
    old, new = installations
    conn = connect(old.news)
    migrate(conn)
    conn.cursor().execute("insert into ingest.publisher (name) values ('Morgenpost')")
    conn.commit()
    conn.close()
    old.run("newsflow", "readers", "add", "ana")
    old.sql("airflow", "create table theirs as select 1 as one")
    backup = tmp_path / "a backup"
    broken = old.run("sh", str(ROOT / "deploy/backup.sh"), str(backup), check=False, TAR_OPTIONS="--nonsense")
    assert (broken.returncode != 0, backup.exists()) == (True, False)
    (old.state / "archive").mkdir(exist_ok=True)
    (old.state / "archive/a.warc.gz").write_bytes(b"a capture")
    (old.folder / ".env").write_text("NEWS_DB_PASSWORD=news-secret\n")
    old.run("sh", str(ROOT / "deploy/backup.sh"), str(backup), TAR_OPTIONS=grows_while_it_is_read(old, tmp_path))
    assert {path.stat().st_mode & 0o077 for path in backup.iterdir()} == {0}
    new.take_password_of(old)
    (new.folder / ".env").write_text("NEWS_DB_PASSWORD='news-secret'\n")
    new.run("sh", str(ROOT / "deploy/restore.sh"), str(backup))
    assert new.sql("news", "select name from ingest.publisher") == [("Morgenpost",)]
    assert new.sql("airflow", "select one from theirs") == [(1,)]
    assert new.sql("postgres", "select rolcanlogin from pg_roles where rolname = 'ana'") == [(True,)]
    assert (new.state / "archive/a.warc.gz").read_bytes() == b"a capture"
    assert (new.folder / ".env").read_text() == "NEWS_DB_PASSWORD='news-secret'\n"
    psycopg2.connect(new.news).close()

    again = new.run("sh", str(ROOT / "deploy/restore.sh"), str(backup), check=False)
    assert (again.returncode, again.stderr) == (
        1, "restore.sh: this installation holds news already: nothing was done\n"
    )  # fmt: skip
    (new.folder / ".env").write_text("NEWS_DB_PASSWORD=of-another-house\n")
    other = new.run("sh", str(ROOT / "deploy/restore.sh"), str(backup), check=False)
    assert (other.returncode, "another key than the backup's" in other.stderr) == (1, True)
    (new.folder / ".env").unlink()
    (backup / "news.dump").write_bytes(b"")
    assert new.run("sh", str(ROOT / "deploy/restore.sh"), str(backup), check=False).returncode == 1
