"""`python -m newsflow.maintain.typed_queries`: writes `newsflow/store/queries/` from `sql/queries/` (`make queries`).

In the manner of sqlc (https://sqlc.dev) and sqlx: the SQL is the source, PostgreSQL says its types.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from psycopg2.extensions import connection as Connection

from newsflow import resources
from newsflow.maintain.query_code import module, package
from newsflow.maintain.query_types import Catalogue, QueryTypeError, TypedQuery, typed
from newsflow.maintain.scratch_database import scratch_database
from newsflow.store.db import session
from newsflow.store.migrate import migrate
from newsflow.store.query_files import NamedQuery, load

PACKAGE = Path("plugins/newsflow/store/queries")


def type_all(conn: Connection, queries: Iterable[NamedQuery]) -> list[TypedQuery]:
    """All queries with their types, in the transaction of `conn`, which is rolled back.

    :raises QueryTypeError: names every query whose types can't be told, and why.
    """
    listed = list(queries)
    found, troubles = [], []
    with conn.cursor() as cursor:
        for query in listed:  # others read the temporary tables that these make
            if query.sql.startswith("create temp"):
                cursor.execute(query.sql)
        catalogue = Catalogue(conn)
        for query in listed:
            cursor.execute("savepoint query")
            try:
                found.append(typed(catalogue, query))
            except QueryTypeError as trouble:
                troubles.append(str(trouble))
            cursor.execute("rollback to savepoint query")
    conn.rollback()
    if troubles:
        raise QueryTypeError("\n".join(troubles))
    return found


def render(queries: Sequence[TypedQuery]) -> Mapping[str, str]:
    """File name in the package: its content."""
    ordered = sorted(queries, key=lambda q: q.query.room)  # stable: within a room the order of its file
    rooms = {room: list(group) for room, group in groupby(ordered, key=lambda q: q.query.room)}
    return {"__init__.py": package(rooms), **{f"{room}.py": module(room, group) for room, group in rooms.items()}}


def generate(conn: Connection) -> Mapping[str, str]:
    """The files of the package, told by a migrated database."""
    return render(type_all(conn, load().values()))


def main() -> None:
    """Write the package anew; what is no room any more goes."""
    root = resources.checkout()
    if root is None:
        sys.exit("newsflow does not run from a working copy, so there is nothing to write to")
    with scratch_database() as dsn, session(dsn) as conn:
        migrate(conn)
        try:
            made = generate(conn)
        except QueryTypeError as trouble:
            sys.exit(str(trouble))
    folder = root / PACKAGE
    folder.mkdir(exist_ok=True)
    for stale in {path.name for path in folder.glob("*.py")} - made.keys():
        (folder / stale).unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
