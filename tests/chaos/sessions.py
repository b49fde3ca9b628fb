"""Time and memory that are not what they seem: a frozen session, a restored database, a clock that is years off."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

from newsflow import pipeline
from tests.chaos.result import Result
from tests.chaos.scene import Scene, end, reached, trapped

YEAR_H = 8766
WITH_LOCK = 3  # commits after which a step has its lock
SOON_S = 1.0  # that a second attempt waits for a lock here


def clock_jump(scene: Scene, step: str) -> Result:
    """The clock is set by hours, to and fro, while the step works."""
    hours, number = scene.chance.choice((-26, -3, 3, 26)), scene.chance.randint(1, 4)
    result = trapped(scene, step, "clock jump", "jump", "clock", number, hours=hours)
    result.where = f"{hours:+d} h at reading {number}"
    return result


def year_off(scene: Scene, step: str) -> Result:
    """The clock is a year ahead while the step works; the next run has its feeds to ask all the same."""
    result = trapped(scene, step, "clock a year ahead", "jump", "clock", 1, hours=YEAR_H)
    if step == "poll":
        following = pipeline.open_run(scene.settings, "chaos", "the next", alone=True)
        pipeline.poll(scene.settings, following)
        asked = sum(pipeline.funnel(scene.settings, following).polls.values())
        if asked != scene.feeds:
            result.differences.append(f"the next run asks {asked} of {scene.feeds} feeds")
    return result


def frozen(scene: Scene, step: str) -> Result:
    """A process freezes with its lock in hand; another one says who holds it; then the first goes on."""
    point, number = scene.point(step)
    number = number if point == "query" else max(number, WITH_LOCK)
    result = Result("frozen session", step, f"{point} {number}")
    first = scene.start(step, {"point": point, "number": number, "act": "freeze"})
    if reached(first):
        second = end(scene.start(step, {"act": "none", "wait_s": SOON_S}), Result("", step, ""))
        os.kill(first.pid, signal.SIGCONT)
        result.hit = True
        if not re.search("at work already|held by process", second.ended):
            result.differences.append(f"the second process did not name the holder: {second.ended}")
    return end(first, result)


def restored(scene: Scene, step: str) -> Result:
    """The database is that of before the step, and the archive that of after it: no file is overwritten."""
    result = end(scene.start(step, {"act": "none"}), Result("restored database", step, "of before the step", hit=True))
    written = _bytes(scene.archive)
    scene.again()
    result.ended, result.more = "restored", lambda: _changed(written, _bytes(scene.archive))
    return result


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _changed(before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    return [f"archive: {name} was overwritten or deleted" for name in before if before[name] != after.get(name)]
