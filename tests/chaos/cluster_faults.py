"""The faults of a cluster's nights: what is hit, how, and what is known of it afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newsflow.store.db import session
from tests.chaos.machines import Machine
from tests.waiting import wait_for

if TYPE_CHECKING:
    from tests.chaos.cluster import Cluster

# Where a stage writes first: a worker is struck while it waits there, with so many rows stored before.
TABLES = {
    "fetch": ("ingest.capture", 40),
    "extract": ("ingest.extraction", 20),
    "deduplicate": ("ingest.story_member", 0),
}
NOTHING, WORKER, NETWORK, IDLE = "nothing", "a worker", "a worker's network", "an idle worker's network"
REDIS, POSTGRES, API, STORE = "Redis", "PostgreSQL", "api-server", "object store"
FAULTS = (
    (NOTHING, "fetch"),
    (WORKER, "fetch"),
    (WORKER, "extract"),
    (WORKER, "deduplicate"),
    (REDIS, "fetch"),
    (POSTGRES, "fetch"),
    (API, "fetch"),
    (STORE, "fetch"),
    (NETWORK, "fetch"),
    (IDLE, "claim"),
)


@dataclass
class Recovery:
    """A night and its fault. Seconds are from the fault to the end of the run that made the night whole.

    `logs`: tries that it ended, and how many lines of their logs Airflow's API gives.
    """

    fault: str
    stage: str
    whole_s: float = 0.0
    how: str = ""
    lock_s: float | None = None
    logs: list[tuple[str, int]] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    @property
    def log(self) -> str:
        """Of the tries that were ended, how many can be read."""
        read = sum(lines > 0 for _task, lines in self.logs)
        return f"{len(self.logs)}, {read}" if self.logs else "–"


def _worker(cluster: Cluster, stage: str, _found: Recovery) -> str:
    with session(cluster.launcher.database_url) as barrier, barrier.cursor() as cursor:
        cursor.execute(f"lock table {TABLES[stage][0]} in exclusive mode")
        name = wait_for(lambda: cluster.at_work(stage, "Lock"), f"{stage} to reach the barrier")
        cluster.fell(name)
    return f"SIGKILL of {name}"


def _redis(cluster: Cluster, _stage: str, _found: Recovery) -> str:
    cluster.broker.kill()
    time.sleep(3)
    cluster.broker.start()
    return "SIGKILL of Redis"


def _postgres(cluster: Cluster, _stage: str, _found: Recovery) -> str:
    cluster.kill_postgres()
    return "SIGKILL of PostgreSQL"


def _api(cluster: Cluster, _stage: str, _found: Recovery) -> str:
    cluster.launcher.airflow.family.children[API].kill()
    return "SIGKILL of the api-server"


def _store(cluster: Cluster, _stage: str, _found: Recovery) -> str:
    cluster.store.stall(30)
    return "the object store stands still for 30 s"


def _network(cluster: Cluster, stage: str, found: Recovery) -> str:
    name = wait_for(lambda: cluster.at_work(stage, ""), f"{stage} to be at work")
    machine, begun = cluster.launcher.machines[name], time.monotonic()
    machine.cut()
    wait_for(lambda: not _sessions(cluster, machine), "the server to end the sessions of the machine", pause_s=0.5)
    found.lock_s = time.monotonic() - begun
    return f"network cut for good of {name}"


def _idle(cluster: Cluster, _stage: str, _found: Recovery) -> str:
    """Redis may hand a task to the worker before it knows: then nobody has it."""
    name = cluster.chance.choice(sorted(cluster.launcher.machines))
    cluster.launcher.machines[name].cut()
    return f"network cut for good of idle {name}"


def _sessions(cluster: Cluster, machine: Machine) -> int:
    with session(cluster.launcher.database_url) as conn, conn.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_stat_activity where client_addr = %s::inet and datname = current_database()",
            (machine.address,),
        )
        return int((cursor.fetchone() or (0,))[0])


STRIKES: dict[str, Callable[[Cluster, str, Recovery], str]] = {
    WORKER: _worker,
    REDIS: _redis,
    POSTGRES: _postgres,
    API: _api,
    STORE: _store,
    NETWORK: _network,
    IDLE: _idle,
}
