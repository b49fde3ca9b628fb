"""What a page shows of a red task's log, whatever stands in it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from airflow.utils.log.file_task_handler import StructuredLogMessage

from newsflow.ops import airflow_runs
from newsflow.ops.airflow_runs import LINE, LogEnd, TaskTry, last_lines, log_end

TASK = TaskTry("news_ingest", "nightly", "check", -1, "failed", 1)


def message(event: str, **more: Any) -> StructuredLogMessage:
    return StructuredLogMessage(event=event, timestamp=datetime(2026, 3, 2, 2, tzinfo=timezone.utc), **more)


@pytest.mark.parametrize(
    ("event", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m\x07", ("02:00:00 red",)),
        ("user\u202egpj.exe\x00", ("02:00:00 usergpj.exe",)),
        ("one\r\n\n\ttwo", ("02:00:00 one", "02:00:00 ", "02:00:00 \ttwo")),
        ("x" * 10_000, (f"02:00:00 {'x' * (LINE - 10)}…",)),
        ("نص <b>שלום</b> \ud800", ("02:00:00 نص <b>שלום</b> ",)),
    ],
)
def test_a_line_is_plain_text(event: str, shown: tuple[str, ...]) -> None:
    assert last_lines([message(event)]) == shown


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ([{"exc_type": "E", "exc_value": "a\nb"}], ["E: a", "b"]),
        (["as text"], ["as text"]),
        ([None], ["None"]),
        ("text", []),
        ({"a": 1}, []),
    ],
)
def test_errors_of_any_shape_leave_the_log_readable(detail: Any, said: list[str]) -> None:
    assert last_lines([message("hey", error_detail=detail)]) == tuple(f"02:00:00 {line}" for line in ["hey", *said])


def test_of_a_log_whose_end_was_not_read_no_line_passes_for_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(airflow_runs, "READ_LINES", 3)
    three = [message(word) for word in ["one", "two", "three"]]
    assert log_end(TASK, three).lines[-1] == "02:00:00 three"
    assert log_end(TASK, [*three, message("four")]) == LogEnd(TASK, (), is_long=True)
