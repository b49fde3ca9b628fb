"""The local home (`.newsflow/` in the checkout): secrets, logs, the archive, and who runs there now."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import psutil
from cryptography.fernet import Fernet


class BusyError(OSError):
    """Another process holds this home."""


@dataclass(frozen=True, slots=True)
class Running:
    """What a launcher tells others of itself; `started` tells its process from a later one of the same number."""

    pid: int
    started: float
    database_url: str
    airflow_url: str = ""
    log: str = ""
    home: str = ""

    def alive(self) -> bool:
        """Whether that very process lives."""
        with suppress(psutil.Error):
            return abs(psutil.Process(self.pid).create_time() - self.started) < 1.0
        return False


@dataclass(frozen=True, slots=True)
class Home:
    """Folders and small files of a local installation; everything secret is 0600 in a 0700 folder."""

    root: Path

    def prepare(self) -> Home:
        """Make the folders; the home itself stays traversable so that PostgreSQL's user reaches its data."""
        self.root.mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o711)
        for folder in (self.secrets, self.airflow, self.logs, self.archive):
            folder.mkdir(exist_ok=True, mode=0o700)
        return self

    @property
    def secrets(self) -> Path:
        """Keys and passwords, a file each."""
        return self.root / "secrets"

    @property
    def airflow(self) -> Path:
        """AIRFLOW_HOME."""
        return self.root / "airflow"

    @property
    def logs(self) -> Path:
        """Output of the servers and of tasks."""
        return self.root / "logs"

    @property
    def contact_file(self) -> Path:
        """The contact for publishers that was given on a terminal."""
        return self.root / "contact"

    @property
    def newsroom_notes(self) -> Path:
        """What the home remembers of its sample newsroom."""
        return self.root / "newsroom.json"

    @property
    def archive(self) -> Path:
        """Captures (WARC)."""
        return self.root / "archive"

    @property
    def mark(self) -> str:
        """What the environment of every process of this home carries."""
        return hashlib.sha256(str(self.root.resolve()).encode()).hexdigest()[:16]

    def secret(self, name: str, make: Callable[[], str] = lambda: secrets.token_urlsafe(24)) -> str:
        """A secret that is made once."""
        path = self.secrets / name
        if not path.exists():
            write_private(path, make())
        return path.read_text()

    def fernet_key(self) -> str:
        """Key with which Airflow encrypts its connections."""
        return self.secret("fernet", lambda: Fernet.generate_key().decode())

    def passwords_file(self) -> Path:
        """The file that Airflow's SimpleAuthManager reads: {"admin": password}."""
        path = self.secrets / "airflow_passwords.json"
        if not path.exists():
            write_private(path, json.dumps({"admin": secrets.token_urlsafe(12)}))
        return path

    def password(self) -> str:
        """Password of Airflow's user admin."""
        return str(json.loads(self.passwords_file().read_text())["admin"])

    def _lock_file(self, name: str) -> int:
        return os.open(self.root / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the one launcher of this home; the kernel gives the lock back however we end.

        :raises BusyError: where another process is.
        """
        handle = self._lock_file("lock")
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BusyError(f"another newsflow works in {self.root}") from None
            yield
        finally:
            os.close(handle)

    @contextmanager
    def used(self) -> Iterator[None]:
        """Use the servers of this home's launcher: it waits for us before it stops them."""
        handle = self._lock_file("users")
        try:
            fcntl.flock(handle, fcntl.LOCK_SH)
            yield
        finally:
            os.close(handle)

    def in_use(self) -> bool:
        """Whether others use the servers of this home."""
        handle = self._lock_file("users")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False

    def announce(self, running: Running) -> None:
        """Tell others where the servers are."""
        write_private(self._state, json.dumps(asdict(replace(running, home=self.mark))))

    def withdraw(self) -> None:
        """The servers are gone."""
        self._state.unlink(missing_ok=True)

    def running(self) -> Running | None:
        """The launcher at work here; a killed one's note does not count, nor one that came with a copied home."""
        try:
            found = Running(**json.loads(self._state.read_text()))
        except (OSError, ValueError, TypeError):
            return None
        return found if found.home == self.mark and found.alive() else None

    @property
    def _state(self) -> Path:
        return self.root / "running.json"


def myself(database_url: str, airflow_url: str = "", log: str = "") -> Running:
    """This process, as `announce` wants it."""
    return Running(os.getpid(), psutil.Process().create_time(), database_url, airflow_url, log)


def write_private(path: Path, text: str) -> None:
    """Write a small file whole or not at all; nobody else may read it."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    fresh.rename(path)
