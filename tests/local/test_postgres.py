"""The embedded PostgreSQL: closed to others, and startable whatever its last end was."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from newsflow.local import postgres as module
from newsflow.local.postgres import PostgresError, Server, binaries, free_port
from tests.paths import ROOT
from tests.waiting import wait_for


def folder() -> Path:
    """A folder that PostgreSQL's user can reach (pytest's own is 0700)."""
    found = Path(tempfile.mkdtemp(prefix="nf-pgtest-"))
    found.chmod(0o755)
    return found


@pytest.fixture(scope="module")
def cluster() -> Iterator[Path]:
    """A cluster that was made once, and is copied for each test."""
    base = folder()
    made = Server(base / "pg/data", 0, binaries(), fast=True)
    made.start()
    made.stop("immediate")
    yield base / "pg"
    shutil.rmtree(base)


@pytest.fixture
def base() -> Iterator[Path]:
    """An empty folder."""
    found = folder()
    yield found
    shutil.rmtree(found, ignore_errors=True)


@pytest.fixture
def stopped(base: Path, cluster: Path) -> Path:
    """The data of a server that is down."""
    subprocess.run(["cp", "-a", str(cluster), str(base / "pg")], check=True)
    return base / "pg/data"


@pytest.fixture
def server(stopped: Path) -> Iterator[Server]:
    """A server of the test's own."""
    found = Server(stopped, 0, binaries(), fast=True)
    found.start()
    yield found
    found.stop("immediate")


def one(server: Server, statement: str, database: str = "postgres") -> object:
    conn = psycopg2.connect(server.url(database))
    conn.autocommit = True
    with conn.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone() if cursor.description else None
    conn.close()
    return row[0] if row else None


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_folder_data_password_and_log_are_private(server: Server) -> None:
    assert [mode(p) for p in (server.base, server.data)] == [0o700, 0o700]
    assert [mode(p) for p in (server.base / "password", server.log)] == [0o600, 0o600]


def test_parent_folder_keeps_its_permissions(server: Server) -> None:
    assert mode(server.base.parent) == 0o755


def test_a_password_is_asked_for(server: Server) -> None:
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(host="127.0.0.1", port=server.port, user="newsflow", dbname="postgres", passfile="/dev/null")
    with pytest.raises(psycopg2.OperationalError, match="authentication failed"):
        psycopg2.connect(host="127.0.0.1", port=server.port, user="newsflow", dbname="postgres", password="newsflow")


def test_it_listens_on_loopback_only_and_opens_no_socket_file(server: Server) -> None:
    assert one(server, "show listen_addresses") == "127.0.0.1"
    assert one(server, "show unix_socket_directories") == ""
    listening = {c.laddr.ip for c in psutil.Process(server.pid()).net_connections() if c.status == "LISTEN"}
    assert listening <= {"127.0.0.1"}


def test_pages_have_checksums_and_text_is_utf8(server: Server) -> None:
    assert one(server, "show data_checksums") == "on"
    assert one(server, "show server_encoding") == "UTF8"


def test_it_does_not_run_as_root(server: Server) -> None:
    assert psutil.Process(server.pid()).uids().effective != 0


def test_password_is_not_in_the_list_of_processes(server: Server) -> None:
    password = (server.base / "password").read_text()
    assert password not in " ".join(psutil.Process(server.pid()).cmdline())


def test_data_survive_stop_and_start_and_the_password_stays(server: Server) -> None:
    one(server, "create table t as select 42 as answer")
    password = (server.base / "password").read_text()
    server.stop()
    assert not server.running()
    server.start()
    assert one(server, "select answer from t") == 42
    assert (server.base / "password").read_text() == password


def test_a_committed_row_survives_kill_9(stopped: Path) -> None:
    server = Server(stopped, 0, binaries())
    server.start()
    one(server, "create table t as select 42 as answer")
    os.kill(server.pid(), signal.SIGKILL)
    server.start()
    try:
        assert one(server, "select answer from t") == 42
    finally:
        server.stop("immediate")


def test_stale_pid_of_another_living_program_does_not_stop_the_start(server: Server) -> None:
    server.stop()
    (server.data / "postmaster.pid").write_text(f"{os.getppid()}\n{server.data}\n0\n1\n\n127.0.0.1\n  0 0\nready\n")
    assert not server.running()
    server.start()
    assert one(server, "select 1") == 1


