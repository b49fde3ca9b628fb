"""The crash campaign: a fault in the middle of a step, the step again, and the rows of an undisturbed twin.

Each stage of one undisturbed run is kept as a database template and a copy of its archive, so that
a fault in load needs no new fetch. After each fault: the run is finished, every row is compared with
the twin's, and the archive is audited, captures read.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from pydantic import SecretStr

from newsflow import pipeline
from newsflow.local.newsroom import Newsroom
from newsflow.local.postgres import Server, binaries, free_port
from newsflow.pipeline import Request
from newsflow.settings import ROOT, Settings
from newsflow.store.archive import Archive
from newsflow.store.audit import audit
from newsflow.store.db import connect, session
from newsflow.store.migrate import migrate
from tests.chaos.child import REACHED
from tests.chaos.proxy import ChaosProxy
from tests.pipeline.night import differences, left, quick_world, register, settings_for

STEPS = ("poll", "fetch", "extract", "deduplicate", "load")
FAULTS = ("kill", "kill at random", "postgres crash", "connection cut", "disk full", "clock jump", "twice at once")
POINTS = {
    "poll": ("query", "commit-before", "commit-after"),
    "fetch": ("query", "commit-before", "commit-after", "seal-before", "seal-after", "write"),
    "extract": ("query", "commit-before", "commit-after"),
    "deduplicate": ("query", "commit-before", "commit-after"),
    "load": ("query", "commit-before", "commit-after"),
}
PASSAGES = {"query": 14, "commit-before": 4, "commit-after": 4, "seal-before": 3, "seal-after": 3, "write": 20}
TRIES = 4  # of a step after its fault: Airflow's retries, and one
PATIENCE_S = 90.0


@dataclass
class Result:
    """One fault: what, where, how the process ended, how the run recovered, and what differs from the twin."""

    fault: str
    step: str
    where: str
    hit: bool = False
    ended: str = ""
    recovered: str = ""
    differences: list[str] = field(default_factory=list)


def settled(found: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    """A story's number is its smallest page number, and polls give those out in any order: name it by its first URL."""
    first: dict[str, str] = {}
    for row in found["articles"]:
        first[row[-1]] = min(row[0], first.get(row[-1], row[0]))
    return {**found, "articles": [(*row[:-1], first[row[-1]]) for row in found["articles"]]}


def _sql(dsn: str, *statements: str) -> None:
    conn = psycopg2.connect(dsn)
    conn.autocommit = True
    for statement in statements:
        conn.cursor().execute(statement)
    conn.close()


