"""The crash campaign: a fault in the middle of a step, the step again, and the rows of an undisturbed twin.

Each stage of one undisturbed run is kept as a database template and a copy of its archive, so that
a fault in load needs no new fetch. After each fault: the run is finished, every row is compared with
the twin's, and the archive is audited, captures read.
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import psycopg2

from newsflow import pipeline
from newsflow.local.newsroom import Newsroom
from newsflow.local.postgres import Server, binaries, free_port
from newsflow.request import RunRequest
from newsflow.settings import Settings
from newsflow.store.archive import Archive
from newsflow.store.archive_audit import audit, sweep
from newsflow.store.db import connect, session
from newsflow.store.migrate import migrate
from tests.chaos.faults import FAULTS, STEPS, Scene
from tests.chaos.result import Result
from tests.pipeline.night import differences, left, quick_world, register, settings_for

TRIES = 4  # of a step after its fault: Airflow's retries, and one


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
        migrate(conn)
        conn.close()
        register(dsn, self.newsroom.feeds())
        settings = self._settings("stage", self.folder / "stage")
        self.run_id = pipeline.open_run(settings, "chaos", "night")
        (self.folder / "stage").mkdir()
        for step in STEPS:
            self._keep(step)
            self._take(settings, step)
        pipeline.check(settings, self.run_id)
        self.twin = left(dsn)

    def _keep(self, step: str) -> None:
        _sql(self.server.url(), f"create database at_{step} template stage")
        shutil.copytree(self.folder / "stage", self.folder / f"at_{step}")

    def _settings(self, database: str, archive: Path) -> Settings:
        return settings_for(self.server.url(database), archive, self.newsroom, extract_workers=1)

    def _take(self, settings: Settings, step: str, *, first: int = 0) -> None:
        if step == "poll":
            pipeline.poll(settings, self.run_id, RunRequest(force=True))
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
            result = FAULTS[fault].strike(Scene(settings, self.run_id, self.server, self.chance), step)
            self._recover(settings, step, result)
            result.differences = differences(left(settings.dsn), self.twin) + self._faults(settings, result)
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
    def _faults(settings: Settings, result: Result) -> list[str]:
        archive, now = Archive(settings.archive_url), datetime.now(timezone.utc)
        with session(settings.dsn) as conn:
            found = audit(conn, archive, now, grace_s=-60.0)
            if result.outlived and (swept := sweep(archive, found)):  # what it wrote after its successor had begun
                result.recovered += f", {len(swept)} stray swept"
                found = audit(conn, archive, now, grace_s=-60.0)
        return [f"archive: {fault.kind} {fault.file}" for fault in found.faults]

    # -- the campaign --

    def run(self, faults: int) -> Iterator[Result]:
        """Strike until so many faults have hit; a trap behind the step's end counts for nothing."""
        hits, number, names = 0, 0, list(FAULTS)
        while hits < faults:
            fault, steps = names[number % len(names)], FAULTS[names[number % len(names)]].steps
            result = self.strike(fault, steps[number // len(names) % len(steps)])
            number += 1
            if result.hit:
                hits += 1
                yield result
