"""The logs of the local servers: an earlier start's are still there, and a running one's don't grow without end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from newsflow.local import logs

SERVER = """
import sys
for line in sys.stdin:
    print(line * 2, end="", flush=True)
    print("ok", file=sys.stderr, flush=True)
"""


def test_a_restart_keeps_what_was_written_before(tmp_path: Path) -> None:
    log = tmp_path / "scheduler.log"
    for start in range(8):
        logs.keep(log)
        log.write_text(f"start {start}\n")
    found = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert found == {"scheduler.log": "start 7\n"} | {f"scheduler.log.{n}": f"start {7 - n}\n" for n in range(1, 6)}


def test_an_empty_log_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "x.log").touch()
    logs.keep(tmp_path / "x.log")
    assert list(tmp_path.iterdir()) == []


def test_a_running_servers_log_is_put_aside_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MOST_BYTES", 10)
    log = tmp_path / "api-server.log"
    command = [sys.executable, "-c", SERVER]
    pipes = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE}
    with log.open("ab") as output, subprocess.Popen(command, stdout=output, text=True, **pipes) as server:
        assert server.stdin and server.stderr
        for word in ("first of all\n", "second\n"):
            server.stdin.write(word)
            server.stdin.flush()
            assert server.stderr.readline() == "ok\n"
            logs.shorten(log)
            if word.startswith("first"):
                assert log.stat().st_size == 0
    assert (tmp_path / "api-server.log.1").read_text() == "second\n" * 2
    assert (tmp_path / "api-server.log.2").read_text() == "first of all\n" * 2
    logs.shorten(tmp_path / "none.log")
