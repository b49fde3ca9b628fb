"""Origins as Postgres keeps them: pace, breaker and robots.txt, across tasks, runs and machines."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from psycopg2.extensions import connection as Connection

from newsflow.store import queries
from newsflow.web.pace import Pace
from newsflow.web.robots import RobotsFile
from newsflow.web.urls import origin_of

log = logging.getLogger(__name__)


@dataclass
class Origin:
    """A scheme, host and port that we send requests to."""

    origin_id: int
    origin: str
    pace: Pace
    robots: RobotsFile | None = None
    robots_saved: bool = True  # False: `robots` is newer than the database
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def change(self, how: Callable[[Pace], Pace]) -> None:
        """Replace the pace by what `how` makes of it; no change of another thread is lost."""
        with self._lock:
            self.pace = how(self.pace)


def ensure(conn: Connection, urls_or_origins: Iterable[str]) -> dict[str, int]:
    """Ids by origin (`origin_of(url)` is the key), rows added where missing; two statements.

    :raises BadUrl: for an unusable URL.
    """
    names = sorted({origin_of(url) for url in urls_or_origins})
    if not names:
        return {}
    queries.web.add_origins(conn, origins=names)
    return {row.origin: row.origin_id for row in queries.web.origin_ids(conn, origins=names)}


def load(conn: Connection, origin_ids: Iterable[int]) -> dict[int, Origin]:
    """Origins by id."""
    return {row.origin_id: _origin(row) for row in queries.web.load_origins(conn, ids=sorted(set(origin_ids)))}


def _origin(row: queries.web.OriginRow) -> Origin:
    pace = Pace(
        row.crawl_delay_s,
        row.response_s,
        row.failures,
        row.cool_until,
        row.cool_reason or "",
        row.next_request_at,
    )
    robots = None
    if row.robots_fetched_at is not None and row.robots_expires_at is not None:
        robots = RobotsFile(row.robots_status or 0, row.robots_body or "", row.robots_fetched_at, row.robots_expires_at)
    return Origin(row.origin_id, row.origin, pace, robots)


def save(conn: Connection, origins: Sequence[Origin]) -> None:
    """Write paces back, and take over what others wrote meanwhile: the later pause wins.

    Two statements; in the caller's transaction. Afterwards each origin heeds the pauses of others too.
    """
    by_id = {origin.origin_id: origin for origin in origins}
    data = [_values(by_id[key].origin_id, by_id[key].pace) for key in sorted(by_id)]
    for row in queries.web.save_paces(conn, data):
        by_id[row.origin_id].change(_origin(row).pace.held_for)
    texts = [
        _robots_values(key, o.robots) for key, o in sorted(by_id.items()) if o.robots is not None and not o.robots_saved
    ]
    queries.web.save_robots(conn, texts)
    for origin in origins:
        origin.robots_saved = True


def unsaved(origin: Origin, why: str) -> None:
    """The database refuses what was learned of an origin: it is as it was, and its robots.txt is asked for again."""
    log.warning("%s: its pace and robots.txt are not kept, the database refuses them: %s", origin.origin, why)


def _values(origin_id: int, pace: Pace) -> queries.web.SavePacesValues:
    return queries.web.SavePacesValues(
        origin_id=origin_id,
        crawl_delay_s=pace.crawl_delay_s,
        response_s=pace.response_s,
        failures=pace.failures,
        cool_until=pace.cool_until,
        cool_reason=pace.cool_reason or None,
        next_request_at=pace.next_request_at,
    )


def _robots_values(origin_id: int, robots: RobotsFile) -> queries.web.SaveRobotsValues:
    return queries.web.SaveRobotsValues(
        origin_id=origin_id,
        status=robots.status,
        body=robots.body,
        fetched_at=robots.fetched_at,
        expires_at=robots.expires_at,
    )
