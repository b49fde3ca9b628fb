"""Origins as Postgres keeps them: pace, breaker and robots.txt, across tasks, runs and machines."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from psycopg2.extensions import connection as Connection

from newsflow.store import queries
from newsflow.web.pace import Pace
from newsflow.web.robots import RobotsFile
from newsflow.web.urls import origin_of


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
    queries.run(conn, "web.add_origins", origins=names)
    return {row.origin: row.origin_id for row in queries.rows(conn, "web.origin_ids", origins=names)}


def load(conn: Connection, origin_ids: Iterable[int]) -> dict[int, Origin]:
    """Origins by id."""
    return {row.origin_id: _origin(row) for row in queries.rows(conn, "web.load_origins", ids=sorted(set(origin_ids)))}


def _origin(row: object) -> Origin:
    get = row._asdict()  # type: ignore[attr-defined]
    pace = Pace(
        get["crawl_delay_s"],
        get["response_s"],
        get["failures"],
        get["cool_until"],
        get["cool_reason"] or "",
        get["next_request_at"],
    )
    robots = None
    if get["robots_fetched_at"] is not None:
        robots = RobotsFile(
            get["robots_status"] or 0, get["robots_body"] or "", get["robots_fetched_at"], get["robots_expires_at"]
        )
    return Origin(get["origin_id"], get["origin"], pace, robots)


def save(conn: Connection, origins: Sequence[Origin]) -> None:
    """Write paces back, and take over what others wrote meanwhile: the later pause wins.

    Two statements; in the caller's transaction. Afterwards each origin heeds the pauses of others too.
    """
    by_id = {origin.origin_id: origin for origin in origins}
    data = [_values(by_id[key].origin_id, by_id[key].pace) for key in sorted(by_id)]
    for row in queries.values(conn, "web.save_paces", data, fetch=True):
        by_id[row.origin_id].change(_origin(row).pace.held_for)
    texts = [
        (key, o.robots.status, o.robots.body, o.robots.fetched_at, o.robots.expires_at)
        for key, o in sorted(by_id.items())
        if o.robots is not None and not o.robots_saved
    ]
    queries.values(conn, "web.save_robots", texts)
    for origin in origins:
        origin.robots_saved = True


def _values(origin_id: int, pace: Pace) -> tuple[object, ...]:
    return (
        origin_id,
        pace.crawl_delay_s,
        pace.response_s,
        pace.failures,
        pace.cool_until,
        pace.cool_reason or None,
        pace.next_request_at,
    )
