"""What a fault finds: a run that stands before a step, and how the step is started in a process of its own."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE
from typing import IO, Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from newsflow import pipeline
from newsflow.local.postgres import Server
from newsflow.request import RunRequest
from newsflow.settings import Settings
from newsflow.store.db import session
from tests.chaos.child import REACHED
from tests.chaos.proxy import ChaosProxy
from tests.chaos.result import Result
from tests.chaos.strangers import Strangers
from tests.paths import ROOT
from tests.waiting import PATIENCE_S

STEPS = ("poll", "fetch", "extract", "deduplicate", "load")
POINTS = {
    "poll": ("query", "commit-before", "commit-after"),
    "fetch": ("query", "commit-before", "commit-after", "seal-before", "seal-after", "write"),
    "extract": ("query", "commit-before", "commit-after"),
    "deduplicate": ("query", "commit-before", "commit-after"),
    "load": ("query", "commit-before", "commit-after"),
}
PASSAGES = {"query": 14, "commit-before": 4, "commit-after": 4, "seal-before": 3, "seal-after": 3, "write": 20}

EXTRACT_S = 0.5  # CPU seconds that a page may take here; a standstill of its process is several times as long

Process = subprocess.Popen[str]


def take(settings: Settings, run_id: int, step: str, *, publishers: Sequence[str] = ()) -> None:
    """A step in this process."""
    if step == "poll":
        pipeline.poll(settings, run_id, RunRequest(force=True, publishers=list(publishers)))
    elif step in ("fetch", "extract"):
        for shard in range(settings.shards):
            getattr(pipeline, step)(settings, run_id, shard)
    else:
        getattr(pipeline, step)(settings, run_id)


@dataclass(frozen=True)
class Scene:
    """A run that stands before a step, on a database and an archive of its own.

    :param alone: addresses of the twin's articles that are in no story with another one.
    :param feeds: how many the twin has.
    :param again: puts the database back to what it was before the step.
    :param after: is closed once the database is gone.
    """

    settings: Settings
    run_id: int
    server: Server
    chance: random.Random
    strangers: Strangers
    alone: Sequence[str] = ()
    feeds: int = 0
    again: Callable[[], None] = lambda: None
    after: ExitStack = field(default_factory=ExitStack)

    @property
    def archive(self) -> Path:
        """Folder of the archive."""
        return Path(self.settings.archive)

    def point(self, step: str) -> tuple[str, int]:
        """Somewhere in a step."""
        point = self.chance.choice(POINTS[step])
        return point, self.chance.randint(1, PASSAGES[point])

    def do(self, *statements: str) -> None:
        """Statements of SQL, each in a transaction of its own."""
        execute(self.settings.dsn, *statements)

    def ask(self, query: str) -> object:
        """The first value that a query gives."""
        with session(self.settings.dsn) as conn, conn.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone()[0]

    def until(self, step: str, publisher: str) -> None:
        """Let a publisher who has come late take the steps that the others have behind them."""
        for before in STEPS[: STEPS.index(step)]:
            take(self.settings, self.run_id, before, publishers=[publisher])

    def start(self, step: str, plan: dict[str, Any], *, dsn: str = "", stderr: int | IO[str] = PIPE) -> Process:
        """The step in a process of its own, in a session of its own."""
        settings = self.settings
        env = {
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'plugins'}:{ROOT}",
            "NEWSFLOW_DATABASE_URL": dsn or settings.dsn,
            "NEWSFLOW_ARCHIVE": settings.archive,
            "NEWSFLOW_ALLOW_ORIGINS": " ".join(settings.allow_origins),
            **{f"NEWSFLOW_{name.upper()}": str(getattr(settings, name)) for name in _PASSED_ON},
            "NEWSFLOW_EXTRACT_WORKERS": "1",
            "NEWSFLOW_EXTRACT_TIMEOUT_S": str(EXTRACT_S),
        }
        words = [sys.executable, "-m", "tests.chaos.child", step, str(self.run_id), "0", json.dumps(plan)]
        pipes = {"stdin": PIPE, "stdout": PIPE, "stderr": stderr}
        return subprocess.Popen(words, env=env, cwd=ROOT, text=True, start_new_session=True, **pipes)

    def through(self, proxy: ChaosProxy) -> str:
        """The database's URL by way of a proxy."""
        parts = urlsplit(self.settings.dsn)
        netloc = f"{parts.netloc.rpartition(':')[0]}:{proxy.port}"
        return urlunsplit(parts._replace(netloc=netloc))


_PASSED_ON = (
    "delay_s", "deadline_s", "fetch_batch", "fetch_tail_s", "poll_tail_s", "shards", "shard_pages",
)  # fmt: skip


def execute(dsn: str, *statements: str) -> None:
    """Statements of SQL, each in a transaction of its own."""
    conn = psycopg2.connect(dsn)
    conn.autocommit = True
    for statement in statements:
        conn.cursor().execute(statement)
    conn.close()


def end(process: Process, result: Result) -> Result:
    """Wait for the process and note how it ended."""
    out, err = process.communicate(timeout=PATIENCE_S)
    said = [line for line in (err or "").splitlines() if line[:1].strip() and ("Error" in line or ".errors." in line)]
    last = said[-1].rpartition(".")[2][:90] if said and said[-1].startswith("psycopg2") else (said or [""])[-1][:90]
    code = process.returncode
    result.ended = "ended well" if code == 0 else "SIGKILL" if code == -signal.SIGKILL else last or f"exit {code}"
    result.hit = result.hit or REACHED in out or code != 0
    return result


def reached(process: Process) -> bool:
    """Wait until the process is at its trap; False where it ends before."""
    assert process.stdout is not None
    return any(REACHED in line for line in process.stdout)


def trapped(scene: Scene, step: str, fault: str, act: str, point: str, number: int, **more: Any) -> Result:
    """Let the process do something to itself at a point."""
    process = scene.start(step, {"point": point, "number": number, "act": act, **more})
    return end(process, Result(fault, step, f"{point} {number}"))
