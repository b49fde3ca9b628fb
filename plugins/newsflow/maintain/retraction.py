"""Take articles out of the contract, tell the consumers, and keep them from returning.

The capture stays in the archive (lineage, and the only proof of what was published); all
texts in the database go: article, revisions, search, extractions and what the feed said.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from psycopg2.extensions import connection as Connection

from newsflow.errors import NewsflowError
from newsflow.store import changes, queries
from newsflow.store.db import transaction
from newsflow.web.urls import canonicalise, url_hash


class UnknownPageError(NewsflowError):
    """No page with this address was ever seen."""


def find(conn: Connection, url: str) -> int:
    """The number of the page with this address.

    :raises UnknownPageError: where there is none.
    :raises newsflow.web.urls.BadUrl: where the address is none.
    """
    with transaction(conn):
        found = queries.retract.find_page(conn, url_hash=url_hash(canonicalise(url)))
    if found is None:
        raise UnknownPageError(f"no page with the address {url} is known here")
    return int(found.page_id)


def retract(conn: Connection, pages: Sequence[int], why: str, now: datetime, *, kind: str = "retracted") -> None:
    """Take out the articles of some pages and bar their other addresses, in one transaction; safe to repeat.

    :param kind: `retracted` by a person, or `purged` by a retention rule.
    """
    with transaction(conn):
        ids = queries.retract.add_same_pages(conn, pages=list(pages))
        with changes.changing(conn, ids, now) as touched:
            queries.retract.bury(conn, pages=ids, kind=kind, why=why, now=now)
            changes.take_out(conn, ids)
            queries.retract.delete_revisions(conn, pages=ids)
            queries.retract.close_run_pages(conn, pages=ids)
            queries.retract.delete_traces(conn, pages=ids, kind=kind, why=why, now=now)
            changes.regroup(conn, touched, ids, now)


def restore(conn: Connection, page: int, now: datetime) -> bool:
    """Take a retraction back: the next run makes the article again, from its stored capture or from the web.

    Its number stays the same; consumers hear of it as of a new article. Returns whether it was retracted or purged.
    """
    with transaction(conn):
        ids = queries.retract.add_same_pages(conn, pages=[page])
        queries.changes.lock_pages(conn, pages=ids, stories=[])
        opened = queries.retract.open_graves(conn, pages=ids)
        queries.retract.ask_again(conn, page=page, pages=ids, now=now)
    return bool(opened)
