"""What a search may say, and what is told of one that can't be read."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection

LIMIT = "54000"  # SQLSTATE of program_limit_exceeded
UNREAD = "22023"  # invalid_parameter_value


@pytest.fixture(scope="module")
def reader(module_dsn: str) -> Iterator[Connection]:
    conn = psycopg2.connect(module_dsn)
    conn.autocommit = True
    conn.cursor().execute("insert into news_internal.search_language values ('en'), ('de'), ('ja'), ('')")
    yield conn
    conn.close()


def error(conn: Connection, sql: str, *params: object) -> psycopg2.Error | None:
    with conn.cursor() as cursor:
        try:
            cursor.execute(sql, params)
        except psycopg2.Error as found:
            return found
    return None


@pytest.mark.parametrize(
    ("q", "place", "part"),
    [
        ('oil "gas', 5, '"gas'),
        ('"', 1, '"'),
        ("oil (gas", 5, "("),
        ("((oil)", 1, "("),
        ("oil) gas", 4, ")"),
        ("()", 2, ")"),
        ("(oil OR)", 8, ")"),
        ("oil AND", 5, "AND"),
        ("oil and", 5, "and"),
        ("OR oil", 1, "OR"),
        ("oil AND OR gas", 9, "OR"),
        ("oil NOT", 5, "NOT"),
        ("oil -", 5, "-"),
        ("oil - gas", 5, "-"),
        ("*", 1, "*"),
        ("oil * gas", 5, "*"),
        ("*oil", 1, "*oil"),
        ("o*", 1, "o*"),
        ("o*l", 1, "o*l"),
        ("o?l", 1, "o?l"),
        ("oil~2", 1, "oil~2"),
        ("oil|gas", 1, "oil|gas"),
        ("!oil", 1, "!oil"),
        ("oil & gas", 5, "&"),
        ("body:oil", 1, "body:oil"),
        ("https://a.example", 1, "https://a.example"),
        ("title:", 1, "title:"),
        ("title: oil", 1, "title:"),
        ("title:-oil", 7, "-oil"),
        ("gas title:NOT oil", 11, "NOT"),
        ("title:title:oil", 7, "title:oil"),
        ("título:oil", 1, "título:oil"),
        ("заголовок:нефть", 1, "заголовок:нефть"),
        ('"oil gas"~', 10, "~"),
        ('"oil gas"~x', 10, "~x"),
        ('"oil gas"~0', 10, "~0"),
        ('"oil gas"~101', 10, "~101"),
        ('"oil gas"~999999', 10, "~999999"),
        ('"oil gas"*', 10, "*"),
        ('"a b c d e f g"~90', 1, "~90"),
        ('"a b c"~1', 1, "~1"),
        ('""', 1, '""'),
        ('oil "…"', 5, '"…"'),
        ("-oil", 1, "-"),
        ("NOT (oil gas)", 1, "NOT"),
        ("oil OR -gas", 8, "-"),
        ("NOT NOT oil", 1, "NOT"),
    ],
)
def test_an_error_names_the_part_and_its_place(reader: Connection, q: str, place: int, part: str) -> None:
    found = error(reader, "select * from news.hits(%s)", q)
    assert found is not None
    assert found.pgcode == UNREAD
    assert str(found).startswith(f"q can't be read at character {place}, \"{part}")


@pytest.mark.parametrize("q", ["", "   ", "\u200b", "\n\t", None])
def test_an_empty_search_is_told(reader: Connection, q: str | None) -> None:
    found = error(reader, "select * from news.search(%s)", q)
    assert found is not None
    assert (found.pgcode, found.diag.message_primary) == (UNREAD, "q is empty")


@pytest.mark.parametrize(
    "q",
    [
        "a" * 1001,
        '("a b"~100 OR "c d"~100) "e f"~1',
        "ab* " * 21,
        '"a b c"~9 "d e f"~9',
        '"a a a"~9 "b b b"~9',
        "a/" * 250,
        "字" * 990,
        '"a b c d"~5 "e f g h"~5',
        "(" * 101 + "a" + ")" * 101,
        " ".join(["a"] * 101),
        "oil " * 1_000_000,
    ],
    ids=[
        "long",
        "far",
        "beginnings",
        "three",
        "repeated",
        "slashes",
        "ideographs",
        "four",
        "deep",
        "many",
        "megabytes",
    ],
)
def test_there_are_bounds(reader: Connection, q: str) -> None:
    found = error(reader, "select * from news.search_daily(%s)", q)
    assert found is not None
    assert found.pgcode == LIMIT


def test_a_word_that_no_document_can_hold_is_not_found(reader: Connection) -> None:
    for q in ("क्ष" * 330 + " oil", "가" * 999):
        found = error(reader, "select * from news.search(%s)", q)
        assert found is None or found.pgcode in (LIMIT, UNREAD)


@pytest.mark.parametrize(
    ("q", "read"),
    [
        ("oil gas", "'oil' & 'gas'"),
        ("oil OR gas AND coal", "'oil' | 'gas' & 'coal'"),
        ("(oil OR gas) coal", "( 'oil' | 'gas' ) & 'coal'"),
        ("oil not gas", "'oil' & !'gas'"),
        ("oil AND -gas", "'oil' & !'gas'"),
        ("oil -(gas or coal)", "'oil' & !( 'gas' | 'coal' )"),
        ("running*", "'running':*"),
        ("TITLE:running", "'^run'"),
        ("title:(oil -gas) coal", "'^oil' & !'^gas' & 'coal'"),
        ("title:run*", "'^run':*"),
        ('"oil gas"', "'oil' <-> 'gas'"),
        ("oil-gas", "'oil' <-> 'gas'"),
        ("AT&T", "'at' <-> 't'"),
        ('"oil gas"~2', "'oil' <-> 'gas' | 'oil' <2> 'gas' | 'gas' <-> 'oil' | 'gas' <2> 'oil'"),
        ('"oil"~2', "'oil'"),
        ('"and" "NOT"', "'and' & 'not'"),
        ("10:30", "'10' <-> '30'"),
        ("\u00aboil gas\u00bb", "'oil' <-> 'gas'"),
        ("\uff08oil\u3000OR\u00a0gas\uff09", "'oil' | 'gas'"),
        ("\u202eoil\u202c", "'oil'"),
        ('צה"ל', "'צהל'"),
        ("צה”ל", "'צהל'"),
        *((f"oil {dash}gas", "'oil' & !'gas'") for dash in "\u2010\u2011\u2012\u2013\u2014\u2212\uff0d"),
        *((f"{a}oil gas{b}", "'oil' <-> 'gas'") for a, b in ("「」", "『』", "‹›", "″″", "〝〟")),
        ("oil ИЛИ gas", "'oil' & 'или' & 'gas'"),
    ],
)
def test_it_is_read(reader: Connection, q: str, read: str) -> None:
    with reader.cursor() as cursor:
        cursor.execute("select news_internal.fts_query('en', news_internal.read_query(%s))::text", (q,))
        assert cursor.fetchone() == (read,)


@pytest.mark.parametrize(
    ("asked", "said", "hint"),
    [
        ("'oil', 'xx'", 'there is no article in language "xx"', "de, en, ja"),
        ("'oil', publisher => 'herold.example'", 'there is no publisher "herold.example"', "herald.example"),
        ("'oil', publisher => 'zzz'", 'there is no publisher "zzz"', "news.publishers"),
    ],
)
@pytest.mark.parametrize("function", ["search", "hits"])
def test_unknown_names_are_told(reader: Connection, function: str, asked: str, said: str, hint: str) -> None:
    error(reader, "insert into ingest.publisher (name) values ('herald.example') on conflict do nothing")
    found = error(reader, f"select * from news.{function}({asked})")
    assert found is not None
    assert (found.pgcode, found.diag.message_primary) == (UNREAD, said)
    assert hint in str(found.diag.message_hint)


@pytest.mark.parametrize(
    "asked",
    [
        "step => 'fortnight'",
        "step => '0 s'",
        "step => '-1 day'",
        "step => '5 months'",
        "by => 'weather'",
        "zone => 'Mars'",
    ],
)
def test_unknown_steps_and_columns_are_told(reader: Connection, asked: str) -> None:
    found = error(reader, f"select * from news.search_daily('oil', '2026-01-01', '2026-01-02', {asked})")
    assert found is not None
    assert found.pgcode == UNREAD
