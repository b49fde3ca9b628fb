"""The kinds of faults: each starts a step in a process of its own and disturbs it."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psutil

from newsflow.local.postgres import Server
from newsflow.settings import Settings
from tests.chaos.child import REACHED
from tests.chaos.proxy import ChaosProxy
from tests.chaos.result import Result
from tests.paths import ROOT

STEPS = ("poll", "fetch", "extract", "deduplicate", "load")
POINTS = {
    "poll": ("query", "commit-before", "commit-after"),
    "fetch": ("query", "commit-before", "commit-after", "seal-before", "seal-after", "write"),
    "extract": ("query", "commit-before", "commit-after"),
    "deduplicate": ("query", "commit-before", "commit-after"),
    "load": ("query", "commit-before", "commit-after"),
}
PASSAGES = {"query": 14, "commit-before": 4, "commit-after": 4, "seal-before": 3, "seal-after": 3, "write": 20}
PATIENCE_S = 120.0
EXTRACT_S = 0.5  # CPU seconds that a page may take here; a standstill of its process is several times as long
STANDSTILL_S = 4.0

Process = subprocess.Popen[str]


@dataclass(frozen=True)
class Scene:
    """A run that stands before a step, on a database and an archive of its own."""

    settings: Settings
    run_id: int
    server: Server
    chance: random.Random

    def point(self, step: str) -> tuple[str, int]:
        """Somewhere in a step."""
        point = self.chance.choice(POINTS[step])
        return point, self.chance.randint(1, PASSAGES[point])

    def start(self, step: str, plan: dict[str, Any], *, dsn: str = "") -> Process:
        """The step in a process of its own, in a session of its own."""
        settings = self.settings
        env = {
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'plugins'}:{ROOT}",
            "NEWSFLOW_DATABASE_URL": dsn or settings.dsn,
            "NEWSFLOW_ARCHIVE": settings.archive,
            "NEWSFLOW_ALLOW_ORIGINS": " ".join(settings.allow_origins),
            "NEWSFLOW_DELAY_S": str(settings.delay_s),
            "NEWSFLOW_FETCH_BATCH": str(settings.fetch_batch),
            "NEWSFLOW_SHARDS": str(settings.shards),
            "NEWSFLOW_SHARD_PAGES": str(settings.shard_pages),
            "NEWSFLOW_EXTRACT_WORKERS": "1",
            "NEWSFLOW_EXTRACT_TIMEOUT_S": str(EXTRACT_S),
        }
        words = [sys.executable, "-m", "tests.chaos.child", step, str(self.run_id), "0", json.dumps(plan)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(words, env=env, cwd=ROOT, text=True, start_new_session=True, **pipes)

    def through(self, proxy: ChaosProxy) -> str:
        """The database's URL by way of a proxy."""
        parts = urlsplit(self.settings.dsn)
        netloc = f"{parts.netloc.rpartition(':')[0]}:{proxy.port}"
        return urlunsplit(parts._replace(netloc=netloc))


def end(process: Process, result: Result) -> Result:
    """Wait for the process and note how it ended."""
    out, err = process.communicate(timeout=PATIENCE_S)
    said = [line for line in err.splitlines() if line[:1].strip() and "Error" in line]
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


def kill(scene: Scene, step: str) -> Result:
    """SIGKILL at a chosen point."""
    return trapped(scene, step, "SIGKILL", "kill", *scene.point(step))


def kill_at_random(scene: Scene, step: str) -> Result:
    """SIGKILL of the process and its children at any time."""
    process = scene.start(step, {"act": "none"})
    delay = scene.chance.uniform(0.4, 1.6)
    time.sleep(delay)
    running = process.poll() is None
    if running:
        os.killpg(process.pid, signal.SIGKILL)
    result = end(process, Result("SIGKILL", step, f"after {delay:.2f} s"))
    result.hit = running
    return result


def workers_of(process: Process) -> list[psutil.Process]:
    """Children of a process, once there are some; none where it ends before."""
    while process.poll() is None:
        with contextlib.suppress(psutil.NoSuchProcess):
            if found := psutil.Process(process.pid).children():
                return found
        time.sleep(0.01)
    return []


def kill_worker(scene: Scene, step: str) -> Result:
    """SIGKILL of a process that extracts, as the kernel does when memory runs out."""
    process = scene.start(step, {"act": "none"})
    found, delay = workers_of(process), scene.chance.uniform(0.0, 0.4)
    time.sleep(delay)
    hit = bool(found) and process.poll() is None
    with contextlib.suppress(psutil.NoSuchProcess):
        if hit:
            found[0].kill()
    return end(process, Result("SIGKILL of a worker", step, f"{delay:.2f} s after its start", hit=hit))


