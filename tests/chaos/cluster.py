"""Nights on Celery: two workers with homes of their own, and faults while a stage works.

Workers are machines of their own (network namespaces) where this one allows that. Archive and task logs are in an S3
store; the broker is a Redis server where there is one. What was killed is started again, as a service manager does.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timezone

import fsspec
import psutil
import pytest

from newsflow.local.home import Home
from newsflow.local.launcher import DATABASE, server
from newsflow.local.terminal import Terminal
from newsflow.names import NEWS_INGEST
from newsflow.settings import Settings
from newsflow.store.archive import Archive
from newsflow.store.archive_audit import audit
from newsflow.store.db import connect, session
from tests.chaos import machines
from tests.chaos.cluster_faults import (
    FAULTS,
    IDLE,
    NETWORK,
    NOTHING,
    POSTGRES,
    REDIS,
    STRIKES,
    TABLES,
    WORKER,
    Recovery,
)
from tests.chaos.cluster_logs import dead_logs
from tests.chaos.cluster_servers import ARCHIVE, LOGS, Broker, CeleryLauncher, Store, admit
from tests.chaos.cluster_world import zipf_world
from tests.chaos.machines import Machine
from tests.chaos.nights import ENVIRONMENT, Nights
from tests.pipeline.night import differences, left
from tests.waiting import wait_for

WORKERS = ("worker-one", "worker-two")
SETTINGS = {
    **ENVIRONMENT,
    # Airflow notices within seconds, not after ten minutes, that a dead worker had taken a task that it never began.
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "30",
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "5",
    "AIRFLOW__LOGGING__LOGGING_CONFIG_CLASS": "newsflow.airflow_glue.remote_logs.LOGGING_CONFIG",
    "AIRFLOW__LOGGING__REMOTE_BASE_LOG_FOLDER": LOGS,
    "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT": "90000",
    "NEWSFLOW_ARCHIVE": ARCHIVE,
    "NEWSFLOW_SHARDS": "4",
    "NEWSFLOW_SHARD_PAGES": "10",
}


class Cluster(Nights):
    """Nights whose tasks run on two Celery workers."""

    launcher: CeleryLauncher
    broker: Broker
    store: Store

    @contextmanager
    def _opened(self) -> Iterator[CeleryLauncher]:
        with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
            self.store, self.broker = Store(self.folder / "s3.log"), Broker(self.folder)
            for name, value in {
                **SETTINGS,
                **self.store.environment,
                "NEWSFLOW_HOME": str(self.folder / "home"),
            }.items():
                patch.setenv(name, value)
            self.store.start(stack)
            celery = self.broker.start(stack)
            found = {name: Machine(name, n).plug(stack) for n, name in enumerate(WORKERS) if machines.possible()}
            home = Home(self.folder / "home")
            launcher = CeleryLauncher(home, Settings(), Terminal(), celery=celery, world=zipf_world(), machines=found)
            stack.enter_context(launcher.open())
            admit(server(home), list(found.values()))
            for name in WORKERS:
                launcher.start_worker(name)
            for name in WORKERS:
                launcher.await_worker(name)
            yield launcher

    @property
    def faults(self) -> list[tuple[str, str]]:
        """Those that this machine allows."""
        missing = {REDIS: not self.broker.is_redis, **dict.fromkeys((NETWORK, IDLE), not self.launcher.machines)}
        return [(victim, stage) for victim, stage in FAULTS if not missing.get(victim)]

    def night(self, victim: str, stage: str) -> Recovery:
        """One night: begin, strike while the stage is at work, start again what ended, wait, compare."""
        found = Recovery(victim, stage)
        self._sql(f"drop database {DATABASE} with (force)", f"create database {DATABASE} template pristine")
        with suppress(FileNotFoundError):
            fsspec.filesystem("s3").rm(ARCHIVE, recursive=True)
        client = self.launcher.airflow.client
        name, struck = client.trigger(NEWS_INGEST, {"force": True}), time.monotonic()
        if victim != NOTHING:
            if stage in TABLES:
                self._await_rows(stage)
            struck = time.monotonic()
            found.fault = STRIKES[victim](self, stage, found)
        found.how = f"the run: {self._end_of(name)}"
        if not found.how.endswith("success"):
            found.how += f", the next: {self._end_of(client.trigger(NEWS_INGEST, {}))}"
        found.whole_s = time.monotonic() - struck
        host = found.fault.split()[-1] if victim in (WORKER, NETWORK) and self.launcher.machines else ""
        found.logs = dead_logs(client, name, host)
        self._mend()
        found.differences = differences(left(self.launcher.database_url), self.twin) + self._faults()
        return found

    def _await_rows(self, stage: str) -> None:
        table, rows = TABLES[stage]
        self._await_stage(stage)

        def there() -> bool:
            with session(self.launcher.database_url) as conn, conn.cursor() as cursor:
                cursor.execute(f"select count(*) from {table}")
                return bool((cursor.fetchone() or (0,))[0] >= rows)

        wait_for(there, f"{stage} to store", pause_s=0.1)

    def at_work(self, stage: str, waits: str) -> str:
        """The worker that has a session of the stage, which waits for a lock or (`waits` is empty) does anything."""
        with connect(self.launcher.database_url) as conn, conn.cursor() as cursor:
            cursor.execute(
                "select client_addr::text, client_port from pg_stat_activity where application_name like %s"
                " and datname = current_database() and (%s = '' or wait_event_type = %s)",
                (f"newsflow {stage} %", waits, waits),
            )
            rows = cursor.fetchall()
        return next((name for address, port in rows for name in WORKERS if self._is(name, address, port)), "")

    def _is(self, name: str, address: str, port: int) -> bool:
        if self.launcher.machines:
            return self.launcher.machines[name].address == address.partition("/")[0]
        return any(
            c.laddr.port == port for one in self._tree(name) for c in one.net_connections("tcp") if c.laddr and c.raddr
        )

    def _tree(self, name: str) -> list[psutil.Process]:
        top = psutil.Process(self.launcher.airflow.family.children[name].pid)
        return [top, *top.children(recursive=True)]

    def fell(self, name: str) -> None:
        """A worker with all its tasks and their children, at once, as when its machine is gone."""
        self._tree(name)[0].suspend()
        for process in self._tree(name):
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def kill_postgres(self) -> None:
        """Kill the server, and start it again."""
        self._kill(POSTGRES)

    def _mend(self) -> None:
        """A worker whose network was cut is replaced by a new one."""
        for name, machine in self.launcher.machines.items():
            if machine.is_cut:
                self.fell(name)
                self.launcher.airflow.family.children[name].wait()
                machine.mend()
        self._restart()

    def _restart(self) -> None:
        ended = self.launcher.airflow.family.ended()
        for name in ended:
            if name in WORKERS:
                self.launcher.start_worker(name)
        if ended.keys() - set(WORKERS):
            super()._restart()

    def _faults(self) -> list[str]:
        with connect(self.launcher.database_url) as conn:
            found = audit(conn, Archive(ARCHIVE), datetime.now(timezone.utc), grace_s=-60.0)
        return [f"archive: {fault.kind} {fault.file}" for fault in found.faults]