def test_a_server_that_a_killed_launcher_left_is_replaced(server: Server) -> None:
    left = server.pid()
    other = Server(server.data, 0, server.bin, fast=True)
    other.start()
    assert not psutil.pid_exists(left) or psutil.Process(left).status() == psutil.STATUS_ZOMBIE
    assert one(other, "select 1") == 1
    other.stop("immediate")


def test_a_cluster_half_made_is_made_again(base: Path) -> None:
    server = Server(base / "pg/data", 0, binaries(), fast=True)
    (base / "pg/data.new").mkdir(parents=True)
    (base / "pg/data.new/PG_VERSION").write_text("left by a killed initdb")
    server.start()
    assert one(server, "select 1") == 1
    server.stop("immediate")


def test_a_folder_with_files_in_it_is_never_taken_for_a_new_cluster(base: Path) -> None:
    """It may be a database that lost a file."""
    (base / "pg/data/base").mkdir(parents=True)
    server = Server(base / "pg/data", 0, binaries(), fast=True)
    with pytest.raises(PostgresError, match="is not empty, and no database"):
        server.start()
    assert (base / "pg/data/base").is_dir()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_data_of_another_user_are_handed_over(base: Path, cluster: Path) -> None:
    subprocess.run(["cp", "-a", str(cluster), str(base / "theirs")], check=True)
    subprocess.run(["chown", "-R", "nobody", str(base / "theirs")], check=True)
    server = Server(base / "theirs/data", 0, binaries(), fast=True)
    server.start()
    assert one(server, "select 1") == 1
    server.stop("immediate")


@pytest.fixture
def second(base: Path, cluster: Path) -> Path:
    """The data of another server."""
    subprocess.run(["cp", "-a", str(cluster), str(base / "other")], check=True)
    return base / "other/data"


def test_two_run_beside_each_other(server: Server, second: Path) -> None:
    other = Server(second, 0, server.bin, fast=True)
    other.start()
    assert server.port != other.port
    assert (one(server, "select 1"), one(other, "select 1")) == (1, 1)
    other.stop("immediate")


def test_a_port_that_was_taken_meanwhile_is_changed(server: Server, second: Path) -> None:
    other = Server(second, server.port, server.bin, fast=True)
    other.start()
    assert other.port != server.port
    assert one(other, "select 1") == 1
    other.stop("immediate")


def test_a_server_that_can_not_start_says_why(server: Server) -> None:
    server.stop()
    with (server.data / "postgresql.conf").open("a") as file:
        file.write("\nno_such_setting = 1\n")
    with pytest.raises(PostgresError, match="no_such_setting"):
        server.start()


def test_databases_are_made_once(server: Server) -> None:
    server.ensure_database("news")
    server.ensure_database("news")
    assert one(server, "select current_database()", "news") == "news"


def test_stop_of_what_does_not_run_is_fine(server: Server) -> None:
    server.stop()
    server.stop()
    assert server.pid() == 0


def test_it_dies_with_its_launcher_even_by_kill_9(stopped: Path) -> None:
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom newsflow.local.postgres import Server, binaries\n"
        f"s = Server(Path({str(stopped)!r}), 0, binaries(), fast=True)\n"
        "s.start(); print(s.pid(), flush=True); time.sleep(120)\n"
    )
    launcher = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT / "plugins")}
    )
    assert launcher.stdout
    postmaster = psutil.Process(int(launcher.stdout.readline()))
    launcher.kill()
    launcher.wait()
    wait_for(lambda: not postmaster.is_running() or postmaster.status() == psutil.STATUS_ZOMBIE, "the server's end")


def test_a_free_port_can_be_bound_and_is_given_to_nobody_else() -> None:
    port = free_port()
    assert port < int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", port))


@pytest.mark.parametrize("given", ["1024 65535", "no numbers", None])
def test_where_the_kernel_gives_all_ports_any_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str | None
) -> None:
    told = tmp_path / "range"
    if given:
        told.write_text(given)
    monkeypatch.setattr(module, "_GIVEN", told)
    assert free_port() > 0


def test_a_port_that_is_taken_is_not_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (tmp_path / "range").write_text(f"{port + 1} 65535")
        monkeypatch.setattr(module, "_GIVEN", tmp_path / "range")
        monkeypatch.setattr(module, "_LOWEST", port)
        assert free_port() != port


def test_without_wheel_and_system_server_the_message_names_the_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _name: None)
    monkeypatch.setattr(module.Path, "glob", lambda *_a: iter(()))
    with pytest.raises(FileNotFoundError, match=r"newsflow\[local\]"):
        binaries()
