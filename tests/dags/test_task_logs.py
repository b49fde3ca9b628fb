"""Log files of tasks are deleted by age, and nobody else's."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

from newsflow.airflow_glue.task_logs import prune

NOW = datetime(2026, 11, 30, tzinfo=timezone.utc)


def log(folder: Path, dag: str, run: str, *days: int) -> Path:
    """A run's folder, with a log for each of these ages."""
    found = folder / f"dag_id={dag}" / f"run_id={run}"
    for number, age in enumerate(days):
        path = found / f"task_id=poll_{number}" / "attempt=1.log"
        path.parent.mkdir(parents=True)
        path.write_text("x")
        at = (NOW - timedelta(days=age)).timestamp()
        for each in (path, path.parent, found):
            os.utime(each, (at, at))
    return found


def left(folder: Path, days: int) -> tuple[int, list[str]]:
    done = prune(folder, days, clock=lambda: NOW)
    return done, sorted(run.name.removeprefix("run_id=") for run in folder.glob("dag_id=*/run_id=*"))


def test_runs_in_which_nothing_was_written_for_long_go(tmp_path: Path) -> None:
    log(tmp_path, "news_poll", "old", 91, 95)
    log(tmp_path, "news_poll", "retried lately", 200, 3)
    log(tmp_path, "news_watch", "new", 2)
    log(tmp_path, "theirs", "of others", 400)
    (tmp_path / "dag_id=news_ingest").mkdir()
    (tmp_path / "dag_id=news_ingest" / "run_id=linked").symlink_to(log(tmp_path / "away", "news_ingest", "away", 300))
    os.utime(tmp_path / "dag_id=news_ingest" / "run_id=linked", (0, 0), follow_symlinks=False)
    assert left(tmp_path, 90) == (1, ["linked", "new", "of others", "retried lately"])
    assert (tmp_path / "away" / "dag_id=news_ingest" / "run_id=away").exists()


def test_without_a_limit_or_a_folder_nothing_goes(tmp_path: Path) -> None:
    log(tmp_path, "news_poll", "old", 4000)
    assert left(tmp_path, 0) == (0, ["old"])
    assert left(tmp_path / "nowhere", 90) == (0, [])