def standstill(scene: Scene, step: str) -> Result:
    """The machine stands still for longer than any document may take, then goes on."""
    process = scene.start(step, {"act": "none"})
    delay = scene.chance.uniform(0.0, 0.4)
    if step == "extract":
        workers_of(process)
        time.sleep(delay)
    else:
        time.sleep(delay := delay + 0.6)
    hit = process.poll() is None
    if hit:
        os.killpg(process.pid, signal.SIGSTOP)
        time.sleep(STANDSTILL_S)
        os.killpg(process.pid, signal.SIGCONT)
    return end(process, Result("standstill", step, f"{STANDSTILL_S:.0f} s after {delay:.2f} s", hit=hit))


def postgres_crash(scene: Scene, step: str) -> Result:
    """The server goes down at once, and comes back."""
    point, number = scene.point(step)
    process = scene.start(step, {"point": point, "number": number, "act": "wait"})
    hit = reached(process)
    if hit:
        os.kill(scene.server.pid(), signal.SIGKILL)
    result = end(process, Result("SIGKILL of PostgreSQL", step, f"{point} {number}", hit=hit))
    if hit:
        scene.server.start()
    return result


def connection_cut(scene: Scene, step: str) -> Result:
    """The connection to the database is reset after some bytes."""
    amount = scene.chance.randint(2_000, 30_000)
    with ChaosProxy(scene.server.port, amount) as proxy:
        process = scene.start(step, {"act": "none"}, dsn=scene.through(proxy))
        result = end(process, Result("connection cut", step, f"after {amount} bytes"))
        result.hit = proxy.is_cut
    return result


def outlived(scene: Scene, step: str) -> Result:
    """A process loses its connection, and so its lock, but not its life; its successor works meanwhile."""
    point, number = scene.point(step)
    result = Result("lost, but alive", step, f"{point} {number}")
    with ChaosProxy(scene.server.port) as proxy:
        first = scene.start(step, {"point": point, "number": number, "act": "wait"}, dsn=scene.through(proxy))
        if reached(first):
            proxy.cut()
            result.outlived = True
            end(scene.start(step, {"act": "none"}), Result("", step, ""))
        return end(first, result)


def disk_full(scene: Scene, step: str) -> Result:
    """No space left, said by the kernel (a limit on files) or by the file layer."""
    if scene.chance.random() < 0.5:
        size = scene.chance.randint(1_000, 12_000)
        process = scene.start(step, {"act": "limit", "bytes": size})
        return end(process, Result("disk full (file limit)", step, f"at {size} bytes"))
    point = scene.chance.choice(("write", "seal-before"))
    return trapped(scene, step, "disk full (ENOSPC)", "full", point, scene.chance.randint(1, PASSAGES[point]))


def clock_jump(scene: Scene, step: str) -> Result:
    """The clock is set by hours, to and fro, while the step works."""
    hours, number = scene.chance.choice((-26, -3, 3, 26)), scene.chance.randint(1, 4)
    result = trapped(scene, step, "clock jump", "jump", "clock", number, hours=hours)
    result.where = f"{hours:+d} h at reading {number}"
    return result


def twice_at_once(scene: Scene, step: str) -> Result:
    """Two processes do the same step."""
    processes = [scene.start(step, {"act": "none"}) for _ in range(2)]
    result = Result("twice at once", step, "two processes", hit=True)
    for process in processes:
        end(process, result)
    return result


@dataclass(frozen=True)
class Fault:
    """A kind of fault, and the steps that it can strike."""

    strike: Callable[[Scene, str], Result]
    steps: tuple[str, ...] = STEPS


FAULTS = {
    "kill": Fault(kill, ("fetch", "extract", "load", "deduplicate", "poll")),
    "kill at random": Fault(kill_at_random, ("extract", "load", "deduplicate", "poll", "fetch")),
    "kill worker": Fault(kill_worker, ("extract",)),
    "standstill": Fault(standstill, ("extract", "fetch")),
    "postgres crash": Fault(postgres_crash, ("load", "deduplicate", "poll", "fetch", "extract")),
    "connection cut": Fault(connection_cut, ("deduplicate", "poll", "fetch", "extract", "load")),
    "outlived": Fault(outlived, ("fetch", "extract", "fetch", "load", "deduplicate", "poll")),
    "disk full": Fault(disk_full, ("fetch",)),
    "clock jump": Fault(clock_jump, ("extract", "poll", "fetch", "load", "deduplicate")),
    "twice at once": Fault(twice_at_once, ("load", "fetch", "extract", "deduplicate", "poll")),
}
