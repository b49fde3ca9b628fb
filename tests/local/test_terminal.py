"""What people see of a run: on a terminal, in a pipe, on a narrow screen."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from newsflow.local.terminal import ProgressLines, Terminal
from newsflow.pipeline import Funnel
from newsflow.progress import StageProgress
from newsflow.run_check import FunnelStage, Verdict


def show(width: int = 100, *, terminal: bool = False) -> tuple[Terminal, io.StringIO]:
    out = io.StringIO()
    return Terminal(Console(file=out, width=width, force_terminal=terminal, highlight=False, soft_wrap=True)), out


def stage(name: str, done: int, total: int, *, finished: bool = False) -> StageProgress:
    return StageProgress(name, done, total, 2.0, finished, {"ok": done})


def test_step_says_before_and_after() -> None:
    shown, out = show()
    with shown.step("starting PostgreSQL"):
        assert "starting PostgreSQL …" in out.getvalue()
    assert re.search(r"✓ starting PostgreSQL \(\d+\.\d s\)\n", out.getvalue())


def test_failed_step_is_not_ticked() -> None:
    shown, out = show()
    with pytest.raises(OSError, match="no disk"), shown.step("starting PostgreSQL"):
        raise OSError("no disk")
    assert "✓" not in out.getvalue()


def test_brackets_are_text_and_no_markup() -> None:
    shown, out = show()
    shown.line("task fetch [bold red]+3[/]")
    assert out.getvalue() == "task fetch [bold red]+3[/]\n"


def test_a_pipe_gets_a_line_when_a_stage_ends_and_each_stage_once() -> None:
    shown, out = show()
    with shown.progress() as progress:
        progress.update([stage("poll", 7, 7, finished=True), stage("fetch", 3, 31)])
        progress.update([stage("poll", 7, 7, finished=True), stage("fetch", 9, 31)])
        progress.end([stage("poll", 7, 7, finished=True), stage("fetch", 31, 31, finished=True)])
    lines = out.getvalue().splitlines()
    assert [line for line in lines if line.startswith("✓ poll")] == ["✓ poll        7/7  3.5/s  ok 7"]
    assert [line for line in lines if line.startswith("✓ fetch")] == ["✓ fetch       31/31  15.5/s  ok 31"]
    assert sum(line.startswith("… fetch") for line in lines) == 1


def test_a_terminal_shows_stage_counts_and_rate_and_keeps_the_last_state() -> None:
    shown, out = show(terminal=True)
    with shown.progress() as progress:
        assert isinstance(progress, ProgressLines) and progress.live
        progress.update([stage("fetch", 3, 31)], "Airflow: running")
        progress.end([stage("fetch", 31, 31, finished=True)])
    last = out.getvalue().splitlines()[-1]
    assert "✓ fetch" in last and "31/31" in last and "15.5/s" in last


def test_funnel_shows_polls_stages_and_the_verdict() -> None:
    shown, out = show()
    stages = (FunnelStage("fetch", 31, {"ok": 29, "not_found": 2}), FunnelStage("load", 29, {"new": 29}))
    shown.funnel(Funnel(1, {"ok": 7}, stages, Verdict("Good: 29 new.")))
    text = " ".join(out.getvalue().split())
    assert "fetch 31 29 not_found 2" in text
    assert "load 29 29 new 29" in text
    assert "Good: 29 new." in text


def test_a_table_fits_a_narrow_screen_by_cutting_the_widest_column() -> None:
    shown, out = show(60)
    shown.table(["published", "title"], [("2026-01-05 06:00", "A very long headline " * 5)])
    lines = out.getvalue().splitlines()
    assert all(len(line) <= 60 for line in lines)
    assert "2026-01-05 06:00" in lines[1] and "…" in lines[1]


def test_answers_of_an_empty_database_are_none_and_not_an_error(conn: object) -> None:
    shown, out = show()
    shown.answers(conn)  # type: ignore[arg-type]
    assert out.getvalue().count("(none)") == 3


def test_where_aligns_names() -> None:
    shown, out = show()
    shown.where([("Airflow", "http://127.0.0.1:1"), ("psql", "newsflow psql")])
    assert "Airflow  http" in out.getvalue() and "psql     newsflow" in out.getvalue()
