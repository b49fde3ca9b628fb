"""EXPLAIN guards: a batch is looked up by its pages, and costs the same however many wait behind it.

Statistics are as old as they are in a night: made before the pages came, or never.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from psycopg2.extensions import connection as Connection

from newsflow.extract.step import BATCH
from newsflow.store.queries import sql

WAITING = 4_000
A_PAGE = 30  # blocks: page, publisher, capture, entries and their indexes
WORLD = """
insert into ingest.publisher (name) values ('a.example');
insert into ingest.origin (origin, publisher_id) values ('https://a.example', 1);
insert into ingest.run (dag_id, dag_run_id, started_at) values ('d', 'r', now());
insert into ingest.warc_file (file) values ('f.warc.gz');
insert into ingest.page (url, url_hash, origin_id, publisher_id)
  select 'u' || n, sha256(('u' || n)::bytea), 1, 1 from generate_series(1, {pages}) n;
{analyze}
insert into ingest.capture
  (page_id, run_id, fetched_at, final_url, status, file, "offset", length, payload_digest, bytes)
  select page_id, 1, now(), url, 200, 'f.warc.gz', page_id, 1, 'sha1:x', 1 from ingest.page;
update ingest.page p set state = 'captured', capture_id = c.capture_id
  from ingest.capture c where c.page_id = p.page_id;
insert into ingest.run_page (run_id, page_id, shard, entered) select 1, page_id, 0, 'extract' from ingest.page;
insert into ingest.reprocess (run_id, selection, extractor, created_at) values (1, '{{}}', 'x', now());
insert into ingest.reprocess_page (reprocess_id, page_id, capture_id) select 1, page_id, capture_id from ingest.capture;
"""


@pytest.mark.parametrize("analyze", ["analyze;", ""])
@pytest.mark.parametrize("name", ["extract.take", "reprocess.take"])
def test_a_batch_reads_its_own_pages_only(conn: Connection, name: str, analyze: str) -> None:
    with conn.cursor() as cursor:
        cursor.execute(WORLD.format(pages=WAITING, analyze=analyze))
        asked = {"pages": list(range(100, 100 + BATCH)), "reprocess_id": 1}
        cursor.execute(sql(name), asked)
        assert [row.page_id for row in cursor] == asked["pages"]
        cursor.execute("explain (analyze, buffers, format json) " + sql(name), asked)
        assert touched(cursor.fetchone()[0]) < BATCH * A_PAGE


def touched(explained: Any) -> int:
    """Blocks that a query reads."""
    top = (json.loads(explained) if isinstance(explained, str) else explained)[0]["Plan"]
    return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])
