"""The README's first queries run as they stand there."""

from __future__ import annotations

import re

from psycopg2.extensions import connection as Connection

from tests.paths import ROOT


def test_the_first_queries_of_the_readme_run(conn: Connection) -> None:
    blocks = re.findall(r"```sql\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    statements = [s for block in blocks for s in block.split(";") if s.strip()]
    assert len(statements) == 3
    for statement in statements:
        with conn.cursor() as cursor:
            cursor.execute(statement)
            assert cursor.description
