"""Pages that were taken out for good, and other addresses of such: they end before they can touch a story.

Load would refuse them too, but by then their text would stand in the database again, and a story could count its
origin among articles that nobody can see.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from psycopg2.extensions import connection as Connection

from newsflow.dedupe.canonical import canonical_hash
from newsflow.store import queries


def end_retracted(conn: Connection, run_id: int, pages: Sequence[int], now: datetime) -> set[int]:
    """End the pages whose address, or whose canonical address at the same publisher, has a tombstone; returns them.

    A page that has an article of its own is not retracted by what it calls canonical.
    """
    links = queries.dedupe.list_links(conn, pages=list(pages))
    named = {link.page_id: key for link in links if (key := canonical_hash(link.url, link.canonical_url))}
    retracted = queries.dedupe.list_retracted(conn, pages=list(pages), others=list(named), hashes=list(named.values()))
    if not retracted:
        return set()
    queries.dedupe.end_retracted(
        conn,
        run_id=run_id,
        pages=[page.page_id for page in retracted],
        kinds=[page.kind for page in retracted],
        whys=[page.why for page in retracted],
        now=now,
    )
    return {page.page_id for page in retracted}
