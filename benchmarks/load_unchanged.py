"""What it costs to find that pages say what they said: `extract.move` beside itself without the comparison.

Both write the same rows of the work ledger, 50 µs a page and more, and that differs by more than a comparison costs.
So they take turns, batch by batch, over the same pages, and the medians of their batches are compared.
"""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

from psycopg2.extensions import connection as Connection

from benchmarks.load_world import NOW, digest
from newsflow.extract.step import BATCH
from newsflow.store import queries

ROUNDS = 4  # each page is moved in both ways, twice
# extract.move for pages of which the outcome is told: no hashes are sent, none are compared.
TOLD = """with made as (
  select page_id, extraction_id, outcome, detail
  from unnest(%(page_ids)s::bigint[], %(extraction_ids)s::bigint[], %(outcomes)s::text[], %(details)s::text[])
    as d (page_id, extraction_id, outcome, detail)
), moved as (
  update ingest.page p set
    state = case when m.outcome = 'ok' then 'extracted' when p.loaded_extraction_id is not null then 'loaded'
      else 'rejected' end,
    extraction_id = case when m.outcome = 'ok' then m.extraction_id else p.extraction_id end,
    outcome = m.outcome, detail = m.detail, changed_at = %(now)s
  from made m where p.page_id = m.page_id
  returning p.page_id, p.outcome
)
update ingest.run_page x set extract_outcome = m.outcome
from moved m where x.run_id = %(run_id)s and x.page_id = m.page_id
returning m.outcome"""

Cost = tuple[float, float]  # CPU seconds a page: of the server, of the client


def cost_of_comparing(conn: Connection, run_id: int, bodies: list[str]) -> tuple[Cost, Cost]:
    """CPU seconds a page, of the server and here: of the comparison, and of all that `extract.move` does.

    Leaves the pages as a run of unchanged pages leaves them.

    :param run_id: a run that has taken on all pages as `captured`.
    """
    compared, told = list[Cost](), list[Cost]()
    for turn in range(ROUNDS):
        _begin_again(conn, run_id)
        for number, start in enumerate(range(0, len(bodies), BATCH)):
            some = bodies[start : start + BATCH]
            if (number + turn) % 2:
                told.append(_move(conn, TOLD, run_id, start, some, outcome="unchanged"))
            else:
                compared.append(_move(conn, queries.sql("extract.move"), run_id, start, some, outcome="ok"))
    whole, bare = _middle(compared), _middle(told)
    return (whole[0] - bare[0], whole[1] - bare[1]), whole


def _begin_again(conn: Connection, run_id: int) -> None:
    with conn.cursor() as cursor:
        cursor.execute("update ingest.page set state = 'captured'")
        cursor.execute("update ingest.run_page set extract_outcome = null where run_id = %s", (run_id,))
        conn.commit()
        conn.autocommit = True
        cursor.execute("vacuum ingest.page, ingest.run_page")
        cursor.execute("checkpoint")
        conn.autocommit = False


def _move(conn: Connection, statement: str, run_id: int, start: int, some: list[str], *, outcome: str) -> Cost:
    """Move one batch, as extract does; CPU seconds a page."""
    numbers, hashes = list(range(start + 1, start + 1 + len(some))), [digest(body) for body in some]
    server, client = _backend(conn), time.process_time()
    with conn.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "run_id": run_id,
                "now": NOW,
                "page_ids": numbers,
                "extraction_ids": numbers,
                "outcomes": [outcome] * len(some),
                "details": [""] * len(some),
                "content_hashes": b"".join(hashes),
                "tries": 1,
            },
        )
        ended = cursor.fetchall()
    client = time.process_time() - client
    conn.commit()
    assert [found.outcome for found in ended] == ["unchanged"] * len(some)
    return (_backend(conn) - server) / len(some), client / len(some)


def _backend(conn: Connection) -> float:
    """CPU seconds of the connection's server process, which Linux counts in nanoseconds here."""
    return int(Path(f"/proc/{conn.info.backend_pid}/schedstat").read_text().split()[0]) / 1e9


def _middle(costs: list[Cost]) -> Cost:
    return median(server for server, _ in costs), median(client for _, client in costs)
