"""The kinds of faults, and the steps that each can strike. A kind is a function that starts a step and disturbs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.chaos import crashes, hostility, sessions, shortages
from tests.chaos.result import Result
from tests.chaos.scene import STEPS, Scene


@dataclass(frozen=True)
class Fault:
    """A kind of fault, and the steps that it can strike, the pytest slice's first."""

    strike: Callable[[Scene, str], Result]
    steps: tuple[str, ...] = STEPS


FAULTS = {
    "kill": Fault(crashes.kill, ("fetch", "extract", "load", "deduplicate", "poll")),
    "kill at random": Fault(crashes.kill_at_random, ("extract", "load", "deduplicate", "poll", "fetch")),
    "kill worker": Fault(crashes.kill_worker, ("extract",)),
    "standstill": Fault(crashes.standstill, ("extract", "fetch")),
    "postgres crash": Fault(crashes.postgres_crash, ("load", "deduplicate", "poll", "fetch", "extract")),
    "connection cut": Fault(crashes.connection_cut, ("deduplicate", "poll", "fetch", "extract", "load")),
    "outlived": Fault(crashes.outlived, ("fetch", "extract", "fetch", "load", "deduplicate", "poll")),
    "twice at once": Fault(crashes.twice_at_once, ("load", "fetch", "extract", "deduplicate", "poll")),
    "clock jump": Fault(sessions.clock_jump, ("extract", "poll", "fetch", "load", "deduplicate")),
    "a year off": Fault(sessions.year_off, ("deduplicate", "poll", "extract", "fetch", "load")),
    "frozen session": Fault(sessions.frozen, ("load", "fetch", "poll", "deduplicate", "extract")),
    "restored database": Fault(sessions.restored, ("fetch", "extract", "load", "deduplicate")),
    "disk full": Fault(shortages.disk_full, ("fetch",)),
    "database full": Fault(shortages.database_full, ("load", "fetch", "extract", "deduplicate", "poll")),
    "log full": Fault(shortages.log_full, ("load", "fetch", "poll", "extract", "deduplicate")),
    "no descriptors": Fault(shortages.no_descriptors, ("deduplicate", "fetch", "extract", "load", "poll")),
    "refused row": Fault(hostility.refused_row, ("deduplicate", "extract", "fetch", "load", "poll")),
    "hostile texts": Fault(hostility.hostile_texts, ("poll", "fetch", "extract", "deduplicate", "load")),
    "stalled publisher": Fault(hostility.stalled_publisher, ("fetch", "poll")),
}
