"""Children live as long as their parent: beyond the thread that asked for them, and not beyond kill -9."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from newsflow.isolation.child_lifetime import in_lasting_thread
from tests.isolation import parent
from tests.isolation.processes import gone
from tests.paths import ROOT


@pytest.mark.parametrize("kind", parent.ASK)
def test_a_child_ends_with_its_parent_s_kill_and_not_with_a_thread(kind: str) -> None:
    process = subprocess.Popen(
        [sys.executable, str(Path(parent.__file__)), kind],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'plugins'}:{ROOT}"},
    )
    assert process.stdout is not None
    with process.stdout:
        child = int(process.stdout.readline())
        process.kill()
        process.wait()
        assert gone(child)


def test_what_starting_a_child_raises_is_raised_to_who_asked() -> None:
    def start() -> None:
        raise OSError("no more processes")

    with pytest.raises(OSError, match="no more"):
        in_lasting_thread(start)


def test_all_children_are_started_in_one_thread_of_each_process() -> None:
    ours = in_lasting_thread(threading.get_ident)
    assert ours == in_lasting_thread(threading.get_ident) != threading.get_ident()
    read, write = os.pipe()
    if os.fork() == 0:  # the thread isn't there any more: the child makes its own
        os.write(write, in_lasting_thread(lambda: b"started"))
        os._exit(0)
    assert os.read(read, 20) == b"started"
    os.wait()
    os.close(read)
    os.close(write)
