"""The command that cleans Airflow's own database."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from newsflow.airflow_glue.metadata import words


@pytest.mark.parametrize(("days", "before"), [(30, "2026-11-01"), (8, "2026-11-23"), (1, "2026-11-24")])
def test_runs_that_may_still_be_at_work_are_kept_whatever_is_set(days: int, before: str) -> None:
    """Airflow's command asks for the start of a run or a task only, not for its state."""
    command = words(days, datetime(2026, 12, 1, tzinfo=timezone.utc))
    assert command[command.index("--clean-before-timestamp") + 1].startswith(before)