class Campaign:
    """A server, a newsroom and the kept stages; use as a context manager."""

    def __init__(self, folder: Path, seed: int = 1) -> None:
        self.folder, self.chance = folder, random.Random(seed)
        base = folder / "pg"
        base.mkdir(parents=True)
        folder.chmod(0o755)
        base.chmod(0o755)
        self.server = Server(data=base / "data", port=free_port(), bin=binaries(), fast=True)
        self.newsroom = Newsroom(quick_world())
        self.run_id = 0
        self.twin: dict[str, list[tuple[Any, ...]]] = {}
        self._made = 0

    def __enter__(self) -> Campaign:
        self.server.start()
        self.newsroom.__enter__()
        self._prepare()
        return self

    def __exit__(self, *_: object) -> None:
        self.newsroom.__exit__(None, None, None)
        self.server.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    # -- the undisturbed twin --

    def _prepare(self) -> None:
        _sql(self.server.url(), "create database stage")
        dsn = self.server.url("stage")
        conn = connect(dsn)
        migrate(conn, ROOT / "sql")
        conn.close()
        register(dsn, self.newsroom.feeds())
        settings = self._settings("stage", self.folder / "stage")
        self.run_id = pipeline.open_run(settings, "chaos", "night")
        (self.folder / "stage").mkdir()
        for step in STEPS:
            self._keep(step)
            self._take(settings, step)
        pipeline.check(settings, self.run_id)
        self.twin = settled(left(dsn))

    def _keep(self, step: str) -> None:
        _sql(self.server.url(), f"create database at_{step} template stage")
        shutil.copytree(self.folder / "stage", self.folder / f"at_{step}")

    def _settings(self, database: str, archive: Path) -> Settings:
        return settings_for(self.server.url(database), archive, self.newsroom, extract_workers=1)

    def _take(self, settings: Settings, step: str, *, first: int = 0) -> None:
        if step == "poll":
            pipeline.poll(settings, self.run_id, Request(force=True))
        elif step in ("fetch", "extract"):
            for shard in range(first, settings.shards):
                getattr(pipeline, step)(settings, self.run_id, shard)
        else:
            getattr(pipeline, step)(settings, self.run_id)

    # -- one fault --

    def strike(self, fault: str, step: str) -> Result:
        """Disturb a step, finish the run, compare."""
        self.newsroom.advance(self.newsroom.world.editions[0])
        with self._copy(step) as settings:
            result = getattr(self, "_" + fault.replace(" ", "_"))(settings, step)
            self._recover(settings, step, result)
            result.differences = differences(settled(left(settings.dsn)), self.twin) + self._faults(settings)
        return result

    @contextmanager
    def _copy(self, step: str) -> Iterator[Settings]:
        self._made += 1
        name = f"fault_{self._made}"
        archive = self.folder / name
        _sql(self.server.url(), f"create database {name} template at_{step}")
        shutil.copytree(self.folder / f"at_{step}", archive)
        yield self._settings(name, archive)
        _sql(self.server.url(), f"drop database {name} with (force)")
        shutil.rmtree(archive)

    def _recover(self, settings: Settings, step: str, result: Result) -> None:
        self._wait_until_alone(settings)
        for attempt in range(1, TRIES + 1):
            try:
                self._take(settings, step)
                break
            except (psycopg2.Error, OSError) as error:
                if attempt == TRIES:
                    raise
                result.recovered += f"{type(error).__name__}, "
        again = "nothing left to do" if result.ended == "ended well" else "the step ran again"
        result.recovered += again
        for later in STEPS[STEPS.index(step) + 1 :]:
            self._take(settings, later)
        pipeline.check(settings, self.run_id)

    def _wait_until_alone(self, settings: Settings) -> None:
        """A killed client's transaction is rolled back once the server notices."""
        query = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        for _ in range(200):
            with session(settings.dsn) as conn, conn.cursor() as cursor:
                cursor.execute(query)
                if not cursor.fetchone()[0]:
                    return
            time.sleep(0.05)

    @staticmethod
    def _faults(settings: Settings) -> list[str]:
        with session(settings.dsn) as conn:
            found = audit(conn, Archive(settings.archive_url), datetime.now(timezone.utc), grace_s=-60.0)
        return [f"archive: {fault.kind} {fault.file}" for fault in found.faults]

    # -- the kinds of faults --

    def _point(self, step: str) -> tuple[str, int]:
        point = self.chance.choice(POINTS[step])
        return point, self.chance.randint(1, PASSAGES[point])

    def _trapped(self, settings: Settings, step: str, fault: str, act: str, **more: Any) -> Result:
        point, number = (more.pop("point"), more.pop("number")) if "point" in more else self._point(step)
        process = self._start(settings, step, {"point": point, "number": number, "act": act, **more})
        return self._end(process, Result(fault, step, f"{point} {number}"))

    def _kill(self, settings: Settings, step: str) -> Result:
        return self._trapped(settings, step, "SIGKILL", "kill")

    def _kill_at_random(self, settings: Settings, step: str) -> Result:
        process = self._start(settings, step, {"act": "none"})
        delay = self.chance.uniform(0.6, 3.0)
        time.sleep(delay)
        running = process.poll() is None
        if running:
            os.killpg(process.pid, signal.SIGKILL)
        result = self._end(process, Result("SIGKILL", step, f"after {delay:.2f} s"))
        result.hit = running
        return result

    def _postgres_crash(self, settings: Settings, step: str) -> Result:
        point, number = self._point(step)
        process = self._start(settings, step, {"point": point, "number": number, "act": "tell"})
        assert process.stdout is not None
        reached = any(REACHED in line for line in process.stdout)
        if reached:
            self.server.stop("immediate")
        result = self._end(process, Result("PostgreSQL crash", step, f"{point} {number}"))
        if reached:
            self.server.start()
        result.hit = reached
        return result

    def _connection_cut(self, settings: Settings, step: str) -> Result:
        amount = self.chance.randint(2_000, 30_000)
        with ChaosProxy(self.server.port, amount) as proxy:
            parts = urlsplit(settings.dsn)
            netloc = f"{parts.netloc.rpartition(':')[0]}:{proxy.port}"
            through = settings.model_copy(update={"database_url": SecretStr(urlunsplit(parts._replace(netloc=netloc)))})
            result = self._end(
                self._start(through, step, {"act": "none"}), Result("connection cut", step, f"after {amount} bytes")
            )
            result.hit = proxy.cut
        return result

    def _disk_full(self, settings: Settings, step: str) -> Result:
        if self.chance.random() < 0.5:
            size = self.chance.randint(1_000, 12_000)
            process = self._start(settings, "fetch", {"act": "limit", "bytes": size})
            return self._end(process, Result("disk full (file limit)", "fetch", f"at {size} bytes"))
        point = self.chance.choice(("write", "seal-before"))
        number = self.chance.randint(1, PASSAGES[point])
        return self._trapped(settings, "fetch", "disk full (ENOSPC)", "full", point=point, number=number)

    def _clock_jump(self, settings: Settings, step: str) -> Result:
        hours = self.chance.choice((-26, -3, 3, 26))
        number = self.chance.randint(1, 4)
        result = self._trapped(settings, step, "clock jump", "jump", point="clock", number=number, hours=hours)
        result.where = f"{hours:+d} h at reading {number}"
        return result

    def _twice_at_once(self, settings: Settings, step: str) -> Result:
        processes = [self._start(settings, step, {"act": "none"}) for _ in range(2)]
        result = Result("twice at once", step, "two processes")
        for process in processes:
            self._end(process, result)
        result.hit = True
        return result

    def _start(self, settings: Settings, step: str, plan: dict[str, Any]) -> subprocess.Popen[str]:
        env = {
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'plugins'}:{ROOT}",
            "NEWSFLOW_DATABASE_URL": settings.dsn,
            "NEWSFLOW_ARCHIVE": settings.archive,
            "NEWSFLOW_ALLOW_ORIGINS": " ".join(settings.allow_origins),
            "NEWSFLOW_DELAY_S": str(settings.delay_s),
            "NEWSFLOW_FETCH_BATCH": str(settings.fetch_batch),
            "NEWSFLOW_SHARDS": str(settings.shards),
            "NEWSFLOW_SHARD_PAGES": str(settings.shard_pages),
            "NEWSFLOW_EXTRACT_WORKERS": "1",
        }
        words = [sys.executable, "-m", "tests.chaos.child", step, str(self.run_id), "0", json.dumps(plan)]
        return subprocess.Popen(
            words, env=env, cwd=ROOT, text=True, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    @staticmethod
    def _end(process: subprocess.Popen[str], result: Result) -> Result:
        out, err = process.communicate(timeout=PATIENCE_S)
        said = [line for line in err.splitlines() if line[:1].strip() and "Error" in line]
        last = said[-1].rpartition(".")[2][:90] if said and said[-1].startswith("psycopg2") else (said or [""])[-1][:90]
        code = process.returncode
        result.ended = "ended well" if code == 0 else "SIGKILL" if code == -signal.SIGKILL else last or f"exit {code}"
        result.hit = result.hit or REACHED in out or code != 0
        return result

    # -- the campaign --

    def run(self, faults: int) -> Iterator[Result]:
        """Strike until so many faults have hit; a trap behind the step's end counts for nothing."""
        hits, number = 0, 0
        while hits < faults:
            fault = FAULTS[number % len(FAULTS)]
            step = "fetch" if fault == "disk full" else STEPS[(number // len(FAULTS) + number) % len(STEPS)]
            number += 1
            result = self.strike(fault, step)
            if result.hit:
                hits += 1
                yield result


def table(results: list[Result]) -> str:
    """The results as text for people."""
    head = ("#", "fault", "step", "where", "process", "recovered how", "differences")
    rows = [
        (str(n), r.fault, r.step, r.where, r.ended[:44], r.recovered[:40], str(len(r.differences)))
        for n, r in enumerate(results, 1)
    ]
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows)
    )
