"""Crashes and their like: processes, servers and connections that end, stand still, or come twice."""

from __future__ import annotations

import contextlib
import os
import signal
import time

import psutil

from tests.chaos.proxy import ChaosProxy
from tests.chaos.result import Result
from tests.chaos.scene import Process, Scene, end, reached, trapped

STANDSTILL_S = 4.0


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
