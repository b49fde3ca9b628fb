"""The pool of backfills and reprocessing: made wherever a scheduler with our plugin starts."""

from __future__ import annotations

from airflow.listeners import hookimpl

from newsflow.names import POOL, POOL_SLOTS


@hookimpl
def on_starting(component: object) -> None:
    """Called as Airflow's servers start, which have its database, and in each task, which has none.

    Without the pool, the tasks that name it would wait for ever.
    """
    if type(component).__name__ == "Job":
        make()


def make() -> None:
    """Make the pool, unless there is one: it keeps its slots, which the user may have changed."""
    from airflow.models.pool import Pool
    from airflow.utils.session import create_session
    from sqlalchemy import select
    from sqlalchemy.exc import IntegrityError

    try:
        with create_session() as session:
            if session.scalar(select(Pool.id).where(Pool.pool == POOL)) is None:
                session.add(
                    Pool(pool=POOL, slots=POOL_SLOTS, description="beside the nightly run", include_deferred=False)
                )
    except IntegrityError:
        return  # another server made it just now
