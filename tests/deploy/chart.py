"""What the official chart runs in our image: by our values, else by its own defaults."""

from __future__ import annotations

from typing import Any

import yaml

from tests.paths import ROOT

# Of chart 1.22.0, where our values say nothing else.
_PROBE = "CONNECTION_CHECK_MAX_COUNT=0 AIRFLOW__LOGGING__LOGGING_LEVEL=ERROR exec /entrypoint airflow jobs check"
_DEFAULTS = {
    "scheduler's probe": ["sh", "-c", f"{_PROBE} --job-type SchedulerJob --local"],
    "triggerer's probe": ["sh", "-c", f"{_PROBE} --job-type TriggererJob --local"],
    "Dag processor's probe": ["sh", "-c", f"{_PROBE} --job-type DagProcessorJob --local"],
    "groomer": ["bash", "/clean-logs"],
    "scheduler": ["bash", "-c", "exec airflow scheduler"],
    "triggerer": ["bash", "-c", "exec airflow triggerer"],
    "Dag processor": ["bash", "-c", "exec airflow dag-processor"],
    "worker": ["bash", "-c", "exec airflow celery worker"],
}


def values() -> dict[str, Any]:
    """Our values."""
    found: dict[str, Any] = yaml.safe_load((ROOT / "deploy/kubernetes/values.yaml").read_text(encoding="utf-8"))
    return found


def commands() -> dict[str, list[str]]:
    """Each command by what it is for."""
    ours = values()
    wait = f"--migration-wait-timeout={ours['images']['migrationsWaitTimeout']}"
    return {
        **_DEFAULTS,
        "wait": ["airflow", "db", "check-migrations", wait],
        "migrate": ours["migrateDatabaseJob"]["args"],
        "create user": ours["createUserJob"]["args"],
        "api-server": ours["apiServer"]["args"],
        "clean": ours["databaseCleanup"]["args"],
        "worker's probe": ours["workers"]["livenessProbe"]["command"],
    }
