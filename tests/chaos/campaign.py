"""The crash campaign: a fault in the middle of a step, the step again, and the rows of an undisturbed twin.

Each stage of one undisturbed run is kept as a database template and a copy of its archive, so that
a fault in load needs no new fetch. After each fault: the run is finished, every row is compared with
the twin's but for what the fault has told to take, and the archive is audited, captures read.
"""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timezone
from functools import partial
from pathlib import Path

import psycopg2

from newsflow import pipeline
from newsflow.local.newsroom import Newsroom
from newsflow.local.postgres import Server, binaries, free_port
from newsflow.settings import Settings
from newsflow.store.archive import Archive
from newsflow.store.archive_audit import audit, sweep
from newsflow.store.db import connect, session
from newsflow.store.migrate import migrate
from tests.chaos.faults import FAULTS
from tests.chaos.result import Result, Rows, ends, without
from tests.chaos.scene import STEPS, Scene, execute, take
from tests.chaos.strangers import Strangers
from tests.pipeline.night import differences, left, quick_world, register, settings_for
from tests.quick_connections import connect_quickly

TRIES = 4  # of a step after its fault: Airflow's retries, and one


def _alone(twin: Rows) -> list[str]:
    """Addresses of articles that are in no story with another one."""
    stories = Counter(story for *_, story in twin["articles"])
    return [story for story, pages in sorted(stories.items()) if pages == 1]


class Campaign:
    """A server, a newsroom and the kept stages; use as a context manager."""

    def __init__(self, folder: Path, seed: int = 1) -> None:
        self.folder, self.chance = folder, random.Random(seed)
        base = folder / "pg"
        base.mkdir(parents=True)
        folder.chmod(0o755)
        base.chmod(0o755)
        self.server = Server(data=base / "data", port=free_port(), bin=binaries(), fast=True)
        self.newsroom, self.strangers = Newsroom(quick_world()), Strangers()
        self.run_id = 0
        self.twin: Rows = {}
        self._made = 0

    def __enter__(self) -> Campaign:
        self.server.start()
        connect_quickly(self.server)
        self.newsroom.__enter__()
        self._prepare()
        return self

    def __exit__(self, *_: object) -> None:
        self.newsroom.__exit__(None, None, None)
        self.strangers.close()
        self.server.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    # -- the undisturbed twin --

    def _prepare(self) -> None:
        execute(self.server.url(), "create database stage")
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
            take(settings, self.run_id, step)
        pipeline.check(settings, self.run_id)
        self.twin = left(dsn)

    def _keep(self, step: str) -> None:
        execute(self.server.url(), f"create database at_{step} template stage")
        shutil.copytree(self.folder / "stage", self.folder / f"at_{step}")

    def _settings(self, database: str, archive: Path) -> Settings:
        found = settings_for(self.server.url(database), archive, self.newsroom, extract_workers=1)
        return found.model_copy(update={"allow_origins": found.allow_origins.union(self.strangers.origins)})

    # -- one fault --

    def strike(self, fault: str, step: str) -> Result:
        """Disturb a step, finish the run, compare."""
        self.newsroom.advance(self.newsroom.world.editions[0])
        with self._copy(step) as scene:
            result = FAULTS[fault].strike(scene, step)
            if result.hit:
                self._recover(scene.settings, step, result)
                self._compare(scene.settings, result)
        return result

    def _compare(self, settings: Settings, result: Result) -> None:
        """What differs from the twin beyond what the fault took."""
        found = left(settings.dsn)
        ended = ends(found, self.twin, result.took)
        result.taken = ", ".join(f"{pages} {outcome}" for outcome, pages in sorted(ended.items()))
        result.differences += [f"pages: {outcome}" for outcome in ended if "unforeseen" in outcome]
        result.differences += differences(without(found, result.took), without(self.twin, result.took))
        result.differences += [*self._faults(settings, result), *result.more()]

    @contextmanager
    def _copy(self, step: str) -> Iterator[Scene]:
        """The run before a step, on a copy of its own."""
        self._made += 1
        name = f"fault_{self._made}"
        archive, server = self.folder / name, self.server.url()
        make, drop = f"create database {name} template at_{step}", f"drop database {name} with (force)"
        execute(server, make)
        shutil.copytree(self.folder / f"at_{step}", archive)
        with ExitStack() as after:
            after.callback(shutil.rmtree, archive)
            yield Scene(
                self._settings(name, archive),
                self.run_id,
                self.server,
                self.chance,
                self.strangers,
                alone=_alone(self.twin),
                feeds=len(self.newsroom.feeds()),
                again=partial(execute, server, drop, make),
                after=after,
            )
            execute(server, drop)

    def _recover(self, settings: Settings, step: str, result: Result) -> None:
        self._wait_until_alone(settings)
        for attempt in range(1, TRIES + 1):
            try:
                take(settings, self.run_id, step)
                break
            except (psycopg2.Error, OSError) as error:
                if attempt == TRIES:
                    raise
                result.recovered += f"{type(error).__name__}, "
        again = "nothing left to do" if result.ended == "ended well" else "the step ran again"
        result.recovered += again
        for later in STEPS[STEPS.index(step) + 1 :]:
            take(settings, self.run_id, later)
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
