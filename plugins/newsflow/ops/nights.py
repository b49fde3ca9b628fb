"""The pages of many nights: a month of them at a glance, and two runs beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Query
from psycopg2.extensions import connection as Connection

from newsflow.names import NIGHTLY
from newsflow.ops.comparison import REASONS, compare
from newsflow.ops.dependencies import Database, Now
from newsflow.ops.night_chart import NIGHTS, Night, night, night_chart
from newsflow.store import queries

MOST = 400  # whole runs of a month: more than one an hour would be no nights
SHOWN = 60  # publishers that changed


def known(conn: Connection, now: datetime, days: int = NIGHTS) -> list[Night]:
    """The whole runs that have ended in so many days, the newest first."""
    first = datetime.combine(now.date() - timedelta(days=days - 1), datetime.min.time(), now.tzinfo)
    found = queries.ops.runs(conn, since=first, dags=[*NIGHTLY], limit=MOST)
    return [night(run) for run in found if not run.is_alive and not run.is_partial]


def thirty(conn: Database, now: Now) -> dict[str, Any]:
    """Thirty nights at a glance (1 statement)."""
    nights = known(conn, now)
    return {
        "nights": nights,
        "bad": sum(not each.good for each in nights),
        "chart": night_chart(nights, now.date()),
        "pair": [each.run_id for each in nights[:2]],
    }


def two(
    conn: Database,
    now: Now,
    before: Annotated[int | None, Query(alias="a")] = None,
    after: Annotated[int | None, Query(alias="b")] = None,
) -> dict[str, Any] | None:
    """Two runs beside each other, the newest two where none is named (2 statements); None for an unknown one."""
    nights = known(conn, now, 2 * NIGHTS)
    pair = _pair(nights, before, after)
    if pair is None:
        return None
    if not pair:
        return {"pair": [], "nights": nights}
    found = compare(queries.ops.run_outcomes(conn, runs=[n.run_id for n in pair]), pair[0].run_id, pair[1].run_id)
    changed = [p for p in found.publishers if p.size]
    return {
        "pair": pair,
        "nights": nights,
        "comparison": found,
        "changed": changed[:SHOWN],
        "left_out": max(len(changed) - SHOWN, 0),
        "same": len(found.publishers) - len(changed),
        "reasons": REASONS,
    }


def _pair(nights: Sequence[Night], before: int | None, after: int | None) -> list[Night] | None:
    """The two runs, the earlier first; empty where there are no two yet, None where one is not known."""
    if len(nights) < 2:
        return []
    by_id = {each.run_id: each for each in nights}
    wanted = [nights[1].run_id if before is None else before, nights[0].run_id if after is None else after]
    if not by_id.keys() >= set(wanted):
        return None
    return sorted((by_id[each] for each in wanted), key=lambda n: n.started_at)
