"""A task's log is in the store while the task works, so that a dead worker's can be read."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
import structlog

from newsflow.airflow_glue import remote_logs
from newsflow.airflow_glue.remote_logs import RemoteLogs
from tests.waiting import wait_for

PATH = "dag_id=news_ingest/run_id=manual__2026-12-01T00:00:00+00:00/task_id=fetch/map_index=1/attempt=1.log"


def logger(logs: RemoteLogs, folder: Path) -> structlog.typing.WrappedLogger:
    """A logger as Airflow's supervisor has it for a task."""
    (folder / PATH).parent.mkdir(parents=True)
    file = (folder / PATH).open("ab")
    written = (*logs.processors, structlog.processors.JSONRenderer(serializer=lambda line, **_: str(line).encode()))
    return structlog.wrap_logger(structlog.BytesLogger(file), processors=written)


def read(logs: RemoteLogs) -> str:
    """What the store has."""
    return "".join(logs.read(PATH)[1] or [])


def test_a_line_is_in_the_store_before_its_task_has_ended_and_all_are_at_the_end(tmp_path: Path) -> None:
    logs = RemoteLogs((tmp_path / "store").as_uri(), tmp_path / "here")
    log = logger(logs, tmp_path / "here")
    log.info("begun")
    wait_for(lambda: "begun" in read(logs), "the first copy")
    log.info("went on")
    logs.upload(PATH)
    assert read(logs) == (tmp_path / "here" / PATH).read_text()
    assert "went on" in read(logs)


def test_a_store_that_is_away_stops_no_task_and_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("no folder")
    logs = RemoteLogs((tmp_path / "store").as_uri(), tmp_path / "here")
    logger(logs, tmp_path / "here").info("begun")
    logs.upload(PATH)
    told, found = logs.read(PATH)
    assert found is None
    assert PATH in told[0]


def test_a_task_that_is_forked_sends_nothing_of_its_parents(tmp_path: Path) -> None:
    logs = RemoteLogs((tmp_path / "store").as_uri(), tmp_path / "here")
    logger(logs, tmp_path / "here").info("begun")
    child = os.fork()
    if not child:
        os._exit(len(logs._waiting) + (not logs._sending.acquire(blocking=False)))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    logs.upload(PATH)


def test_who_reads_a_copy_while_the_next_is_written_reads_it_whole(tmp_path: Path) -> None:
    logs = RemoteLogs((tmp_path / "store").as_uri(), tmp_path / "here")
    log = logger(logs, tmp_path / "here")
    log.info("begun")
    logs.upload(PATH)
    with (tmp_path / "store" / PATH).open() as opened:
        log.info("went on")
        logs.upload(PATH)
        assert "begun" in opened.read()
    assert "went on" in read(logs)


def test_a_store_that_hangs_is_not_waited_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its client would wait for ever: a PUT asks for "100 Continue" first."""
    monkeypatch.setattr(remote_logs, "_PATIENCE_S", 0.5)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        logs = RemoteLogs("s3://bucket/logs", tmp_path / "here")
        logger(logs, tmp_path / "here").info("begun")
        logs.upload(PATH)
        told, found = logs.read(PATH)
    assert found is None
    assert "can't be read" in told[0]
