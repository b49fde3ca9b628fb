"""Search, word by word: which forms of a word are found in each language, and which words are wrongly taken for one.

make bench PART=search_words
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from psycopg2.extensions import connection as Connection
from rich.console import Console
from rich.table import Table

from benchmarks.server import database, options, served

CONSOLE = Console(width=110)
WORDS = Path(__file__).with_suffix(".tsv")  # language, form in the text, form asked, whether it is to be found
LENGTH, TRIES = 600, 20  # words of a text, and times that it is indexed
INDEX = "select length(news_internal.fts_document(%s, '', '', %s))"
PLAIN = "select length(to_tsvector('pg_catalog.english', %s))"  # as PostgreSQL would
FINDS = """select news_internal.fts_document(%(language)s, '', '', %(text)s)
  @@ news_internal.fts_query(%(language)s, news_internal.read_query(%(asked)s))"""


@dataclass(frozen=True)
class Pair:
    """A word of a text, and a word that is asked."""

    language: str
    text: str
    asked: str
    wanted: bool


def pairs() -> list[Pair]:
    """The pairs of the list beside this file."""
    rows = [line.split("\t") for line in WORDS.read_text(encoding="utf-8").splitlines()]
    return [Pair(language, text, asked, wanted == "yes") for language, text, asked, wanted in rows]


def wrong(conn: Connection) -> list[Pair]:
    """Pairs that are not found, or are found and should not be."""
    with conn.cursor() as cursor:
        return [pair for pair in pairs() if _found(cursor, pair) != pair.wanted]


def _found(cursor: object, pair: Pair) -> bool:
    cursor.execute(FINDS, vars(pair))  # type: ignore[attr-defined]
    return bool(cursor.fetchone()[0])  # type: ignore[attr-defined]


def costs(conn: Connection) -> dict[str, float]:
    """By language: how many times as long a text takes to be indexed as PostgreSQL's own English takes for it."""
    words: dict[str, list[str]] = {}
    for pair in pairs():
        words.setdefault(pair.language, []).append(pair.text)
    found = {}
    for language, each in words.items():
        text = " ".join(islice(cycle(each), LENGTH))
        found[language] = _seconds(conn, INDEX, language, text) / _seconds(conn, PLAIN, text)
    return found


def _seconds(conn: Connection, statement: str, *values: str) -> float:
    with conn.cursor() as cursor:
        cursor.execute(statement, values)  # the first one loads dictionaries
        began = time.monotonic()
        for _ in range(TRIES):
            cursor.execute(statement, values)
    return time.monotonic() - began


def main() -> None:
    """Print the table, a row a language."""
    with served(options(__doc__, 0).parse_args().server) as server:
        _, conn = database(server, "words")
        bad, dear = wrong(conn), costs(conn)
        conn.close()
    asked = Counter((pair.language, pair.wanted) for pair in pairs())
    failed = Counter((pair.language, pair.wanted) for pair in bad)
    table = Table(title=f"{len(pairs())} pairs of words")
    for heading in ("language", "found", "of", "wrongly found", "of ", "which failed (text: asked)"):
        table.add_column(heading)
    for language in sorted({pair.language for pair in pairs()}):
        counts = [asked[language, True] - failed[language, True], asked[language, True]]
        counts += [failed[language, False], asked[language, False]]
        named = ", ".join(f"{pair.text}: {pair.asked}" for pair in bad if pair.language == language)
        table.add_row(language, *map(str, counts), named)
    CONSOLE.print(table)
    told = ", ".join(f"{language} {ratio:.1f}" for language, ratio in sorted(dear.items(), key=lambda it: it[1]))
    CONSOLE.print(f"indexing {LENGTH} words, in times of to_tsvector('english'): {told}")
    CONSOLE.print(_sum("found", True, asked, failed), _sum("wrongly found", False, asked, failed), sep="; ")


def _sum(what: str, wanted: bool, asked: Counter[tuple[str, bool]], failed: Counter[tuple[str, bool]]) -> str:
    whole = sum(count for (_, kind), count in asked.items() if kind is wanted)
    missed = sum(count for (_, kind), count in failed.items() if kind is wanted)
    return f"{what}: {whole - missed if wanted else missed} of {whole}"


if __name__ == "__main__":
    main()
