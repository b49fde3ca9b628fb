"""Nights on Celery: two workers with homes of their own, and faults while a stage works.

Workers are machines of their own (network namespaces) where this one allows that. Archive and task logs are in an S3
store; the broker is a Redis server where there is one. What was killed is started again, as a service manager does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
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
# Where a stage writes first: a worker is struck while it waits there, with so many rows stored before.
TABLES = {
    "fetch": ("ingest.capture", 40),
    "extract": ("ingest.extraction", 20),
    "deduplicate": ("ingest.story_member", 0),
}
NOTHING, WORKER, REDIS, POSTGRES, API, NETWORK = (
    "nothing", "a worker", "Redis", "PostgreSQL", "api-server", "a worker's network",
)  # fmt: skip
FAULTS = (
    (NOTHING, "fetch"),
    (WORKER, "fetch"),
    (WORKER, "extract"),
    (WORKER, "deduplicate"),
    (REDIS, "fetch"),
    (POSTGRES, "fetch"),
    (API, "fetch"),
    (NETWORK, "fetch"),
)


@dataclass
class Recovery:
    """A night and its fault. Seconds are from the fault to the end of the run that made the night whole."""

    fault: str
    stage: str
    whole_s: float = 0.0
    how: str = ""
    lock_s: float | None = None
    logs: list[tuple[str, int]] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    @property
    def log(self) -> str:
        """Whether what the dead worker said can be read."""
        read = sum(lines > 0 for _task, lines in self.logs)
        return f"{read} of {len(self.logs)} tries" if self.logs else "–"


class Cluster(Nights):
    """Nights whose tasks run on two Celery workers."""

    launcher: CeleryLauncher
    broker: Broker

    @contextmanager
    def _opened(self) -> Iterator[CeleryLauncher]:
        with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
            store, self.broker = Store(self.folder / "s3.log"), Broker(self.folder)
            for name, value in {**SETTINGS, **store.environment, "NEWSFLOW_HOME": str(self.folder / "home")}.items():
                patch.setenv(name, value)
            store.start(stack)
            celery = self.broker.start(stack)
            found = {name: Machine(name, n).plug(stack) for n, name in enumerate(WORKERS) if machines.possible()}
            home = Home(self.folder / "home")
            launcher = CeleryLauncher(home, Settings(), Terminal(), celery=celery, world=zipf_world(), machines=found)
            stack.enter_context(launcher.open())
            admit(server(home), list(found.values()))
            for name in WORKERS:
                launcher.start_worker(name)
            yield launcher

    @property
    def faults(self) -> list[tuple[str, str]]:
        """Those that this machine allows."""
        missing = {REDIS: not self.broker.is_redis, NETWORK: not self.launcher.machines}
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
            self._await_rows(stage)
            struck = time.monotonic()
            found.fault = STRIKES[victim](self, stage, found)
        found.how = f"the run: {self._end_of(name)}"
        if not found.how.endswith("success"):
            found.how += f", the next: {self._end_of(client.trigger(NEWS_INGEST, {}))}"
        found.whole_s = time.monotonic() - struck
        if victim in (WORKER, NETWORK):
            found.logs = dead_logs(client, name, found.fault.split()[-1] if self.launcher.machines else "")
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

    def _at_work(self, stage: str, waits: str) -> str:
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

    def _fell(self, name: str) -> None:
        """A worker with all its tasks and their children, at once, as when its machine is gone."""
        self._tree(name)[0].suspend()
        for process in self._tree(name):
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def _strike_worker(self, stage: str, _found: Recovery) -> str:
        with session(self.launcher.database_url) as barrier, barrier.cursor() as cursor:
            cursor.execute(f"lock table {TABLES[stage][0]} in exclusive mode")
            name = wait_for(lambda: self._at_work(stage, "Lock"), f"{stage} to reach the barrier")
            self._fell(name)
        return f"SIGKILL of {name}"

    def _strike_redis(self, _stage: str, _found: Recovery) -> str:
        self.broker.kill()
        time.sleep(3)
        self.broker.start()
        return "SIGKILL of Redis"

    def _strike_postgres(self, _stage: str, _found: Recovery) -> str:
        self._kill(POSTGRES)
        return "SIGKILL of PostgreSQL"

    def _strike_api(self, _stage: str, _found: Recovery) -> str:
        self.launcher.airflow.family.children[API].kill()
        return "SIGKILL of the api-server"

    def _strike_network(self, stage: str, found: Recovery) -> str:
        name = wait_for(lambda: self._at_work(stage, ""), f"{stage} to be at work")
        machine, begun = self.launcher.machines[name], time.monotonic()
        machine.cut()
        wait_for(lambda: not self._sessions(machine), "the server to end the sessions of the machine", pause_s=0.5)
        found.lock_s = time.monotonic() - begun
        return f"network cut for good of {name}"

    def _sessions(self, machine: Machine) -> int:
        with session(self.launcher.database_url) as conn, conn.cursor() as cursor:
            cursor.execute(
                "select count(*) from pg_stat_activity where client_addr = %s::inet and datname = current_database()",
                (machine.address,),
            )
            return int((cursor.fetchone() or (0,))[0])

    def _mend(self) -> None:
        """A worker whose network was cut is replaced by a new one."""
        for name, machine in self.launcher.machines.items():
            if machine.is_cut:
                self._fell(name)
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


STRIKES: dict[str, Callable[[Cluster, str, Recovery], str]] = {
    WORKER: Cluster._strike_worker,
    REDIS: Cluster._strike_redis,
    POSTGRES: Cluster._strike_postgres,
    API: Cluster._strike_api,
    NETWORK: Cluster._strike_network,
}
