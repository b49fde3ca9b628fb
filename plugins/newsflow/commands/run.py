"""`newsflow run`: the nightly run in this process, with a progress bar."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Annotated

import typer

from newsflow.clock import utcnow
from newsflow.commands.home_database import database_settings
from newsflow.commands.options import options
from newsflow.names import COMMAND, command_run
from newsflow.request import RunRequest
from newsflow.run_check import PASSED
from newsflow.settings import Settings

if TYPE_CHECKING:
    from newsflow.pipeline import Funnel

app = typer.Typer(add_completion=False)


@app.command()
@options(RunRequest)
def run(
    request: RunRequest,
    once: Annotated[bool, typer.Option("--once", help="One run, then end (the default).")] = False,
    every: Annotated[int | None, typer.Option(min=1, help="Run again and again, this many minutes apart.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The funnel as one JSON object on stdout.")] = False,
) -> None:
    """Poll, fetch, extract, deduplicate, load and check, here and now."""
    while True:
        result = _watched(database_settings(), request)
        typer.echo(json.dumps(result.as_dict()) if as_json else render(result))
        if once or not every:
            return
        time.sleep(every * 60)


def _watched(settings: Settings, request: RunRequest) -> Funnel:
    from newsflow import pipeline
    from newsflow.commands.progress_bars import stages, watched

    opened = pipeline.own_run(settings, COMMAND, command_run(utcnow()), request)
    with opened as run_id, watched(settings, stages(run_id)):
        return pipeline.run_steps(settings, run_id, request)


def render(result: Funnel) -> str:
    """The funnel as lines of text."""
    lines = [result.verdict.sentence, ""]
    for stage in result.stages:
        rest = ", ".join(f"{code} {n}" for code, n in stage.outcomes.items() if code not in PASSED)
        lines.append(f"  {stage.stage:<12} {stage.taken:>6} in  {stage.passed:>6} passed  {rest}".rstrip())
    return "\n".join(lines)
