"""The figures that are sent have the names that the docs give them."""

from __future__ import annotations

import re
from datetime import datetime

from psycopg2.extensions import connection as Connection

from newsflow.ops.summary import summarise
from newsflow.ops.tasks import figures
from newsflow.ops.watch import Report
from newsflow.settings import ROOT


def test_figures_are_those_of_the_last_run_and_stand_in_the_docs(month: Connection, morning: datetime) -> None:
    found = figures(summarise(month, morning), Report(1, 0, 4, 1, ()))
    assert found["alarms.open"] == 4
    assert found["run.fetched"] >= found["run.extracted"] >= found["run.new_articles"] > 0
    assert found["run.seconds"] == 2400
    assert found["pages.rejected"] > 100
    rows = [line for line in (ROOT / "docs/metrics.md").read_text().splitlines() if line.startswith("| `newsflow.")]
    names = {_full(first, name) for row in rows for first, *rest in [re.findall(r"`([a-z_.]+)`", row.split("|")[1])]
             for name in [first, *rest]}  # fmt: skip
    assert {f"newsflow.{name}" for name in found} <= names


def _full(first: str, name: str) -> str:
    """`.revised` beside `newsflow.run.new_articles` is `newsflow.run.revised`."""
    return first.rpartition(".")[0] + name if name.startswith(".") else name


def test_before_the_first_run_there_are_no_figures_of_runs(conn: Connection, morning: datetime) -> None:
    found = figures(summarise(conn, morning), Report(0, 0, 0, 0, ()))
    assert not any(name.startswith("run.") for name in found)
