"""Roll the present algorithm over articles that an older one has put into stories; resumable, beside other runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from psycopg2.extensions import connection as Connection

from newsflow.clock import Clock, utcnow
from newsflow.dedupe import ALGORITHM
from newsflow.dedupe.cluster import Clusterer
from newsflow.dedupe.comparer_pool import ComparerPool
from newsflow.settings import Settings
from newsflow.store import queries
from newsflow.store.db import transaction
from newsflow.store.locks import lock
from newsflow.store.migrate import ready_session


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How far a rebuild is: pages done and left, and loaded articles whose story changed."""

    pages: int
    left: int
    moved: int


def rebuild(
    settings: Settings, *, progress: Callable[[Rebuilt], None] = lambda found: None, clock: Clock = utcnow
) -> Rebuilt:
    """Sketch and compare all clustered pages anew, a transaction a batch; goes on where a broken one stopped.

    The stop-list is kept. Changed stories go to analysts with the next load.
    """
    with ready_session(settings.dsn, application="newsflow dedupe rebuild") as conn, lock(conn, "newsflow.rebuild"):
        with transaction(conn):
            queries.dedupe.open_rebuild(conn, version=ALGORITHM, now=clock())
            left = _state(conn).left
        with ComparerPool(settings, conn, left) as pool:
            clusterer = Clusterer(conn, clock(), pool)
            while _next_batch(clusterer, settings.dedupe_batch):
                with transaction(conn):
                    progress(_state(conn))
        with transaction(conn):
            queries.dedupe.end_rebuild(conn, now=clock())
            return _state(conn)


def _next_batch(clusterer: Clusterer, size: int) -> bool:
    """Put the next pages into stories anew, in a transaction; False where none are left."""
    conn = clusterer.conn
    with transaction(conn):
        pages = [row.page_id for row in queries.dedupe.rebuild_batch(conn, size=size)]
        if pages:
            moved = clusterer.recluster(pages)
            queries.dedupe.note_rebuild(conn, last=pages[-1], pages=len(pages), moved=moved)
    return bool(pages)


def _state(conn: Connection) -> Rebuilt:
    row = queries.dedupe.rebuild_state(conn)
    return Rebuilt(row.pages, row.left_over, row.moved)
