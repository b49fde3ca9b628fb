"""A reprocess as plain Python: compare; later apply or undo, with the nightly run's last steps."""

from __future__ import annotations

from newsflow import pipeline
from newsflow.clock import Clock, utcnow
from newsflow.names import NEWS_REPROCESS
from newsflow.pipeline import Funnel
from newsflow.reprocess import step
from newsflow.reprocess.request import ReprocessRequest
from newsflow.settings import Settings
from newsflow.store import queries, runs
from newsflow.store.db import transaction
from newsflow.store.migrate import ready_session


def open_run(
    settings: Settings,
    dag_run_id: str,
    params: dict[str, object],
    *,
    dag_id: str = NEWS_REPROCESS,
    scheduler: runs.Scheduler = runs.nobody_knows,
    clock: Clock = utcnow,
) -> int:
    """Open a run of a scheduler, or find it again; returns its number."""
    with ready_session(settings.dsn) as conn:
        return runs.start(conn, dag_id, dag_run_id, clock(), params, scheduler=scheduler)


def compare(settings: Settings, dag_run_id: str, selection: ReprocessRequest, *, clock: Clock = utcnow) -> int:
    """The dry run in this process; returns the number under which it is reviewed, applied and undone."""
    with runs.own_run(settings.dsn, NEWS_REPROCESS, dag_run_id, selection.as_params(), clock) as run_id:
        return compare_in(settings, run_id, selection, clock=clock)


def compare_in(settings: Settings, run_id: int, selection: ReprocessRequest, *, clock: Clock = utcnow) -> int:
    """The dry run in a run that is open."""
    number = step.compare(settings, run_id, selection, clock=clock)
    with ready_session(settings.dsn) as conn, transaction(conn):
        queries.runs.finish(
            conn, run_id=run_id, state="success", verdict=f"compared as reprocess {number}", now=clock()
        )
    return number


def apply(settings: Settings, dag_run_id: str, number: int, *, clock: Clock = utcnow) -> Funnel:
    """Apply a compared reprocess: revisions with the cause `reprocess`.

    :raises WrongStateError: where it was not compared.
    :raises RunFailedError: where the check fails.
    """
    with runs.own_run(settings.dsn, NEWS_REPROCESS, dag_run_id, {"apply": number}, clock) as run_id:
        step.apply(settings, run_id, number, clock=clock)
        return finish(settings, run_id, number, "applied", clock=clock)


def undo(settings: Settings, dag_run_id: str, number: int, *, clock: Clock = utcnow) -> Funnel:
    """Undo an applied reprocess: the contract's rows are those before it.

    :raises WrongStateError: where it was not applied.
    :raises RunFailedError: where the check fails.
    """
    with runs.own_run(settings.dsn, NEWS_REPROCESS, dag_run_id, {"undo": number}, clock) as run_id:
        step.undo(settings, run_id, number, clock=clock)
        return finish(settings, run_id, number, "undone", clock=clock)


def finish(settings: Settings, run_id: int, number: int, state: str, *, clock: Clock = utcnow) -> Funnel:
    """Deduplicate and load what apply or undo took in, and judge the run; `state` is applied or undone.

    :raises RunFailedError: where the check fails.
    """
    pipeline.deduplicate(settings, run_id, clock=clock)
    pipeline.load(settings, run_id, clock=clock)
    step.close(settings, number, state, clock=clock)
    return pipeline.check(settings, run_id, clock=clock)
