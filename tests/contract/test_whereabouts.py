"""news.whereabouts takes an address as people have it: its rule is that of the pipeline, held against it here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2.extensions import connection as Connection

from newsflow.text import tracking
from newsflow.web.urls import BadUrl, canonicalise
from tests.load.world import World
from tests.web.test_urls import SAME

ADDRESS = "https://paper.example/2026/03/rain?id=7"
NAMES = ["id", "utm_source", "UTM_Medium", "fbclid", "ref", "source", "amp;utm_term", "cid", "q", "mod", ""]
VALUES = [
    "1",
    "rss",
    "homepage",
    "twitter.com",
    "feed123",
    "a%20b",
    "é",
    "rss_x",
    "5?utm_source=rss",
    "it's",
    "a=b",
    "",
]
parameters = st.builds("{}={}".format, st.sampled_from(NAMES), st.sampled_from(VALUES)) | st.sampled_from(["x", "123"])
PIECES = [*"abZ9/.%;?&=~ é_-{}\\^`|<>\"'", "%2e", "%41", "%c3", "jsessionid=1", "ä", "/../"]
paths = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)
hosts = st.sampled_from(
    ["paper.example", "WWW.Paper.example", "paper.example.", "paper.example:443", "paper.example:8080"]
)
urls = st.builds(
    "{}://{}/{}{}{}".format,
    st.sampled_from(["http", "https", "HTTPS"]),
    hosts,
    paths,
    st.lists(parameters, max_size=5).map(lambda found: "?" + "&".join(found) if found else ""),
    st.sampled_from(["", "#top", "#!/story/1", "#!"]),
)


def in_sql(conn: Connection, given_urls: list[str]) -> list[str | None]:
    with conn.cursor() as cursor:
        cursor.execute(
            "select news_internal.canonical_url(u) from unnest(%s::text[]) with ordinality x (u, n) order by n",
            (given_urls,),
        )
        return [found for (found,) in cursor.fetchall()]


def in_python(url: str) -> str | None:
    try:
        return canonicalise(url)
    except BadUrl:
        return None


@pytest.fixture
def world(dsn: str) -> Iterator[World]:
    made = World(dsn)
    yield made
    made.conn.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(urls, min_size=40, max_size=40))
def test_the_rule_in_sql_is_that_of_the_pipeline(conn: Connection, given_urls: list[str]) -> None:
    expected = {url: canonical for url in given_urls if (canonical := in_python(url)) is not None}
    assert dict(zip(expected, in_sql(conn, list(expected)), strict=True)) == expected


def test_examples_of_the_rule(conn: Connection) -> None:
    examples = [(url, canonical) for url, canonical in SAME if "ü" not in url.split("/")[2]]
    assert list(zip([url for url, _ in examples], in_sql(conn, [url for url, _ in examples]), strict=True)) == examples


@pytest.mark.parametrize(
    "url", ["", "not a url", "mailto:a@b.example", "https://user:secret@a.example/", "https://a..b/"]
)
def test_what_is_no_address_has_no_form(conn: Connection, url: str) -> None:
    assert in_sql(conn, [url]) == [None]


def test_tracking_parameters_are_those_of_the_code(conn: Connection) -> None:
    with conn.cursor() as cursor:
        cursor.execute("select name, begins, value_pattern from ingest.tracking")
        found = cursor.fetchall()
    assert {name for name, begins, _ in found if begins} == set(tracking.PREFIXES)
    assert {name for name, begins, pattern in found if not begins and pattern is None} == set(tracking.NAMES)
    assert {name: p for name, _, p in found if p} == {name: p.pattern for name, p in tracking.VALUES.items()}


@pytest.mark.parametrize(
    "asked",
    [
        ADDRESS,
        f"{ADDRESS}&utm_source=mail#comments",
        "http://paper.example/2026/03/rain?id=7&fbclid=x",
        "HTTPS://www.Paper.example/2026/03/rain/?id=7",
        "http://www.paper.example/2026/03/rain/?utm_medium=x&id=7",
    ],
)
def test_an_address_is_found_as_people_have_it(world: World, asked: str) -> None:
    page = world.page(ADDRESS)
    world.page("https://paper.example/2026/03/rain?id=8")
    assert world.rows("select article_id, state, found_url from news.whereabouts(%s)", asked) == [
        (page, "pending", ADDRESS)
    ]


def test_the_very_address_comes_first(world: World) -> None:
    with_slash, without = world.page("https://paper.example/a/"), world.page("https://paper.example/a")
    assert world.value("select article_id from news.whereabouts('https://paper.example/a/#x')") == with_slash
    assert world.value("select article_id from news.whereabouts('https://paper.example/a')") == without
    assert world.rows("select * from news.whereabouts('https://paper.example/b')") == []
