"""news.search and news.search_titles on articles in several languages and scripts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from newsflow.load import search_index
from newsflow.load.search_index import catch_up
from newsflow.load.step import load
from tests.load.world import T0, Ticker, World

ARTICLES: list[tuple[str, str, str, str, timedelta]] = [
    ("ferry", "en", "Ferry strike ends", "The strike of the ferry workers has ended after talks.", timedelta(hours=1)),
    (
        "harbour",
        "en",
        "Harbour reopens",
        "Workers returned to the ferry. The harbour strike is over.",
        timedelta(hours=2),
    ),
    ("market", "en", "Markets rally", "Shares were running higher; no workers were seen.", timedelta(hours=3)),
    ("streik", "de", "Streik der Häfen endet", "Die Häfen öffnen nach dem Streik der Fährleute.", timedelta(hours=4)),
    ("greve", "fr", "La grève est finie", "Les travailleurs des ferries reprennent le travail.", timedelta(hours=5)),
    ("jishin", "ja", "東京で地震", "東京で強い地震がありました。京都は無事です。", timedelta(hours=6)),
    ("none", "", "Zzyzx", "An unknown tongue: blorptastic.", timedelta(hours=7)),
]


def fill(world: World) -> World:
    run = world.run()
    for slug, language, title, body, age in ARTICLES:
        publisher = f"{language or 'xx'}.example"
        world.clustered(
            run,
            f"https://{publisher}/{slug}",
            publisher,
            title=title,
            body=body,
            language=language,
            published_at=T0 - age,
        )
    load(world.settings, run)
    return world


@pytest.fixture
def searched(world: World) -> World:
    return fill(world)


@pytest.fixture(scope="module")
def shelf(module_dsn: str) -> Iterator[World]:
    """The same articles, for tests that only read."""
    world = fill(World(module_dsn))
    yield world
    world.conn.close()


def found(world: World, q: str, **params: Any) -> list[str]:
    named = "".join(f', "{name}" => %s' for name in params)
    rows = world.rows(f"select url from news.search(%s{named})", q, *params.values())
    return [url.rsplit("/", 1)[1] for (url,) in rows]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("strike", ["ferry", "harbour"]),
        ("strikes", ["ferry", "harbour"]),  # stems
        ("ferry workers", ["ferry", "harbour"]),
        ('"ferry workers"', ["ferry"]),
        ('"workers ferry"', []),
        ("strike -harbour", ["ferry"]),
        ('strike -"ferry workers"', ["harbour"]),
        ("harbour or markets", ["harbour", "market"]),
        ("hafen", ["streik"]),  # the German stem has no umlaut
        ("Häfen", ["streik"]),
        ("blorptastic", ["none"]),
        ("東京", ["jishin"]),
        ("東都", []),  # its characters stand in the text, but not together
        ("the", ["ferry", "harbour"]),  # no word is left out
        ('"the strike of the"', ["ferry"]),
        ("strike NOT harbour", ["ferry"]),
        ("strike and not harbour", ["ferry"]),
        ("strike AND NOT HARBOUR", ["ferry"]),
        ("(harbour OR markets) AND workers", ["harbour", "market"]),
        ("harbour OR markets ferry", ["harbour"]),  # AND binds closer
        ("strike -(harbour or markets)", ["ferry"]),
        ("reop*", ["harbour"]),
        ("worker*", ["ferry", "harbour", "market"]),
        ("title:ferry", ["ferry"]),
        ("title:(ferry or harbour) strike", ["ferry", "harbour"]),
        ('title:"strike ends"', ["ferry"]),
        ('TITLE:"ends talks"', []),
        ("title:rall*", ["market"]),
        ('"ends the strike"', []),  # from the headline into the text
        ('"workers ended"~3', ["ferry"]),
        ('"ended workers"~3', ["ferry"]),
        ('"workers ended"~1', []),
        ('"workers strike ended"~6', ["ferry"]),
        ("\u201cferry workers\u201d", ["ferry"]),
        ("hafen streik", ["streik"]),
        ("fahrleute", ["streik"]),
        ("faehrleute", ["streik"]),
        ("greve", ["greve"]),
        ("GRÈVE", ["greve"]),
    ],
)
def test_what_is_asked_is_found(shelf: World, q: str, expected: list[str]) -> None:
    assert found(shelf, q) == expected


def test_a_language_restricts_and_stems(shelf: World) -> None:
    assert found(shelf, "streiks", lang="de") == ["streik"]
    assert found(shelf, "streik", lang="en") == []


def test_newest_come_first_and_the_limit_holds(shelf: World) -> None:
    assert found(shelf, "strike", max_rows=1) == ["ferry"]
    assert found(shelf, "strike", max_rows=0) == []


def test_ranked_puts_the_headline_before_the_body(shelf: World) -> None:
    assert found(shelf, "harbour or strike or reopens", ranked=True)[0] == "harbour"


def test_time_and_publisher_bound_the_result(shelf: World) -> None:
    assert found(shelf, "strike", since=T0 - timedelta(minutes=90)) == ["ferry"]
    assert found(shelf, "strike", until=T0 - timedelta(minutes=90)) == ["harbour"]
    assert found(shelf, "strike", publisher="en.example") == ["ferry", "harbour"]
    assert found(shelf, "strike", publisher="fr.example") == []


def test_a_ranked_search_can_be_kept_to_the_newest(shelf: World) -> None:
    assert found(shelf, "strike", ranked=True, ranked_newest=1) == ["ferry"]


def test_hits_are_all_and_say_where_they_stand(shelf: World) -> None:
    (row,) = shelf.rows("select published_at, publisher, language, is_origin from news.hits('harbour -ended')")
    assert row == (T0 - timedelta(hours=2), "en.example", "en", True)
    assert shelf.rows("select language from news.hits('blorptastic')") == [(None,)]


def test_the_snippet_marks_the_words_as_they_are_written(shelf: World) -> None:
    asked = "select snippet from news.search(%s)"
    assert shelf.value(asked, "fahrleute title:Haf*") == "**Häfen** öffnen nach dem Streik der **Fährleute**"
    assert shelf.value(asked, "greve (travail* OR ferry)") == "Les **travailleurs** des ferries reprennent"


def test_the_snippet_marks_the_words(shelf: World) -> None:
    assert "**strike**" in shelf.value("select snippet from news.search('strike')")


def test_old_matches_are_found_behind_many_newer_articles(world: World) -> None:
    """The walk over the newest articles ends without a match; the index then finds it."""
    run = world.run()
    world.clustered(run, "https://paper.example/old", title="Needle", published_at=T0 - timedelta(days=900))
    for number in range(60):
        world.clustered(run, f"https://paper.example/{number}", title="Hay")
    load(world.settings, run)
    assert found(world, "needle", max_rows=1) == ["old"]
    assert len(found(world, "needle or hay", max_rows=100)) == 61


def test_a_revision_is_found_by_its_new_words_only(searched: World) -> None:
    run = searched.run("r2")
    searched.clustered(
        run, "https://en.example/ferry", "en.example", title="Ferry lockout begins", body="Talks broke down again."
    )
    load(searched.settings, run)
    assert found(searched, "lockout") == ["ferry"]
    assert found(searched, "strike") == ["harbour"]


def test_titles_are_found_in_spite_of_misspelling(searched: World) -> None:
    assert searched.value("select title from news.search_titles('harbor repens')") == "Harbour reopens"


def test_titles_are_found_without_the_extension(searched: World) -> None:
    searched.rows("drop extension pg_trgm cascade")
    assert searched.rows("select title from news.search_titles('reopens')") == [("Harbour reopens",)]
    assert searched.rows("select title from news.search_titles('%')") == []


@pytest.mark.parametrize(
    "body",
    [
        " ".join(f"word{n}" for n in range(130_000)),
        "x" * 3_000_000,
        " ".join(chr(0x4E00 + n % 20_000) for n in range(90_000)),
    ],
    ids=["130k unique words", "one word of 3 MB", "90k ideographs"],
)
def test_hostile_texts_load_and_are_found_by_title(world: World, body: str) -> None:
    run = world.run()
    world.clustered(run, "https://paper.example/huge", title="Enormous", body=body, language="zh")
    assert load(world.settings, run).counts == {"new": 1}
    assert found(world, "enormous") == ["huge"]


def test_search_resumes_where_it_was_killed(world: World) -> None:
    run = world.run()
    for number in range(5):
        world.clustered(run, f"https://paper.example/{number}", title=f"Number {number}")
    load(world.settings.model_copy(update={"load_search": False}), run)
    assert found(world, "number") == []
    assert catch_up(world.conn, Ticker()) == 5
    assert catch_up(world.conn, Ticker()) == 0
    assert len(found(world, "number")) == 5


def test_search_catches_up_over_several_connections(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run = world.run()
    for number in range(7):
        world.clustered(run, f"https://paper.example/{number}", title=f"Number {number}")
    load(world.settings.model_copy(update={"load_search": False}), run)
    monkeypatch.setattr(search_index, "BATCH", 3)
    monkeypatch.setattr(search_index, "cores", lambda: 3)
    with (
        search_index.helpers(world.settings.dsn, search_index.MANY) as beside,
        search_index.helpers(world.settings.dsn, 1) as none,
    ):
        assert [len(beside), len(none)] == [2, 0]
        assert catch_up(world.conn, Ticker(), beside) == 7
        assert catch_up(world.conn, Ticker(), beside) == 0
    assert len(found(world, "number")) == 7


def test_a_further_connection_that_is_lost_or_refused_costs_no_article(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = world.run()
    for number in range(5):
        world.clustered(run, f"https://paper.example/{number}", title=f"Number {number}")
    load(world.settings.model_copy(update={"load_search": False}), run)
    monkeypatch.setattr(search_index, "cores", lambda: 3)
    with search_index.helpers(world.settings.dsn, search_index.MANY) as beside:
        world.value(f"select pg_terminate_backend({beside[0].get_backend_pid()}, 10000)")
        beside[1].close()
        assert catch_up(world.conn, Ticker(), beside) == 5
    assert len(found(world, "number")) == 5
    with search_index.helpers(f"{world.settings.dsn}_not_there", search_index.MANY) as beside:
        assert beside == []


def test_an_index_scan_finds_the_candidates(searched: World) -> None:
    """EXPLAIN guard: the GIN index, never a walk over all documents."""
    settings = searched.value("select proconfig from pg_proc where proname = 'search_index'")
    assert "enable_seqscan=off" in settings
    with searched.conn.cursor() as cursor:
        cursor.execute("set enable_seqscan = off")
        cursor.execute("set enable_indexscan = off")
        cursor.execute(
            "explain select s.article_id from news_internal.search s where s.document @@ 'strike'::tsquery"
            " order by s.sort_at desc, s.article_id desc limit 20"
        )
        lines = "\n".join(line for (line,) in cursor.fetchall())
    searched.conn.rollback()
    assert "Bitmap Index Scan on search_document" in lines


# Letters that stand alone and are nothing but a mark: each of these once kept the whole index from going on.
ALONE = ["\u0640", "\u02bc", "\u05f3", "\u05f4", "\u0301", "\u064b", "\u05b0", "\u1fbf"]


@pytest.mark.parametrize("language", ["en", "ar", "he", "fa", "uk", "tr", "zh", ""])
def test_marks_that_stand_alone_are_no_words(world: World, language: str) -> None:
    run = world.run()
    for number, mark in enumerate(ALONE):
        body = f"first {mark} second{mark} \u201c{mark}\u201d third \u00e9"
        world.clustered(run, f"https://paper.example/{number}", title=f"A {mark} b", body=body, language=language)
    load(world.settings, run)
    assert len(found(world, '"second third"')) == len(ALONE)
    assert {row[0] for row in world.rows("select length(snippet) > 0 from news.search('second')")} == {True}


APOSTROPHES = ["'", "\u2019", "\u2018", "\u02bc", "\u02bb", "`", "\u05f3"]
QUOTES = ['"', "\u201d", "\u201c", "\u05f4", "\u2019\u2019", "''"]


def test_an_apostrophe_is_one_however_it_is_written(world: World) -> None:
    run = world.run()
    for number, mark in enumerate(APOSTROPHES):
        world.clustered(run, f"https://paper.example/uk{number}", body=f"мій комп{mark}ютер тут", language="uk")
    for number, mark in enumerate(QUOTES):
        world.clustered(run, f"https://paper.example/he{number}", body=f"צה{mark}ל תקף", language="he")
    load(world.settings, run)
    for mark in APOSTROPHES:
        assert len(found(world, f"комп{mark}ютера")) == len(APOSTROPHES)
    for mark in QUOTES:
        assert len(found(world, f"צה{mark}ל", lang="he")) == len(QUOTES)


def test_no_rule_for_stems_looks_behind_in_a_whole_text(shelf: World) -> None:
    """A minute went into a text of 80,000 characters: for each match PostgreSQL read it again from its beginning."""
    rules = (
        "select proname, prosrc from pg_proc where pronamespace = 'news_internal'::regnamespace and proname ~ '_ends$'"
    )
    bodies = shelf.rows("select pg_get_functiondef(oid) from pg_proc where proname in ('strip_ends', 'turn_ends')")
    assert len(shelf.rows(rules)) == len(bodies) == 2
    assert all("string_to_table(" in body for (body,) in bodies)
    assert shelf.value("select news_internal.strip_ends('', 3, 'ami')") == ""


def test_a_negative_bound_and_no_zone_are_read(shelf: World) -> None:
    assert shelf.rows("select 1 from news.search('strike', ranked => true, ranked_newest => -1)") == []
    asked = "select starts_at, articles from news.search_daily('strike', zone => {})"
    assert shelf.rows(asked.format("null")) == shelf.rows(asked.format("'UTC'")) != []
