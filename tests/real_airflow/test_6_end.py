"""Ctrl-C, after all that the files before this one did."""

from __future__ import annotations

import signal

import psycopg2
import pytest

from newsflow.local.processes import marked
from tests.real_airflow.up import Up
from tests.waiting import PATIENCE_S

pytestmark = [pytest.mark.airflow, pytest.mark.slow]


def test_9_ctrl_c_ends_well_and_leaves_nothing_running(up: Up) -> None:
    running = up.home.running()
    assert running
    up.process.send_signal(signal.SIGINT)
    assert up.process.wait(timeout=PATIENCE_S) == 0, up.text
    assert marked(up.home.mark) == []
    assert up.home.running() is None
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(running.database_url)
