"""What polling leaves to do once all shards have ended: gaps that are filled, and sites that are due for a look."""

from __future__ import annotations

from newsflow.clock import Clock, utcnow
from newsflow.poll import gaps
from newsflow.settings import Settings
from newsflow.store.db import transaction
from newsflow.store.migrate import ready_session
from newsflow.subscriptions import look_again
from newsflow.subscriptions.finder import finding


def close(settings: Settings, *, clock: Clock = utcnow) -> None:
    """Close the gaps that what came in has filled, and look over some healthy publishers' sites.

    It is done by one task, after all others: the gaps are everybody's, and no origin is asked by two at once.
    """
    with ready_session(settings.dsn) as conn:
        with transaction(conn):
            gaps.close(conn, clock())
        with finding(settings, clock) as finder:
            look_again.look(conn, finder, settings.look_again_days, clock)
