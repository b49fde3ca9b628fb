"""The contract's shape: missing text is NULL, fixed lists have their values in news.terms, samples stay the same."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

import pytest
from psycopg2.extensions import connection as Connection

from benchmarks.views import QUESTIONS
from newsflow.load.step import load
from newsflow.outcomes import Blame, Kind, Stage
from tests.contract.sample import newsroom
from tests.load.world import World

KEY = re.compile(r"; key: (\w+(?:, \w+)*)")
KEYLESS = {"rejects"}  # entries have no number, and two feeds may show one address


@pytest.fixture(scope="module")
def bare(module_dsn: str) -> Iterator[World]:
    """The small newsroom, and a page that says nothing but its address."""
    world = World(module_dsn)
    newsroom(world)
    for night, body in enumerate(["", "Now it says something."]):
        run = world.run(f"bare {night}")
        world.clustered(
            run, "https://bare.example/1", "bare.example", title="", body=body, language="", language_confidence=0,
            published_at=None, published_quality="", sources={},
        )  # fmt: skip
        load(world.settings, run)
    yield world
    world.conn.close()


def columns(world: World, types: str) -> list[tuple[str, str]]:
    return [
        (relation, name)
        for relation, name in world.rows(
            "select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0"
            " where c.relnamespace = 'news'::regnamespace and c.relkind = 'v' and format_type(a.atttypid, null) = %s",
            types,
        )
    ]


def test_missing_text_is_null_and_never_empty(bare: World) -> None:
    empty = [
        f"{view}.{name}"
        for view, name in columns(bare, "text")
        if bare.value(f"select exists (select from news.{view} where {name} = '')")
    ]
    assert empty == []


def test_lists_are_empty_and_never_null(bare: World) -> None:
    missing = [
        f"{view}.{name}"
        for view, name in columns(bare, "text[]")
        if bare.value(f"select exists (select from news.{view} where {name} is null or '' = any({name}))")
    ]
    assert missing == []


def test_a_page_that_says_nothing_has_nulls(bare: World) -> None:
    asked = (
        "select title, lead, language, section, image_url, published_quality from news.articles where publisher = %s"
    )
    assert bare.rows(asked, "bare.example") == [(None, None, None, None, None, "unknown")]
    assert bare.rows("select op, line from news.diff(%s, 1, 2)", article(bare)) == [("+", "Now it says something.")]
    assert bare.rows("select language, articles from news.daily where publisher = %s", "bare.example") == [(None, 1)]


def article(world: World) -> int:
    return int(world.value("select article_id from news.articles where publisher = 'bare.example'"))


@pytest.mark.parametrize(("confidence", "told"), [(0.49, None), (0.5, "de"), (1.0, "de")])
def test_a_language_is_told_from_half_confidence_on(bare: World, confidence: float, told: str | None) -> None:
    name = f"sure{int(confidence * 100)}.example"
    run = bare.run(name)
    bare.clustered(run, f"https://{name}/a", name, language="de", language_confidence=confidence)
    load(bare.settings, run)
    for view in ("articles", "revisions", "daily"):
        assert bare.rows(f"select language from news.{view} where publisher = %s", name) == [(told,)]
    languages = bare.value("select languages from news.stories where origin_publisher = %s", name)
    assert languages == ([told] if told else [])
    mean = bare.value("select language_confidence from news.daily where publisher = %s", name)
    assert mean == pytest.approx(confidence)


def test_the_text_is_the_last_column(conn: Connection) -> None:
    with conn.cursor() as cursor:
        cursor.execute(
            "select distinct on (attrelid) attname from pg_attribute"
            " where attrelid::regclass::text in ('news.articles', 'news.unique_articles', 'news.revisions')"
            " order by attrelid, attnum desc"
        )
        assert {name for (name,) in cursor.fetchall()} == {"body"}


def test_each_view_says_its_grain_and_its_key(bare: World) -> None:
    comments = bare.rows(
        "select relname, obj_description(oid) from pg_class where relnamespace = 'news'::regnamespace and relkind = 'v'"
    )
    for view, text in comments:
        assert text.startswith("One row per "), view
        found = KEY.search(text)
        assert found, view
        if view not in KEYLESS:
            key = found[1]
            assert not bare.rows(f"select {key} from news.{view} group by {key} having count(*) > 1"), view


def test_each_value_of_a_fixed_list_is_explained(bare: World) -> None:
    used = bare.rows(
        "select distinct t.relation, t.column_name from news.terms t"
        " join pg_class c on c.oid = to_regclass('news.' || t.relation) and c.relkind = 'v'"
    )
    assert len(used) > 10
    for view, name in used:
        strange = bare.rows(
            f"select distinct x from news.{view} cross join lateral unnest(array[]::text[] || {name}) as x"
            " where x not in (select value from news.terms where relation = %s and column_name = %s)",
            view,
            name,
        )
        assert strange == [], (view, name)


def test_the_comment_of_a_column_names_its_values(bare: World) -> None:
    (text,) = bare.rows(
        "select col_description('news.articles'::regclass, attnum) from pg_attribute"
        " where attrelid = 'news.articles'::regclass and attname = 'published_quality'"
    )[0]
    assert "exact, unzoned, day, clamped, guessed, doubtful, unknown" in text


def terms(conn: Connection, of: str) -> set[str]:
    with conn.cursor() as cursor:
        cursor.execute("select value from news_internal.term where list = %s", (of,))
        return {value for (value,) in cursor.fetchall()}


@pytest.mark.parametrize(
    ("name", "table", "column"),
    [
        ("revision cause", "ingest.extraction", "cause"),
        ("change", "news_internal.change", "kind"),
        ("feed state", "ingest.feed", "state"),
        ("run state", "ingest.run", "state"),
        ("page state", "ingest.page", "state"),
        ("blind", "ingest.gap", "cause"),
    ],
)
def test_terms_are_what_the_constraint_allows(conn: Connection, name: str, table: str, column: str) -> None:
    with conn.cursor() as cursor:
        cursor.execute(
            "select pg_get_constraintdef(c.oid) from pg_constraint c join pg_attribute a"
            " on a.attrelid = c.conrelid and c.conkey = array[a.attnum]"
            " where c.contype = 'c' and c.conrelid = %s::regclass and a.attname = %s",
            (table, column),
        )
        (definition,) = cursor.fetchone()
    assert set(re.findall(r"'([^']+)'::text", definition)) == terms(conn, name)


def test_terms_are_those_of_the_code(conn: Connection) -> None:
    assert terms(conn, "stage") == {stage.value for stage in Stage}
    assert terms(conn, "outcome kind") == {kind.value for kind in Kind}
    assert terms(conn, "blame") == {blame.value for blame in Blame}


def md5(number: int) -> str:
    return hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest()


def test_a_sample_is_the_same_everywhere_and_even(conn: Connection) -> None:
    with conn.cursor() as cursor:
        cursor.execute("select n, news_internal.sample_key(n) from generate_series(1, 20000) n")
        found = dict(cursor.fetchall())
    assert found == {n: int(md5(n)[:13], 16) / 2**52 for n in found}
    tenths = [sum(low / 10 <= key < (low + 1) / 10 for key in found.values()) for low in range(10)]
    assert sum(tenths) == 20000
    assert all(1850 < count < 2150 for count in tenths)


def test_each_view_has_its_line_in_the_benchmark(bare: World) -> None:
    views = {
        name
        for (name,) in bare.rows(
            "select relname from pg_class where relnamespace = 'news'::regnamespace and relkind = 'v'"
        )
    }
    asked = set(re.findall(r"news\.(\w+)", " ".join(QUESTIONS.values())))
    assert views - asked == set()
